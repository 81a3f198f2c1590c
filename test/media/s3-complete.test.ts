import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { s3Media } from '../../media/s3.ts';

/**
 * What S3 documents of CompleteMultipartUpload and no emulator shows: it may be slow, it may fail inside an answer of 200, and
 * it may have done what it did not answer.
 */
type Behaviour = (answer: ServerResponse) => void;

const running: { server: Server; client: S3Client }[] = [];

afterEach(async () => {
  for (const { server, client } of running.splice(0)) {
    client.destroy();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
});

async function completeAgainst(behaviours: { complete: Behaviour; head: Behaviour }, timeout = 5): Promise<unknown> {
  const server = createServer((request, answer) => {
    request.resume();
    request.on('end', () => (request.method === 'HEAD' ? behaviours.head(answer) : behaviours.complete(answer)));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  const client = new S3Client({
    maxAttempts: 2,
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestChecksumCalculation: 'WHEN_REQUIRED',
  });
  running.push({ server, client });
  const media = s3Media({ client, bucket: 'some-media' });
  return media.completeMultipart({
    objectKey: 'in/ten_1/01JH8ZC4T0M2V3W4X5Y6Z7A8B9/1.mp4',
    multipartId: 'some-upload',
    parts: [{ partNumber: 1, eTag: '"9e107d9d372bb6826bd81d3542a419d6"', size: 100 }],
    size: 100,
    timeout,
  });
}

const error = (code: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>as S3 says it</Message></Error>`;
const answers = (status: number, body: string): Behaviour => (answer) => {
  answer.writeHead(status, { 'content-type': 'application/xml' });
  answer.end(body);
};
const hangs: Behaviour = () => undefined;
const sendsSpaces: Behaviour = (answer) => {
  answer.writeHead(200, { 'content-type': 'application/xml' });
  const spaces = setInterval(() => answer.write(' '), 50);
  answer.on('close', () => clearInterval(spaces));
};
const cuts: Behaviour = (answer) => answer.destroy();
const object = (size: number): Behaviour => (answer) => {
  answer.writeHead(200, { 'content-length': String(size), 'content-type': 'video/mp4' });
  answer.end();
};
const noObject: Behaviour = (answer) => {
  answer.writeHead(404);
  answer.end();
};
const forbidden: Behaviour = (answer) => {
  answer.writeHead(403);
  answer.end();
};
const assembled = `<CompleteMultipartUploadResult><ETag>"3858f62230ac3c915f300c664312c11f-1"</ETag></CompleteMultipartUploadResult>`;

describe('completing on S3', () => {
  it('is done when S3 says so', async () => {
    expect(await completeAgainst({ complete: answers(200, assembled), head: noObject })).toBe('done');
  });

  it.each([
    ['the upload is gone', answers(404, error('NoSuchUpload'))],
    ['S3 fails inside an answer of 200', answers(200, error('InternalError'))],
    ['S3 fails', answers(500, error('InternalError'))],
    ['the connection is cut', cuts],
    ['a part is refused that an earlier call used up', answers(400, error('InvalidPart'))],
  ])('is done when %s, but the object has the right size', async (_, complete) => {
    expect(await completeAgainst({ complete, head: object(100) })).toBe('done');
  });

  it.each([
    ['the upload is gone', answers(404, error('NoSuchUpload'))],
    ['S3 fails inside an answer of 200', answers(200, error('InternalError'))],
    ['S3 breaks off its answer of 200', answers(200, '')],
    ['S3 fails', answers(503, error('SlowDown'))],
    ['the connection is cut', cuts],
  ])('is pending when %s and there is no object', async (_, complete) => {
    expect(await completeAgainst({ complete, head: noObject })).toBe('pending');
  });

  it.each([
    ['says nothing', hangs],
    ['sends spaces to keep the connection', sendsSpaces],
  ])('ends in time while S3 %s', async (_, complete) => {
    const start = performance.now();
    expect(await completeAgainst({ complete, head: noObject }, 0.5)).toBe('pending');
    expect(performance.now() - start).toBeGreaterThan(450);
    expect(performance.now() - start).toBeLessThan(4000);
  });

  it('is done when S3 did it without saying so in time', async () => {
    expect(await completeAgainst({ complete: hangs, head: object(100) }, 0.5)).toBe('done');
  });

  it('is pending when not even the object can be asked for', async () => {
    expect(await completeAgainst({ complete: answers(200, error('InternalError')), head: cuts })).toBe('pending');
  });

  it.each(['InvalidPart', 'InvalidPartOrder', 'EntityTooSmall'])('is refused by %s when there is no object', async (code) => {
    expect(await completeAgainst({ complete: answers(400, error(code)), head: noObject })).toEqual({ refused: `${code}: as S3 says it` });
  });

  it('is refused by a definite word inside an answer of 200', async () => {
    expect(await completeAgainst({ complete: answers(200, error('InvalidPart')), head: noObject })).toEqual({ refused: 'InvalidPart: as S3 says it' });
  });

  it('takes no right that is missing for an answer', async () => {
    await expect(completeAgainst({ complete: answers(403, error('AccessDenied')), head: noObject })).rejects.toThrow('as S3 says it');
    await expect(completeAgainst({ complete: answers(404, error('NoSuchUpload')), head: forbidden })).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
  });

  it('complains of an object of another size', async () => {
    await expect(completeAgainst({ complete: answers(404, error('NoSuchUpload')), head: object(99) })).rejects.toThrow('99 bytes in place of 100');
  });
});
