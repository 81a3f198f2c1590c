import * as z from 'zod';
import { fileFields, metadataFields, toFile, toMetadata } from './metadata.ts';

/** A whole upload in one form: the metadata and the file, whose size is that of its bytes. */
export const uploadForm = z
  .strictObject({
    ...metadataFields,
    file: z.strictObject(
      { fileName: fileFields.fileName, contentType: fileFields.contentType, bytes: z.instanceof(Uint8Array) },
      'must be a file, sent as a part with a file name',
    ),
  })
  .transform(({ file, ...fields }, context) => ({
    metadata: toMetadata(fields, context),
    file: toFile({ ...file, fileSize: file.bytes.byteLength }, context),
    bytes: file.bytes,
  }));
