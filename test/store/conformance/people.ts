import { describe, expect, it } from 'vitest';
import type { Delivery } from '../../../core/model.ts';
import { CommitRefused, type Commit, type DeliveryRef, type Store } from '../../../core/ports/index.ts';
import { at, type Created, createUpload, newId } from './records.ts';
import { begunRequest } from './requests.ts';
import { ends } from './steps.ts';
import { mustMove, newWorker, workerFor } from './worker.ts';

export function peopleConformance(store: () => Store): void {
  const upTo = async (accounts: number) => {
    const created = await createUpload(store(), { accounts });
    return { created, uploadId: created.upload.uploadId, workers: created.refs.map((ref) => workerFor(store(), created, ref)) };
  };
  const cancel = (uploadId: string, accounts: readonly string[] | null = null, revision = 1) =>
    store().cancelDeliveries({ uploadId, revision, accounts, at: at(200) });
  const reschedule = (uploadId: string, scheduledOn: string | null = at(9_000), revision = 1) =>
    store().rescheduleUpload({ uploadId, revision, edit: { scheduledOn }, at: at(200) });
  const retry = (uploadId: string, accounts: readonly string[], force = false) =>
    store().retryDeliveries({ uploadId, accounts, force, by: 'ten_1', at: at(200) });
  const read = (created: Created) => store().getUpload(created.upload.uploadId);
  const statuses = async (created: Created) => (await read(created))?.deliveries.map(({ status }) => status);

  const used = (created: Created) => store().getQuotaUsed({ tenantId: created.tenantId, month: '2026-04' });

  describe('what a cancel gives back to the month', () => {
    it('is what it cancels, at once or account by account', async () => {
      const { created, uploadId, workers } = await upTo(3);
      expect(await used(created)).toBe(3);
      const [first] = workers.map(idOf);
      await cancel(uploadId, [first ?? '']);
      expect(await used(created)).toBe(2);
      await cancel(uploadId);
      expect(await used(created)).toBe(0);
      await cancel(uploadId, null, 2);
      expect(await used(created)).toBe(0);
    });

    it('leaves out what had failed', async () => {
      const { created, uploadId, workers } = await upTo(2);
      const [first] = workers;
      if (first !== undefined) await ends.failed(store(), first);
      await cancel(uploadId);
      expect(await used(created)).toBe(1);
    });

    it('is nothing once another account is being published on, or is', async () => {
      const { created, uploadId, workers } = await upTo(3);
      const [first, second, third] = workers;
      if (first === undefined || second === undefined || third === undefined) throw new Error('there are not three');
      const { attempt } = await first.armed();
      expect(await cancel(uploadId, [idOf(second)])).toMatchObject({ moved: true });
      await first.receipt(attempt);
      expect(await cancel(uploadId, [idOf(third)])).toMatchObject({ moved: true });
      expect(await used(created)).toBe(3);
    });

    it('agrees with what was armed, whichever comes first', async () => {
      for (let round = 0; round < 10; round += 1) {
        const { created, uploadId, workers } = await upTo(2);
        const [first, second] = workers;
        if (first === undefined || second === undefined) throw new Error('there are not two');
        const fence = await first.begun();
        const [cancelled] = await Promise.all([cancel(uploadId, [idOf(second)]), first.arm(fence)]);
        expect(cancelled.moved).toBe(true);
        // Armed before the cancel: nothing back. Armed after it: what was given back stays so.
        expect([1, 2]).toContain(await used(created));
      }
    });

    it('takes all of 90 accounts with the outcome of the request, and 1 of 90', async () => {
      const { created, uploadId, workers } = await upTo(90);
      const { commit } = await begunRequest(store(), created.tenantId);
      const [first] = workers.map(idOf);
      expect((await cancel(uploadId, [first ?? ''])).moved).toBe(true);
      expect(await used(created)).toBe(89);
      const all = await store().cancelDeliveries({ uploadId, revision: 1, accounts: null, at: at(200), wake: { watchAt: at(260) }, commit });
      expect(all.moved).toBe(true);
      expect(await used(created)).toBe(0);
    });
  });

  const ready = async (name: string) => {
    const worker = await newWorker(store());
    if (name === 'retry') await ends.failed(store(), worker);
    return worker;
  };

  describe('the outcome of a request', () => {
    const asks = {
      cancel: (uploadId: string, commit: Commit) => store().cancelDeliveries({ uploadId, revision: 1, accounts: null, at: at(200), commit }),
      reschedule: (uploadId: string, commit: Commit) =>
        store().rescheduleUpload({ uploadId, revision: 1, edit: { title: 'New' }, at: at(200), commit }),
      retry: async (uploadId: string, commit: Commit) => {
        const record = await store().getUpload(uploadId);
        const accounts = record?.deliveries.map(({ accountId }) => accountId) ?? [];
        return store().retryDeliveries({ uploadId, accounts, force: false, by: 'ten_1', at: at(200), commit });
      },
    };
    it.each(Object.entries(asks))('of %s is stored with its effect', async (name, ask) => {
      const { ref, tenantId } = await ready(name);
      const { commit, again } = await begunRequest(store(), tenantId);
      expect(await ask(ref.uploadId, commit)).toMatchObject({ moved: true });
      expect(await again()).toEqual({ state: 'done', result: commit.result });
    });

    it.each(Object.entries(asks))('of %s that is not this request any more moves nothing', async (name, ask) => {
      const { ref, tenantId } = await ready(name);
      const { commit } = await begunRequest(store(), tenantId);
      const before = await store().getUpload(ref.uploadId);
      await expect(ask(ref.uploadId, { ...commit, owner: 'another' })).rejects.toThrow(CommitRefused);
      expect(await store().getUpload(ref.uploadId)).toEqual(before);
      expect(await store().getQuotaUsed({ tenantId, month: '2026-04' })).toBe(1);
    });

    it.each(Object.entries(asks))('of %s is not stored when the move is refused', async (_, ask) => {
      const worker = await newWorker(store());
      await worker.armed();
      const { commit, again } = await begunRequest(store(), worker.tenantId);
      expect(await ask(worker.ref.uploadId, commit)).toMatchObject({ moved: false });
      expect(await again()).toEqual({ state: 'running' });
    });
  });

  describe('an execution that looks at the upload now', () => {
    it('is asked for by the move itself, and by none that was refused', async () => {
      const wake = { watchAt: at(260) };
      const [cancelled, edited, retried, refused] = await Promise.all([newWorker(store()), newWorker(store()), newWorker(store()), newWorker(store())]);
      await ends.failed(store(), retried);
      await refused.armed();
      const accounts = [idOf(retried)];
      const asked = [
        await store().cancelDeliveries({ uploadId: cancelled.ref.uploadId, revision: 1, accounts: [idOf(cancelled)], at: at(200), wake }),
        await store().rescheduleUpload({ uploadId: edited.ref.uploadId, revision: 1, edit: {}, at: at(200), wake }),
        await store().retryDeliveries({ uploadId: retried.ref.uploadId, accounts, force: false, by: 'ten_1', at: at(200), wake }),
      ];
      for (const { now } of asked) expect(now?.upload).toMatchObject({ wake: at(200), watchAt: at(260) });
      const { now } = await store().cancelDeliveries({ uploadId: refused.ref.uploadId, revision: 1, accounts: null, at: at(200), wake });
      expect(now?.upload).toMatchObject({ wake: null, watchAt: null });
    });
  });

  describe('cancelling', () => {
    it('ends every delivery under a higher revision and a higher fence', async () => {
      const { created, uploadId, workers } = await upTo(3);
      await workers[0]?.pause(await (workers[0]?.begun() ?? 0));
      const result = await cancel(uploadId);
      expect(result).toEqual({ moved: true, now: await read(created) });
      expect(result.now?.upload).toEqual({ ...created.upload, revision: 2, updatedAt: at(200) });
      expect(result.now?.deliveries).toMatchObject([
        { status: 'cancelled', revision: 2, fence: 2, tries: {}, nextAt: null, error: null },
        { status: 'cancelled', revision: 2, fence: 1 },
        { status: 'cancelled', revision: 2, fence: 1 },
      ]);
    });

    it('of named accounts leaves the others and the upload as they are', async () => {
      const { created, uploadId, workers } = await upTo(3);
      const [, second] = workers.map(idOf);
      const result = await cancel(uploadId, [second ?? '', second ?? '']);
      expect(result.moved).toBe(true);
      expect(result.now?.upload).toEqual(created.upload);
      expect(result.now?.deliveries).toMatchObject([
        { status: 'pending', revision: 1, fence: 0 },
        { status: 'cancelled', revision: 2, fence: 1 },
        { status: 'pending', revision: 1, fence: 0 },
      ]);
    });

    it('keeps any step that began before from doing anything more', async () => {
      const worker = await newWorker(store());
      const fence = await worker.begun();
      await cancel(worker.ref.uploadId);
      const found = await worker.now();
      for (const move of [worker.arm(fence), worker.save(fence), worker.pause(fence), worker.fail(fence), worker.begin()]) {
        expect(await move).toEqual({ moved: false, found });
      }
    });

    it('is refused as a whole while one of them is being published or is, and shows which', async () => {
      for (const end of [ends.uploaded, ends.unknown]) {
        const { created, uploadId, workers } = await upTo(3);
        const [, second] = workers;
        if (second === undefined) throw new Error('there is no second');
        await second.armed();
        const armed = await cancel(uploadId);
        expect(armed).toEqual({ moved: false, now: await read(created) });
        expect(armed.now?.deliveries.map(({ attempt }) => attempt.phase)).toEqual(['idle', 'armed', 'idle']);
        await second.disarm(1);
        await end(store(), second);
        expect(await cancel(uploadId)).toEqual({ moved: false, now: await read(created) });
        expect(await cancel(uploadId, [idOf(second)])).toMatchObject({ moved: false });
        const others = workers.filter((worker) => worker !== second).map(idOf);
        expect(await cancel(uploadId, others)).toMatchObject({ moved: true });
      }
    });

    it('is refused for a revision that the caller has not seen, for accounts that it has not, and for no account', async () => {
      const { created, uploadId, workers } = await upTo(2);
      const now = await read(created);
      expect(await cancel(uploadId, null, 2)).toEqual({ moved: false, now });
      expect(await cancel(uploadId, workers.map(idOf), 0)).toEqual({ moved: false, now });
      expect(await cancel(uploadId, [`acc_${newId()}`])).toEqual({ moved: false, now });
      expect(await cancel(uploadId, [...workers.map(idOf), `acc_${newId()}`])).toEqual({ moved: false, now });
      expect(await cancel(uploadId, [])).toEqual({ moved: false, now });
      expect(await cancel(`upl_${newId()}`)).toEqual({ moved: false, now: null });
    });

    it('leaves what had failed as it failed, under the new revision', async () => {
      const { created, uploadId, workers } = await upTo(2);
      const [first] = workers;
      if (first !== undefined) await ends.failed(store(), first);
      const { moved, now } = await cancel(uploadId);
      expect(moved).toBe(true);
      expect(now?.deliveries).toMatchObject([
        { status: 'failed', revision: 2, fence: 2, error: { code: 'platform_unavailable' } },
        { status: 'cancelled', revision: 2, fence: 1 },
      ]);
      expect(await statuses(created)).toEqual(['failed', 'cancelled']);
    });

    it('takes all of 90 accounts in one transaction', async () => {
      const { created, uploadId } = await upTo(90);
      expect((await cancel(uploadId)).moved).toBe(true);
      expect(new Set(await statuses(created))).toEqual(new Set(['cancelled']));
    });

    it('or an arm comes first, never both', async () => {
      for (let round = 0; round < 10; round += 1) {
        const { uploadId, workers } = await upTo(3);
        const fences = await Promise.all(workers.map((worker) => worker.begun()));
        const [cancelled, ...armed] = await Promise.all([
          cancel(uploadId),
          ...workers.map((worker, n) => worker.arm(fences[n] ?? 0)),
        ]);
        expect(armed.some((move) => move.moved)).toBe(!cancelled.moved);
      }
    });
  });

  describe('rescheduling and editing', () => {
    it('opens every delivery anew under a higher revision, and forgets what was prepared', async () => {
      const { created, uploadId, workers } = await upTo(2);
      const fence = (await workers[0]?.begun()) ?? 0;
      await workers[0]?.save(fence);
      await workers[0]?.pause(fence);
      const edit = { title: 'Summer launch', description: 'New', options: { beta: { on: true } }, scheduledOn: at(9_000) };
      const { moved, now } = await store().rescheduleUpload({ uploadId, revision: 1, edit, at: at(200) });
      expect(moved).toBe(true);
      expect(now?.upload).toEqual({ ...created.upload, ...edit, revision: 2, updatedAt: at(200) });
      expect(now?.deliveries).toMatchObject([
        { status: 'pending', revision: 2, fence: 2, checkpoint: null, tries: {}, nextAt: null, error: null },
        { status: 'pending', revision: 2, fence: 1 },
      ]);
      expect(await workers[0]?.arm(fence)).toMatchObject({ moved: false });
      expect(await workers[0]?.begin(2)).toMatchObject({ moved: true });
    });

    it('changes only what the edit names; null takes away', async () => {
      const created = await createUpload(store(), { upload: { description: 'Old', scheduledOn: at(5_000) } });
      const { uploadId } = created.upload;
      const titled = await store().rescheduleUpload({ uploadId, revision: 1, edit: { title: 'New' }, at: at(200) });
      expect(titled.now?.upload).toMatchObject({ title: 'New', description: 'Old', scheduledOn: at(5_000), options: created.upload.options });
      const cleared = await store().rescheduleUpload({ uploadId, revision: 2, edit: { description: null, scheduledOn: null }, at: at(201) });
      expect(cleared.now?.upload).toMatchObject({ title: 'New', description: null, scheduledOn: null, revision: 3 });
    });

    it('does not revive what had failed or been cancelled', async () => {
      const { created, uploadId, workers } = await upTo(3);
      const [first, second] = workers;
      if (first === undefined || second === undefined) throw new Error('there are not two');
      await ends.failed(store(), first);
      await ends.cancelled(store(), second);
      expect((await reschedule(uploadId)).moved).toBe(true);
      expect(await statuses(created)).toEqual(['failed', 'cancelled', 'pending']);
      expect((await read(created))?.deliveries.map(({ revision }) => revision)).toEqual([2, 3, 2]);
    });

    it('is refused while one of them is being published or is, and for a revision that the caller has not seen', async () => {
      const { created, uploadId, workers } = await upTo(2);
      expect(await reschedule(uploadId, null, 2)).toEqual({ moved: false, now: await read(created) });
      await workers[1]?.armed();
      expect(await reschedule(uploadId)).toEqual({ moved: false, now: await read(created) });
      await workers[1]?.receipt(1);
      expect(await reschedule(uploadId)).toEqual({ moved: false, now: await read(created) });
      expect(await reschedule(`upl_${newId()}`)).toEqual({ moved: false, now: null });
    });

    it('goes to one of 20 callers that saw the same revision', async () => {
      const { created, uploadId } = await upTo(2);
      const moves = await Promise.all(Array.from({ length: 20 }, (_, n) => reschedule(uploadId, at(9_000 + n))));
      expect(moves.filter(({ moved }) => moved)).toHaveLength(1);
      expect((await read(created))?.upload.revision).toBe(2);
    });
  });

  describe('retrying', () => {
    it('revives what failed under a revision of its own, and opens the upload again', async () => {
      const { created, uploadId, workers } = await upTo(2);
      const [first, second] = workers;
      if (first === undefined || second === undefined) throw new Error('there are not two');
      const fence = await first.begun();
      await first.save(fence);
      await first.pause(fence);
      await first.fail(fence);
      await ends.uploaded(store(), second);
      await store().closeUpload({ uploadId, revision: 1, at: at(150) });
      const { moved, now } = await retry(uploadId, [idOf(first)]);
      expect(moved).toBe(true);
      expect(now?.upload).toEqual({ ...created.upload, closedRevision: 0, updatedAt: at(200) });
      const revived = { status: 'pending', revision: 2, fence: 2, tries: {}, error: null, checkpoint: { data: { offset: 1 } } };
      expect(now?.deliveries).toMatchObject([revived, { status: 'uploaded', revision: 1 }]);
      expect(await first.begin(1)).toMatchObject({ moved: false });
      expect(await first.begin(2)).toMatchObject({ moved: true });
    });

    it('is refused once the files are released', async () => {
      const worker = await newWorker(store());
      await ends.failed(store(), worker);
      const { uploadId } = worker.ref;
      await store().claimUpload({ uploadId, claim: { execution: 'one', claimedAt: at(120) }, predecessor: null });
      await store().closeUpload({ uploadId, revision: 1, at: at(130) });
      expect(await store().releaseUpload({ uploadId, execution: 'one', revision: 1, at: at(150) })).toBe(true);
      expect(await retry(uploadId, [idOf(worker)])).toMatchObject({ moved: false, now: { upload: { releasedAt: at(150) } } });
    });

    it('or the release of the files comes first, never both', async () => {
      for (let round = 0; round < 10; round += 1) {
        const worker = await newWorker(store());
        await ends.failed(store(), worker);
        const { uploadId } = worker.ref;
        await store().claimUpload({ uploadId, claim: { execution: 'one', claimedAt: at(120) }, predecessor: null });
        await store().closeUpload({ uploadId, revision: 1, at: at(130) });
        const [released, retried] = await Promise.all([
          store().releaseUpload({ uploadId, execution: 'one', revision: 1, at: at(150) }),
          retry(uploadId, [idOf(worker)]),
        ]);
        expect(retried.moved).toBe(!released);
      }
    });

    it('is refused as a whole for anything that has not failed', async () => {
      const { created, uploadId, workers } = await upTo(2);
      const [first] = workers;
      if (first !== undefined) await ends.failed(store(), first);
      const now = await read(created);
      expect(await retry(uploadId, workers.map(idOf))).toEqual({ moved: false, now });
      expect(await retry(uploadId, [`acc_${newId()}`])).toEqual({ moved: false, now });
      expect(await retry(uploadId, [])).toEqual({ moved: false, now });
      expect(await retry(`upl_${newId()}`, workers.map(idOf))).toEqual({ moved: false, now: null });
      for (const end of [ends.uploaded, ends.cancelled]) {
        const worker = await newWorker(store());
        await end(store(), worker);
        expect(await retry(worker.ref.uploadId, [idOf(worker)], true)).toMatchObject({ moved: false });
      }
    });

    it('repeats what is unknown only by force, which closes the attempt and says who asked', async () => {
      const worker = await newWorker(store());
      await ends.unknown(store(), worker);
      const { uploadId } = worker.ref;
      expect(await retry(uploadId, [idOf(worker)])).toMatchObject({ moved: false });
      const { now } = await retry(uploadId, [idOf(worker)], true);
      expect(now?.deliveries).toMatchObject([
        {
          status: 'pending',
          revision: 2,
          attempt: { phase: 'idle', n: 1 },
          proofs: [{ attempt: 1, kind: 'forced', evidence: expect.stringContaining('ten_1') }],
        },
      ]);
      const begun = mustMove(await worker.begin(2));
      expect(mustMove(await worker.arm(begun.fence, { revision: 2 })).attempt.n).toBe(2);
    });

    it('that was forced does not lose the first post, when that turns up after all', async () => {
      const worker = await newWorker(store());
      await ends.unknown(store(), worker);
      await retry(worker.ref.uploadId, [idOf(worker)], true);
      const late: Delivery = mustMove(await worker.receipt(1));
      expect(late).toMatchObject({ status: 'uploaded', receipt: { attempt: 1 }, duplicates: [{ attempt: 1 }] });
      expect(await worker.begin(2)).toMatchObject({ moved: false });
    });

    it('revives once, though 20 ask at once', async () => {
      const worker = await newWorker(store());
      await ends.failed(store(), worker);
      const moves = await Promise.all(Array.from({ length: 20 }, () => retry(worker.ref.uploadId, [idOf(worker)])));
      expect(moves.filter(({ moved }) => moved)).toHaveLength(1);
      expect(await worker.now()).toMatchObject({ status: 'pending', revision: 2 });
    });
  });
}

function idOf({ ref }: { readonly ref: DeliveryRef }): string {
  return ref.accountId;
}
