import { createHash } from 'node:crypto';
import { readImage } from '../media/image.ts';
import { readMp4, type VideoFile } from '../media/mp4.ts';
import { isVideo } from '../media/signature.ts';
import type { Fetched, World } from '../stand-in.ts';
import type { Source } from './dialect.ts';

/** What is wrong with a file, or with fetching it. */
export interface Problem {
  readonly of: 'video' | 'image';
  readonly what:
    | 'timed_out'
    | 'not_fetched'
    | 'format'
    | 'size'
    | 'duration'
    | 'width'
    | 'aspect'
    | 'frame_rate'
    | 'bit_rate'
    | 'sound'
    | 'channels'
    | 'thumb_offset';
  /** For a person. */
  readonly reason: string;
}

/** What became of the files of a container: their hashes, or why they cannot be taken. */
export type Pulled = { readonly kind: 'taken'; readonly sha256: readonly string[]; readonly coverSha256?: string } | { readonly kind: 'failed'; readonly problem: Problem };

/** Bounds of a video. It is not refused for its edit lists or for `moov` behind the data: the networks play such. */
export interface VideoBounds {
  /** Bytes. */
  readonly sizeMax: number;
  /** Seconds. */
  readonly durationMin: number;
  readonly durationMax: number;
  /** Pixels. */
  readonly widthMax: number;
  readonly bitsPerSecondMax: number;
}

export interface ImageBounds {
  readonly formats: readonly string[];
  /** Bytes. */
  readonly sizeMax: number;
  /** Width by height. Pictures that are too wide are scaled down, narrow ones up: their width is no reason to refuse them. */
  readonly aspectMin: number;
  readonly aspectMax: number;
}

/** The same on all of these networks. */
const VIDEO = { aspectMin: 0.01, aspectMax: 10, frameRateMin: 23, frameRateMax: 60, sampleRateMax: 48_000, channelsMax: 2 } as const;
const VIDEO_CODECS = new Set(['avc1', 'avc3', 'hvc1', 'hev1']);

/** Fetches and checks the file of a container. Never rejects: what goes wrong is the outcome. */
export async function pull(
  world: World,
  source: Extract<Source, { kind: 'image' | 'video' }>,
  bounds: { readonly video: VideoBounds; readonly image: ImageBounds },
): Promise<Pulled> {
  if (source.kind === 'image') return pullImage(world, source.url, bounds.image);
  const video = await get(world, source.url, 'video');
  if (isFailed(video)) return video;
  const wrong = judgeVideo(video.body, bounds.video, source.thumbOffset);
  if (wrong !== null) return { kind: 'failed', problem: { of: 'video', ...wrong } };
  if (source.coverUrl !== null) {
    // The pages give a cover no shape of its own.
    const cover = await pullImage(world, source.coverUrl, { ...bounds.image, aspectMin: 0, aspectMax: Infinity });
    if (cover.kind === 'failed') return cover;
    const [coverSha256] = cover.sha256;
    return { ...taken(video.body), ...(coverSha256 !== undefined && { coverSha256 }) };
  }
  return taken(video.body);
}

async function pullImage(world: World, url: string, bounds: ImageBounds): Promise<Pulled> {
  const image = await get(world, url, 'image');
  if (isFailed(image)) return image;
  const wrong = judgeImage(image.body, bounds);
  return wrong === null ? taken(image.body) : { kind: 'failed', problem: { of: 'image', ...wrong } };
}

function isFailed(outcome: Fetched | Pulled): outcome is Extract<Pulled, { kind: 'failed' }> {
  return 'kind' in outcome && outcome.kind === 'failed';
}

function taken(body: Uint8Array): Extract<Pulled, { kind: 'taken' }> {
  return { kind: 'taken', sha256: [createHash('sha256').update(body).digest('hex')] };
}

