import { describe, expect, it } from 'vitest';
import type { Media, StoredMedia, Upload, UploadSession } from '../../../core/model.ts';
import type { CreateUpload, Store } from '../../../core/ports/index.ts';
import { at, createUpload, first, hashOf, newAccount, newDelivery, newId, newSession, newUpload } from './records.ts';
import { begunRequest } from './requests.ts';

export function newMedia(session: UploadSession, change: Partial<StoredMedia> = {}): StoredMedia {
  const { tenantId, objectKey, multipartId, tokenHash } = session;
  return {
    mediaId: `med_${newId()}`,
    tenantId,
    objectKey,
    fileName: 'a photo.jpg',
    size: 7_340_032,
    contentType: 'image/jpeg',
    sha256: null,
    createdAt: at(60),
    usableUntil: at(1_000),
    keptUntil: at(1_000),
    uses: 0,
    assembly: { multipartId, sessionTokenHash: tokenHash, parts: [{ partNumber: 1, eTag: '"e1"', size: 7_340_032 }] },
    partsDigest: hashOf('parts'),
    watchAt: at(180),
    releasedAt: null,
    ...change,
  };
}

/** The creation of an upload of stored files. */
export function creationOf(files: readonly StoredMedia[]): CreateUpload {
  const media = files.map(({ mediaId, objectKey, fileName, size, contentType, sha256 }): Media => {
    return { mediaId, objectKey, fileName, size, contentType, sha256, facts: null, image: null, inspectedAt: null };
  });
  const upload = newUpload(newSession({ metadata: null }), { media, kind: 'photos', assembly: null });
  const deliveries = [newDelivery(upload, newAccount({ tenantId: upload.tenantId }))];
  return { upload, deliveries, sessionTokenHash: null, month: '2026-04', limit: null };
}

