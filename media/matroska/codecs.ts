import type { Source } from '../source.ts';
import { ascii, type Element } from './ebml.ts';

/** Codecs by the beginning of their id (registry: RFC 9559, section 27, and matroska.org), under the names that the networks' limits use. */
const CODECS: readonly (readonly [string, string])[] = [
  ['V_VP8', 'vp8'],
  ['V_VP9', 'vp9'],
  ['V_AV1', 'av1'],
  ['V_MPEG4/ISO/AVC', 'h264'],
  ['V_MPEGH/ISO/HEVC', 'hevc'],
  ['V_MPEG4/', 'mpeg4'],
  ['V_MPEG2', 'mpeg2'],
  ['V_MPEG1', 'mpeg1'],
  ['V_MJPEG', 'mjpeg'],
  ['V_PRORES', 'prores'],
  ['V_THEORA', 'theora'],
  ['A_OPUS', 'opus'],
  ['A_VORBIS', 'vorbis'],
  ['A_AAC', 'aac'],
  ['A_MPEG/L3', 'mp3'],
  ['A_AC3', 'ac3'],
  ['A_EAC3', 'eac3'],
  ['A_FLAC', 'flac'],
  ['A_ALAC', 'alac'],
  ['A_PCM/', 'pcm'],
];

/** A name of ours where there is one, otherwise the id in lower case; null if it is empty. */
export async function codecName(source: Source, codecId: Element): Promise<string | null> {
  const id = await ascii(source, codecId, 32);
  return CODECS.find(([start]) => id.startsWith(start))?.[1] ?? (id.toLowerCase() || null);
}
