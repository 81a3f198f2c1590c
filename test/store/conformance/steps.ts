import { describe, expect, it } from 'vitest';
import type { Store } from '../../../core/ports/index.ts';
import { at, error, newAccount, newId } from './records.ts';
import { mustMove, newWorker, type Worker } from './worker.ts';

/** How a delivery comes to each of its ends. */
export const ends: Readonly<Record<'failed' | 'uploaded' | 'unknown' | 'cancelled', (store: Store, worker: Worker) => Promise<void>>> = {
  failed: async (_, worker) => {
    mustMove(await worker.fail(await worker.begun()));
  },
  uploaded: async (_, worker) => {
    mustMove(await worker.receipt((await worker.armed()).attempt));
  },
  unknown: async (_, worker) => {
    mustMove(await worker.giveUp((await worker.armed()).attempt));
  },
  cancelled: async (store, { ref }) => {
    const cancelled = await store.cancelDeliveries({ uploadId: ref.uploadId, revision: 1, accounts: [ref.accountId], at: at(120) });
    if (!cancelled.moved) throw new Error('not cancelled');
  },
};

export function stepConformance(store: () => Store): void {
  describe('beginning a step', () => {
    it('raises the fence, notes the execution and forgets when to come back', async () => {
      const worker = await newWorker(store());
      const before = await worker.now();
      const step = { revision: 1, execution: 'execution-1', at: at(100) };
      const begun = mustMove(await store().beginStep(worker.ref, step));
      expect(begun).toEqual({ ...before, fence: 1, status: 'dispatching', execution: 'execution-1', startedAt: at(100), updatedAt: at(100) });
      expect(await worker.now()).toEqual(begun);
      expect(mustMove(await worker.pause(1)).nextAt).toBe(at(160));
      expect(mustMove(await worker.begin())).toMatchObject({ fence: 2, nextAt: null, status: 'dispatching' });
    });

    it('keeps when the first step of the revision began', async () => {
      const worker = await newWorker(store());
      await worker.begun();
      const again = await store().beginStep(worker.ref, { revision: 1, execution: 'execution-2', at: at(500) });
      expect(mustMove(again).startedAt).toBe(at(100));
      await store().retryDeliveries({
        uploadId: worker.ref.uploadId,
        accounts: [mustMove(await worker.fail(2)).accountId],
        force: false,
        by: 'ten_1',
        at: at(600),
      });
      expect((await worker.now()).startedAt).toBeNull();
    });

    it('is refused for another revision, with what was found', async () => {
      const worker = await newWorker(store());
      for (const revision of [0, 2]) expect(await worker.begin(revision)).toEqual({ moved: false, found: await worker.now() });
    });

    it('is refused at every end', async () => {
      for (const end of Object.values(ends)) {
        const worker = await newWorker(store());
        await end(store(), worker);
        const found = await worker.now();
        expect(await worker.begin(found.revision)).toEqual({ moved: false, found });
      }
    });

    it('gives every one of 50 steps at once a fence of its own', async () => {
      const worker = await newWorker(store());
      const begun = await Promise.all(Array.from({ length: 50 }, () => worker.begin()));
      expect(begun.map((move) => mustMove(move).fence).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
    });
  });

  describe('a move of a delivery that is not there', () => {
    it('is refused with nothing found', async () => {
      const worker = await newWorker(store());
      const ref = { uploadId: worker.ref.uploadId, accountId: `acc_${newId()}` };
      const { tenantId } = newAccount();
      const receipt = { attempt: 1, externalId: 'post', externalUrl: null, at: at(0) };
      const arm = { tenantId, fence: 0, revision: 1, fingerprint: 'f', at: at(0), leaseUntil: at(900) };
      const refused = { moved: false, found: null };
      expect(await store().getDelivery(ref)).toBeNull();
      expect(await store().beginStep(ref, { revision: 1, execution: 'e', at: at(0) })).toEqual(refused);
      expect(await store().arm(ref, arm)).toEqual(refused);
      expect(await store().receipt(ref, { tenantId, receipt, at: at(0) })).toEqual(refused);
      expect(await store().disarm(ref, { tenantId, attempt: 1, kind: 'absent', evidence: '', at: at(0) })).toEqual(refused);
      expect(await store().beginDecorate(ref, { at: at(0) })).toEqual(refused);
    });
  });

  describe('saving a checkpoint', () => {
    it('keeps what JSON can carry, at any depth', async () => {
      const worker = await newWorker(store());
      let data: unknown = { uri: 'https://alpha.example/session?id=1', parts: [1, null, ''], more: {} };
      for (let level = 0; level < 40; level += 1) data = { data };
      const saved = mustMove(await worker.save(await worker.begun(), data));
      expect(saved.checkpoint).toEqual({ version: 1, ready: true, data });
      expect(await worker.now()).toEqual(saved);
    });

    it('keeps how many bytes the network has, until it is told another number', async () => {
      const worker = await newWorker(store());
      const fence = await worker.begun();
      const save = (bytesSent?: number | null) =>
        store().saveCheckpoint(worker.ref, {
          fence,
          checkpoint: { version: 1, ready: false, data: null },
          at: at(101),
          ...(bytesSent === undefined ? {} : { bytesSent }),
        });
      expect(mustMove(await save()).bytesSent).toBeNull();
      expect(mustMove(await save(0)).bytesSent).toBe(0);
      expect(mustMove(await save(8_388_608)).bytesSent).toBe(8_388_608);
      expect(mustMove(await save()).bytesSent).toBe(8_388_608);
      expect((await worker.now()).bytesSent).toBe(8_388_608);
      expect(mustMove(await save(null)).bytesSent).toBeNull();
    });

    it('makes null of what JSON cannot carry', async () => {
      const worker = await newWorker(store());
      expect(mustMove(await worker.save(await worker.begun(), Number.NaN)).checkpoint?.data).toBeNull();
      const save = { fence: (await worker.now()).fence, checkpoint: { version: 1, ready: false, data: undefined }, at: at(101) };
      expect(mustMove(await store().saveCheckpoint(worker.ref, save)).checkpoint).toEqual({ version: 1, ready: false, data: null });
    });

    it('is refused for a worker that another one has overtaken', async () => {
      const worker = await newWorker(store());
      const old = await worker.begun();
      const fence = await worker.begun();
      expect(await worker.save(old)).toEqual({ moved: false, found: await worker.now() });
      expect(await worker.save(fence + 1)).toMatchObject({ moved: false });
      expect(await worker.save(fence)).toMatchObject({ moved: true });
    });
  });

  describe('a pause', () => {
    it('counts the trouble, and says why and until when', async () => {
      const worker = await newWorker(store());
      const fence = await worker.begun();
      await worker.pause(fence, 'rate_limited');
      await worker.pause(fence, 'retryable');
      const paused = mustMove(await worker.pause(fence, 'rate_limited'));
      expect(paused).toMatchObject({ status: 'retrying', tries: { rate_limited: 2, retryable: 1 }, nextAt: at(160), error: error() });
      const calm = { fence, status: 'dispatching', trouble: null, nextAt: null, error: null, at: at(103) } as const;
      expect(mustMove(await store().pause(worker.ref, calm))).toEqual({
        ...paused,
        status: 'dispatching',
        nextAt: null,
        error: null,
        updatedAt: at(103),
      });
    });

    it('is refused for a worker that another one has overtaken', async () => {
      const worker = await newWorker(store());
      const old = await worker.begun();
      await worker.begun();
      expect(await worker.pause(old)).toEqual({ moved: false, found: await worker.now() });
    });

    it('is refused at every end, whatever the fence', async () => {
      for (const end of Object.values(ends)) {
        const worker = await newWorker(store());
        await end(store(), worker);
        const found = await worker.now();
        expect(await worker.pause(found.fence)).toEqual({ moved: false, found });
      }
    });
  });

  describe('failing', () => {
    it('ends the delivery with its reason', async () => {
      const worker = await newWorker(store());
      const fence = await worker.begun();
      await worker.pause(fence);
      expect(mustMove(await worker.fail(fence))).toMatchObject({ status: 'failed', error: error(), nextAt: null });
    });

    it('is refused for a worker that another one has overtaken', async () => {
      const worker = await newWorker(store());
      const old = await worker.begun();
      await worker.begun();
      expect(await worker.fail(old)).toEqual({ moved: false, found: await worker.now() });
    });

    it('is refused while the visible call may be under way', async () => {
      const worker = await newWorker(store());
      const { fence } = await worker.armed();
      expect(await worker.fail(fence)).toEqual({ moved: false, found: await worker.now() });
    });

    it('is refused at every end, whatever the fence', async () => {
      for (const end of Object.values(ends)) {
        const worker = await newWorker(store());
        await end(store(), worker);
        const found = await worker.now();
        expect(await worker.fail(found.fence)).toEqual({ moved: false, found });
      }
    });
  });
}
