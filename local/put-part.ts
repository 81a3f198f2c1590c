import { createReadStream } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

export interface PartRequest {
  /** Presigned. */
  readonly url: string;
  readonly file: string;
  /** Bytes of the file: `start` inclusive, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  readonly onProgress: (sent: number) => void;
}

const TRIES = 4;
const FIRST_PAUSE_MS = 500;
/** Silence of the connection after which a try is given up. */
const SILENCE_MS = 60_000;

class PartRefused extends Error {
  override readonly name = 'PartRefused';
}

/** Sends a part of a file and gives its ETag. A broken connection or an answer of 5xx is tried again: a part may be sent any number of times. */
export async function putPart(part: PartRequest): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await putOnce(part);
    } catch (error) {
      if (error instanceof PartRefused || attempt === TRIES) throw error;
      part.onProgress(0);
      await sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

/** `fetch` sends no `Content-Length` with a stream, and the URL is signed for one. */
async function putOnce(part: PartRequest): Promise<string> {
  const send = part.url.startsWith('https:') ? httpsRequest : httpRequest;
  const request = send(part.url, { method: 'PUT', headers: { 'content-length': part.end - part.start }, timeout: SILENCE_MS });
  request.on('timeout', () => request.destroy(new Error(`Storage was silent for ${SILENCE_MS / 1000} seconds.`)));
  const answered = new Promise<{ status: number; eTag: string | undefined; text: string }>((resolve, reject) => {
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, eTag: response.headers.etag, text }));
    });
  });
  let sent = 0;
  async function* counted(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      yield chunk;
      sent += chunk.length;
      part.onProgress(sent);
    }
  }
  const [{ status, eTag, text }] = await Promise.all([
    answered,
    pipeline(createReadStream(part.file, { start: part.start, end: part.end - 1 }), counted, request),
  ]);
  if (status === 200 && eTag !== undefined) return eTag;
  const message = `Storage answered ${status} to a part: ${text.slice(0, 300)}`;
  throw status >= 500 ? new Error(message) : new PartRefused(message);
}
