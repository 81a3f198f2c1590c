import * as z from 'zod';
import { limits as productLimits } from '../../core/limits.ts';
import type { PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { text } from '../../core/text.ts';
import { daily, inMinutes } from '../caps.ts';
import { ANIMATIONS, documented, inferred, limitsOf, photoLimits, seen, videoLimits } from '../limits.ts';
import { checkAltTexts, checkPhotos, checkVideo, type PhotoLimits, type VideoLimits } from '../media-rules.ts';
import { numberFor, optionsUnder, ruleBook, type RuleBook } from '../rules.ts';
import { captionOf, folded } from '../text.ts';
import { checkComment, checkParts, firstCommentOption, threadOf, threadOption } from '../thread.ts';
import { weightedLength, wholeStretches } from './length.ts';

/**
 * What X takes of an account without a subscription (media best practices, 2026). Where more is known to be allowed to an
 * account, its limits say so.
 */
export const LIMITS = {
  /** Weighted characters, see `length.ts`. */
  textMax: 280,
  /** Pixels of an animated GIF. Its frames, 350 at most, are not counted here. */
  animationWidthMax: 1280,
  animationHeightMax: 1080,
  video: {
    durationMin: 0.5,
    durationMax: 140,
    sizeMax: 512_000_000,
    containers: ['mp4', 'mov'],
    videoCodecs: ['h264'],
    // AAC-LC; which profile of AAC a file has is not looked at: X says so when it has processed the video.
    audioCodecs: ['aac'],
    frameRateMax: 60,
    // Documented are 1280 by 1024, and 1920 by 1200 were seen to pass. The wider limit, for both ways to hold a phone: what X does
    // not take after all it says while nothing is visible, and refusing what it takes would be worse.
    widthMin: 32,
    widthMax: 1920,
    heightMin: 32,
    heightMax: 1920,
    aspectMin: 1 / 3,
    aspectMax: 3,
  },
  photos: { countMax: 4, sizeMax: 5_000_000, animationSizeMax: 15_000_000, formats: ['jpeg', 'png', 'webp', 'gif'] },
} as const satisfies { video: VideoLimits; photos: PhotoLimits; [more: string]: unknown };

/** Code points. */
const ALT_TEXT_MAX = 1000;

const BEST_PRACTICES = documented('media best practices, August 2026');
const OWN = inferred('what fits into our own records');
const RATES = documented('rate limits page, August 2026');

/** The limits of the rules, as data. */
export const limits = [
  ...limitsOf(['video', 'photos', 'text'], documented('counting characters'), { text_max: [LIMITS.textMax, 'characters'], first_comment_length: [LIMITS.textMax, 'characters'] }),
  ...limitsOf(['video', 'photos', 'text'], OWN, { parts_max: [productLimits.threadParts, 'items'] }, 'threads'),
  // As seen: its sides, which are documented smaller.
  ...videoLimits(seen('media best practices, August 2026, and clients (sides)'), LIMITS.video),
  ...photoLimits(BEST_PRACTICES, LIMITS.photos),
  ...limitsOf(['photos'], BEST_PRACTICES, { gif_width_max: [LIMITS.animationWidthMax, 'pixels'], gif_height_max: [LIMITS.animationHeightMax, 'pixels'] }, ANIMATIONS),
];

/** How often may be posted. Each post costs the operator money besides. */
export const caps = [inMinutes(15, 'posts_per_15_minutes', 100, 'account', RATES), daily('posts_per_day', 10_000, 'app', RATES)];

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
    thread: threadOption,
    firstComment: firstCommentOption('X'),
    altTexts: z
      .array(text(1, ALT_TEXT_MAX))
      .max(LIMITS.photos.countMax)
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
  const said = captionOf(subject);
  const parts = options?.thread === true ? partsOf(said, textMaxOf(subject)) : [said];
  checkText(subject, parts, options?.thread ?? false, book);
  checkAlike(parts, options?.firstComment, book);
  checkComment(options?.firstComment, { title: 'X', field: 'options.x.firstComment', max: textMaxOf(subject), measure: weightedLength }, book);
  if (subject.kind === 'video') checkVideo('X', subject, book, LIMITS.video);
  if (subject.kind === 'photos') {
    checkPhotos('X', subject, book, LIMITS.photos);
    checkAnimation(subject, book);
  }
  checkAltTexts('X', options?.altTexts, subject.kind === 'photos' ? subject.files.length : 0, 'options.x.altTexts', book);
  return book.broken;
}

