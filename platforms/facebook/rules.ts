import * as z from 'zod';
import type { Media } from '../../core/model.ts';
import type { PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { codePoints, text } from '../../core/text.ts';
import { daily } from '../caps.ts';
import { documented, limitsOf, photoLimits, seen, videoLimits } from '../limits.ts';
import { checkAltTexts, checkPhotos, checkVideo, type VideoLimits } from '../media-rules.ts';
import { optionsUnder, ruleBook } from '../rules.ts';
import { captionOf } from '../text.ts';
import { checkComment, firstCommentOption } from '../thread.ts';
import type { Flow } from './status.ts';

/** Of any video, by the guide for reels of 2026. */
const CODECS = { videoCodecs: ['h264', 'hevc', 'vp9', 'av1'], audioCodecs: ['aac'], frameRateMax: 60 };

/**
 * What a video may be by its way to the page. Reels: publishing guide of 2026, which names no size. Other videos: vendors'
 * guidelines of 2026; the page itself says what it takes, which `transfer` asks for.
 */
const VIDEOS: Readonly<Record<Flow, VideoLimits>> = {
  reel: { ...CODECS, containers: ['mp4'], durationMin: 3, durationMax: 90, widthMin: 540, heightMin: 960, frameRateMin: 24, aspectMin: 0.55 },
  video: { ...CODECS, containers: ['mp4', 'mov', 'avi'], durationMin: 1, durationMax: 4 * 3600, sizeMax: 10_000_000_000 },
};

const PHOTOS = {
  countMax: 10,
  /** The documents say 10 MB, the refusal 4 MB: the smaller number is the one that surely passes. */
  sizeMax: 4_000_000,
  formats: ['jpeg', 'png', 'gif', 'bmp', 'tiff'],
} as const;

/** Characters of a post's message, as clients count them. Whether a reel's is cut is not known: 2,200 are said to be safe. */
const MESSAGE_MAX = 63_206;

/** Characters. Not documented: as on Instagram. */
const ALT_TEXT_MAX = 1000;

/**
 * Width by height. Facebook makes a draft of a reel, which nobody sees, of an upright video that comes as anything but a reel; a
 * reel is 9:16 = 0.5625. How far it may be from that is not documented: this and the least aspect above leave little.
 */
const UPRIGHT_MAX = 0.6;

const REELS_GUIDE = documented('reels publishing guide, July 2026');

/** The limits of the rules, as data. */
export const limits = [
  ...limitsOf(['video', 'photos', 'text'], seen('clients'), { text_max: [MESSAGE_MAX, 'characters'] }),
  ...videoLimits(REELS_GUIDE, VIDEOS.reel, 'upright videos'),
  ...videoLimits(seen("vendors' guidelines of 2026; the page's own are asked for (video_upload_limits)"), VIDEOS.video, 'other videos'),
  ...photoLimits(seen('page stories guide (10 MB), error 1366046 (4 MB)'), PHOTOS),
];

/** How often may be posted. */
export const caps = [daily('reels_per_day', 30, 'account', REELS_GUIDE)];

/** `options.facebook`. */
export const optionsSchema = z.strictObject({
  link: z
    .url({ protocol: /^https?$/u, hostname: z.regexes.domain })
    .max(2048)
    .optional()
    .describe('The address of a page that is shown as a card under a text; of photos and videos it cannot be part.'),
  altTexts: z
    .array(text(1, ALT_TEXT_MAX))
    .max(PHOTOS.countMax)
    .optional()
    .describe('What can be seen on each photo, in their order, for who cannot see it; at most 1,000 characters each.'),
  // Facebook takes 8,000 characters of a comment.
  firstComment: firstCommentOption('Facebook'),
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
  const flow = flowOf(subject);
  // What a page tells of its videos says nothing of reels.
  const book = ruleBook('facebook', flow === 'reel' ? { ...subject, limits: {} } : subject);
  const options = optionsUnder(optionsSchema, subject, book, 'options.facebook');
  if (options?.link !== undefined && subject.kind !== 'text') {
    book.refuse('link', { field: 'options.facebook.link', problem: 'A post has either files or a card with a link', remedy: 'leave the card out, or put the link into the text' });
  }
  checkComment(options?.firstComment, { title: 'Facebook', field: 'options.facebook.firstComment' }, book);
  const message = messageOf(subject);
  book.atMost('text_max', codePoints(message), MESSAGE_MAX, {
    field: message === subject.title ? 'title' : 'description',
    problem: (value, limit) => `The text has ${value} characters, and Facebook takes at most ${limit}`,
    remedy: 'shorten it',
    unit: 'characters',
  });
  checkAltTexts('Facebook', options?.altTexts, subject.kind === 'photos' ? subject.files.length : 0, 'options.facebook.altTexts', book);
  if (subject.kind === 'video') {
    checkVideo(TITLES[flow], subject, book, VIDEOS[flow]);
  }
  if (subject.kind === 'photos') checkPhotos('Facebook', subject, book, PHOTOS);
  return book.broken;
}

/** Whose limits are spoken of. */
const TITLES: Readonly<Record<Flow, string>> = { reel: 'a reel on Facebook, which every upright video becomes,', video: 'Facebook' };
