import { createHash } from 'node:crypto';
import { decodeTime } from 'ulid';
import { bareId } from '../../core/ids.ts';
import type { Work } from '../../core/ports/index.ts';
import type { BlobRef, RecordRef } from './client.ts';
import { facetsOf } from './facets.ts';
import { optionsOf, textsOf } from './rules.ts';

/** The record of a post (`app.bsky.feed.post`), and the key under which it is stored. */

/** What `transfer` has prepared of it. */
export interface Prepared {
  /** Of the upload's files, in order. */
  readonly blobs: readonly BlobRef[];
  /** Of the captions that the options name, in order. */
  readonly captions: readonly BlobRef[];
  /** DIDs by the handles that the text mentions. */
  readonly mentions: Readonly<Record<string, string>>;
  readonly createdAt: string;
}

const ALPHABET = '234567abcdefghijklmnopqrstuvwxyz';
const KEY_LENGTH = 13;

/**
 * The record's key, a TID: 53 bits of microseconds, then 10 that tell clocks apart. It follows from the ids of upload and account
 * alone, so that it needs no memory: whatever is lost on our side, one upload has one place in an account, and never two. What follows
 * the post (`sequel`) has a place each.
 */
export function recordKey({ upload, account }: Work, sequel?: string): string {
  const hash = createHash('sha256').update([upload.uploadId, account.accountId, ...(sequel === undefined ? [] : [sequel])].join('/')).digest();
  const micros = BigInt(decodeTime(bareId(upload.uploadId))) * 1000n + BigInt(hash.readUInt32BE(0) % 1000);
  let bits = (micros << 10n) | BigInt(hash.readUInt32BE(4) % 1024);
  let key = '';
  for (let at = 0; at < KEY_LENGTH; at += 1) {
    key = `${ALPHABET[Number(bits & 31n)]}${key}`;
    bits >>= 5n;
  }
  return key;
}

/** The whole record. Equal work gives an equal record: sent twice, the server sees that nothing changes. */
export function postRecord(work: Work, { mentions, createdAt, ...files }: Prepared): Readonly<Record<string, unknown>> {
  const { langs, labels } = optionsOf(work);
  const embed = embedOf(work, files);
  return {
    ...said(textsOf(work).post, mentions),
    ...(embed !== null && { embed }),
    ...(langs !== undefined && { langs }),
    ...(labels !== undefined && { labels: { $type: 'com.atproto.label.defs#selfLabels', values: labels.map((val) => ({ val })) } }),
    createdAt,
  };
}

/** The record of what answers `parent`, under the first post of the thread. */
export function replyRecord(work: Work, text: string, { reply, mentions, createdAt }: Reply): Readonly<Record<string, unknown>> {
  const { langs } = optionsOf(work);
  return { ...said(text, mentions), reply, ...(langs !== undefined && { langs }), createdAt };
}

/** What is prepared of that. */
export interface Reply extends Pick<Prepared, 'mentions' | 'createdAt'> {
  readonly reply: { readonly root: RecordRef; readonly parent: RecordRef };
}

function said(text: string, mentions: Prepared['mentions']): object {
  const facets = facetsOf(text, mentions);
  return { $type: 'app.bsky.feed.post', text, ...(facets.length > 0 && { facets }) };
}

/** Photos that every client shows; more of them need the newer gallery. */
export const IMAGES_MAX = 4;

function embedOf(work: Work, { blobs, captions }: Pick<Prepared, 'blobs' | 'captions'>): object | null {
  const { altTexts = [], captions: tracks = [], link } = optionsOf(work);
  const [first] = blobs;
  switch (work.upload.kind) {
    case 'text':
      return link === undefined ? null : { $type: 'app.bsky.embed.external', external: { ...link, description: link.description ?? '' } };
    case 'video': {
      const [alt] = altTexts;
      const heard = tracks.map(({ lang }, index) => ({ lang, file: captions[index] }));
      const more = { ...(alt !== undefined && { alt }), ...(heard.length > 0 && { captions: heard }) };
      return { $type: 'app.bsky.embed.video', video: first, ...more, ...aspectOf(work.upload.media[0]?.facts) };
    }
    case 'photos': {
      const images = blobs.map((image, n) => ({ image, alt: altTexts[n] ?? '', ...aspectOf(work.upload.media[n]?.image) }));
      if (images.length <= IMAGES_MAX) return { $type: 'app.bsky.embed.images', images };
      return { $type: 'app.bsky.embed.gallery', items: images.map((image) => ({ $type: 'app.bsky.embed.gallery#image', ...image })) };
    }
  }
}

/** In whole numbers, the only ones that a record can hold. Without it clients do not know how much room to leave. */
function aspectOf(size: { readonly width: number; readonly height: number } | null | undefined): object {
  if (size === null || size === undefined) return {};
  return { aspectRatio: { width: Math.max(1, Math.round(size.width)), height: Math.max(1, Math.round(size.height)) } };
}
