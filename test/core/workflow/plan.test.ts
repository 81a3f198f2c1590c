import { describe, expect, it } from 'vitest';
import { timestampAfter } from '../../../core/clock.ts';
import { ulidIds } from '../../../core/ids.ts';
import { plan } from '../../../core/workflow/plan.ts';
import { MAX_ROUNDS, MAX_WAIT_DAYS } from '../../../core/workflow.ts';
import { simulation, type Simulation } from '../simulation.ts';
import { brokenPromises } from '../support/promises.ts';
import { claimed, declared, firstDelivery } from './support.ts';

const DAY = 24 * 60 * 60;

function inDays(world: Simulation, days: number): string {
  return timestampAfter(world.time.now(), days * DAY);
}

async function scheduled(days: number): Promise<Simulation> {
  const scheduledOn = new Date(Date.parse('2030-01-01T00:00:00Z') + days * DAY * 1000).toISOString().replace('.000', '');
  return simulation({ upload: { scheduledOn } });
}

describe('what an upload does next', () => {
  it('waits until it is due', async () => {
    const world = await scheduled(3);
    expect(await plan(world.ports, await claimed(world))).toMatchObject({ next: 'wait', waitUntil: '2030-01-04T00:00:00Z' });
  });

  it.each([
    [MAX_WAIT_DAYS, '2030-01-31T00:00:00Z'],
    [MAX_WAIT_DAYS + 1, '2030-01-31T00:00:00Z'],
    [365, '2030-01-31T00:00:00Z'],
  ])('waits at most thirty days at a time (due in %i days)', async (days, waitUntil) => {
    const world = await scheduled(days);
    expect(await plan(world.ports, await claimed(world))).toMatchObject({ next: 'wait', waitUntil });
  });

  it('makes way for a new execution after a long wait, before it publishes', async () => {
    const world = await scheduled(MAX_WAIT_DAYS);
    const input = await claimed(world);
    await world.time.run(world.time.sleep(MAX_WAIT_DAYS * DAY));
    expect(await plan(world.ports, input)).toMatchObject({ next: 'renew' });
  });

  it('publishes at its time, not a second before', async () => {
    const world = await scheduled(1);
    const input = await claimed(world);
    await world.time.run(world.time.sleep(DAY - 1));
    expect(await plan(world.ports, input)).toMatchObject({ next: 'wait', waitUntil: '2030-01-02T00:00:00Z' });
    await world.time.run(world.time.sleep(1));
    expect(await plan(world.ports, input)).toMatchObject({ next: 'publish', round: 1 });
  });

  it('a year ahead: waits in pieces, renews itself, and publishes when it is due', async () => {
    const world = await scheduled(365);
    await world.time.run(world.runToRest());
    expect(await brokenPromises(world)).toEqual([]);
    expect(world.invocations.filter((state) => state === 'claim')).toHaveLength(13);
    const [post] = world.network.posts;
    expect(post?.at).toBeGreaterThanOrEqual(365 * DAY);
    expect(post?.at).toBeLessThan(365 * DAY + 60);
  });

  it('only sends those of its deliveries out whose own pause is over', async () => {
    const world = await simulation({ accounts: 2 });
    const input = await claimed(world);
    const { accountId, uploadId } = await firstDelivery(world);
    const begun = await world.store.beginStep({ uploadId, accountId }, { revision: 1, execution: 'child', at: inDays(world, 0) });
    if (!begun.moved) throw new Error('not begun');
    const pause = { fence: begun.delivery.fence, status: 'retrying', trouble: null, error: null, at: inDays(world, 0) } as const;
    await world.store.pause({ uploadId, accountId }, { ...pause, nextAt: inDays(world, 1) });
    const next = await plan(world.ports, input);
    expect(next).toMatchObject({ next: 'publish' });
    expect('jobs' in next ? next.jobs.map((job) => job.accountId) : []).not.toContain(accountId);
  });

  it('begins anew after so many rounds', async () => {
    const world = await simulation();
    const input = await claimed(world);
    expect(await plan(world.ports, { ...input, round: MAX_ROUNDS - 1 })).toMatchObject({ next: 'publish', round: MAX_ROUNDS });
    expect(await plan(world.ports, { ...input, round: MAX_ROUNDS })).toMatchObject({ next: 'renew' });
  });

  it('publishes nothing that was not inspected', async () => {
    const world = await simulation({ upload: { media: [declared()] } });
    expect(await plan(world.ports, await claimed(world))).toMatchObject({ next: 'renew' });
  });

  it('ends when another execution has the upload', async () => {
    const world = await simulation();
    const input = await claimed(world);
    expect(await plan(world.ports, { ...input, execution: 'execution-2' })).toMatchObject({ next: 'end' });
  });

  it('names each child for ever: by upload, account, revision, round and parent, in at most 80 characters', async () => {
    const world = await simulation({ accounts: 40 });
    const input = await claimed(world, `arn:aws:states:us-east-1:123456789012:execution:upload:${ulidIds(world.time).next('upl')}`);
    const names = new Set<string>();
    for (const round of [0, 1, MAX_ROUNDS - 1]) {
      const next = await plan(world.ports, { ...input, round });
      for (const job of 'jobs' in next ? next.jobs : []) {
        names.add(job.name);
        expect(job.name).toMatch(/^[0-9A-Za-z-]{1,80}$/u);
        expect(job.name).toContain(`-r1-k${round + 1}-`);
      }
    }
    expect(names.size).toBe(3 * 40);
  });
});

describe('the end of an upload', () => {
  it('is announced once a revision, however often it is found', async () => {
    const world = await simulation({ accounts: 2 });
    await world.time.run(world.runToRest());
    const { uploadId } = world;
    await plan(world.ports, { v: 1, uploadId, round: 1, execution: 'execution-1' });
    expect(world.events).toEqual(['r1 Uploaded']);
  });

  it('is announced again when a retry has come to its end', async () => {
    const world = await simulation({
      network: { weather: (operation, nth) => (operation === 'publish' && nth === 1 ? { kind: 'refused', status: 422, reason: 'no' } : undefined) },
    });
    const { accountId, uploadId } = await firstDelivery(world);
    const retried = world.time
      .sleep(86_400)
      .then(() => world.store.retryDeliveries({ uploadId, accounts: [accountId], force: false, by: 'them', at: inDays(world, 0) }));
    await world.time.run(Promise.all([world.runToRest(), retried]));
    await world.time.run(world.runToRest());
    expect(world.events).toEqual(['r1 Failed', 'r1 Uploaded']);
    expect(await brokenPromises(world)).toEqual([]);
  });
});
