import { createHash } from 'node:crypto';
import { readImage } from '../media/image.ts';
import type { VideoFile } from '../media/mp4.ts';
import { readWebp } from '../media/webp.ts';
import type { Fetched, World } from '../stand-in.ts';

/** What the files of a publication came to: their hashes, or the `fail_reason`. */
export type Checked =
  | { readonly kind: 'taken'; readonly sha256: readonly string[]; /** Seconds. */ readonly duration: number }
  | { readonly kind: 'failed'; readonly reason: string };

/** Bounds of a video (tiktok.md section 6). */
const VIDEO = { durationMin: 3, durationMax: 600, sideMin: 360, sideMax: 4096, frameRateMin: 23, frameRateMax: 60 } as const;
const VIDEO_CODECS: ReadonlySet<string> = new Set(['avc1', 'avc3', 'hvc1', 'hev1', 'vp08', 'vp09', 'V_MPEG4/ISO/AVC', 'V_MPEGH/ISO/HEVC', 'V_VP8', 'V_VP9']);

/** What TikTok finds when it looks into a video; it does so only after it has taken all of it. */
export function checkVideo(facts: VideoFile | null, sha256: string): Checked {
  if (facts === null || !VIDEO_CODECS.has(facts.videoCodec)) return failed('file_format_check_failed');
  if (facts.duration < VIDEO.durationMin || facts.duration > VIDEO.durationMax) return failed('duration_check_failed');
  if ([facts.width, facts.height].some((side) => side < VIDEO.sideMin || side > VIDEO.sideMax)) return failed('picture_size_check_failed');
  const frameRate = facts.frameRate === null ? null : Math.round(facts.frameRate * 100) / 100;
  if (frameRate !== null && (frameRate < VIDEO.frameRateMin || frameRate > VIDEO.frameRateMax)) return failed('frame_rate_check_failed');
  return { kind: 'taken', sha256: [sha256], duration: facts.duration };
}

/** Bytes, and pixels of 1080p, upright or not. */
const PHOTO = { sizeMax: 20_000_000, longSideMax: 1920, shortSideMax: 1080 } as const;
const PHOTO_TYPES: Readonly<Record<string, string>> = { 'image/jpeg': 'jpeg', 'image/webp': 'webp' };

/** Fetches and checks photos. Never rejects: what goes wrong is the outcome. */
export async function pullPhotos(world: World, urls: readonly string[]): Promise<Checked> {
  const sha256: string[] = [];
  for (const url of urls) {
    let fetched: Fetched;
    try {
      fetched = await world.fetch(url);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return failed('photo_pull_failed');
    }
    if (fetched.status !== 200) return failed('photo_pull_failed');
    const type = fetched.headers['content-type']?.split(';', 1)[0] ?? '';
    const facts = readImage(fetched.body) ?? readWebp(fetched.body);
    if (facts === null || PHOTO_TYPES[type] !== facts.format) return failed('file_format_check_failed');
    const sides = [facts.width, facts.height].toSorted((a, b) => a - b);
    const [short = 0, long = 0] = sides;
    if (fetched.body.byteLength > PHOTO.sizeMax || short > PHOTO.shortSideMax || long > PHOTO.longSideMax) return failed('picture_size_check_failed');
    sha256.push(createHash('sha256').update(fetched.body).digest('hex'));
  }
  return { kind: 'taken', sha256, duration: 0 };
}

function failed(reason: string): Checked {
  return { kind: 'failed', reason };
}
