import { describe, expect, it } from 'vitest';
import type { Store } from '../../../core/ports/index.ts';
import { at } from './records.ts';
import { ends } from './steps.ts';
import { mustMove, newWorker } from './worker.ts';

export function receiptConformance(store: () => Store): void {
  describe('a receipt', () => {
    it('makes the delivery uploaded, and nothing is open any more', async () => {
      const worker = await newWorker(store());
      const { fence, attempt } = await worker.armed();
      await worker.pause(fence);
      const { attempt: armed } = await worker.now();
      const result = await worker.receipt(attempt);
      expect(result).toMatchObject({ moved: true, duplicate: false });
      expect(mustMove(result)).toMatchObject({
        status: 'uploaded',
        attempt: { ...armed, phase: 'receipt' },
        receipt: { attempt: 1, externalId: 'post-1', externalUrl: null, at: at(104) },
        duplicates: [],
        nextAt: null,
        error: null,
      });
    });

    it('is kept from a worker that has lost everything else', async () => {
      const worker = await newWorker(store());
      const { attempt } = await worker.armed();
      await worker.begun();
      await worker.begun();
      expect(await worker.receipt(attempt)).toMatchObject({ moved: true, duplicate: false });
    });

    it('is refused for an attempt that never was', async () => {
      const worker = await newWorker(store());
      expect(await worker.receipt(1)).toEqual({ moved: false, found: await worker.now() });
      await worker.armed();
      expect(await worker.receipt(0)).toMatchObject({ moved: false });
      expect(await worker.receipt(2)).toEqual({ moved: false, found: await worker.now() });
    });

    it('changes nothing when it comes again, also from somebody who looked the post up', async () => {
      const worker = await newWorker(store());
      const { attempt } = await worker.armed();
      const kept = mustMove(await worker.receipt(attempt));
      expect(await worker.receipt(attempt)).toEqual({ moved: true, delivery: kept, duplicate: false });
      expect(await worker.receipt(attempt, null)).toEqual({ moved: true, delivery: kept, duplicate: false });
    });

    it('for another post is kept beside the first one, once, and says so', async () => {
      const worker = await newWorker(store());
      const { attempt } = await worker.armed();
      const kept = mustMove(await worker.receipt(attempt));
      const second = await worker.receipt(attempt, 'another');
      expect(second).toMatchObject({ moved: true, duplicate: true });
      expect(mustMove(second).receipt).toEqual(kept.receipt);
      expect(mustMove(second).duplicates).toEqual([{ attempt, externalId: 'another', externalUrl: null, at: at(104) }]);
      expect(await worker.receipt(attempt, 'another')).toEqual({ moved: true, delivery: mustMove(second), duplicate: true });
    });

    it('for an attempt that had been disarmed is kept as a duplicate, and nothing is published after it', async () => {
      const worker = await newWorker(store());
      const { fence, attempt } = await worker.armed();
      await worker.disarm(attempt);
      const late = await worker.receipt(attempt);
      expect(late).toMatchObject({ moved: true, duplicate: true });
      const delivery = mustMove(late);
      expect(delivery.duplicates).toEqual([delivery.receipt]);
      expect(delivery).toMatchObject({ status: 'uploaded', receipt: { attempt: 1, externalId: 'post-1' } });
      expect(delivery.proofs).toHaveLength(1);
      expect(await worker.arm(fence)).toMatchObject({ moved: false });
      expect(await worker.begin()).toMatchObject({ moved: false });
    });

    it('for an attempt that had been disarmed ends the one that is armed now', async () => {
      const worker = await newWorker(store());
      const one = await worker.armed();
      await worker.disarm(one.attempt);
      const two = await worker.armed();
      expect(await worker.receipt(one.attempt)).toMatchObject({ moved: true, duplicate: true, delivery: { status: 'uploaded' } });
      expect(await worker.disarm(two.attempt)).toMatchObject({ moved: false });
      const second = mustMove(await worker.receipt(two.attempt));
      expect(second.receipt).toMatchObject({ attempt: 1, externalId: 'post-1' });
      expect(second.duplicates).toMatchObject([{ attempt: 1 }, { attempt: 2 }]);
    });

    it('that was looked up belongs to the attempt that is armed now', async () => {
      const worker = await newWorker(store());
      const one = await worker.armed();
      await worker.disarm(one.attempt);
      const two = await worker.armed();
      expect(await worker.receipt(one.attempt, 'found', true)).toMatchObject({
        moved: true,
        duplicate: false,
        delivery: { receipt: { attempt: two.attempt, externalId: 'found' }, duplicates: [] },
      });
    });

    it('settles what was unknown, and corrects what was said to have failed or been cancelled', async () => {
      const unknown = await newWorker(store());
      const { attempt } = await unknown.armed();
      await unknown.giveUp(attempt);
      expect(await unknown.receipt(attempt)).toMatchObject({ moved: true, duplicate: false, delivery: { status: 'uploaded', error: null } });

      for (const end of [ends.failed, ends.cancelled]) {
        const worker = await newWorker(store());
        const armed = await worker.armed();
        await worker.disarm(armed.attempt);
        await end(store(), worker);
        expect(await worker.receipt(armed.attempt)).toMatchObject({ moved: true, duplicate: true, delivery: { status: 'uploaded' } });
      }
    });
  });
}
