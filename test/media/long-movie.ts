import { box, topLevel, uint32, uint64 } from './files.ts';

export interface LongMovie {
  /** Bytes of the whole file, of which only the pieces are not zero. */
  readonly size: number;
  readonly pieces: ReadonlyMap<number, Uint8Array>;
  /** Seconds of its picture. */
  readonly seconds: number;
}

const FRAMES_A_SECOND = 25;
/** Of 1,024 samples at 44,100 Hz: the nearest to a second. */
const SOUNDS_A_SECOND = 43;
const SOUND_BYTES = 256;

/**
 * A clip (`ftyp`, `mdat`, `moov` in this order; 25 frames a second, sound of 44,100 Hz) made long: it begins with what the
 * clip shows, goes on with samples of zeros up to `size`, and has its movie header, with a table entry for each of them, at
 * the end. Small decoders can play its beginning, which is all that a prober looks at.
 */
export function longMovie(clip: Buffer, size: number, seconds: number): LongMovie {
  const parts = topLevel(clip);
  const [ftyp, mdat, moov] = ['ftyp', 'mdat', 'moov'].map((type) => parts.get(type) ?? Buffer.alloc(0)) as [Buffer, Buffer, Buffer];
  const content = ftyp.length + 16;
  const moved = content - (clip.indexOf(mdat) + 8);
  const firstFree = content + mdat.length - 8;
  // The movie header takes less than 64 bytes a frame.
  const block = Math.floor((size - firstFree - 64 * FRAMES_A_SECOND * seconds) / seconds);
  const frame = Math.floor((block - SOUNDS_A_SECOND * SOUND_BYTES) / FRAMES_A_SECOND);

  const more = (isVideo: boolean): More =>
    isVideo
      ? { seconds, chunk: FRAMES_A_SECOND, sample: frame, firstAt: firstFree, step: block }
      : { seconds, chunk: SOUNDS_A_SECOND, sample: SOUND_BYTES, firstAt: firstFree + FRAMES_A_SECOND * frame, step: block };
  const header = lengthened(moov, moved, more);
  const start = Buffer.concat([ftyp, uint32(1), Buffer.from('mdat'), uint64(BigInt(size - ftyp.length - header.length)), mdat.subarray(8)]);
  return { size, pieces: new Map([[0, start], [size - header.length, header]]), seconds: seconds + framesOf(moov) / FRAMES_A_SECOND };
}

/** What is added to a track: a chunk a second. */
interface More {
  readonly seconds: number;
  /** Samples of a chunk. */
  readonly chunk: number;
  /** Bytes of a sample. */
  readonly sample: number;
  readonly firstAt: number;
  readonly step: number;
}

function lengthened(moov: Buffer, moved: number, more: (isVideo: boolean) => More): Buffer {
  const traks = childrenOf(moov).filter(([type]) => type === 'trak');
  const rest = childrenOf(moov).filter(([type]) => type !== 'trak' && type !== 'mvhd');
  const mvhd = Buffer.from(childNamed(moov, 'mvhd'));
  const video = traks.find(([, trak]) => isVideo(trak))?.[1] ?? Buffer.alloc(0);
  mvhd.writeUInt32BE(mvhd.readUInt32BE(20) * Math.round(framesOf(moov) / FRAMES_A_SECOND + more(isVideo(video)).seconds), 24);
  return Buffer.from(box('moov', mvhd, ...traks.map(([, trak]) => longTrack(trak, moved, more(isVideo(trak)))), ...rest.map(([, whole]) => whole)));
}

