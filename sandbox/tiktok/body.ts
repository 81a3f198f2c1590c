import * as z from 'zod';
import { mediaType } from '../http.ts';
import type { Call } from '../stand-in.ts';
import { badParameter, refuse } from './errors.ts';

/** UTF-16 units. */
const CAPTION_MAX = 2200;
const PHOTOS_TITLE_MAX = 90;
const PHOTOS_DESCRIPTION_MAX = 4000;
const PHOTOS_MAX = 35;

/** What the creators here may choose from: their accounts are public. Those of private ones have FOLLOWER_OF_CREATOR. */
export const PRIVACY_LEVELS = ['PUBLIC_TO_EVERYONE', 'MUTUAL_FOLLOW_FRIENDS', 'SELF_ONLY'] as const;

const privacyLevel = z.enum([...PRIVACY_LEVELS, 'FOLLOWER_OF_CREATOR']);

const commonInfo = {
  privacy_level: privacyLevel,
  disable_comment: z.boolean().optional(),
  brand_content_toggle: z.boolean().optional(),
  brand_organic_toggle: z.boolean().optional(),
};

/** A text of at most so many units of UTF-16, whatever it is that zod counts. */
function units(max: number) {
  return z.string().refine((text) => text.length <= max, `longer than ${max} units`);
}

/** The body of `video/init`. */
export const videoSchema = z.strictObject({
  post_info: z.strictObject({
    ...commonInfo,
    title: units(CAPTION_MAX).optional(),
    disable_duet: z.boolean().optional(),
    disable_stitch: z.boolean().optional(),
    video_cover_timestamp_ms: z.int().min(0).optional(),
    is_aigc: z.boolean().optional(),
  }),
  /** `PULL_FROM_URL` is for photos only here. */
  source_info: z.strictObject({
    source: z.literal('FILE_UPLOAD'),
    video_size: z.int().positive(),
    chunk_size: z.int().positive(),
    total_chunk_count: z.int().positive(),
  }),
});

/** A URL from which TikTok could fetch. The real one asks for https; here the media may lie on this machine. */
const sourceUrl = z.string().regex(/^https?:\/\/[\u0021-\u007e]+$/);

/** The body of `content/init`. */
export const photosSchema = z.strictObject({
  media_type: z.literal('PHOTO'),
  post_mode: z.literal('DIRECT_POST'),
  post_info: z.strictObject({
    ...commonInfo,
    title: units(PHOTOS_TITLE_MAX).optional(),
    description: units(PHOTOS_DESCRIPTION_MAX).optional(),
    auto_add_music: z.boolean().optional(),
  }),
  source_info: z.strictObject({
    source: z.literal('PULL_FROM_URL'),
    photo_images: z.array(sourceUrl).min(1).max(PHOTOS_MAX),
    photo_cover_index: z.int().min(0),
  }),
});

/** The JSON body of a call under its schema; what does not fit is refused. */
export function bodyOf<Schema extends z.ZodType>(call: Call, schema: Schema): z.output<Schema> {
  if (mediaType(call) !== 'application/json') throw badParameter('Content-Type is application/json.');
  let body: unknown;
  try {
    body = call.body.byteLength === 0 ? {} : JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(call.body));
  } catch (error) {
    throw badParameter(`The body is not JSON: ${String(error)}`);
  }
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw badParameter(z.prettifyError(parsed.error));
  return parsed.data;
}

/** Refuses what a creator cannot choose, and a paid partnership that is not public. */
export function checkPrivacy(info: { readonly privacy_level: string; readonly brand_content_toggle?: boolean | undefined }): void {
  if (!PRIVACY_LEVELS.some((level) => level === info.privacy_level)) {
    throw refuse(403, 'privacy_level_option_mismatch', 'The privacy level is not one of the creator’s options.');
  }
  if (info.brand_content_toggle === true && info.privacy_level !== 'PUBLIC_TO_EVERYONE') {
    throw badParameter('Branded content has to be public.');
  }
}
