import type { Source } from '../source.ts';
import { childrenOf, contentOf, topLevelBoxes, type Box } from './boxes.ts';
import type { Fragments } from './movie.ts';

export interface Played {
  readonly samples: number;
  /** In the track's timescale. */
  readonly duration: number;
}

/** Entries of a `trun` box that are looked at in one go: at most 16 bytes each. */
const SLICE = 512;

/**
 * Adds up what the fragments (`moof`, ISO/IEC 14496-12, section 8.8) from `start` on hold of one track. `most`: after so
 * many of them it is enough.
 */
export async function sumFragments(source: Source, start: number, trackId: number, fragments: Fragments, most: number): Promise<Played> {
  const sum = { samples: 0, duration: 0 };
  let seen = 0;
  for await (const moof of topLevelBoxes(source, start)) {
    if (moof.type !== 'moof') continue;
    for await (const traf of childrenOf(source, moof)) {
      if (traf.type !== 'traf') continue;
      const played = await sumTrack(source, traf, trackId, fragments);
      sum.samples += played.samples;
      sum.duration += played.duration;
    }
    seen += 1;
    if (seen >= most) break;
  }
  return sum;
}

async function sumTrack(source: Source, traf: Box, trackId: number, fragments: Fragments): Promise<Played> {
  const sum = { samples: 0, duration: 0 };
  let sampleDuration = fragments.sampleDurations.get(trackId) ?? 0;
  for await (const box of childrenOf(source, traf)) {
    if (box.type === 'tfhd') {
      const header = await readFragmentHeader(source, box);
      if (header.trackId !== trackId) return { samples: 0, duration: 0 };
      sampleDuration = header.sampleDuration ?? sampleDuration;
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

async function sumRun(source: Source, trun: Box, sampleDuration: number): Promise<Played> {
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
