import type { CaptionType } from '../core/media/type.ts';
import type { ImageFormat } from '../core/model.ts';

/** What the first bytes of a file say that it is. */
export type Recognised =
  /** A container of the MP4 family, which can be looked into. */
  | { readonly kind: 'movie'; readonly contentType: string; readonly container: string }
  | { readonly kind: 'matroska'; readonly contentType: string; readonly container: 'webm' | 'mkv' }
  | { readonly kind: 'image'; readonly contentType: string; readonly format: ImageFormat }
  | { readonly kind: 'captions'; readonly contentType: CaptionType }
  /** A video in another container. */
  | { readonly kind: 'video'; readonly contentType: string }
  /** `what` completes the sentence "The file is …". */
  | { readonly kind: 'other'; readonly contentType: string | null; readonly what: string };

/** As many bytes of the beginning are enough. */
export const HEAD_BYTES = 4096;

interface Signature {
  /** The bytes as characters, by offset. */
  readonly bytes: Readonly<Record<number, string>>;
  readonly is: Recognised;
}

const video = (contentType: string): Recognised => ({ kind: 'video', contentType });
const image = (format: ImageFormat): Recognised => ({ kind: 'image', contentType: `image/${format}`, format });
const other = (contentType: string | null, what: string): Recognised => ({ kind: 'other', contentType, what });

/**
 * First bytes as the formats' own specifications give them, the more precise ones first. A table of our own, since the
 * question is a narrow one: is this a video, and if not, what shall we call it.
 */
const SIGNATURES: readonly Signature[] = [
  { bytes: { 0: 'RIFF', 8: 'AVI ' }, is: video('video/x-msvideo') },
  { bytes: { 0: 'FLV\x01' }, is: video('video/x-flv') },
  { bytes: { 0: '\x00\x00\x01\xba' }, is: video('video/mpeg') },
  { bytes: { 0: '\x00\x00\x01\xb3' }, is: video('video/mpeg') },
  { bytes: { 0: '\x30\x26\xb2\x75\x8e\x66\xcf\x11' }, is: video('video/x-ms-asf') },
  { bytes: { 0: '\xff\xd8\xff' }, is: image('jpeg') },
  { bytes: { 0: '\x89PNG\r\n\x1a\n' }, is: image('png') },
  { bytes: { 0: 'GIF8' }, is: image('gif') },
  { bytes: { 0: 'RIFF', 8: 'WEBP' }, is: image('webp') },
  { bytes: { 0: 'II*\x00' }, is: other('image/tiff', 'a TIFF image') },
  { bytes: { 0: 'MM\x00*' }, is: other('image/tiff', 'a TIFF image') },
  { bytes: { 0: 'RIFF', 8: 'WAVE' }, is: other('audio/wav', 'a sound file (WAV)') },
  { bytes: { 0: 'ID3' }, is: other('audio/mpeg', 'a sound file (MP3)') },
  { bytes: { 0: '\xff\xfb' }, is: other('audio/mpeg', 'a sound file (MP3)') },
  { bytes: { 0: 'fLaC' }, is: other('audio/flac', 'a sound file (FLAC)') },
  { bytes: { 0: '%PDF-' }, is: other('application/pdf', 'a PDF document') },
  { bytes: { 0: 'PK\x03\x04' }, is: other('application/zip', 'a ZIP archive or an office document') },
  { bytes: { 0: '\x1f\x8b' }, is: other('application/gzip', 'a gzip archive') },
  { bytes: { 0: "7z\xbc\xaf'\x1c" }, is: other('application/x-7z-compressed', 'a 7-Zip archive') },
  { bytes: { 0: 'Rar!\x1a\x07' }, is: other('application/vnd.rar', 'a RAR archive') },
  { bytes: { 0: '\x7fELF' }, is: other('application/x-executable', 'a program') },
  { bytes: { 0: 'MZ' }, is: other('application/x-msdownload', 'a program') },
];

