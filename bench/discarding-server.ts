import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { parentPort } from 'node:worker_threads';

/**
 * A stand-in that discards what it is sent, as a thread of its own: as much of YouTube's upload sessions and of X's segments as
 * their connectors need, and any other `PUT`. Tells its port once it listens, and after every upload how many bytes came.
 */

const server = createServer((request, response) => {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => (bytes += chunk.byteLength));
  request.on('end', () => answer(request, response, bytes));
});

function answer({ method, url = '', headers }: IncomingMessage, response: ServerResponse, bytes: number): void {
  const range = /^bytes (\d+)-(\d+)\/\d+$/u.exec(headers['content-range'] ?? '');
  if (method === 'POST' && url.startsWith('/upload/youtube/')) {
    response.writeHead(200, { location: `http://${headers.host}/session` }).end();
  } else if (range !== null) {
    const [, start, end] = range;
    const whole = Number(end) - Number(start) + 1 === bytes;
    response.writeHead(whole ? 308 : 400, { range: `bytes=0-${end}` }).end();
  } else if (url.endsWith('/append')) {
    response.writeHead(200).end();
  } else {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: { id: '1', subscription_type: 'Premium' } }));
  }
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  parentPort?.postMessage(address.port, []);
});
