import { describe, expect, it } from 'vitest';
import type { ConfirmOutcome, Ports, Work } from '../../../core/ports/index.ts';
import { times } from '../../../core/times.ts';
import { simulation, type Simulation } from '../simulation.ts';
import { trouble } from '../support/test-connector.ts';
import { deliveryOf, operations, portsWith, step } from './support.ts';

const standard = times.standard;
const wait = standard.publishFunction + standard.absenceMargin;

/** A network that takes the call, says so, and tells only later what became of it. */
function accepting(world: Simulation, outcomes: readonly ConfirmOutcome[], asked: Work[] = []): Ports {
  return portsWith(world, {
    publish: async (work, body, tools) => {
      const outcome = await world.network.connector.publish(work, body, tools);
      return outcome.kind === 'published' ? { kind: 'accepted', evidence: 'taken', afterSeconds: 15, checkpoint: { artefact: 'artefact-1', job: 'j1' } } : outcome;
    },
    confirm: (work) => {
      asked.push(work);
      return Promise.resolve(outcomes[asked.length - 1] ?? { kind: 'undecided', evidence: 'still at it', trouble: null });
    },
  });
}

const failed = (troubleClass: Parameters<typeof trouble>[0]): ConfirmOutcome => ({
  kind: 'absent',
  evidence: 'it failed there',
  artefactLost: true,
  trouble: trouble(troubleClass, 'The file cannot be used.'),
});

describe('a publish call that the network accepts and decides about later', () => {
  it('is asked about after the pause that the connector names, with what it gave, and found counts at once', async () => {
    const world = await simulation();
    const asked: Work[] = [];
    const ports = accepting(world, [{ kind: 'found', externalId: 'post-1', externalUrl: null }], asked);
    await step(world, 'transfer');
    expect(await step(world, 'publish', {}, ports)).toMatchObject({ next: 'publish', afterSeconds: 15, waitedFor: 0 });
    expect(await deliveryOf(world)).toMatchObject({ attempt: { phase: 'armed' }, checkpoint: { ready: true, data: { job: 'j1' } } });
    expect(await step(world, 'publish', {}, ports)).toMatchObject({ next: 'done' });
    expect(asked.map(({ checkpoint }) => checkpoint)).toEqual([{ artefact: 'artefact-1', job: 'j1' }]);
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', receipt: { externalId: 'post-1' } });
    expect(operations(world).filter((name) => name === 'publish')).toHaveLength(1);
  });

  it('keeps what the network gave, however often the table refuses it first', async () => {
    let refused = 0;
    const world = await simulation({ mishap: ({ state, name }) => (state === 'publish' && name === 'store.saveCheckpoint' && (refused += 1) <= 4 ? 'busy' : undefined) });
    const ports = accepting(world, [{ kind: 'found', externalId: 'post-1', externalUrl: null }]);
    await step(world, 'transfer');
    await step(world, 'publish', {}, ports);
    expect((await deliveryOf(world)).checkpoint?.data).toMatchObject({ job: 'j1' });
  });

  it('waits as after any other open outcome while the network has not decided', async () => {
    const world = await simulation();
    const ports = accepting(world, []);
    await step(world, 'transfer');
    await step(world, 'publish', {}, ports);
    expect(await step(world, 'publish', {}, ports)).toMatchObject({ next: 'publish', afterSeconds: wait, waitedFor: 1 });
    expect(await step(world, 'publish', { waitedFor: 1 }, ports)).toMatchObject({ afterSeconds: standard.lookUps[0], waitedFor: 1 });
  });

  it('fails with the network’s reason, not before the wait, and is not tried again', async () => {
    const world = await simulation();
    const ports = accepting(world, [failed('invalid_media'), failed('invalid_media')]);
    await step(world, 'transfer');
    await step(world, 'publish', {}, ports);
    expect(await step(world, 'publish', {}, ports)).toMatchObject({ afterSeconds: wait, waitedFor: 1 });
    expect(await step(world, 'publish', { waitedFor: 1 }, ports)).toMatchObject({ next: 'done' });
    expect(await deliveryOf(world)).toMatchObject({
      status: 'failed',
      error: { code: 'media_rejected', message: 'The file cannot be used.' },
      proofs: [{ attempt: 1, kind: 'absent', evidence: 'it failed there' }],
    });
    expect(operations(world).filter((name) => name === 'publish')).toHaveLength(1);
  });

  it('is prepared anew after a pause if the reason passes', async () => {
    const world = await simulation();
    const ports = accepting(world, [failed('retryable')]);
    await step(world, 'transfer');
    await step(world, 'publish', {}, ports);
    expect(await step(world, 'publish', { waitedFor: 1 }, ports)).toMatchObject({ next: 'transfer', afterSeconds: standard.retries[0] });
    expect(await deliveryOf(world)).toMatchObject({ status: 'retrying', error: { code: 'platform_unavailable' }, checkpoint: { ready: false, data: null } });
  });

  it('that stayed unknown fails with the reason that the network gives later', async () => {
    const world = await simulation();
    await step(world, 'transfer');
    const undecided = accepting(world, []);
    await step(world, 'publish', {}, undecided);
    const looks = standard.lookUps.length + 1;
    for (let n = 0; n < looks; n += 1) await step(world, 'publish', { waitedFor: 1 }, undecided);
    expect(await deliveryOf(world)).toMatchObject({ status: 'unknown' });
    await step(world, 'publish', { waitedFor: 1 }, accepting(world, [failed('invalid_media')]));
    expect(await deliveryOf(world)).toMatchObject({ status: 'failed', error: { code: 'media_rejected', message: 'The file cannot be used.' } });
  });
});
