import { describe, expect, it } from 'vitest';
import type { Store } from '../../../core/ports/index.ts';
import { at, createUpload, error, hashOf, newAccount } from './records.ts';
import { ends } from './steps.ts';
import { mustMove, newWorker, workerFor } from './worker.ts';

export function publishConformance(store: () => Store): void {
  describe('arming', () => {
    it('opens the next attempt with what it will send', async () => {
      const worker = await newWorker(store());
      const before = mustMove(await worker.begin());
      const armed = mustMove(await worker.arm(before.fence));
      const attempt = { phase: 'armed', n: 1, armedAt: at(103), fingerprint: hashOf(worker.ref.uploadId) };
      expect(armed).toEqual({ ...before, attempt, updatedAt: at(103) });
      expect(await worker.now()).toEqual(armed);
    });

    it('lets one of 50 at once through', async () => {
      const worker = await newWorker(store());
      const fence = await worker.begun();
      const armed = await Promise.all(Array.from({ length: 50 }, () => worker.arm(fence)));
      expect(armed.filter((move) => move.moved)).toHaveLength(1);
      const now = await worker.now();
      for (const move of armed) if (!move.moved) expect(move.found).toEqual(now);
      expect(now.attempt).toMatchObject({ phase: 'armed', n: 1 });
    });

    it('is refused for another fence and for another revision, with what was found', async () => {
      const worker = await newWorker(store());
      const old = await worker.begun();
      const fence = await worker.begun();
      const found = await worker.now();
      expect(await worker.arm(old)).toEqual({ moved: false, found });
      expect(await worker.arm(fence + 1)).toEqual({ moved: false, found });
      expect(await worker.arm(fence, { revision: 2 })).toEqual({ moved: false, found });
      expect(await worker.arm(fence, { revision: 0 })).toEqual({ moved: false, found });
    });

    it('is refused while an attempt is armed, also to the worker that armed it', async () => {
      const worker = await newWorker(store());
      const { fence } = await worker.armed();
      expect(await worker.arm(fence)).toEqual({ moved: false, found: await worker.now() });
      expect(await worker.arm(await worker.begun())).toEqual({ moved: false, found: await worker.now() });
    });

    it('is refused once there is a receipt, whatever the fence', async () => {
      const worker = await newWorker(store());
      const { attempt } = await worker.armed();
      await worker.receipt(attempt);
      const { fence } = mustMove(await worker.beginDecorate());
      expect(await worker.arm(fence)).toEqual({ moved: false, found: await worker.now() });
    });

    it('is refused at every end', async () => {
      for (const end of Object.values(ends)) {
        const worker = await newWorker(store());
        await end(store(), worker);
        const found = await worker.now();
        expect(await worker.arm(found.fence, { revision: found.revision })).toEqual({ moved: false, found });
      }
    });

    it('is refused for an account that is not linked any more', async () => {
      const account = newAccount();
      const worker = workerFor(store(), await createUpload(store(), { tenantId: account.tenantId, accounts: [account] }));
      const fence = await worker.begun();
      expect(await worker.arm(fence)).toEqual({ moved: false, found: await worker.now() });
    });
  });

  describe('disarming', () => {
    it('keeps the proof, and the next attempt has the next number', async () => {
      const worker = await newWorker(store());
      const { fence, attempt } = await worker.armed();
      const disarmed = mustMove(await worker.disarm(attempt, 'refused'));
      expect(disarmed.attempt).toEqual({ phase: 'idle', n: 1 });
      expect(disarmed.proofs).toEqual([{ attempt: 1, kind: 'refused', evidence: 'it is not there', at: at(106) }]);
      expect(mustMove(await worker.arm(fence)).attempt).toMatchObject({ phase: 'armed', n: 2 });
    });

    it('needs no fence: a proof is a fact', async () => {
      const worker = await newWorker(store());
      const { attempt } = await worker.armed();
      await worker.begun();
      expect(await worker.disarm(attempt)).toMatchObject({ moved: true });
    });

    it('is refused for another attempt, for one that is idle, and for one with a receipt', async () => {
      const worker = await newWorker(store());
      expect(await worker.disarm(0)).toMatchObject({ moved: false });
      const { attempt } = await worker.armed();
      expect(await worker.disarm(attempt + 1)).toEqual({ moved: false, found: await worker.now() });
      await worker.disarm(attempt);
      expect(await worker.disarm(attempt)).toEqual({ moved: false, found: await worker.now() });
      const again = await worker.armed();
      expect(await worker.disarm(attempt)).toMatchObject({ moved: false });
      await worker.receipt(again.attempt);
      expect(await worker.disarm(again.attempt)).toEqual({ moved: false, found: await worker.now() });
    });

    it('keeps the last ten proofs', async () => {
      const worker = await newWorker(store());
      for (let n = 1; n <= 12; n += 1) await worker.disarm((await worker.armed()).attempt);
      expect((await worker.now()).proofs.map((proof) => proof.attempt)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    });
  });

  describe('giving up looking', () => {
    it('leaves the attempt open under the status unknown', async () => {
      const worker = await newWorker(store());
      const { fence, attempt } = await worker.armed();
      await worker.pause(fence);
      expect(mustMove(await worker.giveUp(attempt))).toMatchObject({
        status: 'unknown',
        attempt: { phase: 'armed', n: 1 },
        error: { code: 'outcome_unknown' },
        nextAt: null,
      });
      expect(await worker.giveUp(attempt)).toMatchObject({ moved: false });
    });

    it('is refused for what is not armed, and for another attempt', async () => {
      const worker = await newWorker(store());
      expect(await worker.giveUp(0)).toEqual({ moved: false, found: await worker.now() });
      const { attempt } = await worker.armed();
      expect(await worker.giveUp(attempt + 1)).toEqual({ moved: false, found: await worker.now() });
      await worker.receipt(attempt);
      expect(await worker.giveUp(attempt)).toEqual({ moved: false, found: await worker.now() });
    });
  });

  describe('settling as absent', () => {
    it('fails what was unknown, with the proof', async () => {
      const worker = await newWorker(store());
      const { attempt } = await worker.armed();
      await worker.giveUp(attempt);
      expect(mustMove(await worker.settleAbsent(attempt))).toMatchObject({
        status: 'failed',
        attempt: { phase: 'idle', n: 1 },
        proofs: [{ attempt: 1, kind: 'absent', evidence: 'it never came', at: at(109) }],
        error: error(),
      });
    });

    it('is refused for what is not unknown, not armed, or another attempt', async () => {
      const worker = await newWorker(store());
      const { attempt } = await worker.armed();
      expect(await worker.settleAbsent(attempt)).toEqual({ moved: false, found: await worker.now() });
      await worker.giveUp(attempt);
      expect(await worker.settleAbsent(attempt + 1)).toEqual({ moved: false, found: await worker.now() });
      await worker.settleAbsent(attempt);
      expect(await worker.settleAbsent(attempt)).toEqual({ moved: false, found: await worker.now() });
    });
  });

  describe('decorating', () => {
    it('begins only after the receipt', async () => {
      const worker = await newWorker(store());
      expect(await worker.beginDecorate()).toEqual({ moved: false, found: await worker.now() });
      const { fence, attempt } = await worker.armed();
      expect(await worker.beginDecorate()).toMatchObject({ moved: false });
      expect(await worker.decorate(fence)).toEqual({ moved: false, found: await worker.now() });
      const { receipt } = mustMove(await worker.receipt(attempt));
      const begun = mustMove(await worker.beginDecorate());
      expect(begun.fence).toBe(fence + 1);
      const done = mustMove(await worker.decorate(begun.fence));
      expect(done).toEqual({
        ...begun,
        receipt: { ...receipt, externalUrl: 'https://alpha.example/p/1' },
        warnings: ['No thumbnail.'],
        decorated: true,
        updatedAt: at(111),
      });
    });

    it('is refused for a worker that another one has overtaken', async () => {
      const worker = await newWorker(store());
      await worker.receipt((await worker.armed()).attempt);
      const { fence } = mustMove(await worker.beginDecorate());
      await worker.beginDecorate();
      expect(await worker.decorate(fence)).toEqual({ moved: false, found: await worker.now() });
    });

    it('takes no link away', async () => {
      const worker = await newWorker(store());
      await worker.receipt((await worker.armed()).attempt);
      const { fence } = mustMove(await worker.beginDecorate());
      await worker.decorate(fence);
      expect(mustMove(await worker.decorate(fence, null)).receipt?.externalUrl).toBe('https://alpha.example/p/1');
    });
  });
}
