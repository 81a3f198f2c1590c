import { describe, expect, it } from 'vitest';
import { timestamp } from '../../../core/clock.ts';
import { times } from '../../../core/times.ts';
import type { Operation } from '../support/test-connector.ts';
import { brokenPromises } from '../support/promises.ts';
import type { Weather } from '../support/test-network.ts';
import type { Simulation } from '../simulation.ts';
import { firstDelivery } from '../workflow/support.ts';
import { staged } from './support.ts';

const { standard } = times;
const HOUR = 3600;

/** A world in which the answer to the publish call is lost, and nobody can be asked for so many seconds. */
async function silent(deaf: number, published: boolean) {
  let time: Simulation['time'] | null = null;
  const hears = (): boolean => time !== null && time.elapsed() > deaf;
  const weather = (operation: Operation): Weather | undefined => {
    if (operation === 'publish') return { kind: published ? 'done_and_lost' : 'lost' };
    return operation === 'look' && !hears() ? { kind: 'refused', status: 503, reason: 'down' } : undefined;
  };
  const own = await staged({ network: { weather } });
  ({ time } = own.world);
  return own;
}

describe('an unknown outcome', () => {
  it.each([6, 20])('that can be found after %i hours is found, told anew, and never repeated', async (hours) => {
    const { world, complete } = await silent(hours * HOUR, true);
    await world.time.run(
      (async () => {
        await complete();
        await world.time.sleep(4 * HOUR);
        expect(await firstDelivery(world)).toMatchObject({ status: 'unknown' });
        expect(world.events).toEqual(['r1 Failed']);
        await world.reconcileToRest();
      })(),
    );
    expect(await firstDelivery(world)).toMatchObject({ status: 'uploaded', decorated: true, lookUpAt: null, error: null });
    expect(world.events).toEqual(['r1 Failed', 'r1 Uploaded']);
    expect(world.network.posts).toHaveLength(1);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('that is found late is followed by what was to follow it, also after a long pause', async () => {
    let time: Simulation['time'] | null = null;
    const slowDown: Weather = { kind: 'refused', status: 429, reason: 'slow down' };
    const weather = (operation: Operation, nth: number): Weather | undefined => {
      if (operation === 'publish') return nth === 1 ? { kind: 'done_and_lost' } : nth <= 4 ? slowDown : undefined;
      return operation === 'look' && (time?.elapsed() ?? 0) < 6 * HOUR ? { kind: 'refused', status: 503, reason: 'down' } : undefined;
    };
    const { world, complete } = await staged({ network: { weather, follows: ['part_2', 'comment'] } });
    ({ time } = world);
    await world.time.run(
      (async () => {
        await complete();
        await world.time.sleep(4 * HOUR);
        await world.reconcileToRest();
      })(),
    );
    const delivery = await firstDelivery(world);
    expect(delivery).toMatchObject({ status: 'uploaded', decorated: true, lookUpAt: null, warnings: [], tries: { after_rate_limited: 3 } });
    expect(delivery.sequels.map(({ attempt }) => attempt.phase)).toEqual(['receipt', 'receipt']);
    expect(world.events).toEqual(['r1 Failed', 'r1 Uploaded']);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('that turns out to be absent is failed, and told anew; nothing is published by itself', async () => {
    const { world, complete } = await silent(6 * HOUR, false);
    await world.time.run(
      (async () => {
        await complete();
        await world.time.sleep(4 * HOUR);
        expect(await firstDelivery(world)).toMatchObject({ status: 'unknown' });
        await world.reconcileToRest();
      })(),
    );
    const delivery = await firstDelivery(world);
    expect(delivery).toMatchObject({ status: 'failed', attempt: { phase: 'idle' }, error: { code: 'platform_unavailable' } });
    expect(delivery.proofs.map(({ kind }) => kind)).toEqual(['absent']);
    expect(world.events).toEqual(['r1 Failed', 'r1 Failed']);
    expect(world.network.posts).toEqual([]);
  });

  it('that nobody ever tells is looked for in growing pauses for a day, and then no more', async () => {
    const { world, complete } = await silent(Number.POSITIVE_INFINITY, true);
    await world.time.run(
      (async () => {
        await complete();
        await world.reconcileToRest();
      })(),
    );
    expect(await firstDelivery(world)).toMatchObject({ status: 'unknown', lookUpAt: null });
    const looked = world.network.calls.filter(({ operation }) => operation === 'look').map(({ at }) => at);
    const last = looked.at(-1) ?? 0;
    expect(last).toBeGreaterThan(20 * HOUR);
    expect(last).toBeLessThan(27 * HOUR);
    const byJob = looked.filter((at) => at > 3 * HOUR);
    expect(byJob.length).toBeGreaterThan(5);
    expect(byJob.length).toBeLessThan(15);
    const pauses = byJob.slice(1).map((at, n) => at - (byJob[n] ?? 0));
    for (const [n, pause] of pauses.entries()) expect(pause).toBeGreaterThanOrEqual(Math.max(standard.lookUpPause, (pauses[n - 1] ?? 0) - 120));
    expect(world.events).toEqual(['r1 Failed']);
  });

  it.each([
    [-1, 'looked_up'],
    [0, 'look_up_over'],
    [1, 'look_up_over'],
  ])('that is due %i s after those 24 hours: %s', async (seconds, finding) => {
    const { world, complete } = await silent(Number.POSITIVE_INFINITY, true);
    await world.time.run(
      (async () => {
        await complete();
        await world.time.sleep(4 * HOUR);
        const { uploadId, accountId, lookUpAt, updatedAt } = await firstDelivery(world);
        const due = new Date(Date.parse(updatedAt) + (standard.lookUpEnds + seconds) * 1000);
        await world.store.moveDue({ kind: 'delivery', at: lookUpAt ?? '', uploadId, accountId }, timestamp(due));
        await world.time.sleep((due.getTime() - world.time.now().getTime()) / 1000);
        expect(await world.reconcile()).toMatchObject({ found: { [finding]: 1 } });
      })(),
    );
  });

  it('that a person repeats with force is not looked for any more', async () => {
    const { world, complete } = await silent(Number.POSITIVE_INFINITY, true);
    await world.time.run(
      (async () => {
        await complete();
        await world.time.sleep(4 * HOUR);
        const { uploadId, accountId } = await firstDelivery(world);
        const retry = { uploadId, accounts: [accountId], force: true, by: 'somebody', at: timestamp(world.time.now()) };
        expect(await world.store.retryDeliveries(retry)).toMatchObject({ moved: true });
        expect((await firstDelivery(world)).lookUpAt).toBeNull();
      })(),
    );
  });
});
