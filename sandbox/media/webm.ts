import type { VideoFile } from './mp4.ts';

/**
 * Reads what a network looks at in a WebM file (RFC 8794 and RFC 9559): its information and tracks, which stand at its
 * beginning. It is the sandbox's own, apart from the product's reader.
 */

const ID = {
  header: 0x1a45dfa3,
  docType: 0x4282,
  segment: 0x18538067,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  track: 0xae,
  type: 0x83,
  codec: 0x86,
  frameTime: 0x23e383,
  video: 0xe0,
  width: 0xb0,
  height: 0xba,
  audio: 0xe1,
  sampleRate: 0xb5,
  channels: 0x9f,
} as const;

const VIDEO_TRACK = 1;
const AUDIO_TRACK = 2;

/** Nanoseconds. */
const SECOND = 1e9;

/** Bytes from the beginning that `readWebm` looks at. */
export const WEBM_HEAD = 64 * 1024;

interface Element {
  readonly id: number;
  readonly content: Buffer;
}

/** The facts of a file by its beginning; null if it is no WebM with a video track, or is broken. Codecs are named as there: `V_VP9`. */
export function readWebm(head: Uint8Array): VideoFile | null {
  const file = elements(Buffer.from(head.buffer, head.byteOffset, head.byteLength));
  const [header, segment] = [child(file, ID.header), child(file, ID.segment)];
  if (header === null || segment === null || text(child(elements(header), ID.docType)) !== 'webm') return null;
  const inside = elements(segment);
  const info = elements(child(inside, ID.info) ?? Buffer.alloc(0));
  const scale = unsigned(child(info, ID.timestampScale)) ?? 1_000_000;
  const length = float(child(info, ID.duration));
  const tracks = elements(child(inside, ID.tracks) ?? Buffer.alloc(0)).flatMap(({ id, content }) => (id === ID.track ? [elements(content)] : []));
  const ofType = (type: number) => tracks.find((track) => unsigned(child(track, ID.type)) === type);
  const [picture, sound] = [ofType(VIDEO_TRACK), ofType(AUDIO_TRACK)];
  if (length === null || picture === undefined) return null;
  const sides = elements(child(picture, ID.video) ?? Buffer.alloc(0));
  const [width, height] = [unsigned(child(sides, ID.width)), unsigned(child(sides, ID.height))];
  if (width === null || height === null || width === 0 || height === 0) return null;
  const frameTime = unsigned(child(picture, ID.frameTime));
  return {
    duration: (length * scale) / SECOND,
    width,
    height,
    videoCodec: text(child(picture, ID.codec)),
    frameRate: frameTime === null || frameTime === 0 ? null : SECOND / frameTime,
    audio: sound === undefined ? null : soundOf(sound),
  };
}

function soundOf(track: readonly Element[]): VideoFile['audio'] {
  const audio = elements(child(track, ID.audio) ?? Buffer.alloc(0));
  return { codec: text(child(track, ID.codec)), channels: unsigned(child(audio, ID.channels)) ?? 1, sampleRate: float(child(audio, ID.sampleRate)) ?? 8000 };
}

/** The elements in a row; one that goes beyond the end, or whose size is not known, has what is there. */
function elements(bytes: Buffer): readonly Element[] {
  const found: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const id = variable(bytes, at, true);
    const size = id === null ? null : variable(bytes, at + id.length, false);
    if (id === null || size === null) break;
    const begin = at + id.length + size.length;
    const end = Math.min(bytes.length, begin + size.value);
    found.push({ id: id.value, content: bytes.subarray(begin, end) });
    at = end;
  }
  return found;
}

/** A number of variable length; the marker of its length is part of an id, and not of a size. All ones: a size that is not known. */
function variable(bytes: Buffer, at: number, marked: boolean): { value: number; length: number } | null {
  const first = bytes[at] ?? 0;
  const length = Math.clz32(first) - 23;
  if (first === 0 || length > (marked ? 4 : 8) || at + length > bytes.length) return null;
  let value = marked ? first : first & (0xff >> length);
  let open = (first & (0xff >> length)) === 0xff >> length;
  for (let index = 1; index < length; index += 1) {
    const byte = bytes[at + index] ?? 0;
    value = value * 256 + byte;
    open &&= byte === 0xff;
  }
  return { value: !marked && open ? Infinity : value, length };
}

function child(row: readonly Element[], id: number): Buffer | null {
  return row.find((element) => element.id === id)?.content ?? null;
}

function unsigned(content: Buffer | null): number | null {
  if (content === null || content.length === 0 || content.length > 6) return null;
  return content.readUIntBE(0, content.length);
}

function float(content: Buffer | null): number | null {
  if (content?.length === 4) return content.readFloatBE(0);
  return content?.length === 8 ? content.readDoubleBE(0) : null;
}

function text(content: Buffer | null): string {
  return content === null ? '' : content.toString('latin1').replace(/\0+$/, '');
}
