import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../media/s3/body.ts';

/** What the SDK makes of an answer that a server gives over a socket. */
async function readFrom(answer: (response: ServerResponse) => void): Promise<Uint8Array> {
  const server = createServer((_request, response) => answer(response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const credentials = { accessKeyId: 'none', secretAccessKey: 'none' };
  const client = new S3Client({ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, forcePathStyle: true, credentials, maxAttempts: 1 });
  try {
    return await bytesOf(await client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'one.mp4' })));
  } finally {
    client.destroy();
    server.closeAllConnections();
    server.close();
  }
}

describe('the bytes of an answer', () => {
  it('are all there and in order, however they are cut on their way', async () => {
    const bytes = randomBytes(300_000);
    const read = await readFrom((response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 1));
      response.write(bytes.subarray(1, 200_000));
      setImmediate(() => response.end(bytes.subarray(200_000)));
    });
    expect(Buffer.from(read).equals(bytes)).toBe(true);
  });

  it('may be none', async () => {
    expect(await readFrom((response) => response.writeHead(200, { 'content-length': 0 }).end())).toHaveLength(0);
  });

  it('are refused where the connection breaks before the last one', async () => {
    const cut = readFrom((response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write(randomBytes(999), () => response.destroy());
    });
    await expect(cut).rejects.toThrow('aborted');
  });

  it.each([9, 11])('are refused where %i came of the 10 that were announced', async (came) => {
    const Body = Readable.from([randomBytes(came)], { objectMode: false });
    await expect(bytesOf({ Body, ContentLength: 10 })).rejects.toThrow(`S3 announced 10 bytes and sent ${came}.`);
  });
});