/** Weighted characters that one post of the account may have. */
function textMaxOf(subject: Pick<PreflightSubject, 'kind' | 'limits'>): number {
  return numberFor(subject, 'text_max', LIMITS.textMax);
}

/** The texts of an upload: of the post, of the posts that follow it in a thread, and of the first comment. */
export function textsOf(work: Pick<Work, 'upload' | 'account' | 'options'>): { readonly post: string; readonly parts: readonly string[]; readonly comment: string | undefined } {
  const { thread = false, firstComment: comment } = optionsOf(work);
  const said = captionOf(work.upload);
  const [post = '', ...parts] = thread ? partsOf(said, textMaxOf({ kind: work.upload.kind, limits: work.account.limits })) : [said];
  return { post, parts, comment };
}

/** X refuses a text that the account has just posted. */
function checkAlike(parts: readonly string[], firstComment: string | undefined, book: RuleBook): void {
  const texts = [...parts, ...(firstComment === undefined ? [] : [firstComment])];
  if (new Set(texts.map(folded)).size === texts.length) return;
  const field = firstComment === undefined ? 'description' : 'options.x.firstComment';
  book.refuse('texts_alike', { field, problem: 'Two posts of the thread, or one of them and the first comment, say the same, and X takes no text twice', remedy: 'change one of them' });
}

/** A text in posts that X takes. */
function partsOf(said: string, max: number): readonly string[] {
  return threadOf(said, { max, measure: weightedLength, whole: wholeStretches });
}

function checkText(subject: PreflightSubject, parts: readonly string[], thread: boolean, book: RuleBook): void {
  const said = captionOf(subject);
  const field = said === subject.title ? 'title' : 'description';
  if (subject.kind === 'text' && said.trim() === '') {
    book.refuse('text_required', { field: 'title', problem: 'X takes no post without text or media', remedy: 'write a text' });
  }
  if (thread) return checkParts('X', parts, field, book);
  book.atMost('text_max', weightedLength(said), LIMITS.textMax, {
    field,
    problem: (value, limit) =>
      `Title and description make a post that X counts as ${value} characters (a link as 23, an emoji or a Chinese, Japanese or Korean character as 2), and X takes at most ${limit}`,
    remedy: 'shorten them, or make a thread of them with options.x.thread',
    unit: 'characters',
  });
}

/** Whether an upload is beyond what X takes without a subscription: its account's own limits let it pass. */
export function needsSubscription(work: Pick<Work, 'upload' | 'account' | 'options'>): boolean {
  const { post, parts, comment } = textsOf(work);
  if ([post, ...parts, comment ?? ''].some((said) => weightedLength(said) > LIMITS.textMax)) return true;
  const { upload } = work;
  const [video] = upload.kind === 'video' ? upload.media : [];
  return video !== undefined && (video.size > LIMITS.video.sizeMax || (video.facts?.duration ?? 0) > LIMITS.video.durationMax);
}

function checkAnimation({ files }: PreflightSubject, book: RuleBook): void {
  for (const [index, { image }] of files.entries()) {
    if (image?.format !== 'gif' || !image.animated) continue;
    const field = `media[${index}]`;
    book.atMost('gif_alone', files.length, 1, {
      field,
      problem: (value, limit) => `Photo ${index + 1} is an animated GIF, one of ${value} photos, and X shows ${limit} by itself`,
      remedy: 'send it alone, or leave it out',
      unit: 'items',
    });
    book.atMost('gif_width_max', image.width, LIMITS.animationWidthMax, {
      field,
      problem: (value, limit) => `The animated GIF is ${value} pixels wide, and X takes at most ${limit}`,
      remedy: 'scale it down',
      unit: 'pixels',
    });
    book.atMost('gif_height_max', image.height, LIMITS.animationHeightMax, {
      field,
      problem: (value, limit) => `The animated GIF is ${value} pixels high, and X takes at most ${limit}`,
      remedy: 'scale it down',
      unit: 'pixels',
    });
  }
}
