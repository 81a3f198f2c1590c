import * as z from 'zod';
import type { PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { text } from '../../core/text.ts';
import { containerOf, nominalRate, optionsUnder, ruleBook, type RuleBook } from '../rules.ts';
import { captionOf } from '../text.ts';
import { weightedLength } from './length.ts';

/**
 * What X takes of an account without a subscription (media best practices, 2026). Where more is known to be allowed to an
 * account, its limits say so.
 */
export const LIMITS = {
  /** Weighted characters, see `length.ts`. */
  textMax: 280,
  /** Seconds. */
  durationMin: 0.5,
  durationMax: 140,
  /** Bytes. */
  sizeMax: 512_000_000,
  containers: ['mp4', 'mov'],
  videoCodecs: ['h264'],
  /** AAC-LC; which profile of AAC a file has is not looked at: X says so when it has processed the video. */
  audioCodecs: ['aac'],
  /** Frames a second. */
  frameRateMax: 60,
  /** Pixels. 1920 by 1200 were seen to pass; the documented sides are the ones that surely do. */
  sideMin: 32,
  widthMax: 1280,
  heightMax: 1024,
  /** Width by height. */
  aspectMin: 1 / 3,
  aspectMax: 3,
  photosMax: 4,
  /** Bytes. */
  photoSizeMax: 5_000_000,
  animationSizeMax: 15_000_000,
  photoFormats: ['jpeg', 'png', 'webp', 'gif'],
  /** Pixels of an animated GIF. Its frames, 350 at most, are not counted here. */
  animationWidthMax: 1280,
  animationHeightMax: 1080,
} as const;

/** Code points. */
const ALT_TEXT_MAX = 1000;

/** `options.x`. */
export const optionsSchema = z
  .strictObject({
    replySettings: z.enum(['following', 'mentionedUsers', 'subscribers', 'verified']).optional().describe('Who may answer the post; everybody if left out.'),
    madeWithAi: z.boolean().optional().describe('Marks the post as made with the help of AI.'),
    paidPartnership: z.boolean().optional().describe('Marks the post as paid for by somebody else.'),
    communityId: z
      .string()
      .regex(/^\d{1,20}$/u, 'must be the number of a community')
      .optional()
      .describe('The number of the community to post into; the account has to be a member.'),
    altTexts: z
      .array(text(1, ALT_TEXT_MAX))
      .max(LIMITS.photosMax)
      .optional()
      .describe('What can be seen on each photo, in their order, for who cannot see it; at most 1,000 characters each.'),
  })
  .meta({ description: 'Options for X.' });

export type Options = z.output<typeof optionsSchema>;

/** The options of an upload, none if the client gave none. Throws if they are not what `violations` lets pass. */
export function optionsOf({ options }: Pick<Work, 'options'>): Options {
  return optionsSchema.parse(options ?? {});
}

/** What X would not take of this upload. */
export function violations(subject: PreflightSubject): readonly Violation[] {
  const book = ruleBook('x', subject);
  const options = optionsUnder(optionsSchema, subject, book, 'options.x');
  checkText(subject, book);
  switch (subject.kind) {
    case 'video':
      checkVideo(subject, book);
      break;
    case 'photos':
      checkPhotos(subject, options?.altTexts?.length ?? 0, book);
      break;
    case 'text':
      break;
  }
  return book.broken;
}

function checkText(subject: PreflightSubject, book: RuleBook): void {
  const said = captionOf(subject);
  const field = said === subject.title ? 'title' : 'description';
  if (subject.kind === 'text' && said.trim() === '') {
    book.refuse('text_required', { field: 'title', problem: 'X takes no post without text or media', remedy: 'write a text' });
  }
  book.atMost('text_max', weightedLength(said), LIMITS.textMax, {
    field,
    problem: (value, limit) =>
      `Title and description make a post that X counts as ${value} characters (a link as 23, an emoji or a Chinese, Japanese or Korean character as 2), and X takes at most ${limit}`,
    remedy: 'shorten them',
    unit: 'characters',
  });
}

function checkVideo(subject: PreflightSubject, book: RuleBook): void {
  const { facts } = subject;
  book.atMost('size_max', subject.files[0]?.size ?? null, LIMITS.sizeMax, {
    field: 'fileSize',
    problem: (value, limit) => `The file has ${value} bytes, and X takes at most ${limit}`,
    remedy: 'send a smaller one',
    unit: 'bytes',
  });
  book.oneOf('container', containerOf(subject), LIMITS.containers, {
    field: 'contentType',
    problem: (value, limit) => `The file is ${value}, and X takes ${limit}`,
    remedy: 'convert it',
  });
  if (facts === null) return;
  book.oneOf('video_codec', facts.videoCodec, LIMITS.videoCodecs, {
    field: 'file',
    problem: (value, limit) => `The picture is encoded as ${value}, and X takes ${limit}`,
    remedy: 'convert it',
  });
  book.oneOf('audio_codec', facts.audioCodec, LIMITS.audioCodecs, {
    field: 'file',
    problem: (value, limit) => `The sound is encoded as ${value}, and X takes ${limit}`,
    remedy: 'convert it',
  });
  book.atLeast('duration_min', facts.duration, LIMITS.durationMin, {
    field: 'file',
    problem: (value, limit) => `The video lasts ${value} s, and X takes none shorter than ${limit} s`,
    remedy: 'send a longer one',
    unit: 'seconds',
  });
  book.atMost('duration_max', facts.duration, LIMITS.durationMax, {
    field: 'file',
    problem: (value, limit) => `The video lasts ${value} s, and X takes at most ${limit} s`,
    remedy: 'cut it',
    unit: 'seconds',
  });
  book.atMost('fps_max', nominalRate(subject), LIMITS.frameRateMax, {
    field: 'file',
    problem: (value, limit) => `The video has ${value} frames a second, and X takes at most ${limit}`,
    remedy: 'convert it',
    unit: 'frames_per_second',
  });
  checkSides(facts, book);
}

function checkSides({ width, height }: { width: number; height: number }, book: RuleBook): void {
  const sides = [
    ['width', 'wide', width, LIMITS.widthMax],
    ['height', 'high', height, LIMITS.heightMax],
  ] as const;
  for (const [name, how, pixels, most] of sides) {
    book.atLeast(`${name}_min`, pixels, LIMITS.sideMin, {
      field: 'file',
      problem: (value, limit) => `The video is ${value} pixels ${how}, and X takes none below ${limit}`,
      remedy: 'scale it up',
      unit: 'pixels',
    });
    book.atMost(`${name}_max`, pixels, most, {
      field: 'file',
      problem: (value, limit) => `The video is ${value} pixels ${how}, and X takes at most ${limit}`,
      remedy: 'scale it down',
      unit: 'pixels',
    });
  }
  const aspect = width / height;
  book.atLeast('aspect_min', aspect, LIMITS.aspectMin, {
    field: 'file',
    problem: (value, limit) => `The picture's width is ${value} times its height, and X takes none below ${limit}`,
    remedy: 'crop it',
  });
  book.atMost('aspect_max', aspect, LIMITS.aspectMax, {
    field: 'file',
    problem: (value, limit) => `The picture's width is ${value} times its height, and X takes at most ${limit}`,
    remedy: 'crop it',
  });
}

type Photo = PreflightSubject['files'][number];

/** A GIF that is not inspected yet counts as animated: the wider limits are its. */
export function isAnimation({ contentType, image }: Pick<Photo, 'contentType' | 'image'>): boolean {
  return image === null ? contentType === 'image/gif' : image.format === 'gif' && image.animated;
}

function checkPhotos({ files }: PreflightSubject, altTexts: number, book: RuleBook): void {
  book.atMost('count_max', files.length, LIMITS.photosMax, {
    field: 'media',
    problem: (value, limit) => `The upload has ${value} photos, and X takes at most ${limit}`,
    remedy: 'leave some out',
    unit: 'items',
  });
  book.atMost('alt_texts_max', altTexts, files.length, {
    field: 'options.x.altTexts',
    problem: (value, limit) => `There are ${value} descriptions of photos for ${limit}`,
    remedy: 'give one for each at most',
    unit: 'items',
  });
  // Before the files are inspected, whether a GIF moves is not known.
  if (files.length > 1 && files.some((file) => file.image !== null && isAnimation(file))) {
    book.refuse('gif_alone', { field: 'media', problem: 'X shows an animated GIF only by itself', remedy: 'send it alone, or leave it out', value: files.length, limit: 1, unit: 'items' });
  }
  for (const [index, file] of files.entries()) checkPhoto(file, index, book);
}

function checkPhoto(file: Photo, index: number, book: RuleBook): void {
  const field = `media.${index}`;
  const animation = isAnimation(file);
  book.oneOf('format', file.image?.format ?? null, LIMITS.photoFormats, {
    field,
    problem: (value, limit) => `Photo ${index + 1} is ${value}, and X takes ${limit}`,
    remedy: 'convert it',
  });
  book.atMost(animation ? 'gif_size_max' : 'size_max', file.size, animation ? LIMITS.animationSizeMax : LIMITS.photoSizeMax, {
    field,
    problem: (value, limit) => `Photo ${index + 1} has ${value} bytes, and X takes at most ${limit}`,
    remedy: 'send a smaller one',
    unit: 'bytes',
  });
  if (!animation || file.image === null) return;
  book.atMost('gif_width_max', file.image.width, LIMITS.animationWidthMax, {
    field,
    problem: (value, limit) => `The animated GIF is ${value} pixels wide, and X takes at most ${limit}`,
    remedy: 'scale it down',
    unit: 'pixels',
  });
  book.atMost('gif_height_max', file.image.height, LIMITS.animationHeightMax, {
    field,
    problem: (value, limit) => `The animated GIF is ${value} pixels high, and X takes at most ${limit}`,
    remedy: 'scale it down',
    unit: 'pixels',
  });
}
