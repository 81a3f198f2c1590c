import { describe, expect, it } from 'vitest';
import { timestamp, timestampAfter } from '../../../core/clock.ts';
import { reconcile } from '../../../core/reconcile/reconcile.ts';
import { times } from '../../../core/times.ts';
import type { Simulation } from '../simulation.ts';
import { brokenPromises } from '../support/promises.ts';
import { firstDelivery } from '../workflow/support.ts';
import { staged, type Staged } from './support.ts';

const { standard } = times;
const DAY = 86_400;

async function inTime<Result>(world: Simulation, main: () => Promise<Result>): Promise<Result> {
  return world.time.run(main());
}
async function recordOf({ world, session }: Staged) {
  const record = await world.store.getUpload(session.uploadId);
  if (record === null) throw new Error('There is no upload.');
  return record;
}
/** A world whose upload was completed, of whose object nobody heard. */
async function unheard(options: Parameters<typeof staged>[0] = {}) {
  const own = await staged({ eventArrives: () => false, ...options });
  await inTime(own.world, () => own.complete());
  return own;
}

describe('an upload whose event was lost', () => {
  it('is left alone for two minutes, and then started', async () => {
    const own = await unheard();
    const { world } = own;
    await inTime(world, async () => {
      await world.time.sleep(standard.watchNew - 1);
      expect(await world.reconcile()).toEqual({ found: {}, left: 0, oldestDueAgeSeconds: 0 });
      await world.time.sleep(1);
      expect(await world.reconcile()).toEqual({ found: { started: 1 }, left: 0, oldestDueAgeSeconds: standard.watchNew });
      await world.reconcileToRest();
    });
    expect(world.events).toEqual(['r1 Uploaded']);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('is started once by two runs at once', async () => {
    const { world } = await unheard();
    await inTime(world, async () => {
      await world.time.sleep(standard.watchNew);
      await Promise.all([world.reconcile(), world.reconcile(), world.reconcile()]);
      await world.reconcileToRest();
    });
    expect(world.invocations.filter((state) => state === 'inspect')).toHaveLength(1);
    expect(world.network.posts).toHaveLength(1);
  });
});

describe('an upload whose execution is gone', () => {
  it('is looked at before its time, and is on time after all', async () => {
    const scheduledOn = timestampAfter(new Date('2030-01-01T00:00:00Z'), 10 * DAY);
    const own = await staged({ scheduledOn });
    const { world } = own;
    await inTime(world, async () => {
      await own.complete();
      await world.time.sleep(60);
      const execution = (await recordOf(own)).upload.claim?.execution ?? '';
      await world.ports.executions.stop(execution);
      await world.reconcileToRest();
    });
    expect((await firstDelivery(world)).receipt?.at).toBe(scheduledOn);
    expect((await recordOf(own)).upload.claim?.execution).not.toBe('event-1');
  });

  it('is left alone while its execution is at work, and looked at rarely while it waits', async () => {
    const scheduledOn = timestampAfter(new Date('2030-01-01T00:00:00Z'), 10 * DAY);
    const own = await staged({ scheduledOn });
    const { world } = own;
    await inTime(world, async () => {
      await own.complete();
      await world.time.sleep(60);
      await world.reconcileToRest();
    });
    expect((await recordOf(own)).upload.claim?.execution).toBe('event-1');
    expect(world.invocations.filter((state) => state === 'reconcile').length).toBeLessThan(15);
  });

  it('over and over is told by how late it is, though each run put it off', async () => {
    const own = await staged({ vanishes: () => true });
    const { world } = own;
    const ages: number[] = [];
    await inTime(world, async () => {
      await own.complete();
      for (let minute = 1; minute <= 60; minute += 1) {
        await world.time.sleep(60);
        const age = (await world.reconcile())?.oldestDueAgeSeconds ?? -1;
        expect([0, minute * 60]).toContain(age);
        if (age > 0) ages.push(age);
      }
    });
    expect(ages.filter((age) => age > 900).length).toBeGreaterThan(1);
  });

  it('over and over fails with a code two days after its time, after a dozen attempts or so', async () => {
    const own = await staged({ vanishes: () => true });
    const { world } = own;
    await inTime(world, async () => {
      await own.complete();
      await world.reconcileToRest();
    });
    const delivery = await firstDelivery(world);
    expect(delivery).toMatchObject({ status: 'failed', error: { code: 'internal_error' } });
    expect(Date.parse(delivery.updatedAt)).toBeGreaterThan(Date.parse('2030-01-03T00:00:00Z'));
    expect(Date.parse(delivery.updatedAt)).toBeLessThan(Date.parse('2030-01-03T07:00:00Z'));
    const claims = world.invocations.filter((state) => state === 'claim').length;
    expect(claims).toBeGreaterThan(5);
    expect(claims).toBeLessThan(25);
    expect(world.events).toEqual(['r1 Failed']);
  });
});

describe('what a person moved', () => {
  it('is taken up after the grace, though nobody started it', async () => {
    const scheduledOn = timestampAfter(new Date('2030-01-01T00:00:00Z'), 10 * DAY);
    const own = await staged({ scheduledOn });
    const { world } = own;
    await inTime(world, async () => {
      await own.complete();
      await world.time.sleep(60);
      const at = timestamp(world.time.now());
      const watchAt = timestampAfter(world.time.now(), 10);
      await world.store.rescheduleUpload({ uploadId: own.session.uploadId, revision: 1, edit: { scheduledOn: null }, at, wake: { watchAt } });
      await world.time.sleep(10);
      expect(await world.reconcile()).toMatchObject({ found: { at_work: 1 } });
      await world.time.sleep(standard.wakeGrace - 10);
      expect(await world.reconcile()).toMatchObject({ found: { woken: 1 } });
      await world.time.sleep(60);
    });
    expect(world.events).toEqual(['r2 Uploaded']);
    expect((await recordOf(own)).upload).toMatchObject({ wake: null, watchAt: null, closedRevision: 2 });
  });
});

const never = (own: Staged, outcome: 'pending' | { refused: string }) => {
  Object.assign(own.world.ports, { media: { ...own.world.ports.media, completeMultipart: () => Promise.resolve(outcome) } });
};

describe('a file that storage does not put together', () => {
  it('is asked for again for a day, then fails with a code', async () => {
    const own = await staged();
    const { world } = own;
    never(own, 'pending');
    await inTime(world, async () => {
      expect(await own.complete()).toBe('pending');
      await world.time.sleep(DAY - 60);
      expect(await world.reconcile()).toMatchObject({ found: { assembling: 1 } });
      expect((await firstDelivery(world)).status).toBe('pending');
      await world.reconcileToRest();
    });
    expect(await firstDelivery(world)).toMatchObject({ status: 'failed', error: { code: 'media_rejected' } });
    expect(world.events).toEqual(['r1 Failed']);
    expect((await recordOf(own)).upload).toMatchObject({ closedRevision: 1, watchAt: null });
  });

  it('is taken back if storage refuses its parts, and the session is open again', async () => {
    const own = await staged();
    const { world, session } = own;
    never(own, 'pending');
    await inTime(world, async () => {
      await own.complete();
      never(own, { refused: 'InvalidPart' });
      await world.time.sleep(standard.watchNew);
      expect(await world.reconcile()).toMatchObject({ found: { taken_back: 1 } });
    });
    expect(await world.store.getUpload(session.uploadId)).toBeNull();
    expect((await world.store.getSession(session.tokenHash))?.state).toBe('open');
  });
});

describe('an expired session', () => {
  it('loses its parts, and cannot be completed from then on', async () => {
    const own = await staged();
    const { world, session } = own;
    const { objectKey, multipartId } = session;
    await inTime(world, async () => {
      await world.time.sleep(7 * DAY - 1);
      expect(await world.reconcile()).toMatchObject({ found: {} });
      expect(await world.media.listParts({ objectKey, multipartId })).toHaveLength(1);
      await world.time.sleep(1);
      expect(await world.reconcile()).toMatchObject({ found: { expired: 1 } });
      expect(await world.media.listParts({ objectKey, multipartId })).toBeNull();
      expect(await own.complete()).toBeUndefined();
      expect(await world.reconcile()).toMatchObject({ found: {} });
    });
    expect(await world.store.getUpload(session.uploadId)).toBeNull();
  });
});

const nothing = () => Promise.reject(new Error('Nothing is renewed here, and nothing unlinked.'));
const noRenewals = { renew: nothing, revoke: nothing };

describe('one entry', () => {
  it('that always fails is put off, and stops no other', async () => {
    const own = await unheard();
    const { world } = own;
    const broken: typeof world.store = {
      ...world.store,
      listDue: async () => [
        { kind: 'session', at: '2029-01-01T00:00:00Z', tokenHash: 'broken' },
        ...(await world.store.listDue({ now: timestamp(world.time.now()), limit: 10 })),
      ],
      getSession: () => Promise.reject(new Error('this item cannot be read')),
    };
    const lookUps = { start: () => Promise.resolve() };
    const report = await inTime(world, async () => {
      await world.time.sleep(standard.watchNew);
      return reconcile({ ...world.ports, store: broken, lookUps, renewals: noRenewals });
    });
    expect(report.found).toEqual({ troubled: 1, started: 1 });
    expect(report.oldestDueAgeSeconds).toBe(365 * DAY + standard.watchNew);
    expect(world.logged).toContain('error reconcile_troubled');
  });

  it('is not begun when the time of the run is over: it comes with the next', async () => {
    const own = await unheard();
    const { world } = own;
    const many = Array.from({ length: 400 }, (_, n) => ({ kind: 'session', at: '2029-01-01T00:00:00Z', tokenHash: `hash ${n}` }) as const);
    const slow: typeof world.store = {
      ...world.store,
      listDue: () => Promise.resolve(many),
      getSession: async () => {
        await world.time.sleep(1);
        return null;
      },
    };
    const began = world.time.elapsed();
    const report = await inTime(world, () => reconcile({ ...world.ports, store: slow, lookUps: { start: () => Promise.resolve() }, renewals: noRenewals }));
    expect(world.time.elapsed() - began).toBe(standard.reconcileStops);
    expect(report).toMatchObject({ found: { moved_on: 300 }, left: 100 });
  });
});
