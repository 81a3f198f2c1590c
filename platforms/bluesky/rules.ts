import * as z from 'zod';
import type { PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { text } from '../../core/text.ts';
import { containerOf, optionsUnder, ruleBook, type RuleBook } from '../rules.ts';
import { graphemes } from './facets.ts';

/** What a post may be (lexicons `app.bsky.feed.post`, `app.bsky.embed.*`, August 2026). */
const LIMITS = {
  /** Of the text, title and description together. */
  graphemesMax: 300,
  bytesMax: 3000,
  languagesMax: 3,
  /** Photos. The lexicon has room for 20 in a gallery and asks clients to stop at 10. */
  countMax: 10,
  /** Bytes of a photo; 1 MB before 2026. */
  photoSizeMax: 2_000_000,
  photoFormats: ['jpeg', 'png', 'webp'],
  /** Bytes of a video; 100 MB before 2026. */
  videoSizeMax: 300_000_000,
  /** Seconds, as announced; the lexicons do not say. */
  durationMin: 0.1,
  durationMax: 180,
  containers: ['mp4', 'mov', 'webm', 'mpeg'],
  videoCodecs: ['h264'],
  audioCodecs: ['aac'],
} as const;

/** Characters. The lexicon has no limit; clients stop here. */
const ALT_MAX = 2000;

/** `options.bluesky`. */
export const optionsSchema = z.strictObject({
  langs: z
    .array(z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/u, 'must be a language, such as en or pt-BR (BCP 47)'))
    .min(1)
    .max(LIMITS.languagesMax)
    .optional()
    .describe('Languages of the text.'),
  labels: z.array(z.enum(['sexual', 'nudity', 'porn', 'graphic-media'])).min(1).max(4).optional().describe('Warnings that the post carries.'),
  altTexts: z.array(text(0, ALT_MAX)).max(LIMITS.countMax).optional().describe('What each file shows, in order, for those who cannot see it.'),
  link: z
    .strictObject({
      uri: z.url({ protocol: /^https?$/u }).describe('Where the card leads to.'),
      title: text(1, 300).describe('The title of the card.'),
      description: text(0, 1000).optional().describe('A sentence under the title of the card.'),
    })
    .optional()
    .describe('A card with a link under a text; of photos and videos it cannot be part.'),
});

export type Options = z.output<typeof optionsSchema>;

/** The options of an upload, none if the client gave none. Throws if they are not what `violations` lets pass. */
export function optionsOf({ options }: Pick<Work, 'options'>): Options {
  return optionsSchema.parse(options ?? {});
}

/** Title, blank line, description. */
export function postText({ title, description }: { title: string; description: string | null }): string {
  return description === null || description === '' ? title : `${title}\n\n${description}`;
}

/** What Bluesky would not take of this upload. */
export function violations(subject: PreflightSubject): readonly Violation[] {
  const book = ruleBook('bluesky', subject);
  const options = optionsUnder(optionsSchema, subject, book, 'options.bluesky');
  checkText(subject, book);
  if (options?.link !== undefined && subject.kind !== 'text') {
    book.refuse('link', { field: 'options.bluesky.link', problem: 'A post has either files or a card with a link', remedy: 'leave the card out, or put the link into the text' });
  }
  book.atMost('alt_texts_max', options?.altTexts?.length ?? 0, subject.files.length, {
    field: 'options.bluesky.altTexts',
    problem: (value, limit) => `There are ${value} descriptions of files, and ${limit} files`,
    remedy: 'leave out those that describe nothing',
    unit: 'items',
  });
  if (subject.kind === 'video') checkVideo(subject, book);
  if (subject.kind === 'photos') checkPhotos(subject, book);
  return book.broken;
}

