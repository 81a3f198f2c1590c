import { createHash } from 'node:crypto';
import type { ReadRange } from './source.ts';

/** Bytes of a slice: two of them are in memory at a time. */
const SLICE = 8 * 1024 * 1024;

/** SHA-256 of a file of `size` bytes, lower-case hex. The next slice is on its way while one is worked on. */
export async function digest(read: ReadRange, size: number): Promise<string> {
  const hash = createHash('sha256');
  const fetchSlice = async (start: number): Promise<Uint8Array> => {
    const length = Math.min(SLICE, size - start);
    const bytes = await read(start, start + length - 1);
    if (bytes.length !== length) throw new Error(`The file ended at ${start + bytes.length} bytes, before its size of ${size}`);
    return bytes;
  };
  let next = size === 0 ? undefined : fetchSlice(0);
  for (let start = 0; next !== undefined; start += SLICE) {
    const slice: Uint8Array = await next;
    next = start + SLICE < size ? fetchSlice(start + SLICE) : undefined;
    hash.update(slice);
  }
  return hash.digest('hex');
}
