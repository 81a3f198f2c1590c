import { describe, expect, it } from 'vitest';
import { times } from '../../../core/times.ts';
import { simulation } from '../simulation.ts';
import { brokenPromises } from '../support/promises.ts';
import { deliveryOf, operations, portsWith, publishing, step } from './support.ts';

const standard = times.standard;

describe('an answer that does not come', () => {
  const wait = standard.publishFunction + standard.absenceMargin;

  it('leaves the attempt armed and waits over the life of the worker and the delay of the network', async () => {
    const world = await simulation({ network: { lag: 40, weather: (operation) => (operation === 'publish' ? { kind: 'lost' } : undefined) } });
    await step(world, 'transfer');
    expect(await step(world, 'publish')).toMatchObject({ next: 'publish', afterSeconds: wait + 40, waitedFor: 1 });
    expect((await deliveryOf(world)).attempt.phase).toBe('armed');
  });

  it('is looked for at once, and found counts without a wait', async () => {
    const world = await simulation(publishing({ kind: 'done_and_lost' }));
    await step(world, 'transfer');
    await step(world, 'publish');
    expect(await step(world, 'publish', { waitedFor: 0 })).toMatchObject({ next: 'done' });
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', receipt: { attempt: 1, externalId: 'post-1' } });
    expect(world.network.posts).toHaveLength(1);
  });

  it('absent does not count before the wait, however often it is asked', async () => {
    const world = await simulation(publishing({ kind: 'lost' }));
    await step(world, 'transfer');
    for (let n = 0; n < 5; n += 1) {
      expect(await step(world, 'publish', { waitedFor: 0 })).toMatchObject({ next: 'publish', afterSeconds: wait, waitedFor: 1 });
    }
    expect(operations(world).filter((operation) => operation === 'publish')).toHaveLength(1);
  });

  it('absent does not count after a wait over another attempt', async () => {
    const world = await simulation(publishing({ kind: 'lost' }));
    await step(world, 'transfer');
    await step(world, 'publish');
    expect(await step(world, 'publish', { waitedFor: 2 })).toMatchObject({ next: 'publish', waitedFor: 1 });
    expect((await deliveryOf(world)).attempt.phase).toBe('armed');
  });

  it('absent after the wait: disarmed with a proof, and published with the same artefact in the same step', async () => {
    const world = await simulation(publishing({ kind: 'lost' }));
    await step(world, 'transfer');
    await step(world, 'publish');
    expect(await step(world, 'publish', { waitedFor: 1 })).toMatchObject({ next: 'done' });
    expect(operations(world)).toEqual(['prepare', 'poll', 'publish', 'look', 'publish', 'comment']);
    expect(await deliveryOf(world)).toMatchObject({
      status: 'uploaded',
      receipt: { attempt: 2 },
      proofs: [{ attempt: 1, kind: 'absent', evidence: 'not among the posts' }],
    });
  });

  it('held for absent, is known to the connector when it sends again: what the network has by then may be ours', async () => {
    const world = await simulation(publishing({ kind: 'lost' }));
    const told: unknown[] = [];
    const ports = portsWith(world, {
      publish: (work, ...more) => {
        told.push(work.attempts);
        return world.network.connector.publish(work, ...more);
      },
    });
    await step(world, 'transfer', {}, ports);
    await step(world, 'publish', {}, ports);
    await step(world, 'publish', { waitedFor: 1 }, ports);
    const { proofs } = await deliveryOf(world);
    expect(told).toEqual([
      { made: 1, doubtedSince: null },
      { made: 2, doubtedSince: proofs[0]?.at },
    ]);
  });

  it('absent a second time: pauses as for any passing trouble', async () => {
    const world = await simulation(publishing({ kind: 'lost' }, { kind: 'lost' }));
    await step(world, 'transfer');
    await step(world, 'publish');
    await step(world, 'publish', { waitedFor: 1 });
    expect(await step(world, 'publish', { waitedFor: 2 })).toMatchObject({ next: 'publish', afterSeconds: standard.retries[0] });
    expect(await deliveryOf(world)).toMatchObject({ status: 'retrying', error: { code: 'platform_unavailable' } });
  });

  it('is unknown when the network will not say, after all look-ups with their pauses', async () => {
    const world = await simulation({
      network: {
        weather: (operation) => (operation === 'publish' || operation === 'look' ? { kind: 'lost' } : undefined),
      },
    });
    await world.time.run(world.runToRest());
    expect(await deliveryOf(world)).toMatchObject({ status: 'unknown', error: { code: 'outcome_unknown' } });
    expect(world.time.elapsed()).toBeGreaterThan(standard.lookUps.reduce((sum, pause) => sum + pause, wait));
    expect(await brokenPromises(world)).toEqual([]);
    expect(world.events).toEqual(['r1 Failed']);
  });

  it('is not asked about with a checkpoint that another release wrote', async () => {
    const world = await simulation(publishing({ kind: 'done_and_lost' }));
    await step(world, 'transfer');
    await step(world, 'publish');
    const result = await step(world, 'publish', { waitedFor: 1 }, portsWith(world, { checkpointVersion: 2 }));
    expect(result).toMatchObject({ next: 'publish', afterSeconds: standard.lookUps[0], waitedFor: 1 });
    expect(operations(world)).not.toContain('look');
  });
});
