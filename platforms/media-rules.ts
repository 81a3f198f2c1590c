import type { PreflightSubject } from '../core/ports/index.ts';
import { containerOf, nominalRate, type RuleBook } from './rules.ts';

/** Rules on files that most networks have, each with limits of its own. What is left out of the limits is not looked at. */

export interface VideoLimits {
  /** Bytes. */
  readonly sizeMax?: number;
  readonly containers?: readonly string[];
  readonly videoCodecs?: readonly string[];
  readonly audioCodecs?: readonly string[];
  /** Seconds. */
  readonly durationMin?: number;
  readonly durationMax?: number;
  /** Frames a second. */
  readonly frameRateMin?: number;
  readonly frameRateMax?: number;
  /** Pixels. */
  readonly widthMin?: number;
  readonly widthMax?: number;
  readonly heightMin?: number;
  readonly heightMax?: number;
  /** Width by height. */
  readonly aspectMin?: number;
  readonly aspectMax?: number;
  /** Bits a second, on average over the file. */
  readonly bitRateMax?: number;
}

/** The video as declared and, once it was looked into, as it is. `title` names the network. */
export function checkVideo(title: string, subject: PreflightSubject, book: RuleBook, limits: VideoLimits): void {
  const { facts } = subject;
  const size = subject.files[0]?.size ?? null;
  book.atMost('size_max', size, limits.sizeMax ?? Infinity, {
    field: 'fileSize',
    problem: (value, limit) => `The file has ${value} bytes, and ${title} takes at most ${limit}`,
    remedy: 'send a smaller one',
    unit: 'bytes',
  });
  oneOf(book, 'container', containerOf(subject), limits.containers, {
    field: 'contentType',
    problem: (value, limit) => `The file is ${value}, and ${title} takes ${limit}`,
    remedy: 'convert it',
  });
  if (facts === null) return;
  oneOf(book, 'video_codec', facts.videoCodec, limits.videoCodecs, {
    field: 'file',
    problem: (value, limit) => `The picture is encoded as ${value}, and ${title} takes ${limit}`,
    remedy: 'convert it',
  });
  oneOf(book, 'audio_codec', facts.audioCodec, limits.audioCodecs, {
    field: 'file',
    problem: (value, limit) => `The sound is encoded as ${value}, and ${title} takes ${limit}`,
    remedy: 'convert it',
  });
  book.atLeast('duration_min', facts.duration, limits.durationMin ?? 0, {
    field: 'file',
    problem: (value, limit) => `The video lasts ${value} s, and ${title} takes none shorter than ${limit} s`,
    remedy: 'send a longer one',
    unit: 'seconds',
  });
  book.atMost('duration_max', facts.duration, limits.durationMax ?? Infinity, {
    field: 'file',
    problem: (value, limit) => `The video lasts ${value} s, and ${title} takes at most ${limit} s`,
    remedy: 'cut it',
    unit: 'seconds',
  });
  book.atLeast('fps_min', nominalRate(subject), limits.frameRateMin ?? 0, {
    field: 'file',
    problem: (value, limit) => `The video has ${value} frames a second, and ${title} takes none below ${limit}`,
    remedy: 'convert it',
    unit: 'frames_per_second',
  });
  book.atMost('fps_max', nominalRate(subject), limits.frameRateMax ?? Infinity, {
    field: 'file',
    problem: (value, limit) => `The video has ${value} frames a second, and ${title} takes at most ${limit}`,
    remedy: 'convert it',
    unit: 'frames_per_second',
  });
  checkSide(title, book, ['width', 'wide'], facts.width, [limits.widthMin, limits.widthMax]);
  checkSide(title, book, ['height', 'high'], facts.height, [limits.heightMin, limits.heightMax]);
  checkAspect(title, book, { field: 'file', what: "The picture's", aspect: facts.width / facts.height }, limits);
  book.atMost('bitrate_max', size === null ? null : Math.round((size * 8) / facts.duration), limits.bitRateMax ?? Infinity, {
    field: 'file',
    problem: (value, limit) => `The video has ${value} bits a second, and ${title} takes at most ${limit}`,
    remedy: 'encode it with a lower bit rate',
    unit: 'bits_per_second',
  });
}

