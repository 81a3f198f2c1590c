import * as z from 'zod';
import type { PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { codePoints, text } from '../../core/text.ts';
import { captionOf } from '../text.ts';
import { containerOf, nominalRate, optionsUnder, ruleBook, type RuleBook } from '../rules.ts';

/** What a reel may be (reference of IG User Media, as vendors quote it in 2026). */
const LIMITS = {
  /** Characters. Counted as people count; should Instagram count otherwise, it refuses with 2207010. */
  captionMax: 2200,
  hashtagsMax: 30,
  mentionsMax: 20,
  /** Seconds. */
  durationMin: 3,
  durationMax: 15 * 60,
  /** Bytes. The reference said 1 GB for years and says 300 MB now: the smaller number is the one that surely passes. */
  sizeMax: 300_000_000,
  containers: ['mp4', 'mov'],
  videoCodecs: ['h264', 'hevc'],
  audioCodecs: ['aac'],
  /** Frames a second. */
  frameRateMin: 23,
  frameRateMax: 60,
  /** Pixels. */
  widthMax: 1920,
  /** Width by height. */
  aspectMin: 0.01,
  aspectMax: 10,
  /** Bits a second, on average over the file. */
  bitRateMax: 25_000_000,
} as const;

const COLLABORATORS_MAX = 3;

/** `options.instagram`. */
export const optionsSchema = z.strictObject({
  /** In the feed too, not only among the reels. */
  shareToFeed: z.boolean().optional().meta({ default: true }),
  /** Milliseconds into the video at which its cover is taken. */
  thumbOffset: z.int().min(0).max(LIMITS.durationMax * 1000).optional(),
  collaborators: z
    .array(z.string().regex(/^[A-Za-z0-9._]{1,30}$/u, 'must be the name of an Instagram account, without @'))
    .max(COLLABORATORS_MAX)
    .optional(),
  /** The id of a page with a place. */
  locationId: z.string().regex(/^\d{1,30}$/u, 'must be the number of a place').optional(),
  /** Names the sound of the reel. */
  audioName: text(1, 100).optional(),
});

export type Options = z.output<typeof optionsSchema>;

export { captionOf };

/** The options of an upload, none if the client gave none. Throws if they are not what `violations` lets pass. */
export function optionsOf({ options }: Pick<Work, 'options'>): Options {
  return optionsSchema.parse(options ?? {});
}

/** What Instagram would not take of this upload. */
export function violations(subject: PreflightSubject): readonly Violation[] {
  const book = ruleBook('instagram', subject);
  if (subject.kind !== 'video') {
    book.refuse('supported', { field: 'accounts', problem: 'Only videos are published to Instagram', remedy: 'leave this account out' });
    return book.broken;
  }
  optionsUnder(optionsSchema, subject, book, 'options.instagram');
  checkCaption(subject, book);
  checkFile(subject, book);
  return book.broken;
}

function checkCaption(subject: PreflightSubject, book: RuleBook): void {
  const caption = captionOf(subject);
  const field = caption === subject.title ? 'title' : 'description';
  book.atMost('caption_max', codePoints(caption), LIMITS.captionMax, {
    field,
    problem: (value, limit) => `Title and description make a caption of ${value} characters, and Instagram takes at most ${limit}`,
    remedy: 'shorten them',
    unit: 'characters',
  });
  book.atMost('hashtags_max', caption.match(/#[\p{L}\p{N}_]+/gu)?.length ?? 0, LIMITS.hashtagsMax, {
    field,
    problem: (value, limit) => `The caption has ${value} hashtags, and Instagram takes at most ${limit}`,
    remedy: 'leave some out',
    unit: 'items',
  });
  book.atMost('mentions_max', caption.match(/@[A-Za-z0-9._]+/gu)?.length ?? 0, LIMITS.mentionsMax, {
    field,
    problem: (value, limit) => `The caption has ${value} mentions (@), and Instagram takes at most ${limit}`,
    remedy: 'leave some out',
    unit: 'items',
  });
}

function checkFile(subject: PreflightSubject, book: RuleBook): void {
  const { facts } = subject;
  const size = subject.files[0]?.size ?? null;
  book.atMost('size_max', size, LIMITS.sizeMax, {
    field: 'fileSize',
    problem: (value, limit) => `The file has ${value} bytes, and Instagram takes at most ${limit}`,
    remedy: 'send a smaller one',
    unit: 'bytes',
  });
  book.oneOf('container', containerOf(subject), LIMITS.containers, {
    field: 'contentType',
    problem: (value, limit) => `The file is ${value}, and Instagram takes ${limit}`,
    remedy: 'convert it',
  });
  if (facts === null) return;
  book.oneOf('video_codec', facts.videoCodec, LIMITS.videoCodecs, {
    field: 'file',
    problem: (value, limit) => `The picture is encoded as ${value}, and Instagram takes ${limit}`,
    remedy: 'convert it',
  });
  book.oneOf('audio_codec', facts.audioCodec, LIMITS.audioCodecs, {
    field: 'file',
    problem: (value, limit) => `The sound is encoded as ${value}, and Instagram takes ${limit}`,
    remedy: 'convert it',
  });
  book.atLeast('duration_min', facts.duration, LIMITS.durationMin, {
    field: 'file',
    problem: (value, limit) => `The video lasts ${value} s, and Instagram takes none shorter than ${limit} s`,
    remedy: 'send a longer one',
    unit: 'seconds',
  });
  book.atMost('duration_max', facts.duration, LIMITS.durationMax, {
    field: 'file',
    problem: (value, limit) => `The video lasts ${value} s, and Instagram takes at most ${limit} s`,
    remedy: 'cut it',
    unit: 'seconds',
  });
  book.atLeast('fps_min', nominalRate(subject), LIMITS.frameRateMin, {
    field: 'file',
    problem: (value, limit) => `The video has ${value} frames a second, and Instagram takes none below ${limit}`,
    remedy: 'convert it',
    unit: 'frames_per_second',
  });
  book.atMost('fps_max', nominalRate(subject), LIMITS.frameRateMax, {
    field: 'file',
    problem: (value, limit) => `The video has ${value} frames a second, and Instagram takes at most ${limit}`,
    remedy: 'convert it',
    unit: 'frames_per_second',
  });
  book.atMost('width_max', facts.width, LIMITS.widthMax, {
    field: 'file',
    problem: (value, limit) => `The video is ${value} pixels wide, and Instagram takes at most ${limit}`,
    remedy: 'scale it down',
    unit: 'pixels',
  });
  const aspect = facts.width / facts.height;
  book.atLeast('aspect_min', aspect, LIMITS.aspectMin, {
    field: 'file',
    problem: (value, limit) => `The picture's width is ${value} times its height, and Instagram takes none below ${limit}`,
    remedy: 'crop it',
  });
  book.atMost('aspect_max', aspect, LIMITS.aspectMax, {
    field: 'file',
    problem: (value, limit) => `The picture's width is ${value} times its height, and Instagram takes at most ${limit}`,
    remedy: 'crop it',
  });
  book.atMost('bitrate_max', size === null ? null : Math.round((size * 8) / facts.duration), LIMITS.bitRateMax, {
    field: 'file',
    problem: (value, limit) => `The video has ${value} bits a second, and Instagram takes at most ${limit}`,
    remedy: 'encode it with a lower bit rate',
    unit: 'bits_per_second',
  });
}
