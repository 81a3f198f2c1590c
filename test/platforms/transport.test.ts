import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { HttpRequest } from '../../core/ports/index.ts';
import { httpTransport } from '../../platforms/transport.ts';
import { selfSigned } from './support/self-signed.ts';
import { isWhole, wireServer } from './support/wire.ts';

const transport = httpTransport({ defaultTimeout: 5 });

function post(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'POST', url, headers: { 'X-Marker': 'here' }, body: 'hello', ...more };
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-One: 1\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\nok';

/** Answers each request on a connection, as many as come. */
function answering(text: string) {
  return wireServer((socket, heard) => {
    if (isWhole(heard, 'hello')) socket.write(text, 'latin1');
  });
}

describe('a request of which nothing went out is never_sent', () => {
  it('when nobody listens', async () => {
    const server = await wireServer(() => undefined);
    await server[Symbol.asyncDispose]();
    expect(await transport.send(post(server.url))).toMatchObject({ kind: 'never_sent', reason: expect.stringContaining('ECONNREFUSED') });
  });

  it('when the host has no address', async () => {
    expect(await transport.send(post('http://nowhere.invalid/'))).toMatchObject({ kind: 'never_sent' });
  });

  it.each(['ftp://127.0.0.1/', 'not an address', ''])('when %j is no address of http', async (url) => {
    expect(await transport.send(post(url))).toMatchObject({ kind: 'never_sent' });
  });

  it('when a header cannot be sent', async () => {
    await using server = await answering(OK);
    expect(await transport.send(post(server.url, { headers: { 'X-Marker': 'a\r\nb' } }))).toMatchObject({ kind: 'never_sent' });
    expect(server.heard).toEqual([]);
  });

  it('when the server hangs up inside the TLS handshake, or speaks no TLS', async () => {
    for (const act of [(socket: net.Socket) => socket.destroy(), (socket: net.Socket) => socket.end('220 mail.example ready\r\n')]) {
      await using server = await wireServer((socket, heard) => {
        if (heard !== '') act(socket);
      });
      const result = await transport.send(post(server.url.replace('http:', 'https:')), { fresh: true });
      expect(result).toMatchObject({ kind: 'never_sent' });
      expect(server.heard.join('')).not.toContain('X-Marker');
    }
  });

  it('when the server never finishes the TLS handshake in time', async () => {
    await using server = await wireServer(() => undefined);
    const impatient = httpTransport({ defaultTimeout: 5, connectTimeout: 0.1 });
    const result = await impatient.send(post(server.url.replace('http:', 'https:')));
    expect(result).toEqual({ kind: 'never_sent', reason: 'no connection within 0.1 s' });
  });

  it('when the certificate is not trusted', async () => {
    await using server = await tlsServer();
    expect(await transport.send(post(server.url))).toMatchObject({ kind: 'never_sent', reason: expect.stringMatching(/self.signed/u) });
    expect(server.heard()).toBe('');
    const trusting = httpTransport({ defaultTimeout: 5, ca: server.cert });
    expect(await trusting.send(post(server.url))).toMatchObject({ kind: 'answered', answer: { status: 200, body: 'ok' } });
    expect(server.heard()).toContain('X-Marker: here');
  });
});

