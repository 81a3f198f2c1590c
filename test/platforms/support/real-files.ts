import { readFile, stat } from 'node:fs/promises';
import type { PreflightFile } from '../../../core/uploads/preflight.ts';
import { lookAtFile } from '../../../core/media/look.ts';
import { probeFile } from '../../../media/probe.ts';
import { made } from '../../media/support/ffmpeg.ts';
import { uint32, uint64 } from '../../media/files.ts';

/** Files that really have a property: made by ffmpeg, padded to a size, and looked at as uploads are. */

export interface Clip {
  readonly container: string;
  readonly videoCodec: string;
  /** Null: without sound. */
  readonly audioCodec: string | null;
  /** Pixels, both even. */
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Frames in so many seconds. */
  readonly rate: readonly [frames: number, seconds: number];
  /** Bytes that the file has at least: it is filled up behind what it plays. */
  readonly size: number;
}

export interface Picture {
  readonly format: string;
  readonly animated: boolean;
  readonly width: number;
  readonly height: number;
  readonly size: number;
}

/** How ffmpeg writes a container, and the codecs that the tests put into it, the usual one first. */
export const CONTAINERS: Readonly<Record<string, { readonly muxer: string; readonly extension: string; readonly type: string; readonly codecs: readonly string[]; readonly lookedInto: boolean }>> = {
  mp4: { muxer: 'mp4', extension: 'mp4', type: 'video/mp4', codecs: ['h264', 'hevc', 'vp9', 'av1', 'mpeg4'], lookedInto: true },
  mov: { muxer: 'mov', extension: 'mov', type: 'video/quicktime', codecs: ['h264', 'hevc', 'mpeg4', 'mjpeg'], lookedInto: true },
  webm: { muxer: 'webm', extension: 'webm', type: 'video/webm', codecs: ['vp9', 'vp8', 'av1'], lookedInto: true },
  mkv: { muxer: 'matroska', extension: 'mkv', type: 'video/x-matroska', codecs: ['h264', 'hevc', 'vp8', 'vp9', 'av1', 'mpeg4'], lookedInto: true },
  '3gp': { muxer: '3gp', extension: '3gp', type: 'video/3gpp', codecs: ['h264', 'mpeg4'], lookedInto: true },
  avi: { muxer: 'avi', extension: 'avi', type: 'video/x-msvideo', codecs: ['h264', 'mpeg4'], lookedInto: false },
  mpeg: { muxer: 'mpeg', extension: 'mpg', type: 'video/mpeg', codecs: ['mpeg2'], lookedInto: false },
  ts: { muxer: 'mpegts', extension: 'ts', type: 'video/mp2t', codecs: ['h264'], lookedInto: false },
  flv: { muxer: 'flv', extension: 'flv', type: 'video/x-flv', codecs: ['h264'], lookedInto: false },
};

const VIDEO_ENCODERS: Readonly<Record<string, readonly string[]>> = {
  h264: ['libx264', '-preset', 'ultrafast', '-g', '9999', '-pix_fmt', 'yuv420p'],
  hevc: ['libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none', '-pix_fmt', 'yuv420p'],
  vp8: ['libvpx', '-deadline', 'realtime', '-cpu-used', '8', '-pix_fmt', 'yuv420p'],
  vp9: ['libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8', '-pix_fmt', 'yuv420p'],
  av1: ['libaom-av1', '-cpu-used', '8', '-usage', 'realtime', '-pix_fmt', 'yuv420p'],
  mpeg4: ['mpeg4', '-pix_fmt', 'yuv420p'],
  mjpeg: ['mjpeg', '-pix_fmt', 'yuvj420p'],
  mpeg2: ['mpeg2video', '-pix_fmt', 'yuv420p'],
};
export const videoCodecs = Object.keys(VIDEO_ENCODERS);

const AUDIO_ENCODERS: Readonly<Record<string, string>> = { aac: 'aac', mp3: 'libmp3lame', opus: 'libopus' };
export const audioCodecs = Object.keys(AUDIO_ENCODERS);

