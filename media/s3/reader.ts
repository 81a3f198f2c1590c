import { Readable } from 'node:stream';
import { GetObjectCommand, type GetObjectCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { MediaGone, type MediaReader } from '../../core/ports/index.ts';
import { checkEnds, checkExpiry, checkRange, LONGEST_EXPIRY } from '../checks.ts';
import { bytesOf } from './body.ts';
import { isS3Error } from './errors.ts';
import { urlSigner, type SignUrl } from './sign.ts';

interface ReaderOptions {
  readonly client: S3Client;
  readonly bucket: string;
  readonly sign?: SignUrl;
}

/** The part of the media port that publishing needs, by itself: bundles that only read are 40 kB smaller. */
export function s3Reader({ client, bucket, sign = urlSigner(client, bucket) }: ReaderOptions): MediaReader {
  /** Null: the object ends before the range begins. */
  const get = async ({ objectKey, start, end }: { objectKey: string; start: number; end: number }): Promise<GetObjectCommandOutput | null> => {
    try {
      return await client.send(new GetObjectCommand({ Bucket: bucket, Key: objectKey, Range: `bytes=${start}-${end}` }));
    } catch (error) {
      if (isS3Error(error, 'NoSuchKey')) throw new MediaGone(`There is no object ${objectKey}`, { cause: error });
      if (isS3Error(error, 'InvalidRange')) return null;
      throw error;
    }
  };

  return {
    async readRange(range) {
      checkRange(range.start, range.end);
      const answer = await get(range);
      return answer === null ? new Uint8Array(0) : bytesOf(answer);
    },

    async openRange(range) {
      checkEnds(range.start, range.end);
      const answer = await get(range);
      const length = range.end - range.start + 1;
      if (answer?.ContentLength === length && answer.Body instanceof Readable) return answer.Body;
      throw new Error(`${range.objectKey} has ${answer?.ContentLength ?? 'none'} of the ${length} bytes from ${range.start}.`);
    },

    async signGet({ objectKey, expiresIn }) {
      checkExpiry(expiresIn, LONGEST_EXPIRY);
      return sign({ method: 'GET', objectKey, query: {}, headers: {}, expiresIn });
    },
  };
}
