import { createHash, createHmac } from 'node:crypto';
import { S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { s3Media } from '../media/s3.ts';
import { median, type Figure } from './figure.ts';

const PARTS = 128;
const RUNS = 15;
const PART_SIZE = 16 * 1024 * 1024;

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const objectKey = 'in/ten_01J00000000000000000000000/01J00000000000000000000000/1.mp4';
const multipartId = 'exampleTUVGeKAk3Ob7qMynRKqe3ROcavPRwg92eA6JPD4ybIGRxJx9R0VbgkrnOVphZFK59KCYJAO1PXlrBSW7vcH7ANHZwTTf0ovqe6XPYHwsSp7eTRnXB1qjx40Tk';

/**
 * What signing the part URLs of one session costs, in the same process and in turn: ours, `getSignedUrl` of the presigner
 * package once a part, and the bare arithmetic of Signature Version 4 (one SHA-256 over the canonical request and one HMAC a
 * part; the signing key is derived once).
 */
export async function signingFigures(): Promise<readonly Figure[]> {
  const client = new S3Client({ region: 'us-east-1', credentials, requestChecksumCalculation: 'WHEN_REQUIRED' });
  const media = s3Media({ client, bucket: 'media-bucket' });
  const parts = Array.from({ length: PARTS }, (_, index) => ({ partNumber: index + 1, contentLength: PART_SIZE }));
  const subjects = {
    ours: () => media.signParts({ objectKey, multipartId, parts, expiresIn: 3600 }),
    sdk: () =>
      Promise.all(
        parts.map(({ partNumber, contentLength }) =>
          getSignedUrl(
            client,
            new UploadPartCommand({ Bucket: 'media-bucket', Key: objectKey, UploadId: multipartId, PartNumber: partNumber, ContentLength: contentLength }),
            { expiresIn: 3600, unhoistableHeaders: new Set(['content-length']) },
          ),
        ),
      ),
    bare: () => Promise.resolve(parts.map(({ partNumber }) => bareSignature(partNumber))),
  };
  const times: Record<keyof typeof subjects, number[]> = { ours: [], sdk: [], bare: [] };
  for (let run = 0; run < RUNS + 3; run += 1) {
    for (const name of ['ours', 'sdk', 'bare'] as const) {
      const start = performance.now();
      const signed = await subjects[name]();
      const duration = performance.now() - start;
      if (signed.length !== PARTS) throw new Error(`${name} signed ${signed.length} parts`);
      // The first runs warm the compiler up.
      if (run >= 3) times[name].push(duration);
    }
  }
  client.destroy();
  const ours = median(times.ours);
  return [
    { name: `sign ${PARTS} part URLs, against bare hash and HMAC`, value: ours / median(times.bare), unit: 'x', goal: { max: 5 } },
    { name: `getSignedUrl ${PARTS} times, against ours`, value: median(times.sdk) / ours, unit: 'x', goal: { min: 3 } },
  ];
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

const date = '20260401';
const scope = `${date}/us-east-1/s3/aws4_request`;
const signingKey = ['us-east-1', 's3', 'aws4_request'].reduce<Buffer>(hmac, hmac(`AWS4${credentials.secretAccessKey}`, date));

function bareSignature(partNumber: number): string {
  const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(`${credentials.accessKeyId}/${scope}`)}&X-Amz-Date=${date}T000000Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=content-length%3Bhost&partNumber=${partNumber}&uploadId=${multipartId}`;
  const canonical = `PUT\n/${objectKey}\n${query}\ncontent-length:${PART_SIZE}\nhost:media-bucket.s3.us-east-1.amazonaws.com\n\ncontent-length;host\nUNSIGNED-PAYLOAD`;
  const toSign = `AWS4-HMAC-SHA256\n${date}T000000Z\n${scope}\n${createHash('sha256').update(canonical).digest('hex')}`;
  return `https://media-bucket.s3.us-east-1.amazonaws.com/${objectKey}?${query}&X-Amz-Signature=${hmac(signingKey, toSign).toString('hex')}`;
}
