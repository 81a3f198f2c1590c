import * as z from 'zod';
import { limits } from '../../../../core/limits.ts';
import type { CreateUpload } from '../../../../core/uploads/create.ts';
import { descriptionField, titleField } from '../../../../core/uploads/metadata.ts';
import { text } from '../../../../core/text.ts';
import { metadataFields, toMetadata } from './metadata.ts';

/** A whole upload in one request, of files that are stored or of a text; each kind has the words that it needs. */

const shared = {
  accounts: metadataFields.accounts,
  options: metadataFields.options,
  scheduledOn: metadataFields.scheduledOn,
  onViolation: metadataFields.onViolation,
};
const mediaField = (max: number) =>
  z.array(z.string().min(1).max(100)).min(1).max(max).describe('Ids of stored files, in the order in which they are shown.');
const textField = descriptionField.nullish().describe('The text below the title; on networks that have no title, the caption after it.');

const video = z.strictObject({ kind: z.literal('video'), media: mediaField(1), title: titleField, text: textField, ...shared });
const photos = z.strictObject({
  kind: z.literal('photos'),
  media: mediaField(limits.photos),
  title: titleField.nullish(),
  text: textField,
  ...shared,
});
const words = z.strictObject({ kind: z.literal('text'), title: titleField.nullish(), text: text(1, limits.description).describe('What is posted; below the title, if there is one.'), ...shared });

/** The three kinds, for requests that may be something else too. */
export const postObjects = [video, photos, words] as const;
const postObject = z.discriminatedUnion('kind', postObjects);

/** The upload as the product knows it. */
export function toPost(post: z.output<typeof postObject>, context: z.RefinementCtx): CreateUpload {
  const media = post.kind === 'text' ? [] : post.media;
  const { kind, title, text: description, accounts, options, scheduledOn, onViolation } = post;
  return { kind, media, metadata: toMetadata({ accounts, options, scheduledOn, onViolation, title: title ?? '', description }, context) };
}

export const createBody = postObject.transform(toPost);