describe('a request that may have gone out without a whole answer is ambiguous', () => {
  const cuts: readonly (readonly [string, string])[] = [
    ['without an answer', ''],
    ['inside the status line', 'HTTP/1.1 20'],
    ['inside the headers', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['after the headers', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n'],
    ['inside the body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"id":"1"}'],
    ['inside a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n{"id":"1"}'],
    ['before the last chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n{"id":"1"}\r\n'],
  ];

  it.each(cuts)('when the connection is closed %s', async (_where, text) => {
    for (const fresh of [true, false]) {
      await using server = await wireServer((socket, heard) => {
        if (isWhole(heard, 'hello')) socket.end(text);
      });
      expect(await transport.send(post(server.url), { fresh })).toMatchObject({ kind: 'ambiguous' });
      expect(server.heard).toHaveLength(1);
    }
  });

  it.each(cuts)('when the connection is reset %s', async (_where, text) => {
    await using server = await wireServer((socket, heard) => {
      if (isWhole(heard, 'hello')) socket.write(text, () => socket.resetAndDestroy());
    });
    expect(await transport.send(post(server.url), { fresh: true })).toMatchObject({ kind: 'ambiguous' });
    expect(server.heard).toHaveLength(1);
  });

  it('when the server hangs up as soon as the connection stands', async () => {
    await using server = await wireServer((socket) => socket.destroy());
    expect(await transport.send(post(server.url), { fresh: true })).toMatchObject({ kind: 'ambiguous' });
  });

  it('when the server hangs up inside the request', async () => {
    await using server = await wireServer((socket, heard) => {
      if (heard.length > 100_000) socket.destroy();
    });
    const result = await transport.send(post(server.url, { body: new Uint8Array(20_000_000) }), { fresh: true });
    expect(result).toMatchObject({ kind: 'ambiguous' });
  });

  it('when what comes is no HTTP', async () => {
    await using server = await answering('SSH-2.0-OpenSSH_9.9\r\n\r\n');
    expect(await transport.send(post(server.url), { fresh: true })).toMatchObject({ kind: 'ambiguous' });
  });

  it('when the answer is later than the time-out, and then hangs up', async () => {
    let hungUp = false;
    await using server = await wireServer((socket) => socket.on('close', () => (hungUp = true)));
    const result = await transport.send(post(server.url, { timeout: 0.1 }), { fresh: true });
    expect(result).toEqual({ kind: 'ambiguous', reason: 'no answer within 0.1 s' });
    await expect.poll(() => hungUp).toBe(true);
  });

  it('when the answer begins in time and does not end in time', async () => {
    await using server = await answering('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nslow');
    expect(await transport.send(post(server.url, { timeout: 0.1 }))).toMatchObject({ kind: 'ambiguous' });
  });

  it('when the answer is one byte longer than 1 MiB; not when it is as long', async () => {
    for (const [more, kind] of [[0, 'answered'], [1, 'ambiguous']] as const) {
      const body = 'x'.repeat(1024 * 1024 + more);
      await using server = await answering(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      expect((await transport.send(post(server.url))).kind).toBe(kind);
    }
  });

  it('when a connection that was kept alive proves dead', async () => {
    let requests = 0;
    await using server = await wireServer((socket, heard) => {
      if (!isWhole(heard, 'hello')) return;
      requests += 1;
      if (requests === 1) socket.write(OK);
      else socket.resetAndDestroy();
    });
    const own = httpTransport({ defaultTimeout: 5 });
    expect(await own.send(post(server.url))).toMatchObject({ kind: 'answered' });
    expect(await own.send(post(server.url))).toMatchObject({ kind: 'ambiguous' });
    expect(server.heard).toHaveLength(1);
  });
});

describe('a request with a whole answer is answered', () => {
  it('with status, headers in lower case, and the body as text', async () => {
    await using server = await answering(OK);
    const result = await transport.send(post(server.url));
    expect(result).toEqual({
      kind: 'answered',
      answer: { status: 200, headers: { 'content-length': '2', 'x-one': '1', 'set-cookie': 'a=1, b=2' }, body: 'ok' },
    });
  });

  it('also in chunks, in pieces, and without a body', async () => {
    const pieces = ['HTTP/1.1 4', '03 Forbidden\r\nTransfer-', 'Encoding: chunked\r\n\r\n5\r\n{"a":\r\n', '2\r\n1}\r\n0\r\n\r\n'];
    await using server = await wireServer((socket, heard) => {
      if (isWhole(heard, 'hello')) pieces.forEach((piece, index) => setTimeout(() => socket.write(piece), index * 10));
    });
    expect(await transport.send(post(server.url))).toMatchObject({ kind: 'answered', answer: { status: 403, body: '{"a":1}' } });
    await using empty = await answering('HTTP/1.1 204 No Content\r\n\r\n');
    expect(await transport.send(post(empty.url))).toMatchObject({ kind: 'answered', answer: { status: 204, body: '' } });
  });

  it('also when the server answers before it has read the request', async () => {
    await using server = await wireServer((socket, heard) => {
      if (heard.length > 0 && !socket.writableEnded) socket.end('HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig');
    });
    const result = await transport.send(post(server.url, { body: new Uint8Array(1_000_000) }), { fresh: true });
    expect(result).toMatchObject({ kind: 'answered', answer: { status: 413, body: 'big' } });
  });

  it.each([301, 302, 307, 308])('a redirect %i is an answer and is not followed', async (status) => {
    await using target = await answering(OK);
    await using server = await answering(`HTTP/1.1 ${status} Elsewhere\r\nLocation: ${target.url}/\r\nContent-Length: 0\r\n\r\n`);
    const result = await transport.send(post(server.url));
    expect(result).toMatchObject({ kind: 'answered', answer: { status, headers: { location: `${target.url}/` } } });
    expect(target.heard).toEqual([]);
  });

  it('asks for no compression, and leaves compressed bytes as they are', async () => {
    const packed = gzipSync('{"id":"1"}').toString('latin1');
    await using server = await answering(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n${packed}`);
    const result = await transport.send(post(server.url, { headers: { 'Accept-Encoding': 'gzip' } }));
    expect(server.heard.join('').toLowerCase()).toContain('accept-encoding: identity\r\n');
    expect(server.heard.join('')).not.toContain('Accept-Encoding: gzip');
    expect(result.kind === 'answered' && result.answer.body.startsWith('{')).toBe(false);
  });
});

describe('what goes out', () => {
  it('is one request with the length of its body, whatever the caller says of it', async () => {
    await using server = await wireServer((socket, heard) => {
      if (isWhole(heard, Buffer.from('größe').toString('latin1'))) socket.write(OK);
    });
    await transport.send(post(server.url, { method: 'PUT', body: 'größe', headers: { 'Content-Length': '1', 'Transfer-Encoding': 'chunked' } }));
    expect(server.heard).toHaveLength(1);
    expect(server.heard[0]).toMatch(/^PUT \/ HTTP\/1\.1\r\n/u);
    expect(server.heard[0]?.match(/content-length: \d+/giu)).toEqual(['content-length: 7']);
    expect(server.heard[0]).not.toContain('chunked');
  });

  it('says that a PUT or POST without body has none', async () => {
    await using server = await wireServer((socket, heard) => {
      if (isWhole(heard)) socket.write(OK);
    });
    await transport.send({ method: 'PUT', url: server.url, headers: { 'Content-Range': 'bytes */10' } });
    expect(server.heard[0]).toContain('content-length: 0\r\n');
    await transport.send({ method: 'GET', url: server.url, headers: {} }, { fresh: true });
    expect(server.heard[1]).not.toContain('content-length');
  });

  it('goes over a connection of its own if asked, and else over one that is kept', async () => {
    const own = httpTransport({ defaultTimeout: 5 });
    await using server = await answering(OK);
    await own.send(post(server.url));
    await own.send(post(server.url));
    expect(server.heard).toHaveLength(1);
    await own.send(post(server.url), { fresh: true });
    await own.send(post(server.url), { fresh: true });
    expect(server.heard).toHaveLength(3);
    expect(server.heard[2]).toContain('Connection: close');
    await own.send(post(server.url));
    expect(server.heard).toHaveLength(3);
  });

  it('is not repeated, whatever happens', async () => {
    await using server = await wireServer((socket, heard) => {
      if (isWhole(heard, 'hello')) socket.end('HTTP/1.1 503 Busy\r\nRetry-After: 0\r\nContent-Length: 0\r\n\r\n');
    });
    expect(await transport.send(post(server.url))).toMatchObject({ kind: 'answered', answer: { status: 503 } });
    expect(server.heard).toHaveLength(1);
  });

  it('leaves no secret of the address in what is said of a failure', async () => {
    await using server = await wireServer((socket) => socket.destroy());
    const results = [
      await transport.send(post(`${server.url}/?access_token=sesame`), { fresh: true }),
      await transport.send(post('http://nowhere.invalid/?access_token=sesame')),
      await transport.send(post('http://127.0.0.1:1/?access_token=sesame')),
    ];
    expect(JSON.stringify(results)).not.toContain('sesame');
  });
});

async function tlsServer() {
  const { cert, key } = selfSigned();
  let heard = '';
  const server = tls.createServer({ cert, key }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      if (isWhole(heard, 'hello')) socket.end(OK);
    });
  });
  // Of clients that do not trust us.
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `https://127.0.0.1:${address.port}`,
    cert,
    heard: () => heard,
    async [Symbol.asyncDispose]() {
      server.close();
      await once(server, 'close');
    },
  };
}