/** Major brands of the MP4 family that are not plain MP4 (registry: mp4ra.org). */
const BRANDS: readonly (readonly [RegExp, Recognised])[] = [
  [/^qt {2}/u, { kind: 'movie', contentType: 'video/quicktime', container: 'mov' }],
  [/^3g2/u, { kind: 'movie', contentType: 'video/3gpp2', container: '3gp' }],
  [/^3g/u, { kind: 'movie', contentType: 'video/3gpp', container: '3gp' }],
  [/^(?:hei|hev|mif1|msf1)/u, image('heic')],
  [/^avi[fs]/u, image('avif')],
  [/^crx/u, other('image/x-canon-cr3', 'a raw photo')],
];

const MP4: Recognised = { kind: 'movie', contentType: 'video/mp4', container: 'mp4' };
const QUICKTIME: Recognised = { kind: 'movie', contentType: 'video/quicktime', container: 'mov' };

/** Names the content by its first bytes; `HEAD_BYTES` of them, or all there are. */
export function recognise(head: Uint8Array): Recognised {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  const listed = SIGNATURES.find(({ bytes }) => Object.entries(bytes).every(([at, value]) => text.startsWith(value, Number(at))));
  return listed?.is ?? movie(text) ?? matroska(text) ?? transportStream(head) ?? ogg(text) ?? plainText(head) ?? other(null, 'of no known kind');
}

function movie(text: string): Recognised | undefined {
  const type = text.slice(4, 8);
  if (type === 'ftyp') {
    const brand = text.slice(8, 12);
    // Files that name no more than the general brand of images first say which they are among the brands that follow.
    if (brand === 'mif1' && text.slice(16, 48).includes('avif')) return image('avif');
    return BRANDS.find(([pattern]) => pattern.test(brand))?.[1] ?? MP4;
  }
  // QuickTime did without a file type once. Where the size begins with a letter, it is a text that happens to fit.
  if (/^(?:moov|mdat|free|skip|wide|pnot)$/u.test(type) && text.charCodeAt(0) < 0x20) return QUICKTIME;
  return undefined;
}

/**
 * Matroska and WebM differ by the document type (element 42 82, and a size of one to eight bytes) in the header (RFC 8794,
 * section 11.2.4).
 */
function matroska(text: string): Recognised | undefined {
  if (!text.startsWith('\x1a\x45\xdf\xa3')) return undefined;
  const docType = /\x42\x82[^a-z]{1,8}([a-z]+)/u.exec(text.slice(0, 256))?.[1];
  return docType === 'webm'
    ? { kind: 'matroska', contentType: 'video/webm', container: 'webm' }
    : { kind: 'matroska', contentType: 'video/x-matroska', container: 'mkv' };
}

/** MPEG transport streams: a sync byte every 188 bytes, or every 192 with a time stamp before each packet. */
function transportStream(head: Uint8Array): Recognised | undefined {
  const synced = (offset: number, packet: number): boolean => [0, 1, 2].every((n) => head[offset + n * packet] === 0x47);
  return synced(0, 188) || synced(4, 192) ? video('video/mp2t') : undefined;
}

function ogg(text: string): Recognised | undefined {
  if (!text.startsWith('OggS')) return undefined;
  return text.includes('\x80theora') ? video('video/ogg') : other('audio/ogg', 'a sound file (Ogg)');
}

function plainText(head: Uint8Array): Recognised | undefined {
  let text: string;
  try {
    // The last character may be cut in two: as a stream, that is no error.
    text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
  if (/[^\P{Cc}\t\n\v\f\r]/u.test(text)) return undefined;
  // The decoder has taken a byte order mark away.
  if (/^WEBVTT(?:[ \t\r\n]|$)/u.test(text)) return { kind: 'captions', contentType: 'text/vtt' };
  if (/^\s*\d{1,9}[ \t]*(?:\r\n?|\n)[ \t]*\d{1,4}:\d\d:\d\d[,.]\d{3}[ \t]+-->/u.test(text)) return { kind: 'captions', contentType: 'application/x-subrip' };
  return /^\s*<(?:!doctype html|html)/iu.test(text) ? other('text/html', 'a web page') : other('text/plain', 'a text');
}
