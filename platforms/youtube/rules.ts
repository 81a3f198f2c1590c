import * as z from 'zod';
import type { AttachmentRef, PreflightSubject, Violation, Work } from '../../core/ports/index.ts';
import { codePoints, text } from '../../core/text.ts';
import { attachedFile, checkImage, imageLimits, languageTag, refsUnder, refTo, storedFile, type ImageLimits } from '../attachments.ts';
import { daily } from '../caps.ts';
import { documented, inferred, limitsOf, seen, videoLimits } from '../limits.ts';
import { checkVideo } from '../media-rules.ts';
import { optionsUnder, ruleBook, type RuleBook } from '../rules.ts';
import { checkComment, firstCommentOption } from '../thread.ts';

/** What YouTube takes of texts (video resource). */
const LIMITS = {
  /** Characters; of which kind the reference does not say. Counted as people count: should YouTube count otherwise, it refuses in its own words. */
  titleMax: 100,
  /** Bytes of UTF-8. */
  descriptionBytesMax: 5000,
  /** Characters of all tags as one list, see `tagsLength`. */
  tagsMax: 500,
} as const;

/** Of any file. 256 GB are taken in their smaller reading. */
const FILE = { sizeMax: 256_000_000_000, containers: ['mp4', 'mov', 'webm', 'mkv', 'avi', 'mpeg', 'flv', '3gp'] } as const;

/** Of its picture. A channel that is not verified by phone gets 15 minutes only; YouTube says so when it has processed the video. */
const PICTURE = { durationMin: 1, durationMax: 12 * 3600, frameRateMax: 60, widthMax: 7680, heightMax: 7680 } as const;

const FORBIDDEN = /[<>]/u;

/** A picture that stands for the video (thumbnails.set reference). BMP would be taken as well, but is no image here. */
const THUMBNAIL: ImageLimits = { sizeMax: 2_000_000, formats: ['jpeg', 'png', 'gif'] };

/** Of one video: a number of ours, since each costs 450 of the project's 10,000 units a day. */
const CAPTIONS_MAX = 20;

/** Characters. */
const CAPTIONS_NAME_MAX = 150;

const PRIVACY = ['public', 'unlisted', 'private'] as const;

/** Options that have to come with any other, by the names of their rules. */
const TOGETHER = { category_id_required: 'categoryId', default_language_required: 'defaultLanguage', default_audio_language_required: 'defaultAudioLanguage' } as const;

const QUOTA = documented('quota cost page, 2026: videos.insert has a bucket of its own');

/** The limits of the rules, as data. */
export const limits = [
  ...limitsOf(['video'], seen('video resource, words of refusals'), {
    title_max: [LIMITS.titleMax, 'characters'],
    description_max: [LIMITS.descriptionBytesMax, 'bytes'],
    tags_max: [LIMITS.tagsMax, 'characters'],
  }),
  ...videoLimits(documented('videos.insert reference'), FILE),
  ...videoLimits(inferred('help pages'), PICTURE),
  ...limitsOf(['video'], inferred('thumbnails.set reference, help pages'), imageLimits('thumbnail', THUMBNAIL)),
];

/** How often may be published: counted anew from midnight in California. A channel has a cap of its own, which is not published. */
export const caps = [daily('uploads_per_day', 100, 'app', QUOTA), daily('units_per_day', 10_000, 'app', QUOTA, { unit: 'points' })];

