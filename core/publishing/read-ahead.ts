import type { Media } from '../model.ts';
import type { MediaTools } from '../ports/index.ts';

type ReadRange = MediaTools['readRange'];

/** Bytes of a slice behind which the next one is read ahead: two of them are what a worker has memory for. */
const SLICE_MAX = 20 * 1024 * 1024;

/** What is read before it was asked for. */
interface Ahead {
  readonly media: Media;
  readonly start: number;
  readonly end: number;
  /** Null: it could not be read. Never rejects, since nobody may ever ask for it. */
  readonly bytes: Promise<Uint8Array | null>;
}

/**
 * Reads the next slice of a file while the one before is sent, so that neither storage nor network waits for the other. Who
 * reads a file in slices of one length finds them ready; every other read is done as it was asked. At most two slices are held:
 * the one that was given out last and the next one. What cannot be read ahead is read when it is asked for, and fails then.
 */
export function readingAhead(read: ReadRange): ReadRange {
  let ahead: Ahead | null = null;

  const taken = async (media: Media, start: number, end: number): Promise<Uint8Array | null> => {
    const found = ahead;
    ahead = null;
    // Also what nobody wants any more ends first: a third slice would be on its way with it.
    const bytes = (await found?.bytes) ?? null;
    if (found?.media.objectKey !== media.objectKey || found.start !== start || found.end < end) return null;
    return bytes?.subarray(0, end - start + 1) ?? null;
  };

  return async (media, start, end) => {
    const bytes = (await taken(media, start, end)) ?? (await read(media, start, end));
    const next = { media, start: end + 1, end: Math.min(2 * end - start + 1, media.size - 1) };
    if (end - start < SLICE_MAX && next.start <= next.end) {
      ahead = { ...next, bytes: read(media, next.start, next.end).catch(() => null) };
    }
    return bytes;
  };
}