/** Path of a clip of one colour, without its padding. */
export async function clipFile(clip: Clip): Promise<string> {
  // Of long clips that differ by a frame, one is encoded, and the others are cut from it: without B-frames, frames lie in their order.
  if (clip.frames < MANY_FRAMES || clip.videoCodec !== 'h264' || clip.audioCodec !== null) return encoded(clip);
  const source = await encoded({ ...clip, frames: Math.ceil((clip.frames + 2) / 100) * 100 });
  const { muxer, extension } = writtenAs(clip);
  return made(extension, ['-i', source, '-c', 'copy', '-frames:v', String(clip.frames), '-f', muxer]);
}

const MANY_FRAMES = 200;

function writtenAs({ container }: Clip): { readonly muxer: string; readonly extension: string } {
  const known = CONTAINERS[container];
  if (known === undefined) throw new Error(`The tests make no ${container}.`);
  return known;
}

async function encoded(clip: Clip): Promise<string> {
  const { muxer, extension } = writtenAs(clip);
  const encoder = VIDEO_ENCODERS[clip.videoCodec];
  if (encoder === undefined) throw new Error(`The tests make no ${clip.videoCodec}.`);
  const rate = clip.rate.join('/');
  const picture = ['-f', 'lavfi', '-i', `color=c=gray:s=${clip.width}x${clip.height}:r=${rate}`];
  const seconds = (clip.frames * clip.rate[1]) / clip.rate[0];
  const audio = clip.audioCodec === null ? undefined : AUDIO_ENCODERS[clip.audioCodec];
  const sound = audio === undefined ? [] : ['-f', 'lavfi', '-t', String(seconds), '-i', 'sine=r=48000'];
  const encoding = ['-frames:v', String(clip.frames), '-c:v', ...encoder, ...(audio === undefined ? [] : ['-c:a', audio])];
  return made(extension, [...picture, ...sound, ...encoding, '-f', muxer]);
}

const IMAGE_ENCODERS: Readonly<Record<string, readonly string[]>> = {
  jpeg: ['-c:v', 'mjpeg', '-pix_fmt', 'yuvj420p', '-f', 'image2'],
  png: ['-c:v', 'png', '-f', 'image2'],
  webp: ['-c:v', 'libwebp', '-f', 'image2'],
  gif: ['-c:v', 'gif', '-f', 'gif'],
  avif: ['-c:v', 'libaom-av1', '-still-picture', '1', '-cpu-used', '8', '-f', 'avif'],
};
export const imageFormats = Object.keys(IMAGE_ENCODERS);

/** Path of a picture of one colour, or of two if it moves. */
export async function pictureFile({ format, animated, width, height }: Picture): Promise<string> {
  const source = animated ? `testsrc=s=${width}x${height}:r=2` : `color=c=gray:s=${width}x${height}`;
  return made(format, ['-f', 'lavfi', '-i', source, '-frames:v', animated ? '2' : '1', ...(IMAGE_ENCODERS[format] ?? [])]);
}

/** A clip as an upload sees it. */
export async function seenClip(clip: Clip): Promise<PreflightFile> {
  const path = await clipFile(clip);
  return seen('video', path, CONTAINERS[clip.container]?.type ?? '', clip.size, box);
}

/** A picture as an upload sees it. */
export async function seenPicture(picture: Picture): Promise<PreflightFile> {
  return seen('photos', await pictureFile(picture), `image/${picture.format}`, picture.size, () => new Uint8Array(0));
}

/** The file with zeros behind it, of which nothing is held. `head` begins them. */
async function seen(kind: 'video' | 'photos', path: string, contentType: string, wanted: number, head: (length: number) => Uint8Array): Promise<PreflightFile> {
  const { size: real } = await stat(path);
  const size = Math.max(wanted, real);
  const bytes = Buffer.concat([await readFile(path), size === real ? new Uint8Array(0) : head(size - real)]);
  const read = (start: number, end: number): Promise<Uint8Array> => {
    const piece = new Uint8Array(Math.max(0, Math.min(end + 1, size) - start));
    if (start < bytes.length) piece.set(bytes.subarray(start, Math.min(end + 1, size, bytes.length)));
    return Promise.resolve(piece);
  };
  const { file, wrong } = await lookAtFile({ media: { probe: () => probeFile(read, size) } }, kind, { objectKey: path, size, contentType });
  if (wrong !== null) throw new Error(`${path} is no ${kind}: ${wrong.reason}`);
  return file;
}

/** The beginning of a box of free space, of so many bytes with itself. */
function box(length: number): Uint8Array {
  return Buffer.concat([uint32(1), Buffer.from('free'), uint64(BigInt(length))]);
}
