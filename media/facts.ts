import type { VideoFacts } from '../core/model.ts';
import { Unreadable } from './source.ts';

/** Thirty years, and far more than any codec takes: what is beyond was not measured. */
const MOST_SECONDS = 1e9;
const MOST_PIXELS = 1e6;

/**
 * What a reader found in a video, with its numbers rounded to thousandths. A frame rate so slow that it rounds to nothing is
 * none. Throws `Unreadable` where the file does not say how long
 * the video or how large its picture is, or says what cannot be.
 */
export function videoFacts(found: VideoFacts): VideoFacts {
  const duration = thousandths(found.duration);
  if (!(duration > 0)) throw new Unreadable('The file does not say how long the video is.');
  if (!(found.width > 0 && found.height > 0)) throw new Unreadable('The file does not say how large the picture is.');
  if (duration > MOST_SECONDS || found.width > MOST_PIXELS || found.height > MOST_PIXELS) {
    throw new Unreadable('The file is damaged: what it says of its duration or dimensions makes no sense.');
  }
  return { ...found, duration, frameRate: thousandths(found.frameRate ?? 0) || null };
}

function thousandths(value: number): number {
  return Math.round(value * 1000) / 1000;
}
