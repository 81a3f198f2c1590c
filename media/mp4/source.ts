/** Gives the bytes `start` to `end` of a file, both inclusive; fewer at its end. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

/** The file cannot be understood. The message is a sentence for the person who sent it. */
export class Unreadable extends Error {
  override readonly name: string = 'Unreadable';
  /** What it is instead, where that came out. */
  readonly contentType: string | null;

  constructor(message: string, contentType: string | null = null) {
    super(message);
    this.contentType = contentType;
  }
}

/** Looking further would read more of the file than is reasonable. */
export class TooScattered extends Unreadable {
  override readonly name = 'TooScattered';
}

/** A file of which small pieces are read, forwards for the most part. */
export interface Source {
  /** Bytes. */
  readonly size: number;
  /** Exactly `length` bytes. Throws `Unreadable` where the file ends before. */
  at(offset: number, length: number): Promise<DataView>;
  /** Counts one more box; throws `TooScattered` after too many. */
  countBox(): void;
}

/** Bytes of one read: the headers of a movie of a minute, or those before the first large table of a longer one. */
const WINDOW = 16 * 1024;
/** At most 32 MiB of a file are read, whatever it says: 2,048 fragments, and for other movies a few dozen reads are enough. */
const MAX_READS = 2_048;
/** Boxes can be eight bytes small: this bounds the time spent on a file made of nothing else. */
const MAX_BOXES = 50_000;

/** Reads ahead by windows, so that many small looks cost few requests. Holds one window in memory. */
export function windowed(read: ReadRange, size: number): Source {
  let windowStart = 0;
  let window = new Uint8Array(0);
  let reads = 0;
  let boxes = 0;

  return {
    size,
    async at(offset, length) {
      if (length > WINDOW) throw new RangeError(`At most ${WINDOW} bytes at a time, not ${length}`);
      if (offset + length > size) throw new Unreadable('The file ends too early: it was cut off.');
      if (offset < windowStart || offset + length > windowStart + window.length) {
        if (++reads > MAX_READS) throw new TooScattered('The file is cut into more pieces than are looked at.');
        window = new Uint8Array(await read(offset, Math.min(offset + WINDOW, size) - 1));
        windowStart = offset;
        if (window.length < length) throw new Unreadable('The file ends too early: it was cut off.');
      }
      return new DataView(window.buffer, window.byteOffset + offset - windowStart, length);
    },
    countBox() {
      if (++boxes > MAX_BOXES) throw new TooScattered('The file is cut into more pieces than are looked at.');
    },
  };
}
