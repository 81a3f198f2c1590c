import { createHash } from 'node:crypto';
import { readImage } from '../media/image.ts';
import { readMp4 } from '../media/mp4.ts';
import { isVideo } from '../media/signature.ts';
import type { World } from '../stand-in.ts';

/** Why a file is not taken, with the code of the page for it. */
export interface Problem {
  readonly code: number;
  readonly message: string;
}

export type Checked<Facts = object> = ({ readonly sha256: string } & Facts) | { readonly problem: Problem };

/** Facebook could not fetch the file. */
const NOT_FETCHED = 389;
/** The page gives a range of codes for files that cannot be used, and does not say which is which. */
const BAD_VIDEO = 1_363_024;
const BAD_PHOTO = 1_366_046;

/** Bounds of a reel: publishing guide, 2026. */
const REEL = { durationMin: 3, durationMax: 90, widthMin: 540, heightMin: 960, frameRateMin: 24, frameRateMax: 60, aspectMin: 0.55, aspectMax: 0.6 } as const;
/** Bounds of another video: vendors' guidelines. */
const VIDEO = { durationMin: 1, durationMax: 4 * 60 * 60, frameRateMax: 60 } as const;
/** Bytes: as the refusal of a photo says; the documents say 10 MB. */
const PHOTO_MAX = 4_000_000;
const VIDEO_CODECS = new Set(['avc1', 'avc3', 'hvc1', 'hev1', 'vp09', 'av01']);

/** Fetches a file; never rejects. */
export async function fetchFile(world: World, url: string, type: 'video' | 'image'): Promise<{ readonly bytes: Uint8Array } | { readonly problem: Problem }> {
  try {
    const { status, headers, body } = await world.fetch(url);
    if (status !== 200) return failed(NOT_FETCHED, `The file's server answered ${status}.`);
    const contentType = headers['content-type'] ?? 'nothing';
    return contentType.startsWith(`${type}/`) ? { bytes: body } : failed(NOT_FETCHED, `The file's server calls it ${contentType}.`);
  } catch (error) {
    return failed(NOT_FETCHED, `The file could not be fetched: ${String(error)}`);
  }
}

export function checkReel(file: Uint8Array): Checked {
  const facts = isVideo(file) ? readMp4(file) : null;
  if (facts === null || Buffer.from(file.subarray(8, 12)).toString('latin1') === 'qt  ') return failed(BAD_VIDEO, 'The file is no MP4 video.');
  const { duration, width, height } = facts;
  if (duration < REEL.durationMin || duration > REEL.durationMax) return failed(BAD_VIDEO, `${duration} s are not between 3 and 90 s.`);
  if (width < REEL.widthMin || height < REEL.heightMin) return failed(BAD_VIDEO, `${width} x ${height} is less than 540 x 960.`);
  if (width / height < REEL.aspectMin || width / height > REEL.aspectMax) return failed(BAD_VIDEO, `${width} x ${height} is not 9:16.`);
  const frameRate = Math.round((facts.frameRate ?? 0) * 100) / 100;
  if (frameRate < REEL.frameRateMin || frameRate > REEL.frameRateMax) return failed(BAD_VIDEO, `${frameRate} frames a second are not between 24 and 60.`);
  return coded(facts) ?? { sha256: digest(file) };
}

/** `upright`: Facebook makes a draft of a reel of it. */
export function checkVideo(file: Uint8Array): Checked<{ readonly upright: boolean }> {
  const facts = isVideo(file) ? readMp4(file) : null;
  if (facts === null) return failed(BAD_VIDEO, 'The file is no video that could be read.');
  const { duration, width, height } = facts;
  if (duration < VIDEO.durationMin || duration > VIDEO.durationMax) return failed(BAD_VIDEO, `${duration} s are not between 1 s and 4 h.`);
  if ((facts.frameRate ?? 0) > VIDEO.frameRateMax + 0.005) return failed(BAD_VIDEO, `${facts.frameRate} frames a second are more than 60.`);
  return coded(facts) ?? { sha256: digest(file), upright: width / height <= REEL.aspectMax };
}

function coded({ videoCodec, audio }: { videoCodec: string; audio: { codec: string } | null }): { problem: Problem } | null {
  if (!VIDEO_CODECS.has(videoCodec)) return failed(BAD_VIDEO, `${videoCodec} is none of H.264, H.265, VP9 and AV1.`);
  return audio === null || audio.codec === 'mp4a' ? null : failed(BAD_VIDEO, `The sound is ${audio.codec}, not AAC.`);
}

export function checkPhoto(file: Uint8Array): Checked {
  if (file.byteLength > PHOTO_MAX) return failed(BAD_PHOTO, 'The photo has more than 4 MB.');
  return readImage(file) === null ? failed(BAD_PHOTO, 'The photo is neither JPEG nor PNG.') : { sha256: digest(file) };
}

function digest(file: Uint8Array): string {
  return createHash('sha256').update(file).digest('hex');
}

function failed(code: number, message: string): { readonly problem: Problem } {
  return { problem: { code, message } };
}
