import * as fc from 'fast-check';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ByteStream } from '../../core/ports/index.ts';
import { inSegments } from '../../platforms/segments.ts';

/** Bytes that count, as they come in pieces of these sizes; and whether they were let go. */
function counting(length: number, pieces: readonly number[]): { content: ByteStream; bytes: Buffer; source: () => Readable | null } {
  const bytes = Buffer.from(Array.from({ length }, (_, index) => index % 251));
  let source: Readable | null = null;
  function* split(): Generator<Uint8Array> {
    for (let at = 0, turn = 0; at < length; turn += 1) {
      const size = pieces[turn % pieces.length] ?? 1;
      yield bytes.subarray(at, at + size);
      at += size;
    }
  }
  return { bytes, source: () => source, content: { length, open: () => Promise.resolve((source = Readable.from(split()))) } };
}

async function read(segment: ByteStream, atMost = Infinity): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await segment.open()) {
    chunks.push(chunk);
    if (chunks.length >= atMost) break;
  }
  return Buffer.concat(chunks);
}

describe('a file that is sent in segments', () => {
  it('is cut where it should be, however its bytes come', async () => {
    const cases = fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 700 }), fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1 }));
    await fc.assert(
      fc.asyncProperty(cases, async ([length, size, pieces]) => {
        const { bytes, content } = counting(length, pieces);
        let start = 0;
        for await (const segment of inSegments(content, size)) {
          expect(segment.length).toBe(Math.min(size, length - start));
          expect((await read(segment)).equals(bytes.subarray(start, start + segment.length))).toBe(true);
          start += segment.length;
        }
        expect(start).toBe(length);
      }),
    );
  });

  it('goes on at the right place behind a segment that was not read to its end', async () => {
    const { bytes, content } = counting(100, [7]);
    const seen: Buffer[] = [];
    for await (const segment of inSegments(content, 40)) seen.push(await read(segment, seen.length === 0 ? 1 : Infinity));
    expect(seen.map((segment) => segment.length)).toEqual([7, 40, 20]);
    expect(seen[1]?.equals(bytes.subarray(40, 80))).toBe(true);
  });

  it('is let go when the sender stops, and when its bytes end too early', async () => {
    const stopped = counting(100, [10]);
    for await (const segment of inSegments(stopped.content, 30)) {
      await read(segment, 1);
      break;
    }
    expect(stopped.source()?.destroyed).toBe(true);
    const short = { ...counting(50, [10]).content, length: 60 };
    await expect(
      (async () => {
        for await (const segment of inSegments(short, 40)) await read(segment);
      })(),
    ).rejects.toThrow('ended before the 60');
  });
});
