import type { NewContainer, Source } from '../containers/dialect.ts';
import { checkForm, onlyWith, parseChildren, parseUrl } from '../containers/fields.ts';
import { badParameter } from '../graph.ts';
import { checkText } from './text.ts';

/** `POST /{user-id}/threads`: which fields a text, a photo, a video, a carousel and its items take, and their forms. */

const POST = ['media_type', 'text', 'reply_control', 'topic_tag', 'reply_to_id'];
const FIELDS = {
  TEXT: [...POST, 'link_attachment'],
  IMAGE: [...POST, 'image_url', 'alt_text', 'is_carousel_item'],
  VIDEO: [...POST, 'video_url', 'alt_text', 'is_carousel_item'],
  CAROUSEL: [...POST, 'children'],
} as const;
const ITEM = ['media_type', 'image_url', 'video_url', 'alt_text', 'is_carousel_item'];

export const CONTAINER_FIELDS = [...new Set(Object.values(FIELDS).flat())];

export function parseContainer(fields: URLSearchParams): NewContainer {
  checkForm(fields, 'is_carousel_item', /^(true|false)$/);
  const inCarousel = fields.get('is_carousel_item') === 'true';
  const source = parseSource(fields);
  if (inCarousel) onlyWith(fields, 'an item of a carousel', ITEM);
  const text = fields.get('text');
  const link = parseUrl(fields, 'link_attachment');
  if (text !== null) checkText(text, link);
  if (source.kind === 'text' && (text ?? '').trim() === '') throw badParameter('text', 'required');
  // The page names no values: these are of Meta's guide to the field.
  checkForm(fields, 'reply_control', /^(everyone|accounts_you_follow|mentioned_only)$/);
  // Its form is of clients' documents.
  checkForm(fields, 'topic_tag', /^[^.&]{1,50}$/u);
  // The page gives no limit for it: this one is unsure.
  checkForm(fields, 'alt_text', /^.{1,1000}$/su);
  checkForm(fields, 'reply_to_id', /^\d+$/);
  // Meta's guides show no answer with it.
  if (fields.has('reply_to_id') && fields.has('reply_control')) throw badParameter('reply_control', 'not taken for a reply');
  return { caption: text === '' ? null : text, inCarousel, replyTo: fields.get('reply_to_id'), source };
}

function parseSource(fields: URLSearchParams): Source {
  const mediaType = fields.get('media_type');
  switch (mediaType) {
    case 'TEXT':
      onlyWith(fields, mediaType, FIELDS[mediaType]);
      return { kind: 'text' };
    case 'IMAGE':
      onlyWith(fields, mediaType, FIELDS[mediaType]);
      return { kind: 'image', url: required(fields, 'image_url') };
    case 'VIDEO':
      onlyWith(fields, mediaType, FIELDS[mediaType]);
      return { kind: 'video', url: required(fields, 'video_url'), coverUrl: null, thumbOffset: null };
    case 'CAROUSEL':
      onlyWith(fields, mediaType, FIELDS[mediaType]);
      return { kind: 'carousel', children: parseChildren(fields) };
    default:
      throw badParameter('media_type', 'none of TEXT, IMAGE, VIDEO, CAROUSEL');
  }
}

function required(fields: URLSearchParams, name: string): string {
  const url = parseUrl(fields, name);
  if (url === null) throw badParameter(name, 'required');
  return url;
}
