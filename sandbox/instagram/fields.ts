import * as z from 'zod';
import type { NewContainer, Source } from '../containers/dialect.ts';
import { checkForm, checkJson, onlyWith, parseChildren, parseUrl } from '../containers/fields.ts';
import { badParameter, refuse } from '../graph.ts';
import { checkCaption } from './captions.ts';

/** `POST /{ig-id}/media`: which fields a reel, a photo, a carousel and its items take, and their forms. */

const COLLABORATORS_MAX = 3;
/** The page gives no limit for it: this one is unsure. */
const ALT_TEXT_MAX = 1000;

const POST = ['caption', 'collaborators', 'location_id'];
const REEL = ['media_type', 'video_url', ...POST, 'share_to_feed', 'cover_url', 'thumb_offset', 'user_tags', 'audio_name', 'trial_params'];
const PHOTO = ['image_url', ...POST, 'alt_text', 'user_tags', 'is_carousel_item'];
const CAROUSEL = ['media_type', 'children', ...POST, 'is_carousel_item'];
const PHOTO_ITEM = ['image_url', 'alt_text', 'user_tags', 'is_carousel_item'];
const VIDEO_ITEM = ['media_type', 'video_url', 'is_carousel_item'];

export const CONTAINER_FIELDS = [...new Set([...REEL, ...PHOTO, ...CAROUSEL, ...VIDEO_ITEM])];

const collaboratorsSchema = z.array(z.string().regex(/^[A-Za-z0-9._]{1,30}$/)).max(COLLABORATORS_MAX);
// Where in a picture somebody is tagged; the page names the user only.
const userTagsSchema = z.array(z.strictObject({ username: z.string().regex(/^[A-Za-z0-9._]{1,30}$/) }));
const trialSchema = z.strictObject({ graduation_strategy: z.enum(['MANUAL', 'SS_PERFORMANCE']) });

export function parseContainer(fields: URLSearchParams): NewContainer {
  checkForm(fields, 'is_carousel_item', /^(true|false)$/);
  const inCarousel = fields.get('is_carousel_item') === 'true';
  const source = inCarousel ? parseItem(fields) : parsePost(fields);
  const caption = fields.get('caption');
  if (caption !== null) checkCaption(caption);
  checkForm(fields, 'share_to_feed', /^(true|false)$/);
  checkForm(fields, 'location_id', /^\d+$/);
  checkForm(fields, 'audio_name', /^.{1,100}$/su);
  checkForm(fields, 'alt_text', new RegExp(`^.{1,${ALT_TEXT_MAX}}$`, 'su'));
  checkJson(fields, 'collaborators', collaboratorsSchema);
  checkJson(fields, 'user_tags', userTagsSchema);
  checkJson(fields, 'trial_params', trialSchema);
  return { caption, inCarousel, replyTo: null, source };
}

function parsePost(fields: URLSearchParams): Source {
  const mediaType = fields.get('media_type');
  switch (mediaType) {
    case 'REELS':
      onlyWith(fields, 'a reel', REEL);
      return { kind: 'video', url: required(fields, 'video_url'), coverUrl: parseUrl(fields, 'cover_url'), thumbOffset: parseThumbOffset(fields) };
    case 'CAROUSEL':
      onlyWith(fields, 'a carousel', CAROUSEL);
      return { kind: 'carousel', children: parseChildren(fields) };
    case null:
      // A photo names no type.
      if (!fields.has('image_url')) throw unknownType(mediaType);
      onlyWith(fields, 'a photo', PHOTO);
      return { kind: 'image', url: required(fields, 'image_url') };
    default:
      throw unknownType(mediaType);
  }
}

/** An item of a carousel has no caption, and is no reel. */
function parseItem(fields: URLSearchParams): Source {
  const mediaType = fields.get('media_type');
  if (mediaType === 'VIDEO') {
    onlyWith(fields, 'an item of a carousel', VIDEO_ITEM);
    return { kind: 'video', url: required(fields, 'video_url'), coverUrl: null, thumbOffset: null };
  }
  if (mediaType !== null) throw unknownType(mediaType);
  onlyWith(fields, 'an item of a carousel', PHOTO_ITEM);
  return { kind: 'image', url: required(fields, 'image_url') };
}

function required(fields: URLSearchParams, name: string): string {
  const url = parseUrl(fields, name);
  if (url === null) throw badParameter(name, 'required');
  return url;
}

function unknownType(mediaType: string | null) {
  return refuse({ code: 100, subcode: 2207023, message: `The media type ${mediaType} is not known here.`, type: 'IGApiException' });
}

function parseThumbOffset(fields: URLSearchParams): number | null {
  const text = fields.get('thumb_offset');
  if (text === null) return null;
  if (!/^\d{1,9}$/.test(text)) throw refuse({ code: 1, subcode: 2207057, message: 'The thumb offset is no count of milliseconds.', type: 'IGApiException' });
  return Number(text);
}
