import * as z from 'zod';
import type { Media } from '../../core/model.ts';
import type { PreflightSubject, Unit, Violation, Work } from '../../core/ports/index.ts';
import { codePoints } from '../../core/text.ts';
import { containerOf, nominalRate, optionsUnder, ruleBook, type RuleBook } from '../rules.ts';
import { captionOf } from '../text.ts';
import type { Flow } from './status.ts';

const MB = 1_000_000;

/** What a video may be by its way to the page. */
interface VideoLimits {
  readonly containers: readonly string[];
  /** Seconds. */
  readonly durationMin: number;
  readonly durationMax: number;
  /** Pixels. */
  readonly widthMin: number;
  readonly heightMin: number;
  /** Frames a second. */
  readonly frameRateMin: number;
  /** Bytes. */
  readonly sizeMax: number;
}

/**
 * Reels: publishing guide of 2026, which names no size. Other videos: vendors' guidelines of 2026; the page itself says what it
 * takes, which `transfer` asks for. Whether a long text of a reel is cut is not known: about 2,200 characters are said to be safe.
 */
const VIDEO_LIMITS: Readonly<Record<Flow, VideoLimits>> = {
  reel: { containers: ['mp4'], durationMin: 3, durationMax: 90, widthMin: 540, heightMin: 960, frameRateMin: 24, sizeMax: 10_000 * MB },
  video: { containers: ['mp4', 'mov', 'avi'], durationMin: 1, durationMax: 4 * 3600, widthMin: 1, heightMin: 1, frameRateMin: 1, sizeMax: 10_000 * MB },
};

const LIMITS = {
  frameRateMax: 60,
  videoCodecs: ['h264', 'hevc', 'vp9', 'av1'],
  audioCodecs: ['aac'],
  /** Characters of a post's message, as clients count them. */
  messageMax: 63_206,
  photosMin: 1,
  photosMax: 10,
  /** Bytes. The documents say 10 MB, the refusal 4 MB: the smaller number is the one that surely passes. */
  photoSizeMax: 4 * MB,
  photoTypes: ['image/jpeg', 'image/png', 'image/gif', 'image/bmp', 'image/tiff'],
} as const;

/**
 * Width by height. Facebook makes a draft of a reel, which nobody sees, of an upright video that comes as anything but a reel; a
 * reel is 9:16 = 0.5625. How much it may be beside that is not documented.
 */
const UPRIGHT_MAX = 0.6;

/** `options.facebook`. */
export const optionsSchema = z.strictObject({
  link: z
    .url({ protocol: /^https?$/u, hostname: z.regexes.domain })
    .max(2048)
    .optional()
    .describe('The address of a page that is shown as a card under a text; of photos and videos it cannot be part.'),
});

export type Options = z.output<typeof optionsSchema>;

/** The options of an upload, none if the client gave none. Throws if they are not what `violations` lets pass. */
export function optionsOf({ options }: Pick<Work, 'options'>): Options {
  return optionsSchema.parse(options ?? {});
}

/** The text of a post, and of a reel, whose title nobody sees. */
export const messageOf = captionOf;

/** Which way a video goes. One whose dimensions could not be read goes as a video: should it be upright, its draft is found out. */
export function flowOf({ facts }: Pick<Media, 'facts'>): Flow {
  return facts !== null && facts.width / facts.height <= UPRIGHT_MAX ? 'reel' : 'video';
}

/** What Facebook would not take of this upload. */
export function violations(subject: PreflightSubject): readonly Violation[] {
  const book = ruleBook('facebook', subject);
  const options = optionsUnder(optionsSchema, subject, book, 'options.facebook');
  if (options?.link !== undefined && subject.kind !== 'text') {
    book.refuse('link', { field: 'options.facebook.link', problem: 'A post has either files or a card with a link', remedy: 'leave the card out, or put the link into the text' });
  }
  const message = messageOf(subject);
  book.atMost('text_max', codePoints(message), LIMITS.messageMax, {
    field: message === subject.title ? 'title' : 'description',
    problem: (value, limit) => `The text has ${value} characters, and Facebook takes at most ${limit}`,
    remedy: 'shorten it',
    unit: 'characters',
  });
  if (subject.kind === 'video') checkVideo(subject, book);
  if (subject.kind === 'photos') checkPhotos(subject, book);
  return book.broken;
}