function checkText(subject: PreflightSubject, book: RuleBook): void {
  const whole = postText(subject);
  const field = whole === subject.title ? 'title' : 'description';
  if (subject.kind === 'text' && whole.trim() === '') {
    book.refuse('text_required', { field, problem: 'There is nothing to be read', remedy: 'write something' });
  }
  book.atMost('text_max', graphemes(whole), LIMITS.graphemesMax, {
    field,
    problem: (value, limit) => `Title and description make a text of ${value} characters, and Bluesky takes at most ${limit}`,
    remedy: 'shorten them',
    unit: 'characters',
  });
  book.atMost('text_bytes_max', Buffer.byteLength(whole), LIMITS.bytesMax, {
    field,
    problem: (value, limit) => `Title and description make a text of ${value} bytes of UTF-8, and Bluesky takes at most ${limit}`,
    remedy: 'shorten them',
    unit: 'bytes',
  });
}

function checkPhotos({ files }: PreflightSubject, book: RuleBook): void {
  book.atLeast('count_min', files.length, 1, {
    field: 'media',
    problem: (value, limit) => `There are ${value} photos, and a post of photos has at least ${limit}`,
    remedy: 'add one',
    unit: 'items',
  });
  book.atMost('count_max', files.length, LIMITS.countMax, {
    field: 'media',
    problem: (value, limit) => `There are ${value} photos, and Bluesky takes at most ${limit}`,
    remedy: 'leave some out',
    unit: 'items',
  });
  for (const [n, { size, contentType, image }] of files.entries()) {
    book.atMost('size_max', size, LIMITS.photoSizeMax, {
      field: `media[${n}]`,
      problem: (value, limit) => `Photo ${n + 1} has ${value} bytes, and Bluesky takes at most ${limit}`,
      remedy: 'scale it down',
      unit: 'bytes',
    });
    book.oneOf('format', image?.format ?? contentType.replace(/^image\//u, ''), LIMITS.photoFormats, {
      field: `media[${n}]`,
      problem: (value, limit) => `Photo ${n + 1} is ${value}, and Bluesky takes ${limit}`,
      remedy: 'convert it',
    });
  }
}

function checkVideo(subject: PreflightSubject, book: RuleBook): void {
  const { facts, files } = subject;
  const container = containerOf(subject);
  book.atMost('size_max', files[0]?.size ?? null, LIMITS.videoSizeMax, {
    field: 'fileSize',
    problem: (value, limit) => `The file has ${value} bytes, and Bluesky takes at most ${limit}`,
    remedy: 'send a smaller one',
    unit: 'bytes',
  });
  book.oneOf('container', container, LIMITS.containers, {
    field: 'contentType',
    problem: (value, limit) => `The file is ${value}, and Bluesky takes ${limit}`,
    remedy: 'convert it',
  });
  if (facts === null) return;
  book.atLeast('duration_min', facts.duration, LIMITS.durationMin, {
    field: 'file',
    problem: (value, limit) => `The video lasts ${value} s, and Bluesky takes none shorter than ${limit} s`,
    remedy: 'send a longer one',
    unit: 'seconds',
  });
  book.atMost('duration_max', facts.duration, LIMITS.durationMax, {
    field: 'file',
    problem: (value, limit) => `The video lasts ${value} s, and Bluesky takes at most ${limit} s`,
    remedy: 'cut it',
    unit: 'seconds',
  });
  // The other containers hold other codecs by nature, and the service converts all that it takes: which, it does not say.
  if (container !== 'mp4' && container !== 'mov') return;
  book.oneOf('video_codec', facts.videoCodec, LIMITS.videoCodecs, {
    field: 'file',
    problem: (value, limit) => `The picture is encoded as ${value}, and Bluesky takes ${limit}`,
    remedy: 'convert it',
  });
  book.oneOf('audio_codec', facts.audioCodec, LIMITS.audioCodecs, {
    field: 'file',
    problem: (value, limit) => `The sound is encoded as ${value}, and Bluesky takes ${limit}`,
    remedy: 'convert it',
  });
}
