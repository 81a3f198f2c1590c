import * as z from 'zod';
import type { AttachmentRef, PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { limits as productLimits } from '../../core/limits.ts';
import { text } from '../../core/text.ts';
import { attachedFile, checkCaptions, refsUnder, refTo, storedFile } from '../attachments.ts';
import { daily, inMinutes } from '../caps.ts';
import { documented, inferred, limitsOf, photoLimits, videoLimits } from '../limits.ts';
import { checkAltTexts, checkPhotos, checkVideo, type PhotoLimits, type VideoLimits } from '../media-rules.ts';
import { containerOf, optionsUnder, ruleBook, type RuleBook } from '../rules.ts';
import { captionOf } from '../text.ts';
import { checkComment, checkParts, firstCommentOption, threadOf, threadOption } from '../thread.ts';
import { graphemes, stretchesIn } from './facets.ts';

/** What a post may be (lexicons `app.bsky.feed.post` and `app.bsky.embed.*`, August 2026; lengths of videos as announced). */
const LIMITS = {
  /** Of the text: title and description together. */
  graphemesMax: 300,
  bytesMax: 3000,
  languagesMax: 3,
  // 100 MB and 1 MB before 2026. Which aspect ratios the video service refuses is not published.
  video: { sizeMax: 300_000_000, containers: ['mp4', 'mov', 'webm', 'mpeg'], durationMin: 0.1, durationMax: 180 },
  /** Of MP4 and MOV. The other containers hold other codecs by nature; which of them the service converts, it does not say. */
  codecs: { videoCodecs: ['h264'], audioCodecs: ['aac'] },
  // The lexicon has room for 20 in a gallery and asks clients to stop at 10.
  photos: { countMax: 10, sizeMax: 2_000_000, formats: ['jpeg', 'png', 'webp'] },
} as const satisfies { video: VideoLimits; codecs: VideoLimits; photos: PhotoLimits; [more: string]: unknown };

/** Captions of a video (lexicon `app.bsky.embed.video`): WebVTT, in bytes; how many files. */
const CAPTIONS = { sizeMax: 20_000, formats: ['text/vtt'], countMax: 20 } as const;

/** Code points. The lexicon has no limit; other clients stop here. */
const ALT_TEXT_MAX = 2000;

const LEXICONS = documented('lexicons app.bsky.feed.post and app.bsky.embed.*, August 2026');
const ANNOUNCED = inferred('announcements');
const RATES = documented("rate limits page and the server's source");

/** The limits of the rules, as data. */
export const limits = [
  ...limitsOf(['video', 'photos', 'text'], LEXICONS, {
    text_max: [LIMITS.graphemesMax, 'characters'],
    text_bytes_max: [LIMITS.bytesMax, 'bytes'],
    first_comment_length: [LIMITS.graphemesMax, 'characters'],
    first_comment_bytes_max: [LIMITS.bytesMax, 'bytes'],
  }),
  ...limitsOf(['video', 'photos', 'text'], inferred('what fits into our own records'), { parts_max: [productLimits.threadParts, 'items'] }, 'threads'),
  ...videoLimits(ANNOUNCED, LIMITS.video),
  ...videoLimits(ANNOUNCED, LIMITS.codecs, 'MP4 and MOV'),
  ...photoLimits(LEXICONS, LIMITS.photos),
  ...limitsOf(['video'], LEXICONS, { captions_size_max: [CAPTIONS.sizeMax, 'bytes'], captions_format: [CAPTIONS.formats, null] }),
];

/** How often may be posted. */
export const caps = [
  daily('videos_per_day', 25, 'account', ANNOUNCED, { asked: true }),
  daily('video_bytes_per_day', 10_000_000_000, 'account', ANNOUNCED, { unit: 'bytes', asked: true }),
  daily('blob_uploads_per_day', 1000, 'account', RATES),
  daily('write_points_per_day', 35_000, 'account', RATES, { unit: 'points' }),
  inMinutes(60, 'write_points_per_hour', 5000, 'account', RATES, 'points'),
];

const language = z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/u, 'must be a language, such as en or pt-BR (BCP 47)');

/** `options.bluesky`. */
export const optionsSchema = z
  .strictObject({
    langs: z
      .array(language)
      .min(1)
      .max(LIMITS.languagesMax)
      .optional()
      .describe('The languages of the text, at most 3.'),
    labels: z
      .array(z.enum(['sexual', 'nudity', 'porn', 'graphic-media']))
      .min(1)
      .max(4)
      .optional()
      .describe('What the post warns of.'),
    altTexts: z
      .array(text(0, ALT_TEXT_MAX))
      .max(LIMITS.photos.countMax)
      .optional()
      .describe('What can be seen in each file, in their order, for who cannot see it; at most 2,000 characters each.'),
    captions: z
      .array(z.strictObject({ lang: language.describe('The language of the captions, such as `en`.'), file: storedFile.describe('The id of a stored WebVTT file of at most 20,000 bytes.') }))
      .min(1)
      .max(CAPTIONS.countMax)
      .optional()
      .describe('Captions of a video, at most 20 files.'),
    link: z
      .strictObject({
        uri: z.url({ protocol: /^https?$/u }).describe('Where the card leads to.'),
        title: text(1, 300).describe('The title of the card.'),
        description: text(0, 1000).optional().describe('A sentence under the title of the card.'),
      })
      .optional()
      .describe('A card with a link under a text. A post has either files or a card.'),
    thread: threadOption,
    firstComment: firstCommentOption('Bluesky'),
  })
  .meta({ description: 'Options for Bluesky.' });

