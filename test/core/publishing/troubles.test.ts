import { describe, expect, it } from 'vitest';
import type { TransferOutcome } from '../../../core/ports/index.ts';
import { times } from '../../../core/times.ts';
import type { StepResult } from '../../../core/workflow.ts';
import { simulation, type Simulation } from '../simulation.ts';
import { trouble } from '../support/test-connector.ts';
import { brokenPromises } from '../support/promises.ts';
import { deliveryOf, operations, portsWith, publishing, step } from './support.ts';

const standard = times.standard;

describe('what a network says', () => {
  it('refused for good: failed, with its code and words, and the proof', async () => {
    const world = await simulation(publishing({ kind: 'refused', status: 422, reason: 'not like this' }));
    await world.time.run(world.runToRest());
    expect(await deliveryOf(world)).toMatchObject({
      status: 'failed',
      error: { code: 'metadata_rejected', message: 'not like this' },
      proofs: [{ attempt: 1, kind: 'refused' }],
    });
    expect(operations(world)).toEqual(['prepare', 'poll', 'publish']);
  });

  it('one account refused does not touch the others', async () => {
    const world = await simulation({ accounts: 3, ...publishing(undefined, { kind: 'refused', status: 422, reason: 'not here' }) });
    await world.time.run(world.runToRest());
    expect((await world.deliveries()).map((delivery) => delivery.status).toSorted()).toEqual(['failed', 'uploaded', 'uploaded']);
    expect(world.events).toEqual(['r1 Failed']);
  });

  it('never reached: disarmed, paused, tried again', async () => {
    const world = await simulation(publishing({ kind: 'never_sent' }));
    await step(world, 'transfer');
    expect(await step(world, 'publish')).toMatchObject({ next: 'publish', afterSeconds: standard.retries[0], waitedFor: 0 });
    expect(await deliveryOf(world)).toMatchObject({ status: 'retrying', attempt: { phase: 'idle', n: 1 }, proofs: [{ kind: 'never_sent' }] });
    expect(await step(world, 'publish')).toMatchObject({ next: 'done' });
  });

  it('an artefact that it will not take any more is prepared anew', async () => {
    const world = await simulation(publishing({ kind: 'refused', status: 404, reason: 'no such artefact' }));
    await world.time.run(world.runToRest());
    expect(operations(world)).toEqual(['prepare', 'poll', 'publish', 'prepare', 'poll', 'publish', 'comment']);
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', receipt: { attempt: 2 } });
  });

  it('an expired token at the publish call: refreshed, and published in the same step', async () => {
    const world = await simulation(publishing({ kind: 'refused', status: 401, reason: 'expired' }));
    await step(world, 'transfer');
    expect(await step(world, 'publish')).toMatchObject({ next: 'done' });
    expect(operations(world)).toEqual(['prepare', 'poll', 'publish', 'refresh', 'publish', 'comment']);
  });

  it('a token that has just ended, for fifty uploads at once: refreshed once, and each is published once', async () => {
    const world = await simulation({ uploads: 50, network: { weather: (operation) => (operation === 'refresh' ? { kind: 'slow', seconds: 5 } : undefined) } });
    world.network.tokens.delete('token-1');
    world.network.tokens.add('of another account');
    await world.time.run(world.runToRest());
    expect(await brokenPromises(world)).toEqual([]);
    expect(world.network.posts).toHaveLength(50);
    const done = operations(world);
    expect(done.filter((operation) => operation === 'refresh')).toHaveLength(1);
    // All had begun with the old token.
    expect(done.indexOf('refresh')).toBe(50);
  });

  it('a token that is rejected twice: the account has to be linked anew', async () => {
    const rejected = { kind: 'refused', status: 401, reason: 'expired' } as const;
    const world = await simulation(publishing(rejected, rejected));
    await world.time.run(world.runToRest());
    const delivery = await deliveryOf(world);
    expect(delivery).toMatchObject({ status: 'failed', error: { code: 'reauth_required' } });
    expect(await world.store.getAccount(delivery.tenantId, delivery.accountId)).toMatchObject({ health: 'reauth_required' });
  });

  it('a broken rule of the network just before publishing fails the delivery and names the rule', async () => {
    const world = await simulation({ upload: { title: 'forbidden' } });
    expect(await step(world, 'transfer')).toMatchObject({ next: 'done' });
    const { status, error } = await deliveryOf(world);
    expect(status).toBe('failed');
    expect(error).toMatchObject({ code: 'metadata_rejected', message: expect.stringContaining('testnet.video.title') });
    expect(world.network.calls).toEqual([]);
  });

  it('an account that has to be linked anew publishes nothing', async () => {
    const world = await simulation();
    const { tenantId, accountId } = await deliveryOf(world);
    await world.store.setAccountHealth({ tenantId, accountId, tokenVersion: null, health: 'reauth_required', reason: null, at: '2026-04-01T10:00:00Z', name: null });
    await step(world, 'transfer');
    expect(await deliveryOf(world)).toMatchObject({ status: 'failed', error: { code: 'reauth_required' } });
  });
});

