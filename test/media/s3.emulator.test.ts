import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { s3Media } from '../../media/s3.ts';
import { mediaConformance } from './conformance/suite.ts';

describe('media on S3', () => {
  const client = new S3Client({ requestChecksumCalculation: 'WHEN_REQUIRED', responseChecksumValidation: 'WHEN_REQUIRED' });
  const bucket = `media-${randomUUID()}`;
  const media = s3Media({ client, bucket });

  beforeAll(async () => {
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  });
  afterAll(() => client.destroy());

  mediaConformance(() => ({ media, fetch, pass: (seconds) => sleep(seconds * 1000) }));

  it('signs keys with characters that URLs reserve', async () => {
    const objectKey = "in/a b+c%20'(*)!~ü&=?#/1.mp4";
    const { multipartId } = await media.openMultipart({ objectKey, contentType: 'video/mp4' });
    const [signed] = await media.signParts({ objectKey, multipartId, parts: [{ partNumber: 1, contentLength: 10 }], expiresIn: 60 });
    expect((await fetch(signed?.url ?? '', { method: 'PUT', body: randomBytes(10) })).status).toBe(200);
    const parts = (await media.listParts({ objectKey, multipartId })) ?? [];
    expect(await media.completeMultipart({ objectKey, multipartId, parts, size: 10, timeout: 15 })).toBe('done');
    expect((await fetch(await media.signGet({ objectKey, expiresIn: 60 }))).status).toBe(200);
  });
});