/** `options.youtube`. What has to come together is a rule: an upload and the defaults of its account complete each other. */
export const optionsSchema = z
  .strictObject({
    categoryId: z
      .string()
      .regex(/^\d{1,3}$/u, 'must be the number of a category, such as 22')
      .optional()
      .describe('The number of a YouTube category, such as `22`. Required as soon as any option but a thumbnail, captions and a first comment is given.'),
    defaultLanguage: languageTag.optional().describe('The language of title and description, such as `en`. Required as soon as any option but a thumbnail, captions and a first comment is given.'),
    defaultAudioLanguage: languageTag.optional().describe('The language that is spoken, such as `en`. Required as soon as any option but a thumbnail, captions and a first comment is given.'),
    privacyStatus: z.enum(PRIVACY).optional().meta({ default: 'public', description: 'Who can see the video.' }),
    tags: z.array(z.string().min(1)).optional().describe('Tags of the video; together at most 500 characters.'),
    madeForKids: z.boolean().optional().describe('Whether the video is made for children, as YouTube asks.'),
    containsSyntheticMedia: z.boolean().optional().describe('Whether the video shows altered or generated content that looks real.'),
    license: z.enum(['youtube', 'creativeCommon']).optional().describe('The licence that YouTube shows.'),
    embeddable: z.boolean().optional().describe('Whether other pages may show the video.'),
    publishAt: z.iso
      .datetime({ offset: true, error: 'must be a date and time with an offset from UTC, such as 2027-03-01T09:30:00Z' })
      .optional()
      .describe('YouTube makes a private video public by itself at this time; needs `privacyStatus: "private"`.'),
    notifySubscribers: z.boolean().optional().meta({ default: true, description: 'Whether subscribers are told of the video.' }),
    thumbnail: storedFile.optional().describe('The id of a stored image that stands for the video: JPEG, PNG or GIF of at most 2 MB. It is set once the video is there; what goes wrong with it is a warning.'),
    captions: z
      .array(
        z.strictObject({
          language: languageTag.describe('The language of the captions, such as `en`.'),
          name: text(1, CAPTIONS_NAME_MAX).optional().describe('Tells captions of one language apart; at most 150 characters.'),
          file: storedFile.describe('The id of a stored WebVTT or SubRip file.'),
        }),
      )
      .min(1)
      .max(CAPTIONS_MAX)
      .optional()
      .describe('Captions, at most 20 files: added once the video is there; what goes wrong with them is a warning. They need a link with the scope `youtube.force-ssl`.'),
    // YouTube takes 10,000 characters of a comment.
    firstComment: firstCommentOption('YouTube'),
  })
  .meta({ description: 'Options for YouTube: nothing of it, or at least the category and both languages, of which some may be defaults of the account.' });

export type Options = z.output<typeof optionsSchema>;

/** The options of an upload, none if the client gave none. Throws if they are not what `violations` lets pass. */
export function optionsOf({ options }: Pick<Work, 'options'>): Options {
  return optionsSchema.parse(options ?? {});
}

/** The stored files that options name. */
export function attachments(options: unknown): readonly AttachmentRef[] {
  return refsUnder(optionsSchema, options, ({ thumbnail, captions = [] }) => [
    refTo('thumbnail', thumbnail, 'image'),
    ...captions.map(({ file }, index) => refTo(`captions[${index}].file`, file, 'captions')),
  ]);
}

/** The privacy that is asked for. */
export function privacyOf(options: Options): (typeof PRIVACY)[number] {
  return options.privacyStatus ?? 'public';
}

/** What YouTube would not take of this upload. */
export function violations(subject: PreflightSubject): readonly Violation[] {
  const book = ruleBook('youtube', subject);
  if (subject.kind !== 'video') {
    book.refuse('supported', { field: 'accounts', problem: 'YouTube takes videos only through its API', remedy: 'leave this account out' });
    return book.broken;
  }
  const options = optionsUnder(optionsSchema, subject, book, 'options.youtube');
  if (options !== null) {
    checkOptions(options, book);
    checkExtras(subject, options, book);
    checkFirstComment(options, book);
  }
  checkText(subject, options?.tags ?? [], book);
  checkVideo('YouTube', subject, book, { ...FILE, ...PICTURE });
  return book.broken;
}