/** Runs transfer steps whose connector has these outcomes, the last one for ever; null: what it really does. */
function troubled(world: Simulation, outcomes: readonly (TransferOutcome | null)[]): () => Promise<StepResult> {
  let n = 0;
  const ports = portsWith(world, {
    transfer: (work, tools) => {
      const outcome = outcomes[Math.min(n, outcomes.length - 1)];
      n += 1;
      return outcome === null || outcome === undefined ? world.network.connector.transfer(work, tools) : Promise.resolve(outcome);
    },
  });
  return () => step(world, 'transfer', {}, ports);
}

describe('passing troubles of a transfer', () => {
  const down: TransferOutcome = { kind: 'trouble', trouble: trouble('retryable', 'down') };

  it('are tried again inside the step first', async () => {
    const world = await simulation();
    const run = troubled(world, [down, down, null]);
    expect(await run()).toMatchObject({ next: 'publish' });
  });

  it('then pause between steps as the table says, hourly at last, and fail after a day', async () => {
    const world = await simulation();
    const run = troubled(world, [down]);
    const pauses: number[] = [];
    for (;;) {
      await run();
      const { status, nextAt, error } = await deliveryOf(world);
      if (status === 'failed') {
        expect(error).toMatchObject({ code: 'platform_unavailable' });
        break;
      }
      const pause = Math.round((Date.parse(nextAt ?? '') - world.time.now().getTime()) / 1000);
      pauses.push(pause);
      await world.time.run(world.time.sleep(pause));
    }
    // Times are stored in whole seconds, rounded up.
    const expected = [60, 300, 900, 1800, 3600, 3600, 3600];
    expect(pauses.slice(0, 7).map((pause, n) => pause - (expected[n] ?? 0)).every((off) => off >= 0 && off <= 1)).toBe(true);
    expect(world.time.elapsed()).toBeGreaterThanOrEqual(standard.outageEnds);
    expect(world.time.elapsed()).toBeLessThan(standard.outageEnds + 2 * standard.outage);
  });

  it('that come for the first time after that day are not final at once', async () => {
    const world = await simulation();
    await world.time.run(world.time.sleep(standard.outageEnds));
    const run = troubled(world, [down]);
    expect(await run()).toMatchObject({ next: 'transfer', afterSeconds: standard.retries[0] });
  });

  it('for which the network names a time are final after that day', async () => {
    const world = await simulation();
    const until = new Date(world.time.now().getTime() + (standard.outageEnds + 3600) * 1000);
    const run = troubled(world, [{ kind: 'trouble', trouble: trouble('quota', 'tomorrow', until) }]);
    await world.time.run(world.time.sleep(standard.outageEnds - 60));
    expect(await run()).toMatchObject({ next: 'later' });
    await world.time.run(world.time.sleep(60));
    expect(await run()).toMatchObject({ next: 'done' });
    expect(await deliveryOf(world)).toMatchObject({ status: 'failed', error: { code: 'quota_exhausted' } });
  });

  it('wait until the time that the network names, if that is later than our own pause', async () => {
    const world = await simulation();
    const until = new Date(world.time.now().getTime() + 3 * 3600 * 1000);
    const run = troubled(world, [{ kind: 'trouble', trouble: trouble('rate_limited', 'slow down', until) }]);
    expect(await run()).toMatchObject({ next: 'later' });
    expect(await deliveryOf(world)).toMatchObject({
      status: 'retrying',
      nextAt: '2030-01-01T03:00:00Z',
      tries: { rate_limited: 1 },
      error: { code: 'rate_limited' },
    });
  });

  it('do not wait for a time that is absurd', async () => {
    const world = await simulation();
    const until = new Date(world.time.now().getTime() + 365 * 86_400 * 1000);
    const run = troubled(world, [{ kind: 'trouble', trouble: trouble('quota', 'next year', until) }]);
    await run();
    expect((await deliveryOf(world)).nextAt).toBe('2030-01-02T01:00:00Z');
  });

  it('a connector that is never ready to stop cannot hold a step for ever', async () => {
    const world = await simulation();
    const run = troubled(world, [{ kind: 'again', afterSeconds: 0 }]);
    expect(await run()).toMatchObject({ next: 'transfer', afterSeconds: 0 });
  });
});
