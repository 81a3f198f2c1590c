import * as z from 'zod';
import type { Call } from '../stand-in.ts';
import { refuse } from './errors.ts';

/** The body of `videos.insert`: every field of the page, and no other. */
const videoSchema = z.strictObject({
  snippet: z
    .strictObject({
      title: z.string(),
      description: z.string(),
      tags: z.array(z.string()),
      categoryId: z.string(),
      defaultLanguage: z.string(),
      defaultAudioLanguage: z.string(),
    })
    .partial()
    .optional(),
  status: z
    .strictObject({
      privacyStatus: z.enum(['public', 'unlisted', 'private']),
      publishAt: z.string(),
      selfDeclaredMadeForKids: z.boolean(),
      containsSyntheticMedia: z.boolean(),
      license: z.enum(['youtube', 'creativeCommon']),
      embeddable: z.boolean(),
    })
    .partial()
    .optional(),
});

export interface Metadata {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly categoryId: string;
  readonly defaultLanguage: string | null;
  readonly defaultAudioLanguage: string | null;
  readonly privacyStatus: 'public' | 'unlisted' | 'private';
  readonly publishAt: Date | null;
  readonly selfDeclaredMadeForKids: boolean;
  readonly containsSyntheticMedia: boolean;
  readonly license: 'youtube' | 'creativeCommon';
  readonly embeddable: boolean;
}

/** Characters. UTF-16 units, the narrower reading: the page does not say what a character is. */
const TITLE_MAX = 100;
/** Bytes of UTF-8. */
const DESCRIPTION_MAX = 5000;
/** Characters over all tags, as `tagsLength` counts them. */
const TAGS_MAX = 500;

/** Categories that a video may be put into (videoCategories.list, `assignable`). */
const CATEGORIES = new Set(['1', '2', '10', '15', '17', '19', '20', '22', '23', '24', '25', '26', '27', '28', '29']);
const DEFAULT_CATEGORY = '22';

const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Reads and checks the body of `videos.insert`. `parts`: what the call said it would send. */
export function parseMetadata(call: Call, parts: readonly string[], now: Date): Metadata {
  const body = parseBody(call);
  for (const part of ['snippet', 'status'] as const) {
    if (body[part] !== undefined && !parts.includes(part)) {
      throw refuse(400, 'unexpectedPart', `The part ${part} was sent but not named.`, 'youtube.part');
    }
  }
  const {
    title,
    description = '',
    tags = [],
    categoryId = DEFAULT_CATEGORY,
    defaultLanguage = null,
    defaultAudioLanguage = null,
  } = body.snippet ?? {};
  const {
    privacyStatus = 'public',
    publishAt,
    selfDeclaredMadeForKids = false,
    containsSyntheticMedia = false,
    license = 'youtube',
    embeddable = true,
  } = body.status ?? {};

  if (title === undefined || title.trim() === '' || title.length > TITLE_MAX || /[<>]/.test(title)) {
    throw refuse(400, 'invalidTitle', 'The title is empty, too long, or holds < or >.');
  }
  if (Buffer.byteLength(description) > DESCRIPTION_MAX || /[<>]/.test(description)) {
    throw refuse(400, 'invalidDescription', 'The description is too long, or holds < or >.');
  }
  if (tags.some((tag) => tag.trim() === '' || /[<>]/.test(tag)) || tagsLength(tags) > TAGS_MAX) {
    throw refuse(400, 'invalidTags', 'A tag is empty or holds < or >, or the tags are too long.');
  }
  if (!CATEGORIES.has(categoryId)) throw refuse(400, 'invalidCategoryId', 'The category does not exist or takes no videos.');
  for (const language of [defaultLanguage, defaultAudioLanguage]) {
    if (language !== null && !LANGUAGE.test(language)) throw refuse(400, 'invalidVideoMetadata', `Not a language: ${language}`);
  }
  return {
    title,
    description,
    tags,
    categoryId,
    defaultLanguage,
    defaultAudioLanguage,
    privacyStatus,
    publishAt: publishAt === undefined ? null : parsePublishAt(publishAt, privacyStatus, now),
    selfDeclaredMadeForKids,
    containsSyntheticMedia,
    license,
    embeddable,
  };
}

function parseBody(call: Call): z.infer<typeof videoSchema> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(call.body));
  } catch (error) {
    throw refuse(400, 'parseError', `The body is not JSON: ${String(error)}`, 'global');
  }
  const parsed = videoSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refuse(400, 'invalidVideoMetadata', z.prettifyError(parsed.error));
}

/** Tags count as one comma-separated list in which a tag with a space stands in quotes. */
function tagsLength(tags: readonly string[]): number {
  const commas = Math.max(0, tags.length - 1);
  return tags.reduce((sum, tag) => sum + tag.length + (/\s/.test(tag) ? 2 : 0), commas);
}

function parsePublishAt(text: string, privacyStatus: string, now: Date): Date {
  const at = new Date(text);
  if (!RFC_3339.test(text) || Number.isNaN(at.getTime())) throw refuse(400, 'invalidPublishAt', 'publishAt is not a time.');
  if (privacyStatus !== 'private') throw refuse(400, 'invalidPublishAt', 'Only a private video can have publishAt.');
  // The page does not speak of times gone by; YouTube's own reference publishes at once. Refusing is the stricter reading.
  if (at <= now) throw refuse(400, 'invalidPublishAt', 'publishAt lies in the past.');
  return at;
}
