import { Unreadable, type Source } from '../source.ts';
import { childrenOf, contentOf, topLevelBoxes, type Box } from './boxes.ts';
import { lastIndexed, readSegmentIndex } from './indexes.ts';
import type { Fragments, Track } from './movie.ts';

/** What fragments hold of one track, in its timescale. */
export interface Played {
  readonly duration: number;
  /** The samples that were counted, and how long these last: all of them, or those of one fragment. */
  readonly samples: number;
  readonly sampled: number;
}

/** Entries of a `trun` box that are looked at in one go: at most 16 bytes each. */
const SLICE = 512;

/**
 * Adds up what the fragments (`moof`, ISO/IEC 14496-12, section 8.8) from `start` on hold of one track, by an index where
 * there is one. `most`: after so many of them it is enough.
 */
export async function sumFragments(source: Source, start: number, track: Track, fragments: Fragments, most: number): Promise<Played> {
  const first = await walk(source, start, track, fragments, 1);
  if (most === 1) return first;
  // An index at the end tells where the last fragments are, and these when they begin.
  const index = await lastIndexed(source, track.id);
  if (index !== null && index > start && first.begins !== null) {
    const rest = await walk(source, index, track, fragments, Number.POSITIVE_INFINITY);
    if (rest.begins !== null && rest.begins >= first.begins) {
      return { samples: first.samples, sampled: first.sampled, duration: rest.begins - first.begins + rest.duration };
    }
  }
  return walk(source, start, track, fragments, most);
}

interface Walked extends Played {
  /** The time at which the first fragment begins, if it tells. */
  readonly begins: number | null;
}

async function walk(source: Source, start: number, track: Track, fragments: Fragments, most: number): Promise<Walked> {
  const sum: { -readonly [Field in keyof Walked]: Walked[Field] } = { duration: 0, samples: 0, sampled: 0, begins: null };
  /** Up to here an index has told the duration. */
  let told = start;
  let seen = 0;
  for (let at: number | null = start; at !== null && seen < most; ) {
    const from: number = at;
    at = null;
    for await (const box of topLevelBoxes(source, from)) {
      if (box.type === 'sidx' && box.end > told) {
        const index = await readSegmentIndex(source, box, track);
        if (index !== null && index.end > source.size) throw new Unreadable('The file ends inside one of its fragments: it was cut off.');
        sum.duration += index?.duration ?? 0;
        told = index?.end ?? told;
      } else if (box.type === 'moof') {
        const played = await sumFragment(source, box, track, fragments);
        if (seen === 0) sum.begins = played.begins;
        sum.samples += played.samples;
        sum.sampled += played.duration;
        if (box.end > told) sum.duration += played.duration;
        seen += 1;
        if (seen >= most) break;
      }
      // One fragment is enough to know how long frames last.
      if (seen > 0 && told > box.end) {
        at = told;
        break;
      }
    }
  }
  return sum;
}

interface Fragment {
  readonly samples: number;
  readonly duration: number;
  readonly begins: number | null;
}

async function sumFragment(source: Source, moof: Box, track: Track, fragments: Fragments): Promise<Fragment> {
  const sum: { -readonly [Field in keyof Fragment]: Fragment[Field] } = { samples: 0, duration: 0, begins: null };
  for await (const traf of childrenOf(source, moof)) {
    if (traf.type !== 'traf') continue;
    const played = await sumTrack(source, traf, track.id, fragments);
    sum.samples += played.samples;
    sum.duration += played.duration;
    sum.begins ??= played.begins;
  }
  return sum;
}

async function sumTrack(source: Source, traf: Box, trackId: number, fragments: Fragments): Promise<Fragment> {
  const sum: { -readonly [Field in keyof Fragment]: Fragment[Field] } = { samples: 0, duration: 0, begins: null };
  let sampleDuration = fragments.sampleDurations.get(trackId) ?? 0;
  for await (const box of childrenOf(source, traf)) {
    if (box.type === 'tfhd') {
      const header = await readFragmentHeader(source, box);
      if (header.trackId !== trackId) return { samples: 0, duration: 0, begins: null };
      sampleDuration = header.sampleDuration ?? sampleDuration;
    } else if (box.type === 'tfdt') {
      const long = (await contentOf(source, box, 8)).getUint8(0) === 1;
      const view = await contentOf(source, box, long ? 12 : 8);
      sum.begins = long ? Number(view.getBigUint64(4)) : view.getUint32(4);
    } else if (box.type === 'trun') {
      const run = await sumRun(source, box, sampleDuration);
      sum.samples += run.samples;
      sum.duration += run.duration;
    }
  }
  return sum;
}

async function readFragmentHeader(source: Source, tfhd: Box): Promise<{ trackId: number; sampleDuration: number | null }> {
  const head = await contentOf(source, tfhd, 8);
  const flags = head.getUint32(0);
  const trackId = head.getUint32(4);
  if ((flags & 0x08) === 0) return { trackId, sampleDuration: null };
  // Before it: base data offset (0x01) and sample description index (0x02).
  const at = 8 + ((flags & 0x01) === 0 ? 0 : 8) + ((flags & 0x02) === 0 ? 0 : 4);
  return { trackId, sampleDuration: (await contentOf(source, tfhd, at + 4)).getUint32(at) };
}

async function sumRun(source: Source, trun: Box, sampleDuration: number): Promise<{ samples: number; duration: number }> {
  const head = await contentOf(source, trun, 8);
  const flags = head.getUint32(0);
  const samples = head.getUint32(4);
  if ((flags & 0x100) === 0) return { samples, duration: samples * sampleDuration };
  // Each entry: duration (0x100), size (0x200), flags (0x400), composition time (0x800), of four bytes each.
  const width = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => (flags & flag) !== 0).length;
  const entries = trun.content + 8 + ((flags & 0x01) === 0 ? 0 : 4) + ((flags & 0x04) === 0 ? 0 : 4);
  // The count is bounded by the bytes that are really there.
  const counted = Math.min(samples, Math.floor((trun.end - entries) / width));
  let duration = 0;
  for (let first = 0; first < counted; first += SLICE) {
    const count = Math.min(SLICE, counted - first);
    const view = await source.at(entries + first * width, count * width);
    for (let index = 0; index < count; index += 1) duration += view.getUint32(index * width);
  }
  return { samples: counted, duration };
}
