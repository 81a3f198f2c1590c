import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';

/**
 * A plain HTTP server of one file, as a thread of its own: it understands `Range: bytes=a-b` and `bytes=a-`. What no piece
 * covers is zero. Tells its port once it listens.
 */
const { size, pieces } = z.object({ size: z.int().positive(), pieces: z.map(z.int(), z.instanceof(Uint8Array)) }).parse(workerData);

const SLICE = 256 * 1024;

const server = createServer((request, response) => {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/u.exec(request.headers.range ?? '') ?? [];
  const start = Number(from ?? 0);
  const end = Math.min(to === undefined || to === '' ? size - 1 : Number(to), size - 1);
  if (start > end) {
    response.writeHead(416, { 'content-range': `bytes */${size}` }).end();
    return;
  }
  const partial = from === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${size}` };
  // Goes on only when the slice before was taken: who asks for all and hangs up gets little of it.
  const send = (at: number, last: number): void => {
    if (response.destroyed) return;
    if (at > last) {
      response.end();
      return;
    }
    const slice = bytesAt(at, Math.min(at + SLICE, last + 1));
    response.write(slice, () => send(at + slice.length, last));
  };

  response.writeHead(from === undefined ? 200 : 206, { ...partial, 'accept-ranges': 'bytes', 'content-type': 'video/mp4', 'content-length': end - start + 1 });
  if (request.method === 'HEAD') response.end();
  else send(start, end);
});

function bytesAt(start: number, end: number): Uint8Array {
  const found = new Uint8Array(end - start);
  for (const [at, piece] of pieces) {
    const from = Math.max(at, start);
    const to = Math.min(at + piece.length, end);
    if (from < to) found.set(piece.subarray(from - at, to - at), from - start);
  }
  return found;
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  parentPort?.postMessage(address.port, []);
});