function longTrack(trak: Buffer, moved: number, more: More): Uint8Array {
  const mdia = childNamed(trak, 'mdia');
  const minf = childNamed(mdia, 'minf');
  const stbl = childNamed(minf, 'stbl');
  const offsets = sampleOffsets(stbl).map((offset) => offset + moved);
  const sizes = numbersOf(childNamed(stbl, 'stsz'), 20);
  const delta = childNamed(stbl, 'stts').readUInt32BE(20);
  const added = more.seconds * more.chunk;
  const total = offsets.length + added;
  const video = isVideo(trak);
  const mdhd = Buffer.from(childNamed(mdia, 'mdhd'));
  mdhd.writeUInt32BE(total * delta, 24);
  const tables = [
    childNamed(stbl, 'stsd'),
    box('stts', uint32(0, 1, total, delta)),
    // As encoders write it that show frames in another order than they are stored in.
    ...(video ? [box('stss', table(numbersOf(childNamed(stbl, 'stss'), 16), more.seconds, (n) => [offsets.length + 1 + n * more.chunk])), box('ctts', uint32(0, total), repeat(total, (n) => [1, delta * (n % 2)]))] : []),
    box('stsc', uint32(0, 2, 1, 1, 1, offsets.length + 1, more.chunk, 1)),
    box('stsz', uint32(0, 0), table(sizes, added, () => [more.sample], false)),
    box('co64', uint32(0, offsets.length + more.seconds), ...offsets.map((at) => uint64(BigInt(at))), repeat(more.seconds, (n) => wide(more.firstAt + n * more.step))),
  ];
  const media = box('mdia', mdhd, childNamed(mdia, 'hdlr'), box('minf', ...childrenOf(minf).map(([type, whole]) => (type === 'stbl' ? box('stbl', ...tables) : whole))));
  // Without its edit list, which tells the old duration.
  return box('trak', childNamed(trak, 'tkhd'), media);
}

/** A count, the entries that are there, and more. */
function table(entries: readonly number[], added: number, more: (n: number) => readonly number[], versioned = true): Uint8Array {
  return Buffer.concat([versioned ? uint32(0, entries.length + added) : uint32(entries.length + added), uint32(...entries), repeat(added, more)]);
}

function repeat(count: number, entry: (n: number) => readonly number[]): Uint8Array {
  return Buffer.concat(Array.from({ length: count }, (_, n) => uint32(...entry(n))));
}

function wide(value: number): readonly number[] {
  return [Math.floor(value / 2 ** 32), value % 2 ** 32];
}

/** Where each sample begins, by the chunks that the track tells. */
function sampleOffsets(stbl: Buffer): number[] {
  const runs = numbersOf(childNamed(stbl, 'stsc'), 16);
  const sizes = numbersOf(childNamed(stbl, 'stsz'), 20);
  const offsets: number[] = [];
  for (const [index, chunk] of numbersOf(childNamed(stbl, 'stco'), 16).entries()) {
    let samples = 0;
    for (let run = 0; run < runs.length; run += 3) if ((runs[run] ?? 0) <= index + 1) samples = runs[run + 1] ?? 0;
    let at = chunk;
    for (let sample = 0; sample < samples; sample += 1) {
      const bytes = sizes[offsets.length] ?? 0;
      offsets.push(at);
      at += bytes;
    }
  }
  return offsets;
}

function framesOf(moov: Buffer): number {
  const video = childrenOf(moov).find(([type, whole]) => type === 'trak' && isVideo(whole))?.[1] ?? Buffer.alloc(0);
  return childNamed(childNamed(childNamed(childNamed(video, 'mdia'), 'minf'), 'stbl'), 'stsz').readUInt32BE(16);
}

function isVideo(trak: Buffer): boolean {
  return childNamed(childNamed(trak, 'mdia'), 'hdlr').toString('latin1', 16, 20) === 'vide';
}

function numbersOf(whole: Buffer, from: number): number[] {
  return Array.from({ length: (whole.length - from) / 4 }, (_, index) => whole.readUInt32BE(from + 4 * index));
}

function childrenOf(whole: Buffer): (readonly [string, Buffer])[] {
  const found: (readonly [string, Buffer])[] = [];
  for (let at = 8; at < whole.length; at += whole.readUInt32BE(at)) found.push([whole.toString('latin1', at + 4, at + 8), whole.subarray(at, at + whole.readUInt32BE(at))]);
  return found;
}

function childNamed(whole: Buffer, name: string): Buffer {
  const found = childrenOf(whole).find(([type]) => type === name)?.[1];
  if (found === undefined) throw new Error(`There is no ${name} box.`);
  return found;
}