export type Options = z.output<typeof optionsSchema>;

/** The options of an upload, none if the client gave none. Throws if they are not what `violations` lets pass. */
export function optionsOf({ options }: Pick<Work, 'options'>): Options {
  return optionsSchema.parse(options ?? {});
}

/** The stored files that options name. */
export function attachments(options: unknown): readonly AttachmentRef[] {
  return refsUnder(optionsSchema, options, ({ captions = [] }) => captions.map(({ file }, index) => refTo(`captions[${index}].file`, file, 'captions')));
}

/** What Bluesky would not take of this upload. */
export function violations(subject: PreflightSubject): readonly Violation[] {
  const book = ruleBook('bluesky', subject);
  const options = optionsUnder(optionsSchema, subject, book, 'options.bluesky');
  checkText(subject, options?.thread ?? false, book);
  checkFirstComment(options?.firstComment, book);
  checkAltTexts('Bluesky', options?.altTexts, subject.files.length, 'options.bluesky.altTexts', book);
  if (options?.link !== undefined && subject.kind !== 'text') {
    book.refuse('link', { field: 'options.bluesky.link', problem: 'A post on Bluesky has either files or a card with a link', remedy: 'leave the card out, or put the link into the text' });
  }
  if (subject.kind === 'photos') checkPhotos('Bluesky', subject, book, LIMITS.photos);
  if (subject.kind === 'video') {
    const isMp4OrMov = ['mp4', 'mov'].includes(containerOf(subject) ?? '');
    checkVideo('Bluesky', subject, book, isMp4OrMov ? { ...LIMITS.video, ...LIMITS.codecs } : LIMITS.video);
    const captions = options?.captions ?? [];
    for (const [index, { file }] of captions.entries()) {
      checkCaptions('Bluesky', { file: attachedFile(subject, file), field: `options.bluesky.captions[${index}].file` }, book, CAPTIONS);
    }
  }
  return book.broken;
}

/** The texts of an upload: of the post, of those that follow it in a thread, and of the first comment. */
export function textsOf(work: Pick<Work, 'upload' | 'options'>): { readonly post: string; readonly parts: readonly string[]; readonly comment: string | undefined } {
  const { thread = false, firstComment } = optionsOf(work);
  const [post = '', ...parts] = partsOf(captionOf(work.upload), thread);
  return { post, parts, comment: firstComment };
}

/** The posts that a text makes on Bluesky. */
function partsOf(whole: string, thread: boolean): readonly string[] {
  return thread ? threadOf(whole, { max: LIMITS.graphemesMax, measure, whole: stretchesIn }) : [whole];
}

/** The length of a text as the stricter of the two limits counts it, in graphemes. */
function measure(whole: string): number {
  return Math.max(graphemes(whole), Math.ceil((Buffer.byteLength(whole) * LIMITS.graphemesMax) / LIMITS.bytesMax));
}

function checkFirstComment(comment: string | undefined, book: RuleBook): void {
  const field = 'options.bluesky.firstComment';
  checkComment(comment, { title: 'Bluesky', field, max: LIMITS.graphemesMax, measure: graphemes }, book);
  book.atMost('first_comment_bytes_max', Buffer.byteLength(comment ?? ''), LIMITS.bytesMax, {
    field,
    problem: (value, limit) => `The first comment has ${value} bytes of UTF-8, and Bluesky takes at most ${limit}`,
    remedy: 'shorten it',
    unit: 'bytes',
  });
}

function checkText(subject: PreflightSubject, thread: boolean, book: RuleBook): void {
  const whole = captionOf(subject);
  const field = whole === subject.title ? 'title' : 'description';
  if (subject.kind === 'text' && whole.trim() === '') {
    book.refuse('text_required', { field, problem: 'There is nothing to be read', remedy: 'write something' });
  }
  const all = partsOf(whole, thread);
  if (thread) checkParts('Bluesky', all, field, book);
  // Beyond these stands the rest in one; before, a part is longer only where a single character is.
  const parts = all.slice(0, productLimits.threadParts);
  book.atMost('text_max', Math.max(...parts.map(graphemes)), LIMITS.graphemesMax, {
    field,
    problem: (value, limit) => `Title and description make a text of ${value} characters, and Bluesky takes at most ${limit}`,
    remedy: 'shorten them, or make a thread of them with options.bluesky.thread',
    unit: 'characters',
  });
  book.atMost('text_bytes_max', Math.max(...parts.map((part) => Buffer.byteLength(part))), LIMITS.bytesMax, {
    field,
    problem: (value, limit) => `Title and description make a text of ${value} bytes of UTF-8, and Bluesky takes at most ${limit}`,
    remedy: 'shorten them',
    unit: 'bytes',
  });
}
