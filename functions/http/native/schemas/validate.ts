import * as z from 'zod';
import { units } from '../../../../core/ports/connector.ts';
import type { ValidatedContent } from '../../../../core/uploads/validate.ts';
import { postObjects, toPost } from './create.ts';
import { fileFields, metadataFields, toMetadata, toVideo } from './metadata.ts';
import { sessionTokenField } from './sessions.ts';

const named = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject({ ...metadataFields, ...shape });
const idField = z.string().min(1).max(100);

/** The metadata of a creation with one file: declared, or of a session, an upload or a stored file; or a whole creation of what is stored. */
export const validateBody = z.union([
  named(fileFields).transform((fields, context) => validated(fields, { file: toVideo(fields, context) }, context)),
  named({ sessionToken: sessionTokenField }).transform((fields, context) => validated(fields, { sessionToken: fields.sessionToken }, context)),
  named({ uploadId: idField }).transform((fields, context) => validated(fields, { uploadId: fields.uploadId }, context)),
  named({ mediaId: idField }).transform((fields, context) => validated(fields, { mediaId: fields.mediaId }, context)),
  ...postObjects.map((post) =>
    post.transform((fields, context) => {
      const { kind, media, metadata } = toPost(fields, context);
      return { metadata, source: { kind, media } };
    }),
  ),
]);

function validated(fields: Parameters<typeof toMetadata>[0], source: ValidatedContent, context: z.RefinementCtx) {
  return { metadata: toMetadata(fields, context), source };
}

const valueField = z.union([z.number(), z.string()]).nullable();

export const validation = z.strictObject({
  valid: z.boolean(),
  violations: z.array(
    z.strictObject({
      /** Null: it concerns all accounts. */
      accountId: z.string().nullable(),
      network: z.string().nullable(),
      /** The rule's stable id. */
      rule: z.string(),
      /** As in the request. */
      field: z.string(),
      message: z.string(),
      value: valueField,
      limit: valueField,
      unit: z.enum(units).nullable(),
      remedy: z.string(),
    }),
  ),
  /** Whether the file itself was looked at; false: its size and type are as declared. */
  probed: z.boolean(),
});