async function get(world: World, url: string, of: Problem['of']): Promise<Fetched | Extract<Pulled, { kind: 'failed' }>> {
  const failed = (what: Problem['what'], reason: string) => ({ kind: 'failed', problem: { of, what, reason } }) as const;
  let fetched: Fetched;
  try {
    fetched = await world.fetch(url);
  } catch (error) {
    const slow = error instanceof Error && error.name === 'TimeoutError';
    return slow ? failed('timed_out', 'the download timed out') : failed('not_fetched', `the file could not be fetched: ${String(error)}`);
  }
  if (fetched.status !== 200) return failed('not_fetched', `the file's server answered ${fetched.status}`);
  const contentType = fetched.headers['content-type'] ?? 'nothing';
  return contentType.startsWith(`${of}/`) ? fetched : failed('not_fetched', `the file's server calls it ${contentType}`);
}

type Wrong = Pick<Problem, 'what' | 'reason'>;

function judgeVideo(file: Uint8Array, bounds: VideoBounds, thumbOffset: number | null): Wrong | null {
  if (file.byteLength > bounds.sizeMax) return { what: 'size', reason: `the file has more than ${bounds.sizeMax} bytes` };
  const facts = isVideo(file) ? readMp4(file) : null;
  if (facts === null) return { what: 'format', reason: 'the file is no MP4 or MOV video' };
  const { duration, width, height, videoCodec } = facts;
  if (duration < bounds.durationMin || duration > bounds.durationMax) {
    return { what: 'duration', reason: `${duration} s is not between ${bounds.durationMin} s and ${bounds.durationMax} s` };
  }
  if (width > bounds.widthMax) return { what: 'width', reason: `${width} px is wider than ${bounds.widthMax} px` };
  const aspect = width / height;
  if (aspect < VIDEO.aspectMin || aspect > VIDEO.aspectMax) {
    return { what: 'aspect', reason: `an aspect ratio of ${aspect} is not between ${VIDEO.aspectMin} and ${VIDEO.aspectMax}` };
  }
  if (!VIDEO_CODECS.has(videoCodec)) return { what: 'format', reason: `${videoCodec} is neither H.264 nor HEVC` };
  const frameRate = facts.frameRate === null ? null : Math.round(facts.frameRate * 100) / 100;
  if (frameRate === null || frameRate < VIDEO.frameRateMin || frameRate > VIDEO.frameRateMax) {
    return { what: 'frame_rate', reason: `${frameRate} frames a second are not between ${VIDEO.frameRateMin} and ${VIDEO.frameRateMax}` };
  }
  if ((file.byteLength * 8) / duration > bounds.bitsPerSecondMax) return { what: 'bit_rate', reason: `the bit rate is over ${bounds.bitsPerSecondMax} bit/s` };
  if (thumbOffset !== null && thumbOffset > duration * 1000) return { what: 'thumb_offset', reason: 'the thumb offset lies behind the end' };
  return facts.audio === null ? null : judgeSound(facts.audio);
}

function judgeSound({ codec, channels, sampleRate }: NonNullable<VideoFile['audio']>): Wrong | null {
  if (codec !== 'mp4a' || sampleRate > VIDEO.sampleRateMax) return { what: 'sound', reason: 'the sound is not AAC of at most 48 kHz' };
  return channels > VIDEO.channelsMax ? { what: 'channels', reason: `the sound has ${channels} channels` } : null;
}

function judgeImage(file: Uint8Array, { formats, sizeMax, aspectMin, aspectMax }: ImageBounds): Wrong | null {
  if (file.byteLength > sizeMax) return { what: 'size', reason: `the picture has more than ${sizeMax} bytes` };
  const facts = readImage(file);
  if (facts === null || !formats.includes(facts.format)) return { what: 'format', reason: `the picture is none of ${formats.join(', ')}` };
  const aspect = facts.width / facts.height;
  if (aspect < aspectMin || aspect > aspectMax) return { what: 'aspect', reason: `an aspect ratio of ${aspect} is not between ${aspectMin} and ${aspectMax}` };
  return null;
}
