import { describe, expect, it } from 'vitest';
import type { Media, StoredMedia } from '../../../core/model.ts';
import { StoreBusy, type Store } from '../../../core/ports/index.ts';
import { creationOf, newMedia } from './media.ts';
import { at, createUpload, newDelivery, newAccount, newSession, newUpload } from './records.ts';

const asMedia = ({ mediaId, objectKey, fileName, size, contentType, sha256 }: StoredMedia): Media => {
  const image = { format: 'jpeg', width: 1280, height: 720, animated: false } as const;
  return { mediaId, objectKey, fileName, size, contentType, sha256, facts: null, image, inspectedAt: at(50) };
};

/** Files that the options of an upload name: it needs them from its creation or an edit on, until it lets its files go. */
export function attachmentConformance(store: () => Store): void {
  const stored = async (): Promise<StoredMedia> => {
    const session = newSession({ metadata: null });
    await store().putSession(session);
    const media = newMedia(session);
    await store().createMedia({ media, sessionTokenHash: session.tokenHash });
    await store().markMediaAssembled({ mediaId: media.mediaId, watchAt: media.keptUntil });
    return { ...media, assembly: null };
  };
  const usesOf = (...files: readonly StoredMedia[]) => Promise.all(files.map(async ({ mediaId }) => (await store().getMedia(mediaId))?.uses));
  const released = async (file: StoredMedia): Promise<void> => {
    expect(await store().releaseMedia({ mediaId: file.mediaId, at: at(1_000) })).toBe('released');
  };
  const edit = (uploadId: string, revision: number, attachments: readonly StoredMedia[]) =>
    store().rescheduleUpload({ uploadId, revision, at: at(200), edit: { options: { youtube: {} }, attachments: attachments.map(asMedia) } });

  describe('a file that options name', () => {
    it('is read back as it was found, and counted by the upload until it lets its files go', async () => {
      const file = await stored();
      const { upload } = await createUpload(store(), { upload: { attachments: [asMedia(file)] } });
      const { uploadId } = upload;
      expect((await store().getUpload(uploadId))?.upload.attachments).toEqual([asMedia(file)]);
      expect(await usesOf(file)).toEqual([1]);
      await store().claimUpload({ uploadId, claim: { execution: 'one', claimedAt: at(61) }, predecessor: null });
      await store().closeUpload({ uploadId, revision: 1, at: at(90) });
      for (const time of [900, 901]) expect(await store().releaseUpload({ uploadId, execution: 'one', revision: 1, at: at(time) })).toBe(true);
      expect(await usesOf(file)).toEqual([0]);
    });

    it('is counted once where the upload is made of it, too', async () => {
      const [photo, cover] = [await stored(), await stored()];
      const request = creationOf([photo]);
      const upload = { ...request.upload, attachments: [asMedia(photo), asMedia(cover)] };
      expect(await store().createUpload({ ...request, upload })).toBe('created');
      expect(await usesOf(photo, cover)).toEqual([1, 1]);
    });

    it('is let go again when storage refuses the parts of the upload', async () => {
      const file = await stored();
      const { session, upload } = await createUpload(store(), { upload: { attachments: [asMedia(file)] } });
      const undo = { uploadId: upload.uploadId, sessionTokenHash: session.tokenHash, month: '2026-04' };
      expect([await store().takeBackUpload(undo), await store().takeBackUpload(undo)]).toEqual(['taken_back', 'taken_back']);
      expect(await usesOf(file)).toEqual([0]);
    });

    it('makes no upload once it was released, and the session stays open', async () => {
      const [kept, gone] = [await stored(), await stored()];
      await released(gone);
      const session = newSession();
      await store().putSession(session);
      const upload = newUpload(session, { attachments: [asMedia(kept), asMedia(gone)] });
      const deliveries = [newDelivery(upload, newAccount({ tenantId: upload.tenantId }))];
      const created = await store().createUpload({ upload, deliveries, sessionTokenHash: session.tokenHash, month: '2026-04', limit: null });
      expect(created).toEqual({ mediaGone: gone.mediaId });
      expect([(await store().getSession(session.tokenHash))?.state, await store().getUpload(upload.uploadId), await usesOf(kept)]).toEqual(['open', null, [0]]);
    });
  });

  describe('an edit of options', () => {
    it('needs the files of its own and those before no more; another edit changes nothing about them', async () => {
      const [first, both, second] = [await stored(), await stored(), await stored()];
      const { upload } = await createUpload(store(), { upload: { attachments: [asMedia(first), asMedia(both)] } });
      const { moved, now } = await edit(upload.uploadId, 1, [both, second]);
      expect([moved, now?.upload.attachments]).toEqual([true, [asMedia(both), asMedia(second)]]);
      expect(await usesOf(first, both, second)).toEqual([0, 1, 1]);
      const renamed = await store().rescheduleUpload({ uploadId: upload.uploadId, revision: 2, at: at(300), edit: { title: 'Summer' } });
      expect(renamed.now?.upload.attachments).toEqual([asMedia(both), asMedia(second)]);
      expect(await usesOf(first, both, second)).toEqual([0, 1, 1]);
    });

    it('with a file that was released, or in between, is not made: it can be asked for again', async () => {
      const [before, gone] = [await stored(), await stored()];
      await released(gone);
      const { upload } = await createUpload(store(), { upload: { attachments: [asMedia(before)] } });
      await expect(edit(upload.uploadId, 1, [gone])).rejects.toThrow(StoreBusy);
      expect((await store().getUpload(upload.uploadId))?.upload).toMatchObject({ revision: 1, attachments: [asMedia(before)] });
      expect(await usesOf(before, gone)).toEqual([1, 0]);
    });

    it('is made once of two at the same time, and each file counted for it', async () => {
      const [first, second] = [await stored(), await stored()];
      const { upload } = await createUpload(store());
      const moves = await Promise.all([edit(upload.uploadId, 1, [first]), edit(upload.uploadId, 1, [second])]);
      const uses = await usesOf(first, second);
      expect(uses).toEqual(moves.map(({ moved }) => (moved ? 1 : 0)));
      expect(uses.reduce<number>((sum, count) => sum + (count ?? 0), 0)).toBe(1);
    });

    it('changes no files of an upload that has let them go', async () => {
      const file = await stored();
      const { upload } = await createUpload(store(), { upload: { attachments: [asMedia(file)] } });
      const { uploadId } = upload;
      await store().claimUpload({ uploadId, claim: { execution: 'one', claimedAt: at(61) }, predecessor: null });
      await store().closeUpload({ uploadId, revision: 1, at: at(90) });
      await store().releaseUpload({ uploadId, execution: 'one', revision: 1, at: at(100) });
      expect(await edit(uploadId, 1, [])).toMatchObject({ moved: false, now: { upload: { revision: 1 } } });
      expect(await usesOf(file)).toEqual([0]);
    });
  });
}
