import { describe, expect, it } from 'vitest';
import type { Delivery, UploadSession } from '../../../core/model.ts';
import type { CreateUpload, Store } from '../../../core/ports/index.ts';
import { at, createUpload, newAccount, newDelivery, newSession, newUpload, type Created } from './records.ts';

export function creationConformance(store: () => Store): void {
  const takeBack = ({ upload, session }: Created) =>
    store().takeBackUpload({ uploadId: upload.uploadId, sessionTokenHash: session.tokenHash, month: '2026-04' });

  describe('making an upload of a session', () => {
    it('writes upload, deliveries and the completed session at once', async () => {
      const session = newSession();
      await store().putSession(session);
      const request = requestFor(session, 3);
      expect(await store().createUpload(request)).toBe('created');
      expect(await store().getUpload(session.uploadId)).toEqual({ upload: request.upload, deliveries: request.deliveries });
      expect(await store().getSession(session.tokenHash)).toEqual({ ...session, state: 'completed' });
    });

    it('takes 90 accounts in the order of the client, and not 91', async () => {
      const session = newSession();
      await store().putSession(session);
      await expect(store().createUpload(requestFor(session, 91))).rejects.toThrow(RangeError);
      await expect(store().createUpload(requestFor(session, 0))).rejects.toThrow(RangeError);
      const request = requestFor(session, 90);
      request.deliveries.reverse();
      expect(await store().createUpload(request)).toBe('created');
      expect((await store().getUpload(session.uploadId))?.deliveries).toEqual(request.deliveries);
    });

    it('happens once for a session, though 20 ask at once', async () => {
      const session = newSession();
      await store().putSession(session);
      const request = requestFor(session, 2);
      const results = await Promise.all(Array.from({ length: 20 }, () => store().createUpload(request)));
      expect(results.filter((result) => result === 'created')).toHaveLength(1);
      expect(new Set(results)).toEqual(new Set(['created', 'session_moved']));
    });

    it('is refused for a session that was aborted or is not there, and writes nothing then', async () => {
      const session = newSession();
      await store().putSession(session);
      await store().abortSession(session.tokenHash);
      expect(await store().createUpload(requestFor(session))).toBe('session_moved');
      const unknown = newSession();
      expect(await store().createUpload(requestFor(unknown))).toBe('session_moved');
      expect(await store().getUpload(session.uploadId)).toBeNull();
      expect(await store().getUpload(unknown.uploadId)).toBeNull();
    });

    it('keeps options and texts of any kind as they are', async () => {
      const options = { alpha: { empty: '', zero: 0, no: false, nothing: null, list: [[], {}], emoji: '👩‍🚀 e\u0301', big: 2 ** 53 - 1, small: 1e-9 } };
      let nested: unknown = 'deep';
      for (let level = 0; level < 40; level += 1) nested = { level, nested };
      const created = await createUpload(store(), { upload: { title: ' NUL:\u0000 ', description: '', options: { ...options, beta: nested } } });
      expect((await store().getUpload(created.upload.uploadId))?.upload).toEqual(created.upload);
    });
  });

  describe('taking an upload back', () => {
    it('leaves an open session, of which an upload can be made anew', async () => {
      const created = await createUpload(store(), { accounts: 3 });
      expect(await takeBack(created)).toBe('taken_back');
      expect(await store().getUpload(created.upload.uploadId)).toBeNull();
      for (const ref of created.refs) expect(await store().getDelivery(ref)).toBeNull();
      expect(await store().getSession(created.session.tokenHash)).toEqual(created.session);
      expect(await store().createUpload(requestFor(created.session))).toBe('created');
    });

    it('is done when it was done', async () => {
      const created = await createUpload(store());
      expect(await takeBack(created)).toBe('taken_back');
      expect(await takeBack(created)).toBe('taken_back');
      expect((await store().getSession(created.session.tokenHash))?.state).toBe('open');
    });

    it('is too late once an execution has claimed the upload', async () => {
      const created = await createUpload(store(), { accounts: 2 });
      const { uploadId } = created.upload;
      await store().claimUpload({ uploadId, claim: { execution: 'execution 1', claimedAt: at(61) }, predecessor: null });
      expect(await takeBack(created)).toBe('claimed');
      expect((await store().getUpload(uploadId))?.deliveries).toHaveLength(2);
      expect((await store().getSession(created.session.tokenHash))?.state).toBe('completed');
    });

    it('is too late once the object is known to be there', async () => {
      const created = await createUpload(store());
      await store().markAssembled(created.upload.uploadId, at(61));
      expect(await takeBack(created)).toBe('claimed');
      expect(await store().getUpload(created.upload.uploadId)).not.toBeNull();
    });

    it('or a claim comes first, never both', async () => {
      for (let round = 0; round < 5; round += 1) {
        const created = await createUpload(store());
        const claim = { execution: 'execution 1', claimedAt: at(61) };
        const [taken, claimed] = await Promise.all([
          takeBack(created),
          store().claimUpload({ uploadId: created.upload.uploadId, claim, predecessor: null }),
        ]);
        expect(claimed).toBe(taken === 'claimed');
      }
    });
  });
}

/** What `complete` writes for a session with so many accounts. */
function requestFor(session: UploadSession, accounts = 1): CreateUpload & { deliveries: Delivery[] } {
  const upload = newUpload(session);
  const deliveries = Array.from({ length: accounts }, () => newDelivery(upload, newAccount({ tenantId: session.tenantId })));
  return { upload, deliveries, sessionTokenHash: session.tokenHash, month: '2026-04', limit: null };
}