export function storedMediaConformance(store: () => Store): void {
  /** A file by itself, put together. */
  const stored = async (change: Partial<StoredMedia> = {}): Promise<StoredMedia> => {
    const session = newSession({ metadata: null });
    await store().putSession(session);
    const media = newMedia(session, change);
    expect(await store().createMedia({ media, sessionTokenHash: session.tokenHash })).toBe('created');
    await store().markMediaAssembled({ mediaId: media.mediaId, watchAt: media.keptUntil });
    return { ...media, assembly: null, watchAt: media.keptUntil };
  };
  const useOf = (files: readonly StoredMedia[]): { upload: Upload; use: () => ReturnType<Store['createUpload']> } => {
    const request = creationOf(files);
    return { upload: request.upload, use: () => store().createUpload(request) };
  };
  const usesOf = async (mediaId: string) => (await store().getMedia(mediaId))?.uses;
  const release = async ({ uploadId }: Upload, seconds: number) => {
    await store().claimUpload({ uploadId, claim: { execution: 'one', claimedAt: at(61) }, predecessor: null });
    await store().closeUpload({ uploadId, revision: 1, at: at(90) });
    return store().releaseUpload({ uploadId, execution: 'one', revision: 1, at: at(seconds) });
  };

  describe('a file by itself', () => {
    it('is recorded as its session is completed, by one of many', async () => {
      const session = newSession({ metadata: null });
      await store().putSession(session);
      const media = newMedia(session);
      const request = { media, sessionTokenHash: session.tokenHash };
      const results = await Promise.all(Array.from({ length: 10 }, () => store().createMedia(request)));
      expect(results.filter((result) => result === 'created')).toHaveLength(1);
      expect(await store().getMedia(media.mediaId)).toEqual(media);
      expect(await store().getSession(session.tokenHash)).toEqual({ ...session, state: 'completed' });
      expect(await store().createMedia({ ...request, sessionTokenHash: newSession().tokenHash })).toBe('session_moved');
    });

    it('is recorded together with the outcome of the request', async () => {
      const session = newSession({ metadata: null });
      await store().putSession(session);
      const { commit, again } = await begunRequest(store(), session.tenantId);
      expect(await store().createMedia({ media: newMedia(session), sessionTokenHash: session.tokenHash, commit })).toBe('created');
      expect(await again()).toEqual({ state: 'done', result: commit.result });
    });

    it('is taken back while storage has not put it together, and its session is open again', async () => {
      const session = newSession({ metadata: null });
      await store().putSession(session);
      const media = newMedia(session);
      const request = { mediaId: media.mediaId, sessionTokenHash: session.tokenHash };
      await store().createMedia({ media, sessionTokenHash: session.tokenHash });
      expect(await store().takeBackMedia(request)).toBe('taken_back');
      expect(await store().takeBackMedia(request)).toBe('taken_back');
      expect(await store().getMedia(media.mediaId)).toBeNull();
      expect(await store().getSession(session.tokenHash)).toEqual(session);
      await store().createMedia({ media, sessionTokenHash: session.tokenHash });
      await store().markMediaAssembled({ mediaId: media.mediaId, watchAt: at(1_000) });
      expect(await store().takeBackMedia(request)).toBe('kept');
      expect((await store().getSession(session.tokenHash))?.state).toBe('completed');
    });

    it('is found with others in the order asked for', async () => {
      const [one, two] = [await stored(), await stored()];
      expect(await store().getMediaFiles([two.mediaId, `med_${newId()}`, one.mediaId])).toEqual([two, one]);
      expect(await store().getMediaFiles([])).toEqual([]);
    });

    it('is due to be looked at, put together or kept until then', async () => {
      const media = await stored();
      const due = async () => (await store().listDue({ now: '2100-01-01T00:00:00Z', limit: 5_000 })).filter((entry) => entry.kind === 'media' && entry.mediaId === media.mediaId);
      const entry = first(await due());
      expect(entry).toEqual({ kind: 'media', at: at(1_000), mediaId: media.mediaId });
      expect(await store().moveDue(entry, at(2_000))).toBe(true);
      expect(await store().moveDue(entry, null)).toBe(false);
      expect(await store().moveDue({ ...entry, at: at(2_000) }, null)).toBe(true);
      expect(await due()).toEqual([]);
      expect(await store().getMedia(media.mediaId)).toEqual({ ...media, watchAt: null });
    });
  });

  describe('a file that uploads need', () => {
    it('is counted by each upload that is made of it, and let go by each once', async () => {
      const [one, two] = [await stored(), await stored()];
      const [both, single] = [useOf([one, two]), useOf([one])];
      expect([await both.use(), await single.use()]).toEqual(['created', 'created']);
      expect([await usesOf(one.mediaId), await usesOf(two.mediaId)]).toEqual([2, 1]);
      expect([await release(both.upload, 900), await release(both.upload, 901)]).toEqual([true, true]);
      expect([await usesOf(one.mediaId), await usesOf(two.mediaId)]).toEqual([1, 0]);
    });

    it('is released only when no upload needs it and it need not be kept', async () => {
      const media = await stored();
      const { mediaId } = media;
      const { upload, use } = useOf([media]);
      await use();
      expect(await store().releaseMedia({ mediaId, at: at(2_000) })).toBe('needed');
      await release(upload, 900);
      expect(await store().releaseMedia({ mediaId, at: at(999) })).toBe('needed');
      expect(await store().releaseMedia({ mediaId, at: at(1_000) })).toBe('released');
      expect(await store().releaseMedia({ mediaId, at: at(1_001) })).toBe('released');
      expect((await store().getMedia(mediaId))?.releasedAt).toBe(at(1_000));
      expect(await store().releaseMedia({ mediaId: `med_${newId()}`, at: at(1) })).toBe('released');
    });

    it('is not taken for another upload once it was released, and then nothing is written', async () => {
      const [kept, gone] = [await stored(), await stored()];
      await store().releaseMedia({ mediaId: gone.mediaId, at: at(1_000) });
      const { upload, use } = useOf([kept, gone]);
      expect(await use()).toEqual({ mediaGone: gone.mediaId });
      expect(await store().getUpload(upload.uploadId)).toBeNull();
      expect(await usesOf(kept.mediaId)).toBe(0);
      const unknown = { ...kept, mediaId: `med_${newId()}` };
      expect(await useOf([unknown]).use()).toEqual({ mediaGone: unknown.mediaId });
    });

    it('is either released or used, though both are asked for at once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const media = await stored();
        const [used, released] = await Promise.all([useOf([media]).use(), store().releaseMedia({ mediaId: media.mediaId, at: at(1_000) })]);
        expect([used, released]).toEqual(used === 'created' ? ['created', 'needed'] : [{ mediaGone: media.mediaId }, 'released']);
      }
    });
  });

  describe('the file that came with an upload', () => {
    it('is stored as long as uploads need it, and goes with an upload that is taken back', async () => {
      const { session, upload } = await createUpload(store());
      const { mediaId, objectKey } = first(upload.media);
      expect(await store().getMedia(mediaId)).toMatchObject({ mediaId, objectKey, tenantId: upload.tenantId, uses: 1, keptUntil: upload.createdAt, watchAt: null });
      await store().takeBackUpload({ uploadId: upload.uploadId, sessionTokenHash: session.tokenHash, month: '2026-04' });
      expect(await store().getMedia(mediaId)).toBeNull();
    });

    it('is kept for another upload that was made of it', async () => {
      const { upload } = await createUpload(store());
      const media = await store().getMedia(first(upload.media).mediaId);
      if (media === null) throw new Error('there is no such media');
      const other = useOf([media]);
      expect(await other.use()).toBe('created');
      await release(upload, 900);
      expect(await store().releaseMedia({ mediaId: media.mediaId, at: at(900) })).toBe('needed');
      await release(other.upload, 950);
      expect(await store().releaseMedia({ mediaId: media.mediaId, at: at(950) })).toBe('released');
    });
  });
}
