import { describe, expect, it } from 'vitest';
import type { Store } from '../../../core/ports/index.ts';
import { brokenPromises } from './invariants.ts';
import { look, moveNames, moves } from './moves.ts';
import { createUpload, newAccount } from './records.ts';
import { mustMove, newWorker, workerFor } from './worker.ts';

export function raceConformance(store: () => Store): void {
  describe('many at once', () => {
    it('every move of the guard together leaves one true state', async () => {
      for (let round = 0; round < 3; round += 1) {
        const worker = await newWorker(store());
        await worker.begun();
        const seen = await look(store(), worker);
        await Promise.all([...moveNames, ...moveNames].map((name) => moves[name](store(), worker, seen)));
        expect(brokenPromises(null, (await look(store(), worker)).delivery)).toEqual([]);
      }
    });

    it('30 receipts of one post are one receipt', async () => {
      const worker = await newWorker(store());
      const { attempt } = await worker.armed();
      const kept = await Promise.all(Array.from({ length: 30 }, () => worker.receipt(attempt)));
      for (const result of kept) expect(result).toMatchObject({ moved: true, duplicate: false, delivery: { status: 'uploaded' } });
      expect((await worker.now()).duplicates).toEqual([]);
    });

    it('two posts of one attempt are a receipt and a duplicate, whoever comes first', async () => {
      const worker = await newWorker(store());
      const { attempt } = await worker.armed();
      const kept = await Promise.all([worker.receipt(attempt, 'one'), worker.receipt(attempt, 'other')]);
      expect(kept.filter(({ duplicate }) => duplicate === true)).toHaveLength(1);
      const { receipt, duplicates } = await worker.now();
      expect(new Set([receipt, ...duplicates].map((each) => each?.externalId))).toEqual(new Set(['one', 'other']));
    });

    it('a receipt and a proof of absence: one of them, and the other is told', async () => {
      for (let round = 0; round < 5; round += 1) {
        const worker = await newWorker(store());
        const { attempt } = await worker.armed();
        const [receipt, disarmed] = await Promise.all([worker.receipt(attempt), worker.disarm(attempt)]);
        expect(receipt.moved).toBe(true);
        expect(receipt.duplicate).toBe(disarmed.moved);
        expect((await worker.now()).status).toBe('uploaded');
      }
    });

    it('sixteen uploads on one account publish one after the other, and none is lost or turned away', async () => {
      const account = newAccount();
      await store().putAccount(account);
      const created = Array.from({ length: 16 }, () => createUpload(store(), { tenantId: account.tenantId, accounts: [account] }));
      const workers = (await Promise.all(created)).map((each) => workerFor(store(), each));
      let armed = 0;
      let most = 0;
      await Promise.all(
        workers.map(async (worker) => {
          const fence = await worker.begun();
          for (;;) {
            const move = await worker.arm(fence);
            if (!move.moved) continue;
            armed += 1;
            most = Math.max(most, armed);
            await store().getDelivery(worker.ref);
            armed -= 1;
            mustMove(await worker.receipt(move.delivery.attempt.n));
            return;
          }
        }),
      );
      expect(most).toBe(1);
      const ended = await Promise.all(workers.map((worker) => worker.now()));
      expect(ended.map(({ status }) => status)).toEqual(ended.map(() => 'uploaded'));
      expect((await store().getAccount(account.tenantId, account.accountId))?.lease).toBeNull();
    });
  });
}
