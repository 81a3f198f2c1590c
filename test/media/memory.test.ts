import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Part } from '../../core/model.ts';
import { memoryMedia, type MemoryMedia } from '../../media/memory.ts';
import { mediaConformance } from './conformance/suite.ts';

describe('media in memory', () => {
  let now = Date.parse('2026-11-21T10:00:00Z');
  const media = memoryMedia({ clock: { now: () => new Date(now) } });
  mediaConformance(() => ({
    media,
    fetch: media.fetch,
    pass: async (seconds) => {
      now += seconds * 1000;
    },
  }));
});

/** Emulators of S3 do not keep these rules, so the store in memory must. */
describe('media in memory, as strict as S3', () => {
  const MIN = 5 * 1024 * 1024;
  const key = 'in/ten_1/01JH8ZC4T0M2V3W4X5Y6Z7A8B9/1.mp4';

  async function complete(media: MemoryMedia, sizes: readonly number[], reorder: (parts: Part[]) => Part[]): Promise<unknown> {
    const { multipartId } = await media.openMultipart({ objectKey: key, contentType: 'video/mp4' });
    const parts: Part[] = [];
    for (const [index, size] of sizes.entries()) {
      parts.push(await media.putPart({ objectKey: key, multipartId, partNumber: index + 1, bytes: randomBytes(size) }));
    }
    const named = reorder(parts);
    const size = named.reduce((sum, part) => sum + part.size, 0);
    return media.completeMultipart({ objectKey: key, multipartId, parts: named, size, timeout: 15 });
  }

  it('takes parts below 5 MiB only at the end', async () => {
    expect(await complete(memoryMedia(), [MIN, 1], (parts) => parts)).toBe('done');
    expect(await complete(memoryMedia(), [MIN - 1, 1], (parts) => parts)).toEqual({ refused: expect.stringContaining('EntityTooSmall') });
  });

  it('takes parts in ascending order only, each once', async () => {
    expect(await complete(memoryMedia(), [MIN, MIN], (parts) => parts.toReversed())).toEqual({ refused: expect.stringContaining('InvalidPartOrder') });
    expect(await complete(memoryMedia(), [MIN], ([part]) => (part === undefined ? [] : [part, part]))).toEqual({ refused: expect.stringContaining('InvalidPartOrder') });
  });

  it('keeps what it was given, even if the giver changes it', async () => {
    const media = memoryMedia();
    const bytes = Buffer.from('before');
    media.put(key, bytes, 'video/mp4');
    bytes.write('after!');
    const read = await media.readRange({ objectKey: key, start: 0, end: 5 });
    expect(Buffer.from(read).toString()).toBe('before');
    read[0] = 0;
    expect(Buffer.from(await media.readRange({ objectKey: key, start: 0, end: 5 })).toString()).toBe('before');
  });

  it('loses an object as a lifecycle rule would remove it', async () => {
    const media = memoryMedia();
    media.put(key, Buffer.from('bytes'), 'video/mp4');
    const url = await media.signGet({ objectKey: key, expiresIn: 60 });
    media.remove(key);
    expect((await media.fetch(url)).status).toBe(404);
    expect(await media.head(key)).toBeNull();
  });
});
