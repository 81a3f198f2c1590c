import { readMp4, type VideoFile } from './mp4.ts';
import { readWebm, WEBM_HEAD } from './webm.ts';

/**
 * Collects from a video that comes in pieces what tells its facts, without its pictures and sound: a file of any size takes
 * little memory.
 */
export interface Collector {
  add(bytes: Uint8Array): void;
  /** Of all that was added; null: it is no video that can be read. */
  facts(): VideoFile | null;
}

/** The box of an MP4 or MOV that is its index; all others are passed over. */
const INDEX = 'moov';

/** Bytes. A file whose index is larger than this is held for broken. */
const KEPT_MAX = 64 * 1024 * 1024;

const LONG_HEADER = 16;

export function collectVideo(): Collector {
  /** The beginning of a box whose size is not known yet. */
  let header = Buffer.alloc(0);
  /** Bytes of the present box that are still to come. */
  let left = 0;
  let keeping = false;
  let kept: Buffer[] = [];
  let size = 0;
  /** The beginning of the file: in WebM, its facts stand there. */
  let head = Buffer.alloc(0);

  function keep(bytes: Buffer): void {
    size += bytes.byteLength;
    if (size <= KEPT_MAX) kept.push(Buffer.from(bytes));
    else kept = [];
  }

  /** Begins the box of `header`, if it is whole. */
  function begin(): boolean {
    if (header.length < 8) return false;
    const short = header.readUInt32BE(0);
    if (short === 1 && header.length < LONG_HEADER) return false;
    const length = short === 1 ? Number(header.readBigUInt64BE(8)) : short;
    const own = short === 1 ? LONG_HEADER : 8;
    keeping = header.toString('latin1', 4, 8) === INDEX;
    if (keeping) keep(header.subarray(0, own));
    // A size of 0: to the end of the file. One that cannot be: what follows is no box either.
    left = length < own ? Infinity : length - own;
    return true;
  }

  return {
    add(bytes) {
      let rest = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      if (head.length < WEBM_HEAD) head = Buffer.concat([head, rest.subarray(0, WEBM_HEAD - head.length)]);
      while (rest.length > 0) {
        if (left > 0) {
          const taken = rest.subarray(0, Math.min(left, rest.length));
          if (keeping) keep(taken);
          left -= taken.length;
          rest = rest.subarray(taken.length);
          continue;
        }
        const before = header.length;
        const wanted = before < 8 ? 8 : LONG_HEADER;
        header = Buffer.concat([header, rest.subarray(0, wanted - before)]);
        rest = rest.subarray(header.length - before);
        if (begin()) header = Buffer.alloc(0);
      }
    },
    facts: () => readMp4(Buffer.concat(kept)) ?? readWebm(head),
  };
}
