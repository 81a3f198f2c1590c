import * as z from 'zod';
import { limits } from '../../../../core/limits.ts';
import { timestampField } from './common.ts';
import { fileFields, metadataFields, toMediaFile, toMetadata, toVideo } from './metadata.ts';

/** Any text may be tried as a token: one that is not ours is as unknown as one that never was. */
export const sessionTokenField = z.string().min(1).max(200);

/** A new session, or the token of one whose URL has expired. */
export const presignPutBody = z.union([
  z.strictObject({ ...metadataFields, ...fileFields }).transform((fields, context) => ({
    metadata: toMetadata(fields, context),
    file: toVideo(fields, context),
  })),
  z.strictObject({ sessionToken: sessionTokenField }),
]);

/** Bytes of each part but the last, as wished. */
const partSizeField = z.int().min(limits.partSizeMin).max(limits.partSizeMax);

/** From which part on URLs are wanted. */
const fromPartField = z.int().min(1).max(limits.partCount);

/** A new session, or the token of one with the parts whose URLs are wanted: these, or 100 from one on (the first if none is named). */
export const multipartBody = z.union([
  z
    .strictObject({
      ...metadataFields,
      ...fileFields,
      partSize: partSizeField.optional(),
    })
    .transform((fields, context) => ({
      metadata: toMetadata(fields, context),
      file: toVideo(fields, context),
      partSize: fields.partSize ?? null,
    })),
  z
    .strictObject({
      sessionToken: sessionTokenField,
      partNumbers: z
        .array(z.int().min(1).max(limits.partCount))
        .min(1)
        .max(limits.partWindow, `must have at most ${limits.partWindow} parts: ask for the others in another request`)
        .optional(),
      fromPart: fromPartField.optional(),
    })
    .superRefine(({ partNumbers, fromPart }, context) => {
      if (partNumbers === undefined || fromPart === undefined) return;
      context.addIssue({ code: 'custom', params: { code: 'conflict' }, path: ['fromPart'], message: 'is given with partNumbers: give one of them' });
    }),
]);

/** A session for a file by itself. */
export const mediaBody = z
  .strictObject({ ...fileFields, partSize: partSizeField.optional() })
  .transform((fields, context) => ({ file: toMediaFile(fields, context), partSize: fields.partSize ?? null }));

/** The token of a session, and from which part on URLs of the missing ones are wanted. */
export const resumeBody = z.strictObject({ sessionToken: sessionTokenField, fromPart: fromPartField.default(1) });

export const abortBody = z.strictObject({ sessionToken: sessionTokenField });

export const completeBody = z.strictObject({
  sessionToken: sessionTokenField,
  parts: z
    .array(
      z
        .strictObject({
          partNumber: z.int().min(1).max(limits.partCount).optional(),
          PartNumber: z.int().min(1).max(limits.partCount).optional(),
          eTag: z.string().min(1).max(200).optional(),
          etag: z.string().min(1).max(200).optional(),
          ETag: z.string().min(1).max(200).optional(),
        })
        .transform((part, context) => ({
          partNumber: oneOf(context, 'partNumber', [part.partNumber, part.PartNumber]) ?? 0,
          eTag: oneOf(context, 'eTag', [part.eTag, part.etag, part.ETag]) ?? '',
        })),
    )
    .max(limits.partCount)
    .default([]),
});

/** The one spelling of a field that was given. Adds an issue if there is none, or two that differ. */
function oneOf<Value>(context: z.RefinementCtx, field: string, spellings: readonly (Value | undefined)[]): Value | undefined {
  const given = [...new Set(spellings.filter((value) => value !== undefined))];
  if (given.length === 1) return given[0];
  const problem = given.length === 0 ? { code: 'required', message: 'is required' } : { code: 'conflict', message: 'is given twice' };
  context.addIssue({ code: 'custom', params: { code: problem.code }, path: [field], message: problem.message });
  return undefined;
}

export const presignedPut = z.strictObject({
  sessionToken: z.string(),
  fileId: z.string(),
  uploadUrl: z.url(),
  method: z.literal('PUT'),
  headers: z.record(z.string(), z.string()),
  expiresAt: timestampField,
  sessionExpiresAt: timestampField,
});

const signedPart = z.strictObject({ partNumber: z.int(), url: z.url() });

export const presignedParts = z.strictObject({
  sessionToken: z.string(),
  fileId: z.string(),
  /** Bytes of each part but the last. */
  partSize: z.int(),
  partCount: z.int(),
  parts: z.array(signedPart),
  /** The same request with `{"sessionToken": "…", "fromPart": …}` of this number gives the next URLs; null: none follows. */
  nextPartNumber: z.int().nullable(),
  expiresAt: timestampField,
  sessionExpiresAt: timestampField,
});

/** How a session stands. What is about parts is empty or null unless it is open. */
export const resumedSession = z.strictObject({
  sessionToken: z.string(),
  fileId: z.string(),
  state: z.enum(['open', 'completed', 'aborted']),
  /** The upload that was made of it. */
  uploadId: z.string().nullable(),
  /** The media that was made of it, by itself or for the upload. */
  mediaId: z.string().nullable(),
  file: z.strictObject({ fileName: z.string(), fileSize: z.int(), contentType: z.string(), sha256: z.string().nullable() }),
  /** Bytes of each part but the last. */
  partSize: z.int(),
  partCount: z.int(),
  /** What storage has in its right size; `complete` wants number and ETag of each. */
  arrivedParts: z.array(z.strictObject({ partNumber: z.int(), eTag: z.string(), size: z.int() })),
  missingParts: z.array(signedPart),
  /** The same request with `fromPart` of this number gives the next URLs; null: none follows. */
  nextPartNumber: z.int().nullable(),
  /** When the URLs end. */
  expiresAt: timestampField.nullable(),
  sessionExpiresAt: timestampField,
});

export const aborted = z.strictObject({ success: z.literal(true) });
