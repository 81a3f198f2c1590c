/**
 * Reads what a network looks at in an MP4 or MOV file (ISO/IEC 14496-12). It is the sandbox's own, apart from the product's
 * reader: two readers that share a mistake would hide it from the tests.
 */

export interface VideoFile {
  /** Seconds. */
  readonly duration: number;
  /** Pixels, as displayed. */
  readonly width: number;
  readonly height: number;
  /** Sample entry: `avc1`, `hvc1`, … */
  readonly videoCodec: string;
  /** Frames a second; null if the file does not tell. */
  readonly frameRate: number | null;
  readonly audio: { readonly codec: string; readonly channels: number; readonly sampleRate: number } | null;
}

interface Box {
  readonly type: string;
  readonly content: Buffer;
}

/** The facts of a file; null if it is no MP4 or MOV with a video track, or is broken. */
export function readMp4(file: Uint8Array): VideoFile | null {
  const moov = child(boxes(buffer(file)), 'moov');
  if (moov === null) return null;
  const inMoov = boxes(moov);
  const header = child(inMoov, 'mvhd');
  const length = header === null ? null : readDuration(header);
  const tracks = inMoov.filter(({ type }) => type === 'trak').map(({ content }) => readTrack(content));
  const video = tracks.find((track) => track?.handler === 'vide') ?? null;
  const sound = tracks.find((track) => track?.handler === 'soun')?.entry ?? null;
  if (length === null || video === null || video.entry === null) return null;
  const size = displayedSize(video.header);
  if (size === null || size.width === 0 || size.height === 0) return null;
  return {
    duration: length,
    ...size,
    videoCodec: video.entry.type,
    frameRate: video.samples === null || video.duration === null || video.duration === 0 ? null : video.samples / video.duration,
    audio: sound === null ? null : readSoundEntry(sound),
  };
}

interface Track {
  readonly handler: string;
  readonly header: Buffer | null;
  readonly entry: Box | null;
  /** Seconds. */
  readonly duration: number | null;
  readonly samples: number | null;
}

function readTrack(trak: Buffer): Track | null {
  const inTrack = boxes(trak);
  const mdia = boxes(child(inTrack, 'mdia') ?? Buffer.alloc(0));
  const handler = child(mdia, 'hdlr');
  const table = boxes(child(boxes(child(mdia, 'minf') ?? Buffer.alloc(0)), 'stbl') ?? Buffer.alloc(0));
  const descriptions = child(table, 'stsd');
  const header = child(mdia, 'mdhd');
  if (handler === null || handler.length < 12) return null;
  return {
    handler: handler.toString('latin1', 8, 12),
    header: child(inTrack, 'tkhd'),
    // Version, flags and the count of entries come first.
    entry: descriptions === null || descriptions.length < 8 ? null : (boxes(descriptions.subarray(8))[0] ?? null),
    duration: header === null ? null : readDuration(header),
    samples: countSamples(child(table, 'stts')),
  };
}

/** Of `mvhd` and `mdhd`, which begin alike: version, times, timescale, duration. */
function readDuration(box: Buffer): number | null {
  const long = box[0] === 1;
  const at = long ? 20 : 12;
  if (box.length < at + (long ? 12 : 8)) return null;
  const timescale = box.readUInt32BE(at);
  const duration = long ? Number(box.readBigUInt64BE(at + 4)) : box.readUInt32BE(at + 4);
  return timescale === 0 ? null : duration / timescale;
}

/** Width and height of `tkhd`, 16.16 fixed point, swapped if its matrix turns the picture by a quarter. */
function displayedSize(tkhd: Buffer | null): { width: number; height: number } | null {
  if (tkhd === null) return null;
  const matrixAt = tkhd[0] === 1 ? 52 : 40;
  if (tkhd.length < matrixAt + 44) return null;
  const [a, b] = [tkhd.readInt32BE(matrixAt), tkhd.readInt32BE(matrixAt + 4)];
  const width = Math.round(tkhd.readUInt32BE(matrixAt + 36) / 65_536);
  const height = Math.round(tkhd.readUInt32BE(matrixAt + 40) / 65_536);
  return a === 0 && b !== 0 ? { width: height, height: width } : { width, height };
}

function countSamples(stts: Buffer | null): number | null {
  if (stts === null || stts.length < 8) return null;
  const entries = stts.readUInt32BE(4);
  if (stts.length < 8 + entries * 8) return null;
  let samples = 0;
  for (let index = 0; index < entries; index += 1) samples += stts.readUInt32BE(8 + index * 8);
  return samples;
}

/** Channels and rate of a sound sample entry: they stand behind the 8 bytes of every entry and 8 reserved ones. */
function readSoundEntry({ type, content }: Box): VideoFile['audio'] {
  if (content.length < 28) return null;
  return { codec: type, channels: content.readUInt16BE(16), sampleRate: content.readUInt32BE(24) / 65_536 };
}

/** The boxes in a row; ends at the first one that does not fit. */
function boxes(bytes: Buffer): readonly Box[] {
  const found: Box[] = [];
  let at = 0;
  while (at + 8 <= bytes.length) {
    const short = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    let begin = at + 8;
    let size = short;
    if (short === 1) {
      if (at + 16 > bytes.length) break;
      size = Number(bytes.readBigUInt64BE(at + 8));
      begin = at + 16;
    } else if (short === 0) {
      size = bytes.length - at;
    }
    if (size < begin - at || at + size > bytes.length) break;
    found.push({ type, content: bytes.subarray(begin, at + size) });
    at += size;
  }
  return found;
}

function child(row: readonly Box[], type: string): Buffer | null {
  return row.find((box) => box.type === type)?.content ?? null;
}

function buffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
