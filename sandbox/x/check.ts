import { readMp4 } from '../media/mp4.ts';
import { isVideo } from '../media/signature.ts';
import { readPicture } from '../media/picture.ts';

/** What X says of a file that it cannot use. */
export interface Flaw {
  readonly code: number;
  readonly name: 'InvalidMedia' | 'UnsupportedMedia';
  readonly message: string;
}

export type Category = 'tweet_image' | 'tweet_gif' | 'tweet_video' | 'amplify_video';

/** Bytes of a file of each category. */
export const SIZE_MAX: Readonly<Record<Category, number>> = { tweet_image: 5_000_000, tweet_gif: 15_000_000, tweet_video: 512_000_000, amplify_video: 512_000_000 };

/** Bounds of a video (x.md section 6), for an account without a subscription. The sides are the documented ones. */
const VIDEO = { durationMin: 0.5, durationMax: 140, sideMin: 32, longSideMax: 1920, shortSideMax: 1200, aspectMin: 1 / 3, aspectMax: 3, frameRateMax: 60 } as const;
const GIF = { widthMax: 1280, heightMax: 1080, framesMax: 350 } as const;

/** What is wrong with a file; null: nothing. */
export function flawOf(file: Uint8Array, category: Category, type: string): Flaw | null {
  switch (category) {
    case 'tweet_video':
    case 'amplify_video':
      return videoFlaw(file);
    case 'tweet_image':
    case 'tweet_gif':
      return pictureFlaw(file, category, type);
  }
}

function videoFlaw(file: Uint8Array): Flaw | null {
  const facts = isVideo(file) ? readMp4(file) : null;
  if (facts === null || !/^avc[13]$/u.test(facts.videoCodec)) return unsupported('the file is no MP4 or MOV with H.264');
  if (facts.audio !== null && facts.audio.codec !== 'mp4a') return unsupported('the sound is not AAC');
  const { duration, width, height } = facts;
  if (duration < VIDEO.durationMin) return flaw(`${duration} s is too short`);
  if (duration > VIDEO.durationMax) return flaw(`${duration} s is too long for this account`);
  if (Math.min(width, height) < VIDEO.sideMin || Math.max(width, height) > VIDEO.longSideMax || Math.min(width, height) > VIDEO.shortSideMax) return flaw(`${width} x ${height} is out of bounds`);
  if (width / height < VIDEO.aspectMin || width / height > VIDEO.aspectMax) return flaw('the aspect ratio is out of bounds');
  const frameRate = facts.frameRate === null ? null : Math.round(facts.frameRate * 100) / 100;
  if (frameRate === null || frameRate > VIDEO.frameRateMax) return flaw(`${frameRate} frames a second are out of bounds`);
  return null;
}

function pictureFlaw(file: Uint8Array, category: Category, type: string): Flaw | null {
  const picture = readPicture(file);
  if (picture === null) return unsupported('the file is no picture');
  if (`image/${picture.format}` !== type) return flaw(`the file is ${picture.format}, and not ${type}`);
  if (category === 'tweet_image') return picture.frames > 1 ? flaw('the picture moves') : null;
  if (picture.format !== 'gif') return unsupported('the file is no GIF');
  const { width, height, frames } = picture;
  return width > GIF.widthMax || height > GIF.heightMax || frames > GIF.framesMax ? flaw(`${width} x ${height} in ${frames} frames is out of bounds`) : null;
}

function flaw(why: string): Flaw {
  return { code: 1, name: 'InvalidMedia', message: `InvalidMedia: ${why}` };
}

function unsupported(why: string): Flaw {
  return { code: 3, name: 'UnsupportedMedia', message: `UnsupportedMedia: file not supported, ${why}` };
}
