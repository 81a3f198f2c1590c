import { fourCharacters } from '../characters.ts';
import type { Source } from '../source.ts';
import { childrenOf, contentOf, type Box } from './boxes.ts';
import type { Track } from './movie.ts';

/** Entries of an index that are looked at in one go: of twelve bytes each. */
const SLICE = 1024;

/**
 * What a segment index (`sidx`, ISO/IEC 14496-12, section 8.16.3) tells: how long its segments last, in the track's
 * timescale, and where the last of them ends. Null: it is about another track.
 */
export async function readSegmentIndex(source: Source, sidx: Box, track: Track): Promise<{ duration: number; end: number } | null> {
  const long = (await contentOf(source, sidx, 4)).getUint8(0) > 0;
  const fields = long ? 32 : 24;
  const head = await contentOf(source, sidx, fields);
  const timescale = head.getUint32(8);
  if (head.getUint32(4) !== track.id || timescale === 0) return null;
  // Segments begin behind the index, at a distance.
  let end = sidx.end + (long ? Number(head.getBigUint64(20)) : head.getUint32(16));
  let duration = 0;
  // The count is bounded by the bytes that are really there.
  const count = Math.min(head.getUint16(fields - 2), Math.floor((sidx.end - sidx.content - fields) / 12));
  for (let first = 0; first < count; first += SLICE) {
    const entries = Math.min(SLICE, count - first);
    const view = await source.at(sidx.content + fields + 12 * first, 12 * entries);
    for (let at = 0; at < 12 * entries; at += 12) {
      // The highest bit says whether it is another index.
      end += view.getUint32(at) & 0x7fff_ffff;
      duration += view.getUint32(at + 4);
    }
  }
  return { duration: (duration * track.timescale) / timescale, end };
}

/**
 * Where the last fragment begins that the index at the end of the file (`mfra`, section 8.8.9) names of a track. Null: there
 * is no such index, or none that holds.
 */
export async function lastIndexed(source: Source, trackId: number): Promise<number | null> {
  if (source.size < 16) return null;
  // The last box of the index says how large it is.
  const tail = await source.at(source.size - 16, 16);
  const size = tail.getUint32(12);
  if (fourCharacters(tail, 4) !== 'mfro' || size < 24 || size > source.size) return null;
  const start = source.size - size;
  if (fourCharacters(await source.at(start, 8), 4) !== 'mfra') return null;
  for await (const box of childrenOf(source, { type: 'mfra', content: start + 8, end: source.size })) {
    const last = box.type === 'tfra' ? await lastEntry(source, box, trackId) : null;
    if (last === null || last + 8 > start) continue;
    // Tools that change the file's beginning leave an index behind that is no longer true.
    return fourCharacters(await source.at(last, 8), 4) === 'moof' ? last : null;
  }
  return null;
}

async function lastEntry(source: Source, tfra: Box, trackId: number): Promise<number | null> {
  const head = await contentOf(source, tfra, 16);
  const long = head.getUint8(0) === 1;
  const count = head.getUint32(12);
  if (head.getUint32(4) !== trackId || count === 0) return null;
  // Time and place, and three numbers of one to four bytes.
  const lengths = head.getUint32(8);
  const width = (long ? 16 : 8) + 3 + ((lengths >> 4) & 3) + ((lengths >> 2) & 3) + (lengths & 3);
  const at = tfra.content + 16 + (count - 1) * width;
  if (at + width > tfra.end) return null;
  const entry = await source.at(at, width);
  return long ? Number(entry.getBigUint64(8)) : entry.getUint32(4);
}
