import * as z from 'zod';
import type { PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { text } from '../../core/text.ts';
import { containerOf, nominalRate, optionsUnder, ruleBook, type RuleBook } from '../rules.ts';
import { captionOf } from '../text.ts';

/**
 * What a post may be (Videos, Images and Posts API). Codecs, aspect ratio, sides, frame rate and the size of photos are from
 * the pages on advertisements or from clients, so not sure: LinkedIn has the last word, in its own words.
 */
const LIMITS = {
  /** Of the text, before it is escaped. Of which kind of characters nobody says: UTF-16 units are the most that any count gives. */
  textMax: 3000,
  /** Seconds. */
  durationMin: 3,
  durationMax: 30 * 60,
  /** Bytes. One page says 500 MB, another 5 GB: the smaller number is the one that surely passes. */
  sizeMin: 75_000,
  sizeMax: 500_000_000,
  containers: ['mp4'],
  videoCodecs: ['h264'],
  audioCodecs: ['aac'],
  /** Frames a second. */
  frameRateMin: 10,
  frameRateMax: 60,
  /** Width by height. */
  aspectMin: 0.4167,
  aspectMax: 2.4,
  /** Pixels: 256 x 144 to 4096 x 2304, upright videos too. */
  longSideMin: 256,
  longSideMax: 4096,
  shortSideMin: 144,
  shortSideMax: 2304,
  photosMax: 20,
  photoFormats: ['jpeg', 'png', 'gif'],
  photoSizeMax: 8_000_000,
  /** Pixels of the whole picture. */
  photoPixelsMax: 36_152_320,
  altTextMax: 4086,
} as const;

/** A page's posts are always public: LinkedIn refuses the other for it. */
export const VISIBILITY = ['PUBLIC', 'CONNECTIONS'] as const;

/** `options.linkedin`. */
export const optionsSchema = z.strictObject({
  visibility: z.enum(VISIBILITY).optional().meta({ default: 'PUBLIC', description: 'Who sees the post: everybody, or the connections of the member. A page posts in public only.' }),
  disableReshare: z.boolean().optional().meta({ default: false, description: 'Whether others are kept from sharing the post.' }),
  altTexts: z.array(text(0, LIMITS.altTextMax)).max(LIMITS.photosMax).optional().describe('What each photo shows, in order, for those who cannot see it; empty: nothing is said.'),
});

export type Options = z.output<typeof optionsSchema>;

/** The options of an upload, none if the client gave none. Throws if they are not what `violations` lets pass. */
export function optionsOf({ options }: Pick<Work, 'options'>): Options {
  return optionsSchema.parse(options ?? {});
}

/** What LinkedIn would not take of this upload. */
export function violations(subject: PreflightSubject): readonly Violation[] {
  const book = ruleBook('linkedin', subject);
  const options = optionsUnder(optionsSchema, subject, book, 'options.linkedin');
  checkText(subject, book);
  switch (subject.kind) {
    case 'video':
      checkVideo(subject, book);
      break;
    case 'photos':
      checkPhotos(subject, book);
      break;
    case 'text':
      break;
  }
  book.atMost('alt_texts_max', options?.altTexts?.length ?? null, subject.kind === 'photos' ? subject.files.length : 0, {
    field: 'options.linkedin.altTexts',
    problem: (value, limit) => `There are ${value} texts for ${limit} photos`,
    remedy: 'give each photo one at most',
    unit: 'items',
  });
  return book.broken;
}

function checkText(subject: PreflightSubject, book: RuleBook): void {
  const caption = captionOf(subject);
  if (caption.trim() === '') book.refuse('text_required', { field: 'title', problem: 'LinkedIn needs a text that is not blank', remedy: 'write one' });
  book.atMost('text_max', caption.length, LIMITS.textMax, {
    field: caption === subject.title ? 'title' : 'description',
    problem: (value, limit) => `Title and description make a text of ${value} characters (an emoji counts as two or more), and LinkedIn takes at most ${limit}`,
    remedy: 'shorten them',
    unit: 'characters',
  });
}

function checkVideo(subject: PreflightSubject, book: RuleBook): void {
  const { facts } = subject;
  const size = subject.files[0]?.size ?? null;
  book.atLeast('size_min', size, LIMITS.sizeMin, {
    field: 'fileSize',
    problem: (value, limit) => `The file has ${value} bytes, and LinkedIn takes none below ${limit}`,
    remedy: 'send a larger one',
    unit: 'bytes',
  });
  book.atMost('size_max', size, LIMITS.sizeMax, {
    field: 'fileSize',
    problem: (value, limit) => `The file has ${value} bytes, and LinkedIn takes at most ${limit}`,
    remedy: 'send a smaller one',
    unit: 'bytes',
  });
  book.oneOf('container', containerOf(subject), LIMITS.containers, {
    field: 'contentType',
    problem: (value, limit) => `The file is ${value}, and LinkedIn takes ${limit}`,
    remedy: 'convert it',
  });
  if (facts === null) return;
  book.oneOf('video_codec', facts.videoCodec, LIMITS.videoCodecs, {
    field: 'file',
    problem: (value, limit) => `The picture is encoded as ${value}, and LinkedIn takes ${limit}`,
    remedy: 'convert it',
  });
  book.oneOf('audio_codec', facts.audioCodec, LIMITS.audioCodecs, {
    field: 'file',
    problem: (value, limit) => `The sound is encoded as ${value}, and LinkedIn takes ${limit}`,
    remedy: 'convert it',
  });
  book.atLeast('duration_min', facts.duration, LIMITS.durationMin, {
    field: 'file',
    problem: (value, limit) => `The video lasts ${value} s, and LinkedIn takes none shorter than ${limit} s`,
    remedy: 'send a longer one',
    unit: 'seconds',
  });
  book.atMost('duration_max', facts.duration, LIMITS.durationMax, {
    field: 'file',
    problem: (value, limit) => `The video lasts ${value} s, and LinkedIn takes at most ${limit} s`,
    remedy: 'cut it',
    unit: 'seconds',
  });
  book.atLeast('fps_min', nominalRate(subject), LIMITS.frameRateMin, {
    field: 'file',
    problem: (value, limit) => `The video has ${value} frames a second, and LinkedIn takes none below ${limit}`,
    remedy: 'convert it',
    unit: 'frames_per_second',
  });
  book.atMost('fps_max', nominalRate(subject), LIMITS.frameRateMax, {
    field: 'file',
    problem: (value, limit) => `The video has ${value} frames a second, and LinkedIn takes at most ${limit}`,
    remedy: 'convert it',
    unit: 'frames_per_second',
  });
  checkPicture(facts, book);
}

function checkPicture({ width, height }: { width: number; height: number }, book: RuleBook): void {
  const [short, long] = width < height ? [width, height] : [height, width];
  const sides = { long: [long, LIMITS.longSideMin, LIMITS.longSideMax], short: [short, LIMITS.shortSideMin, LIMITS.shortSideMax] } as const;
  for (const [side, [pixels, least, most]] of Object.entries(sides)) {
    book.atLeast(`${side}_side_min`, pixels, least, {
      field: 'file',
      problem: (value, limit) => `The ${side} side of the video has ${value} pixels, and LinkedIn takes none below ${limit}`,
      remedy: 'send a larger picture',
      unit: 'pixels',
    });
    book.atMost(`${side}_side_max`, pixels, most, {
      field: 'file',
      problem: (value, limit) => `The ${side} side of the video has ${value} pixels, and LinkedIn takes at most ${limit}`,
      remedy: 'scale it down',
      unit: 'pixels',
    });
  }
  const aspect = width / height;
  book.atLeast('aspect_min', aspect, LIMITS.aspectMin, {
    field: 'file',
    problem: (value, limit) => `The picture's width is ${value} times its height, and LinkedIn takes none below ${limit}`,
    remedy: 'crop it',
  });
  book.atMost('aspect_max', aspect, LIMITS.aspectMax, {
    field: 'file',
    problem: (value, limit) => `The picture's width is ${value} times its height, and LinkedIn takes at most ${limit}`,
    remedy: 'crop it',
  });
}

function checkPhotos({ files }: PreflightSubject, book: RuleBook): void {
  book.atMost('count_max', files.length, LIMITS.photosMax, {
    field: 'media',
    problem: (value, limit) => `There are ${value} photos, and LinkedIn takes at most ${limit}`,
    remedy: 'leave some out',
    unit: 'items',
  });
  for (const [index, { size, image }] of files.entries()) {
    const field = `media.${index}`;
    const photo = `Photo ${index + 1}`;
    book.atMost('size_max', size, LIMITS.photoSizeMax, {
      field,
      problem: (value, limit) => `${photo} has ${value} bytes, and LinkedIn takes at most ${limit}`,
      remedy: 'send a smaller one',
      unit: 'bytes',
    });
    book.oneOf('format', image?.format ?? null, LIMITS.photoFormats, {
      field,
      problem: (value, limit) => `${photo} is ${value}, and LinkedIn takes ${limit}`,
      remedy: 'convert it',
    });
    book.atMost('pixels_max', image === null ? null : image.width * image.height, LIMITS.photoPixelsMax, {
      field,
      problem: (value, limit) => `${photo} has ${value} pixels, and LinkedIn takes at most ${limit}`,
      remedy: 'scale it down',
      unit: 'pixels',
    });
  }
}
