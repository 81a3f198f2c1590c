import type { Source } from '../source.ts';
import { childrenOf, contentOf, type Box } from './boxes.ts';

/** Codecs by the type of their sample entry (registry: mp4ra.org), under the names that the networks' limits use. */
const CODECS: Readonly<Record<string, string>> = {
  avc1: 'h264',
  avc2: 'h264',
  avc3: 'h264',
  avc4: 'h264',
  hvc1: 'hevc',
  hev1: 'hevc',
  dvh1: 'hevc',
  dvhe: 'hevc',
  vp08: 'vp8',
  vp09: 'vp9',
  av01: 'av1',
  mp4v: 'mpeg4',
  s263: 'h263',
  h263: 'h263',
  jpeg: 'mjpeg',
  mjpa: 'mjpeg',
  mjpb: 'mjpeg',
  apch: 'prores',
  apcn: 'prores',
  apcs: 'prores',
  apco: 'prores',
  ap4h: 'prores',
  ap4x: 'prores',
  'ac-3': 'ac3',
  'ec-3': 'eac3',
  Opus: 'opus',
  fLaC: 'flac',
  alac: 'alac',
  '.mp3': 'mp3',
  samr: 'amr',
  sawb: 'amr',
  sowt: 'pcm',
  twos: 'pcm',
  lpcm: 'pcm',
  ipcm: 'pcm',
};

/** `objectTypeIndication` of an elementary stream (ISO/IEC 14496-1, table 5) inside an entry of type `mp4a`. */
const AUDIO_OBJECTS: Readonly<Record<number, string>> = {
  0x40: 'aac',
  0x66: 'aac',
  0x67: 'aac',
  0x68: 'aac',
  0x69: 'mp3',
  0x6b: 'mp3',
};

export interface SampleEntry {
  /** A name of ours where there is one, otherwise the four characters in lower case. */
  readonly codec: string;
  /** Pixels as coded, for a video entry. */
  readonly width: number;
  readonly height: number;
}

/** The first sample entry of an `stsd` box; null if there is none. */
export async function firstSampleEntry(source: Source, stsd: Box, handler: string): Promise<SampleEntry | null> {
  // Version and flags, and the count of entries.
  for await (const entry of childrenOf(source, stsd, 8)) {
    const codec = Object.hasOwn(CODECS, entry.type) ? CODECS[entry.type] : undefined;
    if (handler === 'vide') {
      const view = await contentOf(source, entry, 28);
      return { codec: codec ?? plainName(entry.type), width: view.getUint16(24), height: view.getUint16(26) };
    }
    const mpeg = entry.type === 'mp4a' ? await mpegAudio(source, entry) : undefined;
    return { codec: codec ?? mpeg ?? plainName(entry.type), width: 0, height: 0 };
  }
  return null;
}

/** What an `mp4a` entry really holds, by its `esds` box. AAC where it does not say, since nearly all do. */
async function mpegAudio(source: Source, entry: Box): Promise<string> {
  const version = (await contentOf(source, entry, 20)).getUint16(8);
  // Sound entries of QuickTime (versions 1 and 2) have further fields before their boxes.
  const fields = 28 + (version === 1 ? 16 : version === 2 ? 36 : 0);
  const inside: Box[] = [];
  for await (const box of childrenOf(source, entry, fields)) {
    if (box.type === 'esds') inside.push(box);
    else if (box.type === 'wave') for await (const child of childrenOf(source, box)) if (child.type === 'esds') inside.push(child);
  }
  const [esds] = inside;
  if (esds === undefined) return 'aac';
  const length = Math.min(esds.end - esds.content, 64);
  return AUDIO_OBJECTS[objectType(await source.at(esds.content, length)) ?? 0x40] ?? 'mp4a';
}

/** The object type in an elementary stream descriptor: tag 3, in it tag 4, whose first byte it is. */
function objectType(view: DataView): number | null {
  let at = 4;
  const open = (tag: number): boolean => {
    if (at >= view.byteLength || view.getUint8(at) !== tag) return false;
    at += 1;
    // A length in up to four bytes, the highest bit of each saying that another one follows.
    for (let bytes = 0; bytes < 4 && at < view.byteLength; bytes += 1) if ((view.getUint8(at++) & 0x80) === 0) break;
    return true;
  };
  if (!open(3) || at + 3 > view.byteLength) return null;
  const flags = view.getUint8(at + 2);
  at += 3;
  if ((flags & 0x80) !== 0) at += 2;
  if ((flags & 0x40) !== 0 && at < view.byteLength) at += 1 + view.getUint8(at);
  if ((flags & 0x20) !== 0) at += 2;
  return open(4) && at < view.byteLength ? view.getUint8(at) : null;
}

function plainName(type: string): string {
  return type.trim().toLowerCase();
}
