import { readMp4 } from '../media/mp4.ts';
import { readPicture } from '../media/picture.ts';
import { isVideo } from '../media/signature.ts';

/** Bounds of a video (pinterest.md section 6). */
const VIDEO = { sizeMax: 2_000_000_000, durationMin: 4, durationMax: 15 * 60, sideMin: 240, aspectMin: 0.5, aspectMax: 1.91 } as const;

const PHOTO_SIZE_MAX = 20_000_000;

/** Whether Pinterest can make a video pin of a file. It says no more than that. */
export function isFit(file: Uint8Array): boolean {
  const facts = isVideo(file) ? readMp4(file) : null;
  if (facts === null || file.byteLength > VIDEO.sizeMax || !/^(?:avc|hvc|hev)[13]$/u.test(facts.videoCodec)) return false;
  const { duration, width, height, audio } = facts;
  const aspect = width / height;
  return (
    (audio === null || audio.codec === 'mp4a') &&
    duration >= VIDEO.durationMin &&
    duration <= VIDEO.durationMax &&
    Math.min(width, height) >= VIDEO.sideMin &&
    aspect >= VIDEO.aspectMin &&
    aspect <= VIDEO.aspectMax
  );
}

/** Pixels of a photo; null: it is none that Pinterest takes. */
export function sizeOf(file: Uint8Array): { readonly width: number; readonly height: number } | null {
  return file.byteLength > PHOTO_SIZE_MAX ? null : readPicture(file);
}