function checkOptions({ thumbnail: _thumbnail, captions: _captions, firstComment: _comment, ...options }: Options, book: RuleBook): void {
  const given = Object.values(options).some((option) => option !== undefined);
  for (const [check, name] of Object.entries(TOGETHER)) {
    if (!given || options[name] !== undefined) continue;
    const problem = `YouTube wants ${name} as soon as any other of its options is given`;
    book.refuse(check, { field: `options.youtube.${name}`, problem, remedy: "give it, or set it as the account's default" });
  }
  if (options.publishAt !== undefined && options.privacyStatus !== 'private') {
    book.refuse('publish_at', {
      field: 'options.youtube.publishAt',
      problem: `YouTube makes only a private video public at a time, and this one is ${privacyOf(options)}`,
      remedy: 'set privacyStatus to private, or leave publishAt out',
      value: privacyOf(options),
      limit: 'private',
    });
  }
}

/** A comment needs a video that has comments (help pages). */
function checkFirstComment({ firstComment, madeForKids = false, ...options }: Options, book: RuleBook): void {
  const field = 'options.youtube.firstComment';
  checkComment(firstComment, { title: 'YouTube', field }, book);
  const without = madeForKids ? 'is made for children' : privacyOf(options) === 'private' ? 'is private' : null;
  if (firstComment === undefined || without === null) return;
  book.refuse('first_comment', { field, problem: `YouTube has no comments under a video that ${without}`, remedy: 'leave the comment out', value: without });
}

/** What the video gets once it is there. */
function checkExtras(subject: PreflightSubject, { thumbnail, captions = [] }: Options, book: RuleBook): void {
  checkImage('YouTube', { file: attachedFile(subject, thumbnail), field: 'options.youtube.thumbnail', check: 'thumbnail' }, book, THUMBNAIL);
  const tracks = captions.map(({ language, name = '' }) => `${language.toLowerCase()} ${name}`);
  const twice = tracks.findIndex((track, index) => tracks.indexOf(track) !== index);
  if (twice < 0) return;
  book.refuse('captions_unique', {
    field: `options.youtube.captions[${twice}]`,
    problem: 'YouTube takes one file of captions of a language and name',
    remedy: 'give each a name of its own',
  });
}

function checkText({ title, description }: PreflightSubject, tags: readonly string[], book: RuleBook): void {
  if (title.trim() === '') book.refuse('title_required', { field: 'title', problem: 'YouTube needs a title that is not blank', remedy: 'write one' });
  book.atMost('title_max', codePoints(title), LIMITS.titleMax, {
    field: 'title',
    problem: (value, limit) => `The title has ${value} characters, and YouTube takes at most ${limit}`,
    remedy: 'shorten it',
    unit: 'characters',
  });
  book.atMost('description_max', Buffer.byteLength(description ?? ''), LIMITS.descriptionBytesMax, {
    field: 'description',
    problem: (value, limit) => `The description has ${value} bytes in UTF-8, and YouTube takes at most ${limit}`,
    remedy: 'shorten it',
    unit: 'bytes',
  });
  book.atMost('tags_max', tagsLength(tags), LIMITS.tagsMax, {
    field: 'options.youtube.tags',
    problem: (value, limit) => `The tags count ${value} characters together, and YouTube takes at most ${limit}`,
    remedy: 'leave some out',
    unit: 'characters',
  });
  const texts = { title: [title], description: [description ?? ''], tags } as const;
  for (const [name, values] of Object.entries(texts)) {
    if (!values.some((each) => FORBIDDEN.test(each))) continue;
    const field = name === 'tags' ? 'options.youtube.tags' : name;
    book.refuse(`${name}_characters`, { field, problem: `YouTube allows neither < nor > in the ${name}`, remedy: 'take them out', limit: '< >' });
  }
}

/** Tags count as one list: with the commas between them, and two quotes around each that has a space. */
export function tagsLength(tags: readonly string[]): number {
  const commas = Math.max(0, tags.length - 1);
  return tags.reduce((sum, tag) => sum + codePoints(tag) + (/\s/u.test(tag) ? 2 : 0), commas);
}
