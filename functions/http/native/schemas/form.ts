import * as z from 'zod';
import { fileFields, metadataFields, toMetadata, toVideo } from './metadata.ts';

const file = z
  .strictObject(
    { fileName: fileFields.fileName, contentType: fileFields.contentType, bytes: z.instanceof(Uint8Array) },
    'must be a file, sent as a part with a file name',
  )
  .refine(({ bytes }) => bytes.byteLength > 0, { params: { code: 'empty' }, message: 'must have at least one byte' })
  .meta({
    format: 'binary',
    description: 'The video, as a part with a file name and a content type.',
  });

/** A whole upload in one form: the metadata and the file, whose size is that of its bytes. */
export const uploadForm = z
  .strictObject({ ...metadataFields, sha256: fileFields.sha256, file })
  .transform(({ file: { bytes, ...declared }, sha256, ...fields }, context) => ({
    metadata: toMetadata(fields, context),
    file: toVideo({ ...declared, sha256, fileSize: bytes.byteLength }, context, ['file']),
    bytes,
  }));
