import * as z from 'zod';
import { limits as productLimits } from '../../core/limits.ts';
import type { PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { text } from '../../core/text.ts';
import { daily } from '../caps.ts';
import { documented, inferred, limitsOf, photoLimits, seen, videoLimits } from '../limits.ts';
import { checkAltTexts, checkPhotos, checkVideo } from '../media-rules.ts';
import { optionsUnder, ruleBook, type RuleBook } from '../rules.ts';
import { usualWhole } from '../split.ts';
import { captionOf } from '../text.ts';
import { checkComment, checkParts, firstCommentOption, threadOf, threadOption } from '../thread.ts';
import { threadsLength } from './length.ts';

/** What a text may be (guide to posts, April 2026). */
const TEXT = {
  max: 500,
  /** Of which the page is not sure. */
  linksMax: 5,
} as const;

/** What a video may be (overview of the Threads API, as vendors quote it). Its sound, of 48 kHz at most, is left to Threads to judge. */
const VIDEO = {
  sizeMax: 1_000_000_000,
  containers: ['mp4', 'mov'],
  videoCodecs: ['h264', 'hevc'],
  audioCodecs: ['aac'],
  durationMin: 0.1,
  durationMax: 5 * 60,
  frameRateMin: 23,
  frameRateMax: 60,
  widthMax: 1920,
  aspectMin: 0.01,
  aspectMax: 10,
  bitRateMax: 100_000_000,
} as const;

/** What a photo may be (the same). Wider than 1440 pixels it is scaled down, narrower than 320 up. */
const PHOTOS = { countMax: 20, sizeMax: 8_000_000, formats: ['jpeg', 'png'], aspectMax: 10 } as const;

/** Characters. The page gives no limit for a description: this one is unsure. */
const ALT_TEXT_MAX = 1000;

const GUIDE = documented('guide to posts, April 2026');
const OVERVIEW = seen('overview of the Threads API, vendors');
const CAPS = documented('overview of the Threads API; threads_publishing_limit tells the real one');

/** The limits of the rules, as data. */
export const limits = [
  ...limitsOf(['video', 'photos', 'text'], GUIDE, { text_max: [TEXT.max, 'characters'], first_comment_length: [TEXT.max, 'characters'], links_max: [TEXT.linksMax, 'items'] }),
  ...limitsOf(['video', 'photos', 'text'], inferred('what fits into our own records'), { parts_max: [productLimits.threadParts, 'items'] }, 'threads'),
  ...videoLimits(OVERVIEW, VIDEO),
  ...photoLimits(OVERVIEW, PHOTOS),
];

/** How often may be posted. */
export const caps = [daily('posts_per_day', 250, 'account', CAPS, { asked: true }), daily('replies_per_day', 1000, 'account', CAPS)];

/** `options.threads`. */
export const optionsSchema = z
  .strictObject({
    replyControl: z.enum(['everyone', 'accounts_you_follow', 'mentioned_only']).optional().meta({ default: 'everyone', description: 'Who may answer the post.' }),
    // The form is of clients' documents: the page says only that there is one.
    topicTag: z
      .string()
      .regex(/^[^.&\s#][^.&]{0,49}$/u, 'must have 1 to 50 characters, none of them . or &, and no # in front')
      .optional()
      .describe('The topic under which the post is found, without #.'),
    link: z.url({ protocol: /^https?$/u }).optional().describe('A link that is shown as a card under a text; with photos or a video it cannot be.'),
    altTexts: z
      .array(text(1, ALT_TEXT_MAX))
      .max(PHOTOS.countMax)
      .optional()
      .describe('What can be seen on each photo, or in the video, for who cannot see it; at most 1,000 characters each.'),
    thread: threadOption,
    firstComment: firstCommentOption('Threads'),
  })
  .meta({ description: 'Options for Threads.' });

export type Options = z.output<typeof optionsSchema>;

/** The options of an upload, none if the client gave none. Throws if they are not what `violations` lets pass. */
export function optionsOf({ options }: Pick<Work, 'options'>): Options {
  return optionsSchema.parse(options ?? {});
}

/** What Threads would not take of this upload. */
export function violations(subject: PreflightSubject): readonly Violation[] {
  const book = ruleBook('threads', subject);
  const { kind, files } = subject;
  const options = optionsUnder(optionsSchema, subject, book, 'options.threads');
  checkText(subject, { hasCard: options?.link !== undefined, thread: options?.thread ?? false }, book);
  checkComment(options?.firstComment, { title: 'Threads', field: 'options.threads.firstComment', max: TEXT.max, measure: threadsLength, counted: 'characters, emoji counted by their bytes,' }, book);
  if (options?.link !== undefined && kind !== 'text') {
    book.refuse('link', { field: 'options.threads.link', problem: 'A post has either files or a card with a link', remedy: 'leave the card out, or put the link into the text' });
  }
  checkAltTexts('Threads', options?.altTexts, files.length, 'options.threads.altTexts', book);
  if (kind === 'video') checkVideo('Threads', subject, book, VIDEO);
  if (kind === 'photos') checkPhotos('Threads', subject, book, PHOTOS);
  return book.broken;
}

/** The texts of an upload: of the post, of those that follow it in a thread, and of the first comment. */
export function textsOf(work: Pick<Work, 'upload' | 'options'>): { readonly post: string; readonly parts: readonly string[]; readonly comment: string | undefined } {
  const { thread = false, firstComment } = optionsOf(work);
  const [post = '', ...parts] = partsOf(captionOf(work.upload), thread);
  return { post, parts, comment: firstComment };
}

/** The posts that a text makes on Threads. */
function partsOf(said: string, thread: boolean): readonly string[] {
  return thread ? threadOf(said, { max: TEXT.max, measure: threadsLength, whole: usualWhole }) : [said];
}

function checkText(subject: PreflightSubject, { hasCard, thread }: { hasCard: boolean; thread: boolean }, book: RuleBook): void {
  const said = captionOf(subject);
  const field = said === subject.title ? 'title' : 'description';
  if (subject.kind === 'text' && said.trim() === '') {
    book.refuse('text_required', { field, problem: 'There is nothing to be read', remedy: 'write something' });
  }
  const all = partsOf(said, thread);
  if (thread) checkParts('Threads', all, field, book);
  // Beyond these stands the rest in one; before, a part is longer only where a single character is.
  const parts = all.slice(0, productLimits.threadParts);
  book.atMost('text_max', Math.max(...parts.map(threadsLength)), TEXT.max, {
    field,
    problem: (value, limit) => `Title and description make a text of ${value} characters, emoji counted by their bytes, and Threads takes at most ${limit}`,
    remedy: 'shorten them, or make a thread of them with options.threads.thread',
    unit: 'characters',
  });
  const links = parts.map((part, index) => (part.match(/\bhttps?:\/\/\S+/giu)?.length ?? 0) + (hasCard && index === 0 ? 1 : 0));
  book.atMost('links_max', Math.max(...links), TEXT.linksMax, {
    field,
    problem: (value, limit) => `The post has ${value} links, and Threads takes at most ${limit}`,
    remedy: 'leave some out',
    unit: 'items',
  });
}
