import {
  AbortMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { limits } from '../core/limits.ts';
import type { Part } from '../core/model.ts';
import { MediaGone, type MediaStore } from '../core/ports/index.ts';
import { retention } from '../core/retention.ts';
import { checkExpiry } from './checks.ts';
import { digest } from './digest.ts';
import { probeFile } from './probe.ts';
import { demandNoChecksums } from './s3/checksums.ts';
import { completeMultipart } from './s3/complete.ts';
import { isS3Error } from './s3/errors.ts';
import { s3Reader } from './s3/reader.ts';
import { urlSigner } from './s3/sign.ts';

/**
 * The media port on one S3 bucket. The client must be made with `requestChecksumCalculation: 'WHEN_REQUIRED'`, or opening and
 * signing throw. The role needs `s3:ListBucket` besides the rights on objects: without it S3 says of a missing object that it
 * is forbidden.
 */
export function s3Media({ client, bucket }: { client: S3Client; bucket: string }): MediaStore {
  const sign = urlSigner(client, bucket);
  const reader = s3Reader({ client, bucket, sign });
  const { readRange } = reader;

  async function head(objectKey: string, timeout?: number): Promise<{ size: number; contentType: string } | null> {
    try {
      const command = new HeadObjectCommand({ Bucket: bucket, Key: objectKey });
      const answer = await client.send(command, timeout === undefined ? {} : { abortSignal: AbortSignal.timeout(timeout * 1000) });
      return { size: answer.ContentLength ?? 0, contentType: answer.ContentType ?? 'application/octet-stream' };
    } catch (error) {
      if (isS3Error(error, 'NotFound', 'NoSuchKey')) return null;
      throw error;
    }
  }

  async function existing(objectKey: string): Promise<{ size: number; contentType: string }> {
    const found = await head(objectKey);
    if (found === null) throw new MediaGone(`There is no object ${objectKey}`);
    return found;
  }

  return {
    ...reader,

    async openMultipart({ objectKey, contentType }) {
      await demandNoChecksums(client);
      const command = new CreateMultipartUploadCommand({ Bucket: bucket, Key: objectKey, ContentType: contentType });
      const { UploadId } = await client.send(command);
      if (UploadId === undefined) throw new Error('S3 opened a multipart upload without an id');
      return { multipartId: UploadId };
    },

    async signParts({ objectKey, multipartId, parts, expiresIn }) {
      checkExpiry(expiresIn, limits.partUrlLife);
      return Promise.all(
        parts.map(async ({ partNumber, contentLength }) => {
          const url = await sign({
            method: 'PUT',
            objectKey,
            query: { partNumber: String(partNumber), uploadId: multipartId },
            headers: { 'content-length': String(contentLength) },
            expiresIn,
          });
          return { partNumber, url };
        }),
      );
    },

    async putPart({ objectKey, multipartId, partNumber, bytes }) {
      const target = { Bucket: bucket, Key: objectKey, UploadId: multipartId, PartNumber: partNumber };
      try {
        const { ETag } = await client.send(new UploadPartCommand({ ...target, Body: bytes, ContentLength: bytes.byteLength }));
        if (ETag === undefined) throw new Error('S3 took a part without giving its ETag');
        return { partNumber, eTag: ETag, size: bytes.byteLength };
      } catch (error) {
        if (isS3Error(error, 'NoSuchUpload')) throw new MediaGone(`There is no multipart upload for ${objectKey}`, { cause: error });
        throw error;
      }
    },

    async listParts({ objectKey, multipartId }) {
      const parts: Part[] = [];
      let marker: string | undefined;
      try {
        do {
          const target = { Bucket: bucket, Key: objectKey, UploadId: multipartId };
          const page = await client.send(new ListPartsCommand({ ...target, ...(marker === undefined ? {} : { PartNumberMarker: marker }) }));
          for (const { PartNumber, ETag, Size } of page.Parts ?? []) {
            if (PartNumber === undefined || ETag === undefined || Size === undefined) throw new Error('S3 listed a part without number, ETag or size');
            parts.push({ partNumber: PartNumber, eTag: ETag, size: Size });
          }
          marker = page.IsTruncated === true ? page.NextPartNumberMarker : undefined;
        } while (marker !== undefined);
      } catch (error) {
        if (isS3Error(error, 'NoSuchUpload')) return null;
        throw error;
      }
      return parts;
    },

    completeMultipart: (request) => completeMultipart(client, bucket, head, request),

    async abortMultipart({ objectKey, multipartId }) {
      try {
        await client.send(new AbortMultipartUploadCommand({ Bucket: bucket, Key: objectKey, UploadId: multipartId }));
      } catch (error) {
        if (!isS3Error(error, 'NoSuchUpload')) throw error;
      }
    },

    head: (objectKey) => head(objectKey),

    async probe(objectKey) {
      const { size } = await existing(objectKey);
      return probeFile((start, end) => readRange({ objectKey, start, end }), size);
    },

    async sha256(objectKey) {
      const { size } = await existing(objectKey);
      return digest((start, end) => readRange({ objectKey, start, end }), size);
    },

    async release(objectKey) {
      const { key, value } = retention.released.tag;
      try {
        await client.send(new PutObjectTaggingCommand({ Bucket: bucket, Key: objectKey, Tagging: { TagSet: [{ Key: key, Value: value }] } }));
      } catch (error) {
        if (!isS3Error(error, 'NoSuchKey')) throw error;
      }
    },
  };
}
