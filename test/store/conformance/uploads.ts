import { describe, expect, it } from 'vitest';
import type { Store } from '../../../core/ports/index.ts';
import { at, createUpload, hashOf, newId } from './records.ts';

export function uploadConformance(store: () => Store): void {
  const claim = (uploadId: string, execution: string, predecessor: string | null = null, seconds = 61) =>
    store().claimUpload({ uploadId, claim: { execution, claimedAt: at(seconds) }, predecessor });
  const claimOf = async (uploadId: string) => (await store().getUpload(uploadId))?.upload.claim;

  describe('the claim of an upload', () => {
    it('goes to one of 50 executions at once', async () => {
      const { upload } = await createUpload(store());
      const claimed = await Promise.all(Array.from({ length: 50 }, (_, n) => claim(upload.uploadId, `execution ${n}`)));
      expect(claimed.filter(Boolean)).toHaveLength(1);
      expect(await claimOf(upload.uploadId)).toEqual({ execution: `execution ${claimed.indexOf(true)}`, claimedAt: at(61) });
    });

    it('stays with its execution, as it was first given', async () => {
      const { upload } = await createUpload(store());
      expect(await claim(upload.uploadId, 'one')).toBe(true);
      expect(await claim(upload.uploadId, 'one', null, 99)).toBe(true);
      expect(await claim(upload.uploadId, 'two')).toBe(false);
      expect(await claim(upload.uploadId, 'two', 'zero')).toBe(false);
      expect(await claimOf(upload.uploadId)).toEqual({ execution: 'one', claimedAt: at(61) });
    });

    it('passes to the successor of the execution that has it, once', async () => {
      const { upload } = await createUpload(store());
      await claim(upload.uploadId, 'one');
      expect(await claim(upload.uploadId, 'two', 'one', 70)).toBe(true);
      expect(await claim(upload.uploadId, 'three', 'one', 71)).toBe(false);
      expect(await claimOf(upload.uploadId)).toEqual({ execution: 'two', claimedAt: at(70) });
    });

    it('does what was wanted of an execution, and says when to look at the upload next', async () => {
      const { upload } = await createUpload(store());
      const { uploadId } = upload;
      await claim(uploadId, 'one');
      await store().rescheduleUpload({ uploadId, revision: 1, edit: { title: 'Now' }, at: at(70), wake: { watchAt: at(130) } });
      expect((await store().getUpload(uploadId))?.upload).toMatchObject({ wake: at(70), watchAt: at(130) });
      expect(await claim(uploadId, 'two')).toBe(false);
      expect((await store().getUpload(uploadId))?.upload).toMatchObject({ wake: at(70), watchAt: at(130) });
      const next = { uploadId, claim: { execution: 'two', claimedAt: at(71) }, predecessor: 'one', watchAt: at(9_000) };
      expect(await store().claimUpload(next)).toBe(true);
      expect((await store().getUpload(uploadId))?.upload).toMatchObject({ wake: null, watchAt: at(9_000) });
    });

    it('is refused for an upload that is not there', async () => {
      expect(await claim(`upl_${newId()}`, 'one')).toBe(false);
    });
  });

  describe('an upload at work', () => {
    it('forgets its part list once the object is there, harmlessly again and again', async () => {
      const { upload } = await createUpload(store());
      await store().markAssembled(upload.uploadId, at(61));
      await store().markAssembled(upload.uploadId, at(62));
      expect((await store().getUpload(upload.uploadId))?.upload).toEqual({ ...upload, assembly: null, updatedAt: at(61) });
      await store().markAssembled(`upl_${newId()}`, at(61));
    });

    it('takes what inspection found from the execution that has the claim, and from no other', async () => {
      const { upload } = await createUpload(store());
      const media = upload.media.map((each) => ({
        ...each,
        sha256: hashOf('file'),
        facts: { container: 'mp4', duration: 10.016, width: 540, height: 960, videoCodec: 'h264', audioCodec: null, frameRate: 29.97 },
        inspectedAt: at(62),
      }));
      const inspection = { uploadId: upload.uploadId, media, at: at(62) };
      expect(await store().recordInspection({ ...inspection, execution: 'one' })).toBe(false);
      await claim(upload.uploadId, 'one');
      expect(await store().recordInspection({ ...inspection, execution: 'two' })).toBe(false);
      expect((await store().getUpload(upload.uploadId))?.upload.media).toEqual(upload.media);
      expect(await store().recordInspection({ ...inspection, execution: 'one' })).toBe(true);
      expect((await store().getUpload(upload.uploadId))?.upload).toMatchObject({ media, updatedAt: at(62) });
    });

    it('is closed once a revision, by one of many', async () => {
      const { upload } = await createUpload(store());
      const close = (revision: number) => store().closeUpload({ uploadId: upload.uploadId, revision, at: at(99) });
      expect(await close(2)).toBe(false);
      const closed = await Promise.all(Array.from({ length: 20 }, () => close(1)));
      expect(closed.filter(Boolean)).toHaveLength(1);
      expect(await close(1)).toBe(false);
      expect((await store().getUpload(upload.uploadId))?.upload.closedRevision).toBe(1);
      await store().rescheduleUpload({ uploadId: upload.uploadId, revision: 1, edit: { title: 'Later' }, at: at(100) });
      expect(await close(1)).toBe(false);
      expect(await close(2)).toBe(true);
      expect(await store().closeUpload({ uploadId: `upl_${newId()}`, revision: 1, at: at(99) })).toBe(false);
    });

    it('has its files released once, by the execution that has it, while it is closed', async () => {
      const { upload } = await createUpload(store());
      const { uploadId } = upload;
      const release = (execution = 'one', revision = 1, seconds = 900) =>
        store().releaseUpload({ uploadId, execution, revision, at: at(seconds) });
      await claim(uploadId, 'one');
      expect(await release()).toBe(false);
      await store().closeUpload({ uploadId, revision: 1, at: at(99) });
      expect(await release('two')).toBe(false);
      expect(await release('one', 2)).toBe(false);
      expect((await store().getUpload(uploadId))?.upload.releasedAt).toBeNull();
      expect(await release()).toBe(true);
      expect(await release('one', 1, 901)).toBe(true);
      expect((await store().getUpload(uploadId))?.upload.releasedAt).toBe(at(900));
      expect(await store().releaseUpload({ uploadId: `upl_${newId()}`, execution: 'one', revision: 1, at: at(900) })).toBe(false);
    });

    it('keeps the body of a publish call under its fingerprint', async () => {
      const { refs } = await createUpload(store());
      for (const ref of refs) {
        const body = { text: 'NUL:\u0000 é 👩‍🚀', numbers: [0, -1.5, 1e21], nested: { empty: {}, nothing: null } };
        const fingerprint = hashOf('body');
        expect(await store().getBody({ ...ref, fingerprint })).toBeNull();
        await store().putBody({ ...ref, fingerprint, body });
        await store().putBody({ ...ref, fingerprint, body });
        expect(await store().getBody({ ...ref, fingerprint })).toEqual(body);
        expect(await store().getBody({ ...ref, fingerprint: hashOf('another') })).toBeNull();
        expect((await store().getUpload(ref.uploadId))?.deliveries).toHaveLength(1);
      }
    });

    it('cannot be changed by changing what was put in or read out', async () => {
      const options: Record<string, unknown> = { alpha: { tags: ['before'] } };
      const { upload } = await createUpload(store(), { upload: { options } });
      options['alpha'] = 'after';
      const read = await store().getUpload(upload.uploadId);
      expect(read?.upload.options).toEqual({ alpha: { tags: ['before'] } });
      const inner = read?.upload.options['alpha'];
      try {
        if (typeof inner === 'object' && inner !== null) Object.assign(inner, { tags: ['after'] });
      } catch (error) {
        expect(error).toBeInstanceOf(TypeError);
      }
      expect((await store().getUpload(upload.uploadId))?.upload.options).toEqual({ alpha: { tags: ['before'] } });
    });
  });
}
