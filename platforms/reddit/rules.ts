import * as z from 'zod';
import type { PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { codePoints, text } from '../../core/text.ts';
import { inMinutes } from '../caps.ts';
import { inferred, limitsOf, photoLimits, videoLimits } from '../limits.ts';
import { checkPhotos, checkVideo, type PhotoLimits, type VideoLimits } from '../media-rules.ts';
import { optionsUnder, ruleBook, type RuleBook } from '../rules.ts';
import { checkComment, firstCommentOption } from '../thread.ts';

/*
 * What Reddit takes, from clients and help pages: not sure, Reddit has the last word, in its own words. A subreddit has rules of
 * its own beside these.
 */

/** Characters (code points). */
const LIMITS = { titleMax: 300, textMax: 40_000 } as const;

const VIDEO: VideoLimits = {
  sizeMax: 1_000_000_000,
  containers: ['mp4', 'mov'],
  videoCodecs: ['h264'],
  audioCodecs: ['aac'],
  durationMin: 2,
  durationMax: 900,
};

const PHOTOS: PhotoLimits = { countMax: 20, sizeMax: 20_000_000, formats: ['jpeg', 'png', 'gif'] };

const HELP = inferred('help pages and clients');

/** The limits of the rules, as data. */
export const limits = [
  ...limitsOf(['video', 'photos', 'text'], HELP, { title_max: [LIMITS.titleMax, 'characters'], description_max: [LIMITS.textMax, 'characters'] }),
  ...videoLimits(HELP, VIDEO),
  ...photoLimits(HELP, PHOTOS),
];

/** How often may be asked; how often an account may post depends on its age and standing, and Reddit says it when it is too soon. */
export const caps = [inMinutes(1, 'calls_per_minute', 100, 'app', inferred('announcement of 2023'))];

/** `options.reddit`. */
export const optionsSchema = z
  .strictObject({
    subreddit: z
      .string()
      .regex(/^(?:u_[\w-]{3,20}|\w{2,21})$/u, 'must be the name of a subreddit without r/, or u_ and the name of the account')
      .optional()
      .describe('Where the post goes: the name of a subreddit without `r/`, or `u_` and the name of the account for its own profile. Demanded, unless the account has a default.'),
    flairId: z.uuid().optional().describe('The id of one of the flairs of the subreddit; some subreddits demand one.'),
    flairText: text(1, 64).optional().describe('The text of the flair, where the subreddit lets people write it; only with `flairId`.'),
    nsfw: z.boolean().optional().meta({ default: false, description: 'Marks the post as not safe for work.' }),
    spoiler: z.boolean().optional().meta({ default: false, description: 'Marks the post as a spoiler.' }),
    sendReplies: z.boolean().optional().meta({ default: true, description: 'Whether replies to the post come to the inbox of the account.' }),
    // Reddit takes 10,000 characters of a comment.
    firstComment: firstCommentOption('Reddit'),
  })
  .meta({ description: 'Options for Reddit.' });

export type Options = z.output<typeof optionsSchema>;

/** The options of an upload, with the account's defaults. Throws if they are not what `violations` lets pass. */
export function optionsOf({ options }: Pick<Work, 'options'>): Options {
  return optionsSchema.parse(options ?? {});
}

/** What Reddit would not take of this upload. */
export function violations(subject: PreflightSubject): readonly Violation[] {
  const book = ruleBook('reddit', subject);
  checkOptions(subject, book);
  checkText(subject, book);
  if (subject.kind === 'video') checkVideo('Reddit', subject, book, VIDEO);
  if (subject.kind === 'photos') checkPhotos('Reddit', subject, book, PHOTOS);
  return book.broken;
}

function checkOptions(subject: PreflightSubject, book: RuleBook): void {
  const before = book.broken.length;
  const options = optionsUnder(optionsSchema, subject, book, 'options.reddit') ?? {};
  if (book.broken.length > before) return;
  if (options.subreddit === undefined) {
    book.refuse('subreddit_required', {
      field: 'options.reddit.subreddit',
      problem: 'Reddit demands to be told where the post goes',
      remedy: "name a subreddit, or set one as the account's default",
    });
  }
  checkComment(options.firstComment, { title: 'Reddit', field: 'options.reddit.firstComment' }, book);
  if (options.flairText !== undefined && options.flairId === undefined) {
    book.refuse('flair_id_required', { field: 'options.reddit.flairId', problem: 'Reddit takes the text of a flair only with its id', remedy: 'give flairId, or leave flairText out' });
  }
}

function checkText({ title, description }: PreflightSubject, book: RuleBook): void {
  if (title.trim() === '') book.refuse('title_required', { field: 'title', problem: 'Reddit demands a title', remedy: 'give one' });
  book.atMost('title_max', codePoints(title), LIMITS.titleMax, {
    field: 'title',
    problem: (value, limit) => `The title has ${value} characters, and Reddit takes at most ${limit}`,
    remedy: 'shorten it',
    unit: 'characters',
  });
  book.atMost('description_max', codePoints(description ?? ''), LIMITS.textMax, {
    field: 'description',
    problem: (value, limit) => `The description has ${value} characters, and Reddit takes at most ${limit}`,
    remedy: 'shorten it',
    unit: 'characters',
  });
}
