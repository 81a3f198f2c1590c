import { describe, expect, it } from 'vitest';
import type { Delivery, SequelName } from '../../../core/model.ts';
import type { ArmMove, Move, Store } from '../../../core/ports/index.ts';
import { at, createUpload, hashOf, newAccount } from './records.ts';
import { LEASE, mustMove, newWorker, workerFor, type Worker } from './worker.ts';

/** What follows a post, moved as a step would move it. */
interface Follower {
  readonly worker: Worker;
  begin(names?: readonly SequelName[]): Promise<Move>;
  arm(fence: number, sequel: number, change?: { revision?: number; fingerprint?: string; seconds?: number }): Promise<ArmMove>;
  save(fence: number, sequel: number): Promise<Move>;
  receipt(sequel: number, attempt: number, externalId?: string | null, lookedUp?: boolean): ReturnType<Store['receipt']>;
  disarm(sequel: number, attempt: number): Promise<Move>;
  end(fence: number): Promise<Move>;
  pause(fence: number): Promise<Move>;
}

const NAMES = ['part_2', 'part_3', 'comment'] as const;

function followerOf(store: Store, worker: Worker): Follower {
  const { ref, tenantId } = worker;
  return {
    worker,
    begin: (names = NAMES) => store.beginDecorate(ref, { execution: 'execution-9', sequels: names, at: at(200) }),
    arm: (fence, sequel, { revision = 1, fingerprint = hashOf(`${ref.uploadId} ${sequel}`), seconds = 203 } = {}) =>
      store.arm(ref, { tenantId, fence, revision, sequel, fingerprint, at: at(seconds), leaseUntil: at(seconds + LEASE) }),
    save: (fence, sequel) => store.saveCheckpoint(ref, { fence, sequel, checkpoint: { version: 2, ready: true, data: { container: 'c' } }, at: at(202) }),
    receipt: (sequel, attempt, externalId = `sequel-${attempt}`, lookedUp = false) =>
      store.receipt(ref, { tenantId, sequel, receipt: { attempt, externalId, externalUrl: null, at: at(204) }, lookedUp, at: at(205) }),
    disarm: (sequel, attempt) => store.disarm(ref, { tenantId, sequel, attempt, kind: 'absent', evidence: 'it is not there', at: at(206) }),
    end: (fence) => store.endSequels(ref, { tenantId, fence, warning: 'Part 3 is missing.', at: at(207) }),
    pause: (fence) => store.pause(ref, { fence, status: 'uploaded', trouble: 'after_rate_limited', nextAt: at(900), error: null, at: at(208) }),
  };
}

/** A published post that three are to follow; the fence to go on with. */
async function published(store: Store, worker?: Worker): Promise<{ readonly follower: Follower; readonly fence: number }> {
  const own = worker ?? (await newWorker(store));
  await own.receipt((await own.armed()).attempt);
  const follower = followerOf(store, own);
  return { follower, fence: mustMove(await follower.begin()).fence };
}

const attemptsOf = ({ sequels }: Delivery) => sequels.map(({ attempt }) => attempt);
const refused = async ({ worker }: Follower) => ({ moved: false, found: await worker.now() });

