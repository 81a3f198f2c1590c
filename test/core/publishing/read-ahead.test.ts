import { describe, expect, it } from 'vitest';
import type { Media } from '../../../core/model.ts';
import { readingAhead } from '../../../core/publishing/read-ahead.ts';

const MiB = 1024 * 1024;

/** A file whose byte at `n` is `n`, modulo a prime, read with a delay of some turns; every read is noted. */
function fileOf(size: number, { fails = () => false }: { readonly fails?: (read: number) => boolean } = {}) {
  const media: Media = {
    mediaId: 'med_1',
    objectKey: `in/${size}.mp4`,
    fileName: 'one.mp4',
    size,
    contentType: 'video/mp4',
    sha256: null,
    facts: null,
    image: null,
    inspectedAt: null,
  };
  const reads: (readonly [number, number])[] = [];
  let running = 0;
  let mostRunning = 0;
  const read = readingAhead(async (_media, start, end) => {
    reads.push([start, end]);
    const failing = fails(reads.length);
    running += 1;
    mostRunning = Math.max(mostRunning, running);
    await new Promise<void>((resolve) => setImmediate(resolve));
    running -= 1;
    if (failing) throw new Error('the storage is not there');
    return bytesAt(start, Math.min(end, size - 1));
  });
  return { media, reads, read: (start: number, end: number) => read(media, start, end), readOf: read, mostRunning: () => mostRunning };
}

function bytesAt(start: number, end: number): Uint8Array {
  return Uint8Array.from({ length: end - start + 1 }, (_, index) => (start + index) % 251);
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('reading ahead', () => {
  it('has the next slice ready when it is asked for, and reads each byte once', async () => {
    const { read, reads } = fileOf(1000);
    expect(await read(0, 299)).toEqual(bytesAt(0, 299));
    await turn();
    expect(reads).toEqual([[0, 299], [300, 599]]);
    expect(await read(300, 599)).toEqual(bytesAt(300, 599));
    expect(await read(600, 899)).toEqual(bytesAt(600, 899));
    expect(await read(900, 999)).toEqual(bytesAt(900, 999));
    await turn();
    expect(reads).toEqual([[0, 299], [300, 599], [600, 899], [900, 999]]);
  });

  it('gives the beginning of what it has to who asks for less', async () => {
    const { read, reads } = fileOf(1000);
    await read(0, 299);
    expect(await read(300, 449)).toEqual(bytesAt(300, 449));
    // Goes on behind what was asked for.
    expect(await read(450, 599)).toEqual(bytesAt(450, 599));
    expect(reads.slice(0, 3)).toEqual([[0, 299], [300, 599], [450, 599]]);
  });

  it('reads as it is asked where that is not the next slice: one again, one further on, a longer one, another file', async () => {
    const { read, reads } = fileOf(1000);
    await read(0, 99);
    expect(await read(0, 99)).toEqual(bytesAt(0, 99));
    expect(await read(500, 599)).toEqual(bytesAt(500, 599));
    expect(await read(600, 799)).toEqual(bytesAt(600, 799));
    expect(reads.filter(([start]) => start === 600)).toEqual([[600, 699], [600, 799]]);

    const one = fileOf(1000);
    const other = fileOf(900).media;
    await one.readOf(one.media, 0, 99);
    await one.readOf(other, 100, 199);
    expect(one.reads.filter(([start]) => start === 100)).toEqual([[100, 199], [100, 199]]);
  });

  it('reads nothing behind the end of a file', async () => {
    const { read, reads } = fileOf(1000);
    await read(0, 999);
    await read(900, 999);
    await turn();
    expect(reads).toEqual([[0, 999], [900, 999]]);
  });

  it('reads again what could not be read ahead', async () => {
    const { read, reads } = fileOf(1000, { fails: (count) => count === 2 });
    await read(0, 499);
    expect(await read(500, 999)).toEqual(bytesAt(500, 999));
    expect(reads).toEqual([[0, 499], [500, 999], [500, 999]]);
  });

  it('throws what the read itself throws, and nothing for a slice that nobody asks for any more', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', note);
    try {
      const { read } = fileOf(1000, { fails: (count) => count >= 2 });
      await read(0, 499);
      await expect(read(500, 999)).rejects.toThrow('the storage is not there');
      const left = fileOf(1000, { fails: (count) => count === 2 });
      // As when a step ends: its time is over, or another worker has taken over.
      await left.read(0, 499);
      await turn();
      await turn();
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });

  it('never has two reads under way, whatever is asked for one after the other', async () => {
    const { read, mostRunning } = fileOf(1000);
    for (const start of [0, 100, 100, 700, 0, 100, 900]) await read(start, start + 99);
    expect(mostRunning()).toBe(1);
  });

  it('reads ahead up to slices of 20 MiB, so that two of them fit into memory', async () => {
    for (const [length, expected] of [[20 * MiB - 1, 2], [20 * MiB, 2], [20 * MiB + 1, 1]] as const) {
      const reads: number[] = [];
      const { media } = fileOf(100 * MiB);
      const read = readingAhead((_media, start) => {
        reads.push(start);
        return Promise.resolve(new Uint8Array(1));
      });
      await read(media, 0, length - 1);
      expect(reads).toHaveLength(expected);
    }
  });
});
