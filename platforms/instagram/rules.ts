import * as z from 'zod';
import type { AttachmentRef, PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { codePoints, text } from '../../core/text.ts';
import { attachedFile, checkImage, imageLimits, refsUnder, refTo, storedFile, type ImageLimits } from '../attachments.ts';
import { daily } from '../caps.ts';
import { documented, limitsOf, photoLimits, seen, videoLimits } from '../limits.ts';
import { checkAltTexts, checkPhotos, checkVideo } from '../media-rules.ts';
import { optionsUnder, ruleBook, type RuleBook } from '../rules.ts';
import { captionOf } from '../text.ts';
import { checkComment, firstCommentOption } from '../thread.ts';

/** What a caption may be (reference of IG User Media, as vendors quote it in 2026). */
const CAPTION = {
  /** Characters. Counted as people count; should Instagram count otherwise, it refuses with 2207010. */
  max: 2200,
  hashtagsMax: 30,
  mentionsMax: 20,
} as const;

/**
 * What a reel may be (the same reference). That its sound has at most 48 kHz is not looked at: Instagram says so when it has
 * processed the video, while nothing is visible.
 */
const REEL = {
  // It said 1 GB for years and says 300 MB now: the smaller number is the one that surely passes.
  sizeMax: 300_000_000,
  containers: ['mp4', 'mov'],
  videoCodecs: ['h264', 'hevc'],
  audioCodecs: ['aac'],
  durationMin: 3,
  durationMax: 15 * 60,
  frameRateMin: 23,
  frameRateMax: 60,
  widthMax: 1920,
  aspectMin: 0.01,
  aspectMax: 10,
  bitRateMax: 25_000_000,
} as const;

/** What a photo may be (the same reference). Wider than 1440 pixels it is scaled down, narrower than 320 up. */
const PHOTOS = {
  countMax: 10,
  sizeMax: 8_000_000,
  formats: ['jpeg'],
  // 3:4 and 9:16 are said to be taken lately; that is not sure.
  aspectMin: 0.8,
  aspectMax: 1.91,
} as const;

/** A picture that stands for a reel, held to what a photo is held to but for its shape. */
const COVER: ImageLimits = { sizeMax: PHOTOS.sizeMax, formats: PHOTOS.formats };

const COLLABORATORS_MAX = 3;

/** Characters of a comment, as in the app: the reference names no number. */
const COMMENT_MAX = 2200;

/** Characters. The page gives no limit for a description: this one is unsure. */
const ALT_TEXT_MAX = 1000;

const REFERENCE = documented('IG User Media reference, errors 2207004, 2207009 and 2207010');
const CAPS = documented('reference of media_publish (50), publishing guide (100); content_publishing_limit tells the real one');

/** The limits of the rules, as data. */
export const limits = [
  ...limitsOf(['video', 'photos'], seen('the app itself'), { first_comment_length: [COMMENT_MAX, 'characters'] }),
  ...limitsOf(['video', 'photos'], REFERENCE, { caption_max: [CAPTION.max, 'characters'], hashtags_max: [CAPTION.hashtagsMax, 'items'], mentions_max: [CAPTION.mentionsMax, 'items'] }),
  ...videoLimits(seen('IG User Media reference, as vendors quote it in 2026'), REEL),
  ...photoLimits(REFERENCE, PHOTOS),
  ...limitsOf(['video'], REFERENCE, imageLimits('cover', COVER)),
];

/** How often may be posted. */
export const caps = [
  // Some accounts are told 25, 50 or 100: this is the documented number that surely passes.
  daily('posts_per_day', 50, 'account', CAPS, { asked: true }),
  daily('containers_per_day', 400, 'account', CAPS),
];

/** `options.instagram`. Those of a reel mean nothing for photos. */
export const optionsSchema = z.strictObject({
  shareToFeed: z.boolean().optional().meta({ default: true, description: 'Of a reel: whether it shows in the feed too.' }),
  cover: storedFile.optional().describe('Of a reel: the id of a stored image that stands for it, JPEG of at most 8 MB. It wins over `thumbOffset`.'),
  thumbOffset: z.int().min(0).max(REEL.durationMax * 1000).optional().describe('Of a reel: milliseconds into the video at which its cover is taken.'),
  collaborators: z
    .array(z.string().regex(/^[A-Za-z0-9._]{1,30}$/u, 'must be the name of an Instagram account, without @'))
    .max(COLLABORATORS_MAX)
    .optional()
    .describe('Names of Instagram accounts that are invited as co-authors, without @; at most 3.'),
  locationId: z.string().regex(/^\d{1,30}$/u, 'must be the number of a place').optional().describe('The number of a page with a place.'),
  audioName: text(1, 100).optional().describe('Of a reel: the name of its sound.'),
  altTexts: z
    .array(text(1, ALT_TEXT_MAX))
    .max(PHOTOS.countMax)
    .optional()
    .describe('What can be seen on each photo, in their order, for who cannot see it; at most 1,000 characters each.'),
  firstComment: firstCommentOption('Instagram'),
});

export type Options = z.output<typeof optionsSchema>;

/** The options of an upload, none if the client gave none. Throws if they are not what `violations` lets pass. */
export function optionsOf({ options }: Pick<Work, 'options'>): Options {
  return optionsSchema.parse(options ?? {});
}

/** The stored files that options name. */
export function attachments(options: unknown): readonly AttachmentRef[] {
  return refsUnder(optionsSchema, options, ({ cover }) => [refTo('cover', cover, 'image')]);
}

/** What Instagram would not take of this upload. */
export function violations(subject: PreflightSubject): readonly Violation[] {
  const book = ruleBook('instagram', subject);
  const { kind } = subject;
  if (kind === 'text') {
    book.refuse('supported', { field: 'accounts', problem: 'Instagram has no posts of text only', remedy: 'leave this account out' });
    return book.broken;
  }
  const options = optionsUnder(optionsSchema, subject, book, 'options.instagram');
  checkCaption(subject, book);
  checkComment(options?.firstComment, { title: 'Instagram', field: 'options.instagram.firstComment', max: COMMENT_MAX }, book);
  checkAltTexts('Instagram', options?.altTexts, kind === 'photos' ? subject.files.length : 0, 'options.instagram.altTexts', book);
  if (kind === 'video') {
    checkVideo('Instagram', subject, book, REEL);
    checkImage('Instagram', { file: attachedFile(subject, options?.cover), field: 'options.instagram.cover', check: 'cover' }, book, COVER);
  } else checkPhotos('Instagram', subject, book, PHOTOS);
  return book.broken;
}

function checkCaption(subject: PreflightSubject, book: RuleBook): void {
  const caption = captionOf(subject);
  const field = caption === subject.title ? 'title' : 'description';
  book.atMost('caption_max', codePoints(caption), CAPTION.max, {
    field,
    problem: (value, limit) => `Title and description make a caption of ${value} characters, and Instagram takes at most ${limit}`,
    remedy: 'shorten them',
    unit: 'characters',
  });
  book.atMost('hashtags_max', caption.match(/#[\p{L}\p{N}_]+/gu)?.length ?? 0, CAPTION.hashtagsMax, {
    field,
    problem: (value, limit) => `The caption has ${value} hashtags, and Instagram takes at most ${limit}`,
    remedy: 'leave some out',
    unit: 'items',
  });
  book.atMost('mentions_max', caption.match(/@[A-Za-z0-9._]+/gu)?.length ?? 0, CAPTION.mentionsMax, {
    field,
    problem: (value, limit) => `The caption has ${value} mentions (@), and Instagram takes at most ${limit}`,
    remedy: 'leave some out',
    unit: 'items',
  });
}
