import { CompleteMultipartUploadCommand, type S3Client } from '@aws-sdk/client-s3';
import type { MediaStore } from '../../core/ports/index.ts';
import { checkSum } from '../checks.ts';
import { isPassing, isS3Error } from './errors.ts';

type Request = Parameters<MediaStore['completeMultipart']>[0];
type Outcome = Awaited<ReturnType<MediaStore['completeMultipart']>>;

/** Looks at the object; null: there is none. */
type Head = (objectKey: string, timeout: number) => Promise<{ size: number } | null>;

/** Answers after which the same parts will never be taken (S3 API reference, CompleteMultipartUpload, errors). */
const REFUSALS = ['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall'];

/** Seconds for the look at the object that settles a doubt. */
const HEAD_TIMEOUT = 3;

/**
 * Completes a multipart upload and finds out what came of it. S3 may take minutes, may report an error inside an answer of
 * 200 (the SDK makes it an error and tries again), and forgets the upload once it is completed: so after any error the
 * object itself is asked for, and the right size means done. `NoSuchUpload` without an object is `pending`, not `refused`: an
 * earlier call may still be at work.
 */
export async function completeMultipart(client: S3Client, bucket: string, head: Head, request: Request): Promise<Outcome> {
  checkSum(request.parts, request.size);
  if (request.parts.length === 0) return { refused: 'there are no parts' };
  let failure: unknown;
  try {
    await client.send(
      new CompleteMultipartUploadCommand({
        Bucket: bucket,
        Key: request.objectKey,
        UploadId: request.multipartId,
        MultipartUpload: { Parts: request.parts.map(({ partNumber, eTag }) => ({ PartNumber: partNumber, ETag: eTag })) },
      }),
      { abortSignal: AbortSignal.timeout(request.timeout * 1000) },
    );
    return 'done';
  } catch (error) {
    failure = error;
  }

  const object = await look(head, request.objectKey);
  if (object === 'unknown') return 'pending';
  if (object !== null) {
    if (object.size === request.size) return 'done';
    throw new Error(`${request.objectKey} has ${object.size} bytes in place of ${request.size}`, { cause: failure });
  }
  if (failure instanceof Error && isS3Error(failure, ...REFUSALS)) return { refused: `${failure.name}: ${failure.message}` };
  if (isPassing(failure) || isS3Error(failure, 'NoSuchUpload')) return 'pending';
  throw failure;
}

async function look(head: Head, objectKey: string): Promise<{ size: number } | null | 'unknown'> {
  try {
    return await head(objectKey, HEAD_TIMEOUT);
  } catch (error) {
    if (isPassing(error)) return 'unknown';
    throw error;
  }
}
