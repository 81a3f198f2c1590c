import type { ByteStream } from '../core/ports/index.ts';

/**
 * Cuts bytes, as they come, into streams of `size` bytes each and one of what remains, to be sent one after the other: so one read
 * of storage serves many requests, and none of them waits for it. What was not read of one is passed over before the next.
 */
export async function* inSegments(content: ByteStream, size: number): AsyncGenerator<ByteStream> {
  const source = (await content.open())[Symbol.asyncIterator]();
  /** Read, and of no segment yet. */
  let rest: Uint8Array = new Uint8Array(0);

  async function* next(segment: { missing: number }): AsyncGenerator<Uint8Array> {
    while (segment.missing > 0) {
      if (rest.byteLength === 0) {
        const read = await source.next();
        if (read.done === true) throw new Error(`The bytes ended before the ${content.length} that were announced.`);
        rest = read.value;
      }
      const piece = rest.subarray(0, segment.missing);
      rest = rest.subarray(piece.byteLength);
      segment.missing -= piece.byteLength;
      yield piece;
    }
  }

  try {
    for (let start = 0; start < content.length; start += size) {
      const length = Math.min(size, content.length - start);
      const segment = { missing: length };
      yield { length, open: () => Promise.resolve(next(segment)) };
      for await (const piece of next(segment)) void piece;
    }
  } finally {
    await source.return?.();
  }
}
