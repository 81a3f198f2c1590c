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
  /** Exactly `length` bytes, at most `MOST_AT_ONCE`. Throws `Unreadable` where the file ends before, `TooScattered` after too many. */
  at(offset: number, length: number): Promise<DataView>;
  /** Counts one more part (box, element, segment, block); throws `TooScattered` after too many. */
  countPart(): void;
}

/** No more of a file is read, whatever its size is and whatever it says: the headers of long videos need about a tenth. */
const MAX_BYTES = 1_000_000;
/** Bytes of one read: the headers of a movie of a minute, or those before the first large table of a longer one. */
const WINDOW = 16 * 1024;
/** Reads that go on where the one before ended grow up to this. */
const MAX_WINDOW = 64 * 1024;
/** After so many jumps a file is a scattered one: then a jump reads less, so that there can be more of them. */
const WIDE_JUMPS = 24;
const SMALL_WINDOW = 1024;
/** Parts can be two bytes small: this bounds the time spent on a file made of nothing else. */
const MAX_PARTS = 50_000;

export const MOST_AT_ONCE = WINDOW;

/** Reads ahead by windows, so that many small looks cost few requests. Holds one window in memory. */
export function windowed(read: ReadRange, size: number): Source {
  let windowStart = 0;
  let window = new Uint8Array(0);
  let ahead = WINDOW;
  let jumps = 0;
  let bytesLeft = MAX_BYTES;
  let parts = 0;

  const load = async (offset: number, length: number): Promise<void> => {
    const goesOn = window.length > 0 && offset >= windowStart && offset <= windowStart + window.length;
    if (goesOn) ahead = Math.min(2 * ahead, MAX_WINDOW);
    else ahead = ++jumps <= WIDE_JUMPS ? WINDOW : SMALL_WINDOW;
    const wanted = Math.min(Math.max(ahead, length), bytesLeft, size - offset);
    if (wanted < length) throw new TooScattered('The file is cut into more pieces than are looked at.');
    // A read has its price even if it is cut short by the end of the file.
    bytesLeft -= Math.max(wanted, SMALL_WINDOW);
    window = new Uint8Array(await read(offset, offset + wanted - 1));
    windowStart = offset;
    if (window.length < length) throw new Unreadable('The file ends too early: it was cut off.');
  };

  return {
    size,
    async at(offset, length) {
      if (length > MOST_AT_ONCE) throw new RangeError(`At most ${MOST_AT_ONCE} bytes at a time, not ${length}`);
      if (offset + length > size) throw new Unreadable('The file ends too early: it was cut off.');
      if (offset < windowStart || offset + length > windowStart + window.length) await load(offset, length);
      return new DataView(window.buffer, window.byteOffset + offset - windowStart, length);
    },
    countPart() {
      if (++parts > MAX_PARTS) throw new TooScattered('The file is cut into more pieces than are looked at.');
    },
  };
}
