import { fourCharacters } from '../characters.ts';
import { Unreadable, type Source } from '../source.ts';
import { childrenOf, contentOf, type Box } from './boxes.ts';
import { firstSampleEntry, type SampleEntry } from './codecs.ts';

/** One track of a movie header. Durations are in units of `timescale`; 0: unknown. */
export interface Track {
  readonly id: number;
  /** `vide`, `soun`, or something else. */
  readonly handler: string;
  readonly enabled: boolean;
  /** Pixels as displayed, rotation applied; 0: unknown. */
  readonly width: number;
  readonly height: number;
  readonly timescale: number;
  readonly duration: number;
  /** Number of samples: frames, for a video track. */
  readonly samples: number;
  readonly entry: SampleEntry | null;
}

/** The header of a movie (`moov`, ISO/IEC 14496-12, section 8), as far as it says what is in the file. */
export interface Movie {
  readonly timescale: number;
  readonly duration: number;
  readonly tracks: readonly Track[];
  /** Null: all samples are named in the header. Otherwise they are in fragments (`moof`) that follow. */
  readonly fragments: Fragments | null;
}

export interface Fragments {
  /** Of the whole movie, in the movie's timescale; 0: the header does not say. */
  readonly duration: number;
  /** Duration of a sample that states none, by track. */
  readonly sampleDurations: ReadonlyMap<number, number>;
}

/** Reads a `moov` box. Its tables, which make up nearly all of it, are passed over. Throws `Unreadable` for nonsense. */
export async function readMovie(source: Source, moov: Box): Promise<Movie> {
  let header: Header = { timescale: 0, duration: 0 };
  let fragments: Fragments | null = null;
  const tracks: Track[] = [];
  for await (const box of childrenOf(source, moov)) {
    if (box.type === 'mvhd') header = await readHeader(source, box);
    else if (box.type === 'trak') tracks.push(await readTrack(source, box));
    else if (box.type === 'mvex') fragments = await readFragments(source, box);
    else if (box.type === 'cmov') throw new Unreadable('The movie header is compressed, an old form that is not supported: save the video anew.');
  }
  return { ...header, tracks, fragments };
}

/** Entries of a table of durations that are looked at. */
const MOST_RUNS = 16;

interface Header {
  readonly timescale: number;
  readonly duration: number;
}

/** `mvhd` and `mdhd` begin alike. */
async function readHeader(source: Source, box: Box): Promise<Header> {
  const long = await isLong(source, box);
  const view = await contentOf(source, box, long ? 32 : 20);
  return { timescale: view.getUint32(long ? 20 : 12), duration: durationAt(view, long ? 24 : 16, long) };
}

async function readTrack(source: Source, trak: Box): Promise<Track> {
  const track: { -readonly [Field in keyof Track]: Track[Field] } = {
    id: 0,
    handler: '',
    enabled: false,
    width: 0,
    height: 0,
    timescale: 0,
    duration: 0,
    samples: 0,
    entry: null,
  };
  for await (const box of childrenOf(source, trak)) {
    if (box.type === 'tkhd') Object.assign(track, await readTrackHeader(source, box));
    if (box.type !== 'mdia') continue;
    for await (const part of childrenOf(source, box)) {
      if (part.type === 'mdhd') Object.assign(track, await readHeader(source, part));
      else if (part.type === 'hdlr') track.handler = fourCharacters(await contentOf(source, part, 12), 8);
      else if (part.type === 'minf') Object.assign(track, await readSamples(source, part, track.handler));
    }
  }
  return track;
}

async function readTrackHeader(source: Source, box: Box): Promise<Pick<Track, 'id' | 'enabled' | 'width' | 'height'>> {
  const long = await isLong(source, box);
  const view = await contentOf(source, box, long ? 96 : 84);
  const matrix = long ? 52 : 40;
  const size = long ? 88 : 76;
  // Fixed-point numbers, 16 bits each side of the point: a b u / c d v / x y w. Turned by a quarter, b and c outweigh a and d.
  const weight = (index: number): number => Math.abs(view.getInt32(matrix + 4 * index));
  const turned = weight(1) + weight(3) > weight(0) + weight(4);
  const first = Math.round(view.getUint32(size) / 65_536);
  const second = Math.round(view.getUint32(size + 4) / 65_536);
  return {
    id: view.getUint32(long ? 20 : 12),
    enabled: (view.getUint8(3) & 1) === 1,
    width: turned ? second : first,
    height: turned ? first : second,
  };
}

/** Stops where all is known: behind it come the largest tables. */
async function readSamples(source: Source, minf: Box, handler: string): Promise<Pick<Track, 'samples' | 'entry'>> {
  let samples: number | undefined;
  let entry: SampleEntry | null | undefined;
  for await (const table of childrenOf(source, minf)) {
    if (table.type !== 'stbl') continue;
    for await (const box of childrenOf(source, table)) {
      if (box.type === 'stsd') entry = await firstSampleEntry(source, box, handler);
      // Where all frames last alike, it is near and says how many there are.
      else if (box.type === 'stts') samples ??= await countAlike(source, box);
      // The two forms of the table of sizes have the count in the same place.
      else if (box.type === 'stsz' || box.type === 'stz2') samples ??= (await contentOf(source, box, 12)).getUint32(8);
      // Only frames are counted.
      if (entry !== undefined && (samples !== undefined || handler !== 'vide')) return { samples: samples ?? 0, entry };
    }
  }
  return { samples: samples ?? 0, entry: entry ?? null };
}

/** How many samples a short table of durations is for; undefined for a long one, and for an empty one. */
async function countAlike(source: Source, stts: Box): Promise<number | undefined> {
  const entries = (await contentOf(source, stts, 8)).getUint32(4);
  if (entries === 0 || entries > MOST_RUNS) return undefined;
  const runs = await contentOf(source, stts, 8 + 8 * entries);
  return Array.from({ length: entries }, (_, index) => runs.getUint32(8 + 8 * index)).reduce((sum, count) => sum + count, 0);
}

async function readFragments(source: Source, mvex: Box): Promise<Fragments> {
  let duration = 0;
  const sampleDurations = new Map<number, number>();
  for await (const box of childrenOf(source, mvex)) {
    if (box.type === 'mehd') {
      const long = await isLong(source, box);
      duration = durationAt(await contentOf(source, box, long ? 12 : 8), 4, long);
    } else if (box.type === 'trex') {
      const view = await contentOf(source, box, 16);
      sampleDurations.set(view.getUint32(4), view.getUint32(12));
    }
  }
  return { duration, sampleDurations };
}

/** Version 1 of these boxes has 64-bit times. */
async function isLong(source: Source, box: Box): Promise<boolean> {
  return (await contentOf(source, box, 4)).getUint8(0) === 1;
}

/** All bits set mean that the duration is not known. */
function durationAt(view: DataView, at: number, long: boolean): number {
  if (!long) return view.getUint32(at) === 0xffff_ffff ? 0 : view.getUint32(at);
  const duration = view.getBigUint64(at);
  return duration === 0xffff_ffff_ffff_ffffn ? 0 : Number(duration);
}
