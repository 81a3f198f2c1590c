import { describe, expect, it } from 'vitest';
import { timestampAfter } from '../../../core/clock.ts';
import type { DueEntry, Store } from '../../../core/ports/index.ts';
import { at, createUpload, first, newAccount, newId, newSession, sealed } from './records.ts';
import { mustMove, newWorker, workerFor } from './worker.ts';

/** Times before those of all other tests: what is due by then is of these tests alone, on a table that they share too. */
let days = 0;
function early(seconds = 0): string {
  return timestampAfter(new Date(Date.UTC(2001, 0, days)), seconds);
}

function idOf(entry: DueEntry): string {
  switch (entry.kind) {
    case 'session':
      return entry.tokenHash;
    case 'media':
      return entry.mediaId;
    case 'account':
    case 'revocation':
      return entry.accountId;
    case 'upload':
    case 'delivery':
      return entry.uploadId;
  }
}

export function dueConformance(store: () => Store): void {
  const due = async (now: string, limit = 100) => store().listDue({ now, limit });
  const of = async (id: string, now = '2100-01-01T00:00:00Z') =>
    (await store().listDue({ now, limit: 5_000 })).filter((entry) => idOf(entry) === id);
  const entriesOf = async (uploadId: string) => (await of(uploadId)).filter(({ kind }) => kind === 'delivery');

  describe('what is due', () => {
    it('comes the longest due first, bounded, and not before its time', async () => {
      days += 1;
      const made: string[] = [];
      for (const seconds of [30, 10, 40, 20]) made.push((await createUpload(store(), { upload: { watchAt: early(seconds) } })).upload.uploadId);
      const [thirty = '', ten = '', forty = '', twenty = ''] = made;
      const entry = (uploadId: string, seconds: number): DueEntry => ({ kind: 'upload', at: early(seconds), uploadId });
      expect(await due(early(9))).toEqual([]);
      expect(await due(early(30))).toEqual([entry(ten, 10), entry(twenty, 20), entry(thirty, 30)]);
      expect(await due(early(100), 2)).toEqual([entry(ten, 10), entry(twenty, 20)]);
      for (const [uploadId, seconds] of [[ten, 10], [twenty, 20], [thirty, 30], [forty, 40]] as const) {
        expect(await store().moveDue(entry(uploadId, seconds), null)).toBe(true);
      }
      expect(await due(early(100))).toEqual([]);
    });

    it('is put off by one of many who saw the same', async () => {
      const { upload } = await createUpload(store(), { upload: { watchAt: at(70) } });
      const { uploadId } = upload;
      const seen: DueEntry = { kind: 'upload', at: at(70), uploadId };
      const moved = await Promise.all(Array.from({ length: 10 }, (_, n) => store().moveDue(seen, at(100 + n))));
      expect(moved.filter(Boolean)).toHaveLength(1);
      const watchAt = at(100 + moved.indexOf(true));
      expect((await store().getUpload(uploadId))?.upload).toEqual({ ...upload, watchAt });
      expect(await of(uploadId)).toEqual([{ ...seen, at: watchAt }]);
      expect(await store().moveDue(seen, null)).toBe(false);
      expect(await store().moveDue({ ...seen, at: watchAt }, null)).toBe(true);
      expect((await store().getUpload(uploadId))?.upload.watchAt).toBeNull();
      expect(await of(uploadId)).toEqual([]);
    });

    it('are the tokens of an account, from when they are stored until others are', async () => {
      const account = newAccount({ renewAt: at(50) });
      const { tenantId, accountId } = account;
      const entry = (time: string): DueEntry => ({ kind: 'account', at: time, tenantId, accountId });
      await store().putAccount(account);
      expect(await of(accountId)).toEqual([entry(at(50))]);
      expect(await store().storeTokens({ tenantId, accountId, tokenVersion: 1, tokens: sealed('second'), tokenEnds: at(99), renewAt: at(60), scopes: [] })).toBe(true);
      expect(await of(accountId)).toEqual([entry(at(60))]);
      expect(await store().moveDue(entry(at(50)), at(70))).toBe(false);
      expect(await store().moveDue(entry(at(60)), at(70))).toBe(true);
      expect(await of(accountId)).toEqual([entry(at(70))]);
      expect(await store().getAccount(tenantId, accountId)).toMatchObject({ renewAt: at(70), tokenVersion: 2 });
      expect(await store().moveDue(entry(at(70)), null)).toBe(true);
      expect(await of(accountId)).toEqual([]);
      const relink = { tenantId, accountId, tokenVersion: 2, tokens: sealed('third'), tokenEnds: at(199), accessEnds: null, renewAt: at(80), scopes: [], name: 'Ada', profile: null, healthSince: at(0) };
      expect(await store().relinkAccount(relink)).toBe(true);
      expect(await of(accountId)).toEqual([entry(at(80))]);
      expect(await store().unlinkAccount({ tenantId, accountId, at: at(90) })).toBe('unlinked');
      expect(await of(accountId)).toEqual([]);
      expect(await store().moveDue(entry(at(80)), at(100))).toBe(false);
    });

    it('is never made of what is not there', async () => {
      const uploadId = `upl_${newId()}`;
      const gone: DueEntry[] = [
        { kind: 'upload', at: at(1), uploadId },
        { kind: 'delivery', at: at(1), uploadId, accountId: 'acc_1' },
        { kind: 'session', at: at(1), tokenHash: newSession().tokenHash },
        { kind: 'account', at: at(1), tenantId: `ten_${newId()}`, accountId: `acc_${newId()}` },
        { kind: 'revocation', at: at(1), tenantId: `ten_${newId()}`, accountId: `acc_${newId()}` },
        { kind: 'media', at: at(1), mediaId: `med_${newId()}` },
      ];
      for (const entry of gone) expect(await store().moveDue(entry, at(2))).toBe(false);
      expect(await store().getUpload(uploadId)).toBeNull();
      expect(await of(uploadId)).toEqual([]);
    });
  });

  describe('an upload is looked at by itself', () => {
    it('when its claim says so, and no more once it is closed', async () => {
      const { upload } = await createUpload(store(), { upload: { watchAt: at(70) } });
      const { uploadId } = upload;
      const claim = { execution: 'one', claimedAt: at(61) };
      await store().claimUpload({ uploadId, claim, predecessor: null, watchAt: at(700) });
      expect(await of(uploadId)).toEqual([{ kind: 'upload', at: at(700), uploadId }]);
      await store().closeUpload({ uploadId, revision: 1, at: at(99) });
      expect((await store().getUpload(uploadId))?.upload).toMatchObject({ closedRevision: 1, watchAt: null });
      expect(await of(uploadId)).toEqual([]);
    });

    it('when a person moved it, until an execution has taken that up; it is not closed before', async () => {
      const { upload, refs } = await createUpload(store());
      const { uploadId } = upload;
      const watchAt = at(260);
      await store().rescheduleUpload({ uploadId, revision: 1, edit: { title: 'Sooner' }, at: at(200), wake: { watchAt } });
      expect((await store().getUpload(uploadId))?.upload).toMatchObject({ wake: at(200), watchAt });
      expect(await of(uploadId)).toEqual([{ kind: 'upload', at: watchAt, uploadId }]);
      expect(await store().closeUpload({ uploadId, revision: 2, at: at(201) })).toBe(false);
      const claim = { execution: 'one', claimedAt: at(202) };
      await store().claimUpload({ uploadId, claim, predecessor: null, watchAt: at(900) });
      expect((await store().getUpload(uploadId))?.upload).toMatchObject({ wake: null, watchAt: at(900) });
      expect(await of(uploadId)).toEqual([{ kind: 'upload', at: at(900), uploadId }]);
      expect(await store().closeUpload({ uploadId, revision: 2, at: at(203) })).toBe(true);
      expect(refs).toHaveLength(1);
    });
  });

  const unknown = async () => {
    const worker = await newWorker(store());
    const { attempt } = await worker.armed();
    mustMove(await worker.giveUp(attempt));
    const entry: DueEntry = { kind: 'delivery', at: at(600), ...worker.ref };
    expect(await entriesOf(worker.ref.uploadId)).toEqual([entry]);
    return { worker, attempt, entry };
  };

  describe('an unknown outcome is looked for', () => {
    it('from when the look-ups were given up, and put off without changing anything else', async () => {
      const { worker, entry } = await unknown();
      const before = await worker.now();
      expect(before.lookUpAt).toBe(at(600));
      expect(await store().moveDue(entry, at(900))).toBe(true);
      expect(await store().moveDue(entry, at(901))).toBe(false);
      expect(await worker.now()).toEqual({ ...before, lookUpAt: at(900) });
      expect(await entriesOf(worker.ref.uploadId)).toEqual([{ ...entry, at: at(900) }]);
    });

    it('and once it is found, that is still there to be told', async () => {
      const { worker, attempt, entry } = await unknown();
      await worker.receipt(attempt, 'post-1', true);
      expect(await worker.now()).toMatchObject({ status: 'uploaded', lookUpAt: at(600) });
      expect(await entriesOf(worker.ref.uploadId)).toEqual([entry]);
    });

    it('and that it is absent is there to be told at once', async () => {
      const { worker, attempt } = await unknown();
      mustMove(await worker.settleAbsent(attempt));
      expect(await worker.now()).toMatchObject({ status: 'failed', lookUpAt: at(109) });
      expect(await entriesOf(worker.ref.uploadId)).toEqual([{ kind: 'delivery', at: at(109), ...worker.ref }]);
    });

    it('no more once a person repeats it', async () => {
      const { worker } = await unknown();
      const { uploadId, accountId } = worker.ref;
      await store().retryDeliveries({ uploadId, accounts: [accountId], force: true, by: 'x', at: at(700) });
      expect(await worker.now()).toMatchObject({ status: 'pending', lookUpAt: null });
      expect(await entriesOf(uploadId)).toEqual([]);
    });

    it('only if it is unknown: what ends otherwise is not there', async () => {
      const created = await createUpload(store(), { accounts: 2 });
      const [one, two] = created.refs.map((ref) => workerFor(store(), created, ref));
      await one?.receipt((await one.armed()).attempt);
      await two?.fail(await two.begun());
      expect(await entriesOf(created.upload.uploadId)).toEqual([]);
    });
  });

  describe('the parts of a session have to go', () => {
    it('at its end, also if it was aborted, until they are gone', async () => {
      const session = newSession();
      const { tokenHash, expiresAt } = session;
      const entry: DueEntry = { kind: 'session', at: expiresAt, tokenHash };
      await store().putSession(session);
      expect(await of(tokenHash)).toEqual([entry]);
      await store().abortSession(tokenHash);
      expect(await of(tokenHash)).toEqual([entry]);
      expect(await store().moveDue(entry, at(8 * 86_400))).toBe(true);
      expect(await store().moveDue(entry, null)).toBe(false);
      expect(await of(tokenHash)).toEqual([{ ...entry, at: at(8 * 86_400) }]);
      expect(await store().moveDue({ ...entry, at: at(8 * 86_400) }, null)).toBe(true);
      expect(await of(tokenHash)).toEqual([]);
      expect(await store().getSession(tokenHash)).toEqual({ ...session, state: 'aborted' });
    });

    it('unless it was completed; and again if storage refused them', async () => {
      const { session, upload } = await createUpload(store());
      expect(await of(session.tokenHash)).toEqual([]);
      await store().takeBackUpload({ uploadId: upload.uploadId, sessionTokenHash: session.tokenHash, month: '2026-04' });
      expect(first(await of(session.tokenHash))).toEqual({ kind: 'session', at: session.expiresAt, tokenHash: session.tokenHash });
      expect(await of(upload.uploadId)).toEqual([]);
    });
  });
}
