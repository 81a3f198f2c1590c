import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { putPart } from '../../local/put-part.ts';
import { listen } from '../../local/ports.ts';

const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
const file = join(mkdtempSync(join(tmpdir(), 'fanfare-part-')), 'video.mp4');
writeFileSync(file, bytes);

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function storage(answer: RequestListener): Promise<string> {
  const server: Server = createServer(answer);
  const { port, stop } = await listen(server, '127.0.0.1');
  stops.push(stop);
  return `http://127.0.0.1:${port}/part?partNumber=1`;
}

describe('sending a part', () => {
  it('sends exactly its bytes, says how far it is, and gives the ETag', async () => {
    const received: Buffer[] = [];
    let length: string | undefined;
    const url = await storage((request, response) => {
      length = request.headers['content-length'];
      request.on('data', (chunk: Buffer) => received.push(chunk));
      request.on('end', () => response.writeHead(200, { etag: '"abc"' }).end());
    });
    const progress: number[] = [];
    expect(await putPart({ url, file, start: 1000, end: 250_000, onProgress: (sent) => progress.push(sent) })).toBe('"abc"');
    expect(Buffer.concat(received).equals(bytes.subarray(1000, 250_000))).toBe(true);
    expect(length).toBe('249000');
    expect(progress.at(-1)).toBe(249_000);
  });

  it('is tried again after a broken connection and after an answer of 5xx', async () => {
    let tries = 0;
    const url = await storage((request, response) => {
      tries += 1;
      if (tries === 1) request.socket.destroy();
      else request.resume().on('end', () => (tries === 2 ? response.writeHead(503).end('slow down') : response.writeHead(200, { etag: '"abc"' }).end()));
    });
    expect(await putPart({ url, file, start: 0, end: bytes.length, onProgress: () => {} })).toBe('"abc"');
    expect(tries).toBe(3);
  });

  it('is not tried again when storage refuses it', async () => {
    let tries = 0;
    const url = await storage((request, response) => {
      tries += 1;
      request.resume().on('end', () => response.writeHead(403).end('SignatureDoesNotMatch'));
    });
    await expect(putPart({ url, file, start: 0, end: 100, onProgress: () => {} })).rejects.toThrow(/403.*SignatureDoesNotMatch/u);
    expect(tries).toBe(1);
  });
});