function checkSide(
  title: string,
  book: RuleBook,
  [side, how]: readonly [string, string],
  pixels: number,
  [least = 0, most = Infinity]: readonly [number | undefined, number | undefined],
): void {
  book.atLeast(`${side}_min`, pixels, least, {
    field: 'file',
    problem: (value, limit) => `The video is ${value} pixels ${how}, and ${title} takes none below ${limit}`,
    remedy: 'scale it up',
    unit: 'pixels',
  });
  book.atMost(`${side}_max`, pixels, most, {
    field: 'file',
    problem: (value, limit) => `The video is ${value} pixels ${how}, and ${title} takes at most ${limit}`,
    remedy: 'scale it down',
    unit: 'pixels',
  });
}

/** No more descriptions than there are files to describe; `files` is how many of these the network describes. */
export function checkAltTexts(title: string, altTexts: readonly string[] | undefined, files: number, field: string, book: RuleBook): void {
  book.atMost('alt_texts_max', altTexts?.length ?? 0, files, {
    field,
    problem: (value, limit) => `There are ${value} descriptions, and ${limit} files that ${title} shows one of`,
    remedy: 'leave out those that describe nothing',
    unit: 'items',
  });
}

export interface PhotoLimits {
  readonly countMax: number;
  /** Bytes of each. */
  readonly sizeMax?: number;
  /** Bytes of an animated GIF, where it may be larger. */
  readonly animationSizeMax?: number;
  readonly formats?: readonly string[];
  /** Width by height. */
  readonly aspectMin?: number;
  readonly aspectMax?: number;
}

/** Whether a photo is a GIF that moves. One that is not inspected yet may: the wider limits are its. */
export function isAnimatedGif({ contentType, image }: Pick<PreflightSubject['files'][number], 'contentType' | 'image'>): boolean {
  return image === null ? contentType === 'image/gif' : image.format === 'gif' && image.animated;
}

/** Each of the photos: what breaks a rule is named by its place, from 1. */
export function checkPhotos(title: string, { files }: PreflightSubject, book: RuleBook, limits: PhotoLimits): void {
  book.atMost('count_max', files.length, limits.countMax, {
    field: 'media',
    problem: (value, limit) => `There are ${value} photos, and ${title} takes at most ${limit}`,
    remedy: 'leave some out',
    unit: 'items',
  });
  for (const [index, { size, contentType, image }] of files.entries()) {
    const photo = `Photo ${index + 1}`;
    const field = `media[${index}]`;
    const sizeMax = (isAnimatedGif({ contentType, image }) ? limits.animationSizeMax : undefined) ?? limits.sizeMax ?? Infinity;
    book.atMost('size_max', size, sizeMax, {
      field,
      problem: (value, limit) => `${photo} has ${value} bytes, and ${title} takes at most ${limit}`,
      remedy: 'send a smaller one',
      unit: 'bytes',
    });
    oneOf(book, 'format', image?.format ?? contentType.replace(/^image\//u, ''), limits.formats, {
      field,
      problem: (value, limit) => `${photo} is ${value}, and ${title} takes ${limit}`,
      remedy: 'convert it',
    });
    if (image !== null) checkAspect(title, book, { field, what: `${photo} cannot be shown: its`, aspect: image.width / image.height }, limits);
  }
}

function checkAspect(
  title: string,
  book: RuleBook,
  { field, what, aspect }: { field: string; what: string; aspect: number },
  { aspectMin, aspectMax }: { readonly aspectMin?: number; readonly aspectMax?: number },
): void {
  book.atLeast('aspect_min', aspect, aspectMin ?? 0, {
    field,
    problem: (value, limit) => `${what} width is ${value} times its height, and ${title} takes none below ${limit}`,
    remedy: 'crop it',
  });
  book.atMost('aspect_max', aspect, aspectMax ?? Infinity, {
    field,
    problem: (value, limit) => `${what} width is ${value} times its height, and ${title} takes at most ${limit}`,
    remedy: 'crop it',
  });
}

function oneOf(book: RuleBook, check: string, value: string | null, allowed: readonly string[] | undefined, rule: Parameters<RuleBook['oneOf']>[3]): void {
  if (allowed !== undefined) book.oneOf(check, value, allowed, rule);
}
