import { readMp4 } from '../media/mp4.ts';
import { isVideo } from '../media/signature.ts';
import { readImage } from '../media/image.ts';

/** Types of files, each with the bytes that it may have. */
export const SIZE_MAX: Readonly<Record<string, number>> = {
  'video/mp4': 1_000_000_000,
  'video/quicktime': 1_000_000_000,
  'image/jpeg': 20_000_000,
  'image/png': 20_000_000,
  'image/gif': 20_000_000,
};

/** Seconds. */
const DURATION = { min: 2, max: 900 } as const;

/** Whether Reddit can use a file of this type; it says no more of one that it cannot. */
export function isUsable(file: Uint8Array, type: string): boolean {
  if (type === 'image/gif') return /^GIF8[79]a$/u.test(Buffer.from(file.subarray(0, 6)).toString('latin1'));
  if (type.startsWith('image/')) return `image/${readImage(file)?.format}` === type;
  const facts = isVideo(file) ? readMp4(file) : null;
  if (facts === null || !/^avc[13]$/u.test(facts.videoCodec) || (facts.audio !== null && facts.audio.codec !== 'mp4a')) return false;
  return facts.duration >= DURATION.min && facts.duration <= DURATION.max;
}
