import * as z from 'zod';
import { didSchema } from './call.ts';

/** The lexicon of a post (`app.bsky.feed.post`, August 2026), as far as clients publish with it. What it does not name is refused. */

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A text of at most so many bytes of UTF-8 and so many graphemes. */
function limitedText(bytes: number, graphemes: number) {
  return z.string().superRefine((value, context) => {
    const size = Buffer.byteLength(value);
    if (size > bytes) context.addIssue({ code: 'custom', message: `string too big (maximum ${bytes}, got ${size})` });
    const count = [...segmenter.segment(value)].length;
    if (count > graphemes) context.addIssue({ code: 'custom', message: `grapheme too big (maximum ${graphemes}, got ${count})` });
  });
}

const languageSchema = z.string().regex(/^(?:i|[a-z]{2,3})(?:-[a-zA-Z0-9]+)*$/u, 'Invalid language');
const uriSchema = z.string().max(8192).regex(/^[a-z][a-z.-]{0,80}:[^\s]+$/u, 'Invalid uri');

/** A reference to a stored file. Its size is held against the limit as it is said. */
function blob(maxSize: number, accepts: RegExp) {
  return z.strictObject({
    $type: z.literal('blob'),
    ref: z.strictObject({ $link: z.string().regex(/^b[a-z2-7]{58}$/u, 'Invalid CID') }),
    mimeType: z.string().regex(accepts, `Expected ${accepts.source}`),
    size: z.int().max(maxSize, `blob too big (maximum ${maxSize})`),
  });
}

const IMAGE = /^image\//u;
const aspectRatio = z.strictObject({ width: z.int().min(1), height: z.int().min(1) });

const embedSchema = z.discriminatedUnion('$type', [
  z.strictObject({
    $type: z.literal('app.bsky.embed.images'),
    images: z.array(z.strictObject({ image: blob(2_000_000, IMAGE), alt: z.string(), aspectRatio: aspectRatio.optional() })).max(4),
  }),
  z.strictObject({
    $type: z.literal('app.bsky.embed.gallery'),
    items: z.array(z.strictObject({ $type: z.literal('app.bsky.embed.gallery#image'), image: blob(2_000_000, IMAGE), alt: z.string(), aspectRatio })).max(20),
  }),
  z.strictObject({
    $type: z.literal('app.bsky.embed.video'),
    video: blob(300_000_000, /^video\/mp4$/u),
    alt: z.string().optional(),
    aspectRatio: aspectRatio.optional(),
    presentation: z.enum(['default', 'gif']).optional(),
    captions: z.array(z.strictObject({ lang: languageSchema, file: blob(20_000, /^text\/vtt$/u) })).max(20).optional(),
  }),
  z.strictObject({
    $type: z.literal('app.bsky.embed.external'),
    external: z.strictObject({ uri: uriSchema, title: z.string(), description: z.string(), thumb: blob(1_000_000, IMAGE).optional() }),
  }),
]);

const featureSchema = z.discriminatedUnion('$type', [
  z.strictObject({ $type: z.literal('app.bsky.richtext.facet#link'), uri: uriSchema }),
  z.strictObject({ $type: z.literal('app.bsky.richtext.facet#mention'), did: didSchema }),
  z.strictObject({ $type: z.literal('app.bsky.richtext.facet#tag'), tag: limitedText(640, 64) }),
]);

/** Whether a place lies inside the text is not looked at (measured). */
const facetSchema = z.strictObject({
  index: z.strictObject({ byteStart: z.int().min(0), byteEnd: z.int().min(0) }),
  features: z.array(featureSchema),
  $type: z.literal('app.bsky.richtext.facet').optional(),
});

const strongRef = z.strictObject({ uri: z.string().startsWith('at://'), cid: z.string() });

export const postSchema = z.strictObject({
  $type: z.literal('app.bsky.feed.post').optional(),
  text: limitedText(3000, 300),
  facets: z.array(facetSchema).optional(),
  reply: z.strictObject({ root: strongRef, parent: strongRef }).optional(),
  embed: embedSchema.optional(),
  langs: z.array(languageSchema).max(3, 'array too big (maximum 3)').optional(),
  labels: z
    .strictObject({ $type: z.literal('com.atproto.label.defs#selfLabels'), values: z.array(z.strictObject({ val: z.string().max(128) })).max(10) })
    .optional(),
  tags: z.array(limitedText(640, 64)).max(8).optional(),
  createdAt: z.iso.datetime({ offset: true, error: 'Invalid datetime' }),
});

export type PostRecord = z.output<typeof postSchema>;
type BlobReference = z.output<ReturnType<typeof blob>>;

/** The files that are the post's own, in order; captions and thumbnails are not. */
export function filesOf({ embed }: PostRecord): readonly BlobReference[] {
  switch (embed?.$type) {
    case 'app.bsky.embed.images':
      return embed.images.map(({ image }) => image);
    case 'app.bsky.embed.gallery':
      return embed.items.map(({ image }) => image);
    case 'app.bsky.embed.video':
      return [embed.video];
    case 'app.bsky.embed.external':
    case undefined:
      return [];
  }
}

/** Every file that the record names. */
export function referencesOf(record: PostRecord): readonly BlobReference[] {
  const { embed } = record;
  if (embed?.$type === 'app.bsky.embed.external') return embed.external.thumb === undefined ? [] : [embed.external.thumb];
  if (embed?.$type === 'app.bsky.embed.video') return [embed.video, ...(embed.captions ?? []).map(({ file }) => file)];
  return filesOf(record);
}
