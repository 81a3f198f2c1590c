import { describe, expect, it } from 'vitest';
import type { Store } from '../../../core/ports/index.ts';
import { createUpload, first, hashOf, newAccount, at } from './records.ts';
import { LEASE, mustMove, workerFor, type Worker } from './worker.ts';

export function leaseConformance(store: () => Store): void {
  /** So many uploads to the same account. */
  const rivals = async (count: number): Promise<readonly Worker[]> => {
    const account = newAccount();
    await store().putAccount(account);
    const created = Array.from({ length: count }, () => createUpload(store(), { tenantId: account.tenantId, accounts: [account] }));
    return (await Promise.all(created)).map((each) => workerFor(store(), each));
  };
  const pair = async (): Promise<readonly [Worker, Worker]> => {
    const [one, other] = await rivals(2);
    if (one === undefined || other === undefined) throw new Error('there are not two');
    return [one, other];
  };
  const leaseOf = async ({ tenantId, ref }: Worker) => (await store().getAccount(tenantId, ref.accountId))?.lease;

  describe('the publish lease of an account', () => {
    it('belongs to the armed attempt, and keeps other uploads from arming', async () => {
      const [one, other] = await pair();
      const { attempt } = await one.armed();
      const { uploadId } = one.ref;
      expect(await leaseOf(one)).toEqual({ uploadId, attempt, fingerprint: hashOf(uploadId), until: at(103 + LEASE) });
      const fence = await other.begun();
      expect(await other.arm(fence)).toEqual({
        moved: false,
        found: await other.now(),
        leaseHeldBy: { uploadId, until: at(103 + LEASE) },
      });
      expect((await other.now()).attempt).toEqual({ phase: 'idle', n: 0 });
    });

    it('goes to one of 20 uploads at once', async () => {
      const workers = await rivals(20);
      const fences = await Promise.all(workers.map((worker) => worker.begun()));
      const armed = await Promise.all(workers.map((worker, n) => worker.arm(fences[n] ?? 0)));
      expect(armed.filter((move) => move.moved)).toHaveLength(1);
      const winner = workers[armed.findIndex((move) => move.moved)];
      const refused = armed.filter((move) => !move.moved);
      for (const move of refused) expect(move).toMatchObject({ leaseHeldBy: { uploadId: winner?.ref.uploadId } });
    });

    const endings: Readonly<Record<string, (worker: Worker, attempt: number) => Promise<unknown>>> = {
      'the receipt': (worker, attempt) => worker.receipt(attempt),
      'a proof that nothing was published': (worker, attempt) => worker.disarm(attempt),
      'giving up': (worker, attempt) => worker.giveUp(attempt),
    };
    for (const [name, end] of Object.entries(endings)) {
      it(`ends with ${name}`, async () => {
        const [one, other] = await pair();
        const { attempt } = await one.armed();
        await end(one, attempt);
        expect(await leaseOf(one)).toBeNull();
        expect(await other.arm(await other.begun())).toMatchObject({ moved: true });
      });
    }

    it('does not end with what ends another upload', async () => {
      const [one, other] = await pair();
      const first = await other.armed();
      await other.disarm(first.attempt);
      await one.armed();
      await other.receipt(first.attempt);
      expect((await leaseOf(one))?.uploadId).toBe(one.ref.uploadId);
    });

    it('does not keep the same delivery from arming again', async () => {
      const [one] = await pair();
      const { fence, attempt } = await one.armed();
      await one.disarm(attempt);
      expect(mustMove(await one.arm(fence)).attempt.n).toBe(2);
      expect((await leaseOf(one))?.attempt).toBe(2);
    });

    it('is over at its end, though the attempt is undecided, and not a second before', async () => {
      const [one, other] = await pair();
      await one.armed();
      const fence = await other.begun();
      expect(await other.arm(fence, { seconds: 103 + LEASE - 1 })).toMatchObject({ leaseHeldBy: { uploadId: one.ref.uploadId } });
      expect(await other.arm(fence, { seconds: 103 + LEASE })).toMatchObject({ moved: true });
      expect((await leaseOf(one))?.uploadId).toBe(other.ref.uploadId);
    });

    it('once over is not taken from its new holder by the end of the old one', async () => {
      const [one, other] = await pair();
      const old = await one.armed();
      mustMove(await other.arm(await other.begun(), { seconds: 2_000 }));
      await one.receipt(old.attempt);
      expect((await leaseOf(one))?.uploadId).toBe(other.ref.uploadId);
    });

    it('once over still stops another upload that would send the very same, until the attempt is decided', async () => {
      const [one, other, third] = await rivals(3);
      if (one === undefined || other === undefined || third === undefined) throw new Error('there are not three');
      const same = hashOf('the very same');
      mustMove(await one.arm(await one.begun(), { fingerprint: same }));
      const fence = await other.begun();
      expect(await other.arm(fence, { fingerprint: same, seconds: 2_000 })).toMatchObject({
        moved: false,
        leaseHeldBy: { uploadId: one.ref.uploadId },
      });
      // The lease itself may go to others meanwhile, and come back.
      const passing = await third.arm(await third.begun(), { seconds: 2_000 });
      await third.receipt(mustMove(passing).attempt.n);
      expect(await other.arm(fence, { fingerprint: same, seconds: 2_001 })).toMatchObject({ moved: false });
      await one.disarm(1);
      expect(await other.arm(fence, { fingerprint: same, seconds: 2_002 })).toMatchObject({ moved: true });
    });

    it('once over does not keep its own delivery from sending the very same again', async () => {
      const [one] = await pair();
      const { fence, attempt } = await one.armed();
      await one.disarm(attempt);
      expect(await one.arm(fence, { seconds: 5_000 })).toMatchObject({ moved: true });
    });

    it('leaves other accounts of the same upload alone', async () => {
      const created = await createUpload(store(), { accounts: 2 });
      const [one, other] = created.refs.map((ref) => workerFor(store(), created, ref));
      await one?.armed();
      const armed = await other?.armed();
      expect(armed?.attempt).toBe(1);
      expect(first(created.accounts).lease).toBeNull();
    });
  });
}
