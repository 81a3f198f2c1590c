import * as z from 'zod';
import type { AttachmentRef, PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { text } from '../../core/text.ts';
import { attachedFile, checkImage, imageLimits, refsUnder, refTo, storedFile, type ImageLimits } from '../attachments.ts';
import { daily } from '../caps.ts';
import { documented, inferred, limitsOf, photoLimits, seen, videoLimits } from '../limits.ts';
import { checkAltTexts, checkPhotos, checkVideo, type PhotoLimits, type VideoLimits } from '../media-rules.ts';
import { optionsUnder, ruleBook, type RuleBook } from '../rules.ts';
import { captionOf } from '../text.ts';
import { checkComment, firstCommentOption } from '../thread.ts';

/*
 * What a post may be (Videos, Images and Posts API). Codecs, aspect ratio, sides, frame rate and the size of photos are from
 * the pages on advertisements or from clients, so not sure: LinkedIn has the last word, in its own words.
 */

/** Of the text, before it is escaped. Of which kind of characters nobody says: UTF-16 units are the most that any count gives. */
const TEXT_MAX = 3000;

/** The same of a comment, as on the site: the reference names no number. */
const COMMENT_MAX = 1250;

const ALT_TEXT_MAX = 4086;

const VIDEO_FILE: VideoLimits = {
  // One page says 500 MB, another 5 GB: the smaller number is the one that surely passes.
  sizeMax: 500_000_000,
  containers: ['mp4'],
  durationMin: 3,
  durationMax: 30 * 60,
};

const PICTURE: VideoLimits = {
  videoCodecs: ['h264'],
  audioCodecs: ['aac'],
  frameRateMin: 10,
  frameRateMax: 60,
  // 1:2.4 to 2.4:1.
  aspectMin: 1 / 2.4,
  aspectMax: 2.4,
};

/** Bytes of a video. */
const VIDEO_SIZE_MIN = 75_000;

/** Pixels, smallest and largest: 256 x 144 to 4096 x 2304, upright videos too. */
const SIDES = { long: [256, 4096], short: [144, 2304] } as const;

/** A picture that stands for a video, as the pages for people have it: the API's names no bounds. */
const THUMBNAIL: ImageLimits = { sizeMax: 2_000_000, formats: ['jpeg', 'png'] };

/** Frames of an animated GIF, 250 at most, are not counted here: LinkedIn says so when it has processed it. */
const PHOTOS: PhotoLimits = { countMax: 20, sizeMax: 8_000_000, formats: ['jpeg', 'png', 'gif'] };

/** Pixels of a whole photo. */
const PHOTO_PIXELS_MAX = 36_152_320;

/** A page's posts are always public: LinkedIn refuses the other for it. */
export const VISIBILITY = ['PUBLIC', 'CONNECTIONS'] as const;

const VIDEOS_API = documented('Videos API');
const ADVERTISEMENTS = inferred('specifications of advertisements');
const IMAGES_API = inferred('Images API (pixels, formats), clients (size)');

/** The limits of the rules, as data. */
export const limits = [
  ...limitsOf(['video', 'photos', 'text'], seen('help pages, clients'), { text_max: [TEXT_MAX, 'characters'] }),
  ...limitsOf(['video', 'photos', 'text'], seen('the site itself'), { first_comment_length: [COMMENT_MAX, 'characters'] }),
  ...videoLimits(VIDEOS_API, VIDEO_FILE),
  ...videoLimits(ADVERTISEMENTS, PICTURE),
  ...limitsOf(['video'], VIDEOS_API, { size_min: [VIDEO_SIZE_MIN, 'bytes'] }),
  ...limitsOf(['video'], ADVERTISEMENTS, {
    long_side_min: [SIDES.long[0], 'pixels'],
    long_side_max: [SIDES.long[1], 'pixels'],
    short_side_min: [SIDES.short[0], 'pixels'],
    short_side_max: [SIDES.short[1], 'pixels'],
  }),
  ...photoLimits(IMAGES_API, PHOTOS),
  ...limitsOf(['video'], inferred('help pages'), imageLimits('thumbnail', THUMBNAIL)),
  ...limitsOf(['photos'], IMAGES_API, { pixels_max: [PHOTO_PIXELS_MAX, 'pixels'] }),
];

/** How often may be posted. It is counted anew from midnight UTC. */
export const caps = [daily('posts_per_day', 100, 'account', inferred('not published'))];

/** `options.linkedin`. */
export const optionsSchema = z.strictObject({
  visibility: z.enum(VISIBILITY).optional().meta({ default: 'PUBLIC', description: 'Who sees the post: everybody, or the connections of the member. A page posts in public only.' }),
  disableReshare: z.boolean().optional().meta({ default: false, description: 'Whether others are kept from sharing the post.' }),
  thumbnail: storedFile.optional().describe('The id of a stored image that stands for a video, JPEG or PNG of at most 2 MB; LinkedIn chooses one if left out.'),
  altTexts: z.array(text(0, ALT_TEXT_MAX)).max(PHOTOS.countMax).optional().describe('What each photo shows, in order, for those who cannot see it; empty: nothing is said.'),
  firstComment: firstCommentOption('LinkedIn'),
});

export type Options = z.output<typeof optionsSchema>;

/** The options of an upload, none if the client gave none. Throws if they are not what `violations` lets pass. */
export function optionsOf({ options }: Pick<Work, 'options'>): Options {
  return optionsSchema.parse(options ?? {});
}

/** The stored files that options name. */
export function attachments(options: unknown): readonly AttachmentRef[] {
  return refsUnder(optionsSchema, options, ({ thumbnail }) => [refTo('thumbnail', thumbnail, 'image')]);
}

/** What LinkedIn would not take of this upload. */
export function violations(subject: PreflightSubject): readonly Violation[] {
  const book = ruleBook('linkedin', subject);
  const { kind } = subject;
  const options = optionsUnder(optionsSchema, subject, book, 'options.linkedin');
  checkText(subject, book);
  const comment = { title: 'LinkedIn', field: 'options.linkedin.firstComment', max: COMMENT_MAX, measure: (said: string) => said.length, counted: 'characters (an emoji counts as two or more)' };
  checkComment(options?.firstComment, comment, book);
  checkAltTexts('LinkedIn', options?.altTexts, kind === 'photos' ? subject.files.length : 0, 'options.linkedin.altTexts', book);
  if (kind === 'video') {
    checkVideo('LinkedIn', subject, book, { ...VIDEO_FILE, ...PICTURE });
    checkMore(subject, book);
    checkImage('LinkedIn', { file: attachedFile(subject, options?.thumbnail), field: 'options.linkedin.thumbnail', check: 'thumbnail' }, book, THUMBNAIL);
  }
  if (kind === 'photos') {
    checkPhotos('LinkedIn', subject, book, PHOTOS);
    checkPixels(subject, book);
  }
  return book.broken;
}

function checkText(subject: PreflightSubject, book: RuleBook): void {
  const caption = captionOf(subject);
  if (caption.trim() === '') book.refuse('text_required', { field: 'title', problem: 'LinkedIn needs a text that is not blank', remedy: 'write one' });
  book.atMost('text_max', caption.length, TEXT_MAX, {
    field: caption === subject.title ? 'title' : 'description',
    problem: (value, limit) => `Title and description make a text of ${value} characters (an emoji counts as two or more), and LinkedIn takes at most ${limit}`,
    remedy: 'shorten them',
    unit: 'characters',
  });
}

/** What few other networks ask of a video. */
function checkMore({ facts, files }: PreflightSubject, book: RuleBook): void {
  book.atLeast('size_min', files[0]?.size ?? null, VIDEO_SIZE_MIN, {
    field: 'fileSize',
    problem: (value, limit) => `The file has ${value} bytes, and LinkedIn takes none below ${limit}`,
    remedy: 'send a larger one',
    unit: 'bytes',
  });
  if (facts === null) return;
  const pixels = { long: Math.max(facts.width, facts.height), short: Math.min(facts.width, facts.height) };
  for (const side of ['long', 'short'] as const) {
    const [least, most] = SIDES[side];
    book.atLeast(`${side}_side_min`, pixels[side], least, {
      field: 'file',
      problem: (value, limit) => `The ${side} side of the video has ${value} pixels, and LinkedIn takes none below ${limit}`,
      remedy: 'send a larger picture',
      unit: 'pixels',
    });
    book.atMost(`${side}_side_max`, pixels[side], most, {
      field: 'file',
      problem: (value, limit) => `The ${side} side of the video has ${value} pixels, and LinkedIn takes at most ${limit}`,
      remedy: 'scale it down',
      unit: 'pixels',
    });
  }
}

function checkPixels({ files }: PreflightSubject, book: RuleBook): void {
  for (const [index, { image }] of files.entries()) {
    book.atMost('pixels_max', image === null ? null : image.width * image.height, PHOTO_PIXELS_MAX, {
      field: `media[${index}]`,
      problem: (value, limit) => `Photo ${index + 1} has ${value} pixels, and LinkedIn takes at most ${limit}`,
      remedy: 'scale it down',
      unit: 'pixels',
    });
  }
}
