import * as z from 'zod';
import type { AttachmentRef, PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { codePoints, text } from '../../core/text.ts';
import { attachedFile, checkImage, imageLimits, refsUnder, refTo, storedFile, type ImageLimits } from '../attachments.ts';
import { daily, inMinutes } from '../caps.ts';
import { documented, inferred, limitsOf, photoLimits, videoLimits } from '../limits.ts';
import { checkPhotos, checkVideo, type PhotoLimits, type VideoLimits } from '../media-rules.ts';
import { optionsUnder, ruleBook, type RuleBook } from '../rules.ts';

/** What a pin may be: product specifications of 2026, and the schema of the API (5.23). */
const LIMITS = {
  titleMax: 100,
  // Pages for people say 500; the schema of the API is the surer source.
  descriptionMax: 800,
  linkMax: 2048,
  altTextMax: 500,
} as const;

const VIDEO: VideoLimits = {
  sizeMax: 2_000_000_000,
  // M4V has MP4's form.
  containers: ['mp4', 'mov'],
  videoCodecs: ['h264', 'hevc'],
  audioCodecs: ['aac'],
  durationMin: 4,
  durationMax: 15 * 60,
  // "240p": of which side is not said, so of both.
  widthMin: 240,
  heightMin: 240,
  aspectMin: 0.5,
  aspectMax: 1.91,
};

/** BMP and TIFF would be taken as well, but are no photos here. */
const PHOTOS: PhotoLimits = { countMax: 5, sizeMax: 20_000_000, formats: ['jpeg', 'png', 'webp', 'gif'] };

const SCHEMA = documented('OpenAPI 5.23 (PinCreate)');
const RATES = inferred('rate limits and access tiers pages');

/** A picture that stands for a video: the types that the schema names for it. It names no size: this one still goes in a request. */
const COVER: ImageLimits = { sizeMax: 10_000_000, formats: ['jpeg', 'png'] };

/** The limits of the rules, as data. */
export const limits = [
  ...limitsOf(['video', 'photos'], SCHEMA, { title_max: [LIMITS.titleMax, 'characters'], description_max: [LIMITS.descriptionMax, 'characters'] }),
  ...videoLimits(documented('product specifications'), VIDEO),
  ...photoLimits(documented('product specifications, OpenAPI 5.23 (count)'), PHOTOS),
  ...limitsOf(['video'], inferred('OpenAPI 5.23 (formats)'), imageLimits('cover', COVER)),
];

/** How often may be posted. */
export const caps = [
  // Of an app with trial access; one with standard access has none a day.
  daily('calls_per_day', 1000, 'app', RATES),
  inMinutes(1, 'writes_per_minute', 100, 'account', RATES),
];

/** Of boards and their sections. */
const idSchema = z.string().regex(/^\d{1,25}$/u, 'must be a number, as the API of Pinterest names it');

/** `options.pinterest`. */
export const optionsSchema = z
  .strictObject({
    board: idSchema.optional().describe('The number of the board that the pin goes to. Pinterest demands one: give it here, or as a default of the account.'),
    boardSection: idSchema.optional().describe('The number of a section of the board.'),
    link: z
      .url({ protocol: /^https?$/u })
      .max(LIMITS.linkMax)
      .optional()
      .describe('The address that the pin leads to.'),
    altText: text(1, LIMITS.altTextMax).optional().describe('What can be seen, for who cannot see it.'),
    cover: storedFile.optional().describe('The id of a stored image that stands for a video, JPEG or PNG of at most 10 MB; its first picture if left out.'),
  })
  .meta({ description: 'Options for Pinterest.' });

export type Options = z.output<typeof optionsSchema>;

/** The options of an upload, with the account's defaults. Throws if they are not what `violations` lets pass. */
export function optionsOf({ options }: Pick<Work, 'options'>): Options & { readonly board: string } {
  return optionsSchema.required({ board: true }).parse(options ?? {});
}

/** The stored files that options name. */
export function attachments(options: unknown): readonly AttachmentRef[] {
  return refsUnder(optionsSchema, options, ({ cover }) => [refTo('cover', cover, 'image')]);
}

/** What Pinterest would not take of this upload. */
export function violations(subject: PreflightSubject): readonly Violation[] {
  const book = ruleBook('pinterest', subject);
  if (subject.kind === 'text') {
    book.refuse('supported', { field: 'accounts', problem: 'Pinterest has no pins of text only', remedy: 'leave this account out' });
    return book.broken;
  }
  const options = optionsUnder(optionsSchema, subject, book, 'options.pinterest');
  checkBoard(subject, options, book);
  checkTexts(subject, book);
  if (subject.kind === 'video') {
    checkVideo('Pinterest', subject, book, VIDEO);
    checkImage('Pinterest', { file: attachedFile(subject, options?.cover), field: 'options.pinterest.cover', check: 'cover' }, book, COVER);
  } else {
    checkPhotos('Pinterest', subject, book, PHOTOS);
    checkSameSize(subject, book);
  }
  return book.broken;
}

/** Options that cannot be used were refused already. */
function checkBoard(subject: PreflightSubject, options: Options | null, book: RuleBook): void {
  if (options?.board !== undefined || (options === null && subject.options !== undefined)) return;
  book.refuse('board_required', {
    field: 'options.pinterest.board',
    problem: 'Pinterest demands a board for the pin',
    remedy: "give the number of one, or set it as the account's default",
  });
}

/** Characters are those of JSON Schema, code points. A pin may be without either text. */
function checkTexts({ title, description }: PreflightSubject, book: RuleBook): void {
  for (const [field, said, limit] of [
    ['title', title, LIMITS.titleMax],
    ['description', description ?? '', LIMITS.descriptionMax],
  ] as const) {
    book.atMost(`${field}_max`, codePoints(said), limit, {
      field,
      problem: (value, most) => `The ${field} has ${value} characters, and Pinterest takes at most ${most}`,
      remedy: 'shorten it',
      unit: 'characters',
    });
  }
}

/** The photos of a carousel have one width and one height. */
function checkSameSize({ files }: PreflightSubject, book: RuleBook): void {
  const [first, ...others] = files;
  if (first?.image === undefined || first.image === null) return;
  const wanted = `${first.image.width} x ${first.image.height}`;
  for (const [index, { image }] of others.entries()) {
    const size = image === null ? wanted : `${image.width} x ${image.height}`;
    if (size === wanted) continue;
    book.refuse('same_size', {
      field: `media[${index + 1}]`,
      problem: `Photo ${index + 2} has ${size} pixels and photo 1 has ${wanted}, and Pinterest takes several only of one size`,
      remedy: 'crop or scale them to one size',
      value: size,
      limit: wanted,
    });
  }
}