function checkVideo(subject: PreflightSubject, book: RuleBook): void {
  const { facts } = subject;
  const flow = flowOf(subject);
  const limits = VIDEO_LIMITS[flow];
  const takes = flow === 'reel' ? 'of an upright video, which becomes a reel, Facebook takes' : 'Facebook takes';
  const rule = (bound: string) => (field: string, what: string, remedy: string, unit: Unit | null = null) => ({
    field,
    problem: (value: number | string, limit: number | string) => `${what.replace('#', String(value))}, and ${takes} ${bound}${limit}`,
    remedy,
    ...(unit !== null && { unit }),
  });
  const [only, least, most] = [rule(''), rule('no less than '), rule('at most ')];

  book.atMost('size_max', subject.files[0]?.size ?? null, limits.sizeMax, most('fileSize', 'The file has # bytes', 'send a smaller one', 'bytes'));
  book.oneOf('container', containerOf(subject), limits.containers, only('contentType', 'The file is #', 'convert it'));
  if (facts === null) return;
  book.oneOf('video_codec', facts.videoCodec, LIMITS.videoCodecs, only('file', 'The picture is encoded as #', 'convert it'));
  book.oneOf('audio_codec', facts.audioCodec, LIMITS.audioCodecs, only('file', 'The sound is encoded as #', 'convert it'));
  book.atLeast('duration_min', facts.duration, limits.durationMin, least('file', 'The video lasts # s', 'send a longer one', 'seconds'));
  book.atMost('duration_max', facts.duration, limits.durationMax, most('file', 'The video lasts # s', 'cut it', 'seconds'));
  book.atLeast('width_min', facts.width, limits.widthMin, least('file', 'The video is # pixels wide', 'send it larger', 'pixels'));
  book.atLeast('height_min', facts.height, limits.heightMin, least('file', 'The video is # pixels high', 'send it larger', 'pixels'));
  book.atLeast('fps_min', nominalRate(subject), limits.frameRateMin, least('file', 'The video has # frames a second', 'convert it', 'frames_per_second'));
  book.atMost('fps_max', nominalRate(subject), LIMITS.frameRateMax, most('file', 'The video has # frames a second', 'convert it', 'frames_per_second'));
}

function checkPhotos({ files }: PreflightSubject, book: RuleBook): void {
  book.atLeast('count_min', files.length, LIMITS.photosMin, {
    field: 'media',
    problem: (value, limit) => `The upload has ${value} photos, and a post of photos has at least ${limit}`,
    remedy: 'add one',
    unit: 'items',
  });
  book.atMost('count_max', files.length, LIMITS.photosMax, {
    field: 'media',
    problem: (value, limit) => `The upload has ${value} photos, and Facebook shows at most ${limit}`,
    remedy: 'leave some out',
    unit: 'items',
  });
  for (const [n, { size, contentType, image }] of files.entries()) {
    book.atMost('size_max', size, LIMITS.photoSizeMax, {
      field: `media[${n}]`,
      problem: (value, limit) => `The photo has ${value} bytes, and Facebook takes at most ${limit}`,
      remedy: 'send a smaller one',
      unit: 'bytes',
    });
    book.oneOf('type', image === null ? contentType : `image/${image.format}`, LIMITS.photoTypes, {
      field: `media[${n}]`,
      problem: (value, limit) => `The photo is ${value}, and Facebook takes ${limit}`,
      remedy: 'convert it',
    });
  }
}