export function sequelConformance(store: () => Store): void {
  const rivals = async (): Promise<readonly [Follower, Worker, number]> => {
    const account = newAccount();
    await store().putAccount(account);
    const make = async () => workerFor(store(), await createUpload(store(), { tenantId: account.tenantId, accounts: [account] }));
    const { follower, fence } = await published(store(), await make());
    return [follower, await make(), fence];
  };

  describe('what follows a post', () => {
    it('is noted once, with a fence for each step that begins', async () => {
      const worker = await newWorker(store());
      const { attempt } = await worker.armed();
      const follower = followerOf(store(), worker);
      expect(await follower.begin()).toEqual(await refused(follower));
      const before = mustMove(await worker.receipt(attempt));
      const begun = mustMove(await follower.begin());
      const sequels = NAMES.map((name) => ({ name, attempt: { phase: 'idle', n: 0 }, checkpoint: null }));
      expect(begun).toEqual({ ...before, fence: before.fence + 1, execution: 'execution-9', sequels, updatedAt: at(200) });
      expect(await worker.now()).toEqual(begun);
      const { fence } = mustMove(await follower.arm(begun.fence, 0));
      const again = mustMove(await follower.begin(['comment']));
      expect(again).toMatchObject({ fence: fence + 1, sequels: [{ name: 'part_2', attempt: { phase: 'armed' } }, { name: 'part_3' }, { name: 'comment' }] });
    });

    it('has attempts that are numbered with those of the post, and receipts of its own', async () => {
      const { follower, fence } = await published(store());
      const armed = mustMove(await follower.arm(fence, 0));
      const fingerprint = hashOf(`${follower.worker.ref.uploadId} 0`);
      expect(attemptsOf(armed)[0]).toEqual({ phase: 'armed', n: 2, armedAt: at(203), fingerprint });
      expect(await follower.worker.now()).toEqual(armed);
      const disarmed = mustMove(await follower.disarm(0, 2));
      expect(attemptsOf(disarmed)[0]).toEqual({ phase: 'idle', n: 2 });
      expect(disarmed.proofs).toEqual([{ attempt: 2, kind: 'absent', evidence: 'it is not there', at: at(206) }]);
      mustMove(await follower.save(fence, 0));
      mustMove(await follower.arm(fence, 0));
      const received = await follower.receipt(0, 3);
      expect(received).toMatchObject({ moved: true, duplicate: false });
      expect(mustMove(received)).toMatchObject({ status: 'uploaded', receipt: { attempt: 1, externalId: 'post-1' }, attempt: { phase: 'receipt', n: 1 } });
      expect(mustMove(received).sequels[0]).toEqual({ name: 'part_2', attempt: { phase: 'receipt', n: 3, externalId: 'sequel-3', externalUrl: null }, checkpoint: null });
      expect(attemptsOf(mustMove(await follower.arm(fence, 1)))[1]).toMatchObject({ phase: 'armed', n: 4 });
    });

    it('keeps what is prepared for it by itself', async () => {
      const { follower, fence } = await published(store());
      const before = await follower.worker.now();
      const saved = mustMove(await follower.save(fence, 1));
      expect(saved.sequels[1]?.checkpoint).toEqual({ version: 2, ready: true, data: { container: 'c' } });
      expect(saved).toMatchObject({ checkpoint: before.checkpoint, bytesSent: before.bytesSent });
      expect(await follower.worker.now()).toEqual(saved);
      expect(await follower.save(fence + 1, 1)).toEqual(await refused(follower));
      expect(await follower.save(fence, 3)).toEqual(await refused(follower));
      mustMove(await follower.arm(fence, 0));
      await follower.receipt(0, 2);
      expect(await follower.save(fence, 0)).toEqual(await refused(follower));
    });

    it('is armed only under the newest fence, the revision, and after all that come before it', async () => {
      const worker = await newWorker(store());
      const early = followerOf(store(), worker);
      expect(await early.arm(await worker.begun(), 0)).toEqual(await refused(early));
      const { follower, fence } = await published(store(), worker);
      for (const [own, sequel, revision] of [[fence - 1, 0, 1], [fence + 1, 0, 1], [fence, 0, 2], [fence, 1, 1], [fence, 2, 1], [fence, 3, 1]] as const) {
        expect(await follower.arm(own, sequel, { revision }), `${own} ${sequel} ${revision}`).toEqual(await refused(follower));
      }
      mustMove(await follower.arm(fence, 0));
      expect(await follower.arm(fence, 0)).toEqual(await refused(follower));
      expect(await follower.arm(fence, 1)).toEqual(await refused(follower));
      await follower.receipt(0, 2);
      expect(await follower.arm(fence, 0)).toEqual(await refused(follower));
      mustMove(await follower.arm(fence, 1));
    });

    it('is armed by one of 20 at once', async () => {
      const { follower, fence } = await published(store());
      const armed = await Promise.all(Array.from({ length: 20 }, () => follower.arm(fence, 0)));
      expect(armed.filter((move) => move.moved)).toHaveLength(1);
      expect(attemptsOf(await follower.worker.now())[0]).toMatchObject({ phase: 'armed', n: 2 });
    });

    it('is disarmed only if that attempt is armed', async () => {
      const { follower, fence } = await published(store());
      expect(await follower.disarm(0, 1)).toEqual(await refused(follower));
      mustMove(await follower.arm(fence, 0));
      expect(await follower.disarm(0, 1)).toEqual(await refused(follower));
      expect(await follower.disarm(1, 2)).toEqual(await refused(follower));
      expect(await follower.worker.disarm(2)).toEqual(await refused(follower));
      await follower.receipt(0, 2);
      expect(await follower.disarm(0, 2)).toEqual(await refused(follower));
    });

    it('is not touched by moves about the post', async () => {
      const { follower, fence } = await published(store());
      mustMove(await follower.arm(fence, 0));
      const { worker } = follower;
      expect(await worker.fail(fence)).toEqual(await refused(follower));
      expect(await worker.giveUp(2)).toEqual(await refused(follower));
      expect(await worker.arm(fence)).toEqual(await refused(follower));
      const cancelled = await store().cancelDeliveries({ uploadId: worker.ref.uploadId, revision: 1, accounts: null, at: at(300) });
      expect(cancelled.moved).toBe(false);
    });
  });

  describe('the receipt of what follows a post', () => {
    it('is kept from a worker that has lost its fence', async () => {
      const { follower, fence } = await published(store());
      mustMove(await follower.arm(fence, 0));
      mustMove(await follower.begin());
      expect(await follower.receipt(0, 2)).toMatchObject({ moved: true, duplicate: false });
    });

    it('is refused for an attempt that never was, or was of something else', async () => {
      const { follower, fence } = await published(store());
      mustMove(await follower.arm(fence, 0));
      for (const [sequel, attempt] of [[0, 1], [0, 3], [1, 2], [3, 2]] as const) expect(await follower.receipt(sequel, attempt), `${sequel} ${attempt}`).toEqual(await refused(follower));
      await follower.receipt(0, 2);
      mustMove(await follower.arm(fence, 1));
      expect(await follower.receipt(1, 2)).toEqual(await refused(follower));
    });

    it('changes nothing when it comes again, also from somebody who looked', async () => {
      const { follower, fence } = await published(store());
      mustMove(await follower.arm(fence, 0));
      const kept = mustMove(await follower.receipt(0, 2));
      for (const id of ['sequel-2', null]) {
        const again = await follower.receipt(0, 2, id);
        expect(again).toMatchObject({ moved: true, duplicate: false });
        expect(mustMove(again).sequels).toEqual(kept.sequels);
      }
    });

    it('for an attempt that was held for absent is kept, and says that there may be two', async () => {
      const { follower, fence } = await published(store());
      mustMove(await follower.arm(fence, 0));
      mustMove(await follower.disarm(0, 2));
      const late = await follower.receipt(0, 2);
      expect(late).toMatchObject({ moved: true, duplicate: true });
      expect(mustMove(late)).toMatchObject({ duplicates: [{ attempt: 2, externalId: 'sequel-2' }] });
      expect(attemptsOf(mustMove(late))[0]).toMatchObject({ phase: 'receipt', externalId: 'sequel-2' });
      expect(await follower.arm(fence, 0)).toEqual(await refused(follower));
      expect(await follower.receipt(0, 2, 'another')).toMatchObject({ duplicate: true });
    });

    it('that was looked up is of the attempt that is armed now', async () => {
      const { follower, fence } = await published(store());
      mustMove(await follower.arm(fence, 0));
      mustMove(await follower.disarm(0, 2));
      mustMove(await follower.arm(fence, 0));
      expect(await follower.receipt(0, 2, 'found', true)).toMatchObject({ moved: true, duplicate: false });
      expect((await follower.worker.now()).duplicates).toEqual([]);
    });
  });

  describe('giving up what follows a post', () => {
    it('leaves what is there, says what is not, and what nobody knows', async () => {
      const { follower, fence } = await published(store());
      mustMove(await follower.arm(fence, 0));
      await follower.receipt(0, 2);
      mustMove(await follower.arm(fence, 1));
      expect(await follower.end(fence - 1)).toEqual(await refused(follower));
      const ended = mustMove(await follower.end(fence));
      expect(attemptsOf(ended)).toEqual([{ phase: 'receipt', n: 2, externalId: 'sequel-2', externalUrl: null }, { phase: 'unknown', n: 3 }, { phase: 'missing', n: 0 }]);
      expect(ended).toMatchObject({ status: 'uploaded', decorated: false, error: null, warnings: ['Part 3 is missing.'] });
      expect(await follower.worker.now()).toEqual(ended);
      expect(await follower.arm(fence, 1)).toEqual(await refused(follower));
      expect(await follower.save(fence, 2)).toEqual(await refused(follower));
    });

    it('is corrected by a receipt that comes late', async () => {
      const { follower, fence } = await published(store());
      mustMove(await follower.arm(fence, 0));
      mustMove(await follower.end(fence));
      expect(await follower.receipt(0, 2)).toMatchObject({ moved: true, duplicate: false });
      expect(attemptsOf(await follower.worker.now())[0]).toMatchObject({ phase: 'receipt', externalId: 'sequel-2' });
    });

    it('or its receipt: whichever comes first, the receipt is kept', async () => {
      for (const first of ['end', 'receipt'] as const) {
        const { follower, fence } = await published(store());
        mustMove(await follower.arm(fence, 0));
        const moves = { end: () => follower.end(fence), receipt: () => follower.receipt(0, 2) };
        await moves[first]();
        await moves[first === 'end' ? 'receipt' : 'end']();
        expect(attemptsOf(await follower.worker.now()).map(({ phase }) => phase)).toEqual(['receipt', 'missing', 'missing']);
      }
    });

    it('is refused before there is a post', async () => {
      const worker = await newWorker(store());
      const follower = followerOf(store(), worker);
      expect(await follower.end((await worker.armed()).fence)).toEqual(await refused(follower));
    });
  });

  describe('a pause after the post', () => {
    it('leaves the delivery uploaded, and counts the trouble', async () => {
      const { follower, fence } = await published(store());
      const before = await follower.worker.now();
      expect(mustMove(await follower.pause(fence))).toEqual({ ...before, tries: { after_rate_limited: 1 }, nextAt: at(900), updatedAt: at(208) });
      expect(mustMove(await follower.begin()).nextAt).toBeNull();
    });

    it('is refused for another fence, for what is not published, and for what is done', async () => {
      const worker = await newWorker(store());
      const early = followerOf(store(), worker);
      expect(await early.pause(await worker.begun())).toEqual(await refused(early));
      const { follower, fence } = await published(store(), worker);
      expect(await follower.pause(fence + 1)).toEqual(await refused(follower));
      expect(await worker.pause(fence)).toEqual(await refused(follower));
      mustMove(await worker.decorate(fence));
      expect(await follower.pause(fence)).toEqual(await refused(follower));
    });
  });

  describe('the account of what follows a post', () => {
    it('is held from arm to receipt, disarm or giving up, and by nobody else', async () => {
      const endings: readonly ((follower: Follower, fence: number) => Promise<unknown>)[] = [
        (follower) => follower.receipt(0, 2),
        (follower) => follower.disarm(0, 2),
        (follower, fence) => follower.end(fence),
      ];
      for (const end of endings) {
        const [follower, other, fence] = await rivals();
        const { uploadId } = follower.worker.ref;
        mustMove(await follower.arm(fence, 0));
        const otherFence = await other.begun();
        expect(await other.arm(otherFence)).toMatchObject({ moved: false, leaseHeldBy: { uploadId } });
        await end(follower, fence);
        expect((await store().getAccount(other.tenantId, other.ref.accountId))?.lease).toBeNull();
        mustMove(await other.arm(otherFence));
        expect(await follower.arm(fence, 1)).toMatchObject({ moved: false });
      }
    });

    it('is waited for while another upload has it', async () => {
      const [follower, other, fence] = await rivals();
      const { attempt } = await other.armed();
      expect(await follower.arm(fence, 0)).toMatchObject({ moved: false, leaseHeldBy: { uploadId: other.ref.uploadId } });
      expect(attemptsOf(await follower.worker.now())[0]).toEqual({ phase: 'idle', n: 0 });
      await other.receipt(attempt);
      mustMove(await follower.arm(fence, 0));
    });

    it('is not lent to one that would send the same while it is undecided, though its time is over', async () => {
      const [follower, other, fence] = await rivals();
      mustMove(await follower.arm(fence, 0, { fingerprint: hashOf('same') }));
      const later = { fingerprint: hashOf('same'), seconds: 203 + LEASE };
      expect(await other.arm(await other.begun(), later)).toMatchObject({ leaseHeldBy: { uploadId: follower.worker.ref.uploadId } });
      mustMove(await follower.end(fence));
      mustMove(await other.arm(await other.begun(), later));
    });
  });
}
