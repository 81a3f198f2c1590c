import { createHash } from 'node:crypto';
import { readMp4 } from '../media/mp4.ts';
import { isJpeg, isVideo } from '../media/signature.ts';
import type { Fetched, World } from '../stand-in.ts';

/** What became of the files of a container: the hash of the video, or why it cannot be taken. */
export type Pulled =
  { readonly kind: 'taken'; readonly sha256: string } | { readonly kind: 'failed'; readonly subcode: number; readonly reason: string };

export interface Sources {
  readonly videoUrl: string;
  readonly coverUrl: string | null;
  /** Milliseconds. */
  readonly thumbOffset: number | null;
}

/** The subcodes of the page for what can be wrong with a file. */
const SUBCODES = {
  timedOut: 2207003,
  notFetched: 2207052,
  badVideo: 2207026,
  badThumbOffset: 2207057,
  bigImage: 2207004,
  badImage: 2207005,
} as const;

/** Bounds of a reel (instagram.md section 6). A file is not refused for its edit lists or for `moov` behind the data: Instagram plays such. */
const REEL = {
  sizeMax: 300_000_000,
  durationMin: 3,
  durationMax: 15 * 60,
  widthMax: 1920,
  aspectMin: 0.01,
  aspectMax: 10,
  frameRateMin: 23,
  frameRateMax: 60,
  bitsPerSecondMax: 25_000_000,
  sampleRateMax: 48_000,
  channelsMax: 2,
} as const;
const COVER_MAX = 8_000_000;
const VIDEO_CODECS = new Set(['avc1', 'avc3', 'hvc1', 'hev1']);

/** Fetches and checks the files of a container. Never rejects: what goes wrong is the outcome. */
export async function pull(world: World, { videoUrl, coverUrl, thumbOffset }: Sources): Promise<Pulled> {
  const video = await get(world, videoUrl, 'video/');
  if ('kind' in video) return video;
  const wrong = checkVideo(video.body, thumbOffset);
  if (wrong !== null) return wrong;
  if (coverUrl !== null) {
    const cover = await get(world, coverUrl, 'image/');
    if ('kind' in cover) return cover;
    if (cover.body.byteLength > COVER_MAX) return failed(SUBCODES.bigImage, 'the cover is over 8 MB');
    if (!isJpeg(cover.body)) return failed(SUBCODES.badImage, 'the cover is no JPEG');
  }
  return { kind: 'taken', sha256: createHash('sha256').update(video.body).digest('hex') };
}

async function get(world: World, url: string, type: string): Promise<Fetched | Pulled> {
  let fetched: Fetched;
  try {
    fetched = await world.fetch(url);
  } catch (error) {
    const slow = error instanceof Error && error.name === 'TimeoutError';
    return slow
      ? failed(SUBCODES.timedOut, 'the download timed out')
      : failed(SUBCODES.notFetched, `the file could not be fetched: ${String(error)}`);
  }
  if (fetched.status !== 200) return failed(SUBCODES.notFetched, `the file's server answered ${fetched.status}`);
  const contentType = fetched.headers['content-type'] ?? 'nothing';
  return contentType.startsWith(type) ? fetched : failed(SUBCODES.notFetched, `the file's server calls it ${contentType}`);
}

function checkVideo(file: Uint8Array, thumbOffset: number | null): Pulled | null {
  if (file.byteLength > REEL.sizeMax) return failed(SUBCODES.badVideo, 'the file is over 300 MB');
  const facts = isVideo(file) ? readMp4(file) : null;
  if (facts === null) return failed(SUBCODES.badVideo, 'the file is no MP4 or MOV video');
  if (facts.duration < REEL.durationMin || facts.duration > REEL.durationMax) {
    return failed(SUBCODES.badVideo, `${facts.duration} s is not between 3 s and 15 min`);
  }
  if (facts.width > REEL.widthMax) return failed(SUBCODES.badVideo, `${facts.width} px is wider than 1920 px`);
  const aspect = facts.width / facts.height;
  if (aspect < REEL.aspectMin || aspect > REEL.aspectMax) {
    return failed(SUBCODES.badVideo, `an aspect ratio of ${aspect} is not between 0.01 and 10`);
  }
  if (!VIDEO_CODECS.has(facts.videoCodec)) return failed(SUBCODES.badVideo, `${facts.videoCodec} is neither H.264 nor HEVC`);
  const frameRate = facts.frameRate === null ? null : Math.round(facts.frameRate * 100) / 100;
  if (frameRate === null || frameRate < REEL.frameRateMin || frameRate > REEL.frameRateMax) {
    return failed(SUBCODES.badVideo, `${frameRate} frames a second are not between 23 and 60`);
  }
  if ((file.byteLength * 8) / facts.duration > REEL.bitsPerSecondMax) return failed(SUBCODES.badVideo, 'the bit rate is over 25 Mbit/s');
  if (facts.audio !== null) {
    const { codec, channels, sampleRate } = facts.audio;
    if (codec !== 'mp4a' || channels > REEL.channelsMax || sampleRate > REEL.sampleRateMax) {
      return failed(SUBCODES.badVideo, 'the sound is not AAC of at most 48 kHz and 2 channels');
    }
  }
  if (thumbOffset !== null && thumbOffset > facts.duration * 1000) {
    return failed(SUBCODES.badThumbOffset, 'the thumb offset lies behind the end');
  }
  return null;
}

function failed(subcode: number, reason: string): Pulled {
  return { kind: 'failed', subcode, reason };
}
