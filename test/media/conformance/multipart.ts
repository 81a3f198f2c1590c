import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { MediaGone } from '../../../core/ports/index.ts';
import { actions, newKey, type Subject } from './subject.ts';

const PART = 5 * 1024 * 1024;

/** Multipart uploads on their way to a file: listed, completed, refused, aborted. */
export function multipartConformance(subject: () => Subject): void {
  const { open, sign, send } = actions(subject);

  describe('listing', () => {
    it('names all parts in order, more than a page of S3 holds, and the last one sent under a number', async () => {
      const { media } = subject();
      const target = await open();
      const numbers = Array.from({ length: 1003 }, (_, index) => 1003 - index);
      for (let from = 0; from < numbers.length; from += 8) {
        await Promise.all(numbers.slice(from, from + 8).map((partNumber) => media.putPart({ ...target, partNumber, bytes: Buffer.from(`${partNumber}`) })));
      }
      const again = await media.putPart({ ...target, partNumber: 7, bytes: Buffer.from('another') });
      const listed = await media.listParts(target);
      expect(listed?.map(({ partNumber }) => partNumber)).toEqual(numbers.toReversed());
      expect(listed?.[6]).toEqual(again);
    });

    it('knows nothing of an upload under another key', async () => {
      const target = await open();
      expect(await subject().media.listParts({ ...target, objectKey: newKey() })).toBeNull();
    });
  });

  describe('completing', () => {
    it('is the same done twice', async () => {
      const { media } = subject();
      const target = await open();
      const part = await media.putPart({ ...target, partNumber: 1, bytes: randomBytes(100) });
      const request = { ...target, parts: [part], size: 100, timeout: 15 };
      expect(await media.completeMultipart(request)).toBe('done');
      expect(await media.completeMultipart(request)).toBe('done');
      expect(await media.listParts(target)).toBeNull();
    });

    it('is refused while a part is missing, and works once it was sent', async () => {
      const { media } = subject();
      const target = await open();
      const first = await media.putPart({ ...target, partNumber: 1, bytes: randomBytes(PART) });
      const second = randomBytes(100);
      const parts = [first, { partNumber: 2, eTag: `"${createHash('md5').update(second).digest('hex')}"`, size: 100 }];
      const request = { ...target, parts, size: PART + 100, timeout: 15 };
      expect(await media.completeMultipart(request)).toEqual({ refused: expect.stringContaining('InvalidPart') });
      expect(await media.head(target.objectKey)).toBeNull();
      await media.putPart({ ...target, partNumber: 2, bytes: second });
      expect(await media.completeMultipart(request)).toBe('done');
    });

    it('is refused when a part was replaced after it was listed', async () => {
      const { media } = subject();
      const target = await open();
      await media.putPart({ ...target, partNumber: 1, bytes: randomBytes(100) });
      const checked = (await media.listParts(target)) ?? [];
      const replaced = await media.putPart({ ...target, partNumber: 1, bytes: randomBytes(100) });
      const request = { ...target, size: 100, timeout: 15 };
      expect(await media.completeMultipart({ ...request, parts: checked })).toEqual({ refused: expect.stringContaining('InvalidPart') });
      expect(await media.head(target.objectKey)).toBeNull();
      expect(await media.completeMultipart({ ...request, parts: [replaced] })).toBe('done');
    });

    it('is refused without parts', async () => {
      const target = await open();
      expect(await subject().media.completeMultipart({ ...target, parts: [], size: 0, timeout: 15 })).toEqual({ refused: expect.any(String) });
    });

    it('takes no parts that do not make up the size', async () => {
      const { media } = subject();
      const target = await open();
      const part = await media.putPart({ ...target, partNumber: 1, bytes: randomBytes(100) });
      await expect(media.completeMultipart({ ...target, parts: [part], size: 101, timeout: 15 })).rejects.toThrow(RangeError);
      expect(await media.head(target.objectKey)).toBeNull();
    });

    it('of an upload that is gone without an object says nothing for sure', async () => {
      const { media } = subject();
      const target = await open();
      const part = await media.putPart({ ...target, partNumber: 1, bytes: randomBytes(100) });
      await media.abortMultipart(target);
      expect(await media.completeMultipart({ ...target, parts: [part], size: 100, timeout: 15 })).toBe('pending');
    });
  });

  describe('aborting', () => {
    it('forgets the parts and closes their URLs, however often', async () => {
      const { media } = subject();
      const target = await open();
      const url = await sign(target, 1, 100);
      expect((await send(url, randomBytes(100))).status).toBe(200);
      await media.abortMultipart(target);
      await media.abortMultipart(target);
      expect(await media.listParts(target)).toBeNull();
      expect((await send(url, randomBytes(100))).status).toBe(404);
      await expect(media.putPart({ ...target, partNumber: 1, bytes: randomBytes(10) })).rejects.toThrow(MediaGone);
    });

    it('does no harm to a file that is complete', async () => {
      const { media } = subject();
      const target = await open();
      const part = await media.putPart({ ...target, partNumber: 1, bytes: randomBytes(100) });
      await media.completeMultipart({ ...target, parts: [part], size: 100, timeout: 15 });
      await media.abortMultipart(target);
      expect(await media.head(target.objectKey)).toEqual({ size: 100, contentType: 'video/mp4' });
    });
  });
}
