import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { MediaGone } from '../../../core/ports/index.ts';
import { actions, newKey, type Subject } from './subject.ts';

const MIB = 1024 * 1024;
const PART = 5 * MIB;

/** Files as they go in and come out, and the URLs for both. */
export function filesConformance(subject: () => Subject): void {
  const { open, sign, send, store } = actions(subject);

  describe('a file', () => {
    it('is let go as often as one likes, also when it is gone, and stays readable until lifecycle takes it', async () => {
      const { media } = subject();
      const key = await store(new Uint8Array([1, 2, 3]));
      await media.release(key);
      await media.release(key);
      await media.release(newKey());
      expect(await media.head(key)).toMatchObject({ size: 3 });
    });

    it('goes up in parts through signed URLs, is not there before it is completed, and comes out whole', async () => {
      const { media, fetch } = subject();
      const clip = await readFile('local/demo.mp4');
      const target = await open();
      const parts = [clip.subarray(0, PART), clip.subarray(PART)];
      const urls = await media.signParts({
        ...target,
        parts: parts.map((bytes, index) => ({ partNumber: index + 1, contentLength: bytes.length })),
        expiresIn: 3600,
      });
      expect(urls.map(({ partNumber }) => partNumber)).toEqual([1, 2]);
      const tags: (string | null)[] = [];
      for (const [index, { url }] of urls.entries()) {
        const answer = await send(url, new Uint8Array(parts[index] ?? []));
        expect(answer.status).toBe(200);
        tags.push(answer.headers.get('etag'));
      }
      const listed = await media.listParts(target);
      expect(listed).toEqual(parts.map((bytes, index) => ({ partNumber: index + 1, eTag: `"${createHash('md5').update(bytes).digest('hex')}"`, size: bytes.length })));
      expect(listed?.map(({ eTag }) => eTag)).toEqual(tags);
      expect(await media.head(target.objectKey)).toBeNull();
      await expect(media.readRange({ objectKey: target.objectKey, start: 0, end: 9 })).rejects.toThrow(MediaGone);

      expect(await media.completeMultipart({ ...target, parts: listed ?? [], size: clip.length, timeout: 15 })).toBe('done');

      expect(await media.head(target.objectKey)).toEqual({ size: clip.length, contentType: 'video/mp4' });
      expect(await media.sha256(target.objectKey)).toBe(createHash('sha256').update(clip).digest('hex'));
      expect(await media.probe(target.objectKey)).toEqual({
        kind: 'video',
        contentType: 'video/mp4',
        facts: { container: 'mp4', duration: 10.006, width: 540, height: 960, videoCodec: 'h264', audioCodec: 'aac', frameRate: 30 },
      });
      const url = await media.signGet({ objectKey: target.objectKey, expiresIn: 60 });
      expect(new URL(url).pathname).toMatch(/^[\x21-\x7e]+\.mp4$/u);
      const pulled = await fetch(url);
      expect(pulled.status).toBe(200);
      expect(pulled.headers.get('content-type')).toBe('video/mp4');
      expect(Buffer.from(await pulled.arrayBuffer()).equals(clip)).toBe(true);
    });

    it('can be put there by us, in one part below the smallest size of others', async () => {
      const bytes = randomBytes(1000);
      const key = await store(bytes, 'video/quicktime');
      expect(await subject().media.head(key)).toEqual({ size: 1000, contentType: 'video/quicktime' });
      expect(Buffer.from(await subject().media.readRange({ objectKey: key, start: 0, end: 999 })).equals(bytes)).toBe(true);
    });

    it('that is no video is recognised by its bytes, whatever its declared type', async () => {
      const key = await store(Buffer.from('<!doctype html><title>no video</title>'), 'video/mp4');
      expect(await subject().media.probe(key)).toEqual({ kind: 'other', contentType: 'text/html', reason: 'The file is a web page.' });
    });

    it('that is not there cannot be looked at', async () => {
      const { media } = subject();
      const key = newKey();
      expect(await media.head(key)).toBeNull();
      await expect(media.probe(key)).rejects.toThrow(MediaGone);
      await expect(media.sha256(key)).rejects.toThrow(MediaGone);
      await expect(media.readRange({ objectKey: key, start: 0, end: 0 })).rejects.toThrow(MediaGone);
    });
  });

  describe('ranges', () => {
    it('have both ends in them and stop where the file does', async () => {
      const { media } = subject();
      const bytes = randomBytes(100);
      const key = await store(bytes);
      const read = async (start: number, end: number): Promise<string> => Buffer.from(await media.readRange({ objectKey: key, start, end })).toString('hex');
      expect(await read(0, 0)).toBe(bytes.subarray(0, 1).toString('hex'));
      expect(await read(10, 19)).toBe(bytes.subarray(10, 20).toString('hex'));
      expect(await read(90, 99)).toBe(bytes.subarray(90).toString('hex'));
      expect(await read(90, 500)).toBe(bytes.subarray(90).toString('hex'));
      expect(await read(99, 64 * MIB)).toBe(bytes.subarray(99).toString('hex'));
      expect(await read(100, 200)).toBe('');
    });

    it('are of 64 MiB at most', async () => {
      const { media } = subject();
      const key = await store(randomBytes(10));
      expect(await media.readRange({ objectKey: key, start: 0, end: 64 * MIB - 1 })).toHaveLength(10);
      await expect(media.readRange({ objectKey: key, start: 0, end: 64 * MIB })).rejects.toThrow(RangeError);
      await expect(media.readRange({ objectKey: key, start: 5, end: 4 })).rejects.toThrow(RangeError);
      await expect(media.readRange({ objectKey: key, start: -1, end: 4 })).rejects.toThrow(RangeError);
    });

    it('can be read while they are sent, of any length, and all of them or not at all', async () => {
      const { media } = subject();
      const bytes = randomBytes(200_000);
      const key = await store(bytes);
      const read = async (start: number, end: number): Promise<Buffer> => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of await media.openRange({ objectKey: key, start, end })) chunks.push(chunk);
        return Buffer.concat(chunks);
      };
      expect((await read(0, 199_999)).equals(bytes)).toBe(true);
      expect((await read(70_000, 140_000)).equals(bytes.subarray(70_000, 140_001))).toBe(true);
      expect((await read(199_999, 199_999)).equals(bytes.subarray(199_999))).toBe(true);
      await expect(read(199_999, 200_000)).rejects.toThrow('1 of the 2 bytes');
      await expect(read(200_000, 200_000)).rejects.toThrow(/of the 1 bytes/u);
      await expect(read(5, 4)).rejects.toThrow(RangeError);
      await expect(media.openRange({ objectKey: newKey(), start: 0, end: 1 })).rejects.toThrow(MediaGone);
    });

    it('can be pulled through a signed URL', async () => {
      const { media, fetch } = subject();
      const bytes = randomBytes(100);
      const url = await media.signGet({ objectKey: await store(bytes), expiresIn: 60 });
      const answer = await fetch(url, { headers: { range: 'bytes=10-19' } });
      expect(answer.status).toBe(206);
      expect(answer.headers.get('content-range')).toBe('bytes 10-19/100');
      expect(Buffer.from(await answer.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
    });
  });

  describe('a part URL', () => {
    it.each([99, 101])('of 100 bytes refuses %i', async (length) => {
      const target = await open();
      const url = await sign(target, 1, 100);
      expect((await send(url, randomBytes(length))).status).toBe(403);
      expect(await subject().media.listParts(target)).toEqual([]);
      expect((await send(url, randomBytes(100))).status).toBe(200);
    });

    it('holds for its own part and for sending only', async () => {
      const url = await sign(await open(), 1, 100);
      expect((await send(url.replace('partNumber=1', 'partNumber=2'), randomBytes(100))).status).toBe(403);
      expect((await subject().fetch(url)).status).toBe(403);
    });

    it('takes a content type that it was not signed for', async () => {
      const target = await open();
      const answer = await subject().fetch(await sign(target, 1, 100), { method: 'PUT', body: randomBytes(100), headers: { 'content-type': 'video/quicktime' } });
      expect(answer.status).toBe(200);
      const parts = (await subject().media.listParts(target)) ?? [];
      await subject().media.completeMultipart({ ...target, parts, size: 100, timeout: 15 });
      expect((await subject().media.head(target.objectKey))?.contentType).toBe('video/mp4');
    });

    it('expires, and a new one for the same part can be had', async () => {
      const target = await open();
      const url = await sign(target, 1, 100, 1);
      await subject().pass(2.1);
      expect((await send(url, randomBytes(100))).status).toBe(403);
      expect((await send(await sign(target, 1, 100), randomBytes(100))).status).toBe(200);
    });

    it('lives for an hour at most', async () => {
      const target = { ...(await open()), parts: [{ partNumber: 1, contentLength: 100 }] };
      const { media } = subject();
      expect(await media.signParts({ ...target, expiresIn: 3600 })).toHaveLength(1);
      await expect(media.signParts({ ...target, expiresIn: 3601 })).rejects.toThrow(RangeError);
      await expect(media.signParts({ ...target, expiresIn: 0 })).rejects.toThrow(RangeError);
    });

    it('overwrites nothing once the file is complete', async () => {
      const { media } = subject();
      const target = await open();
      const url = await sign(target, 1, 100);
      const bytes = randomBytes(100);
      await send(url, bytes);
      const parts = (await media.listParts(target)) ?? [];
      expect(await media.completeMultipart({ ...target, parts, size: 100, timeout: 15 })).toBe('done');
      expect((await send(url, randomBytes(100))).status).toBe(404);
      expect(await media.sha256(target.objectKey)).toBe(createHash('sha256').update(bytes).digest('hex'));
    });
  });

  describe('a URL to pull from', () => {
    it('expires, and holds for reading only', async () => {
      const { media, fetch, pass } = subject();
      const url = await media.signGet({ objectKey: await store(randomBytes(10)), expiresIn: 1 });
      expect((await fetch(url, { method: 'PUT', body: randomBytes(10) })).status).toBe(403);
      await pass(2.1);
      expect((await fetch(url)).status).toBe(403);
    });

    it('lives for a week at most', async () => {
      const { media } = subject();
      expect(await media.signGet({ objectKey: newKey(), expiresIn: 7 * 24 * 3600 })).toMatch(/^https?:/u);
      await expect(media.signGet({ objectKey: newKey(), expiresIn: 7 * 24 * 3600 + 1 })).rejects.toThrow(RangeError);
    });
  });
}
