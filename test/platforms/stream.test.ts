import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ByteStream, HttpRequest } from '../../core/ports/index.ts';
import { multipartForm, multipartStream } from '../../platforms/multipart.ts';
import { httpTransport } from '../../platforms/transport.ts';
import { isWhole, wireServer } from './support/wire.ts';

const transport = httpTransport({ defaultTimeout: 5 });
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const MiB = 1024 * 1024;

function request(url: string, stream: ByteStream): HttpRequest {
  return { method: 'POST', url, headers: {}, stream };
}

/** `count` times a MiB, and how many of them were made. */
function mebibytes(count: number) {
  const made = { count: 0, ended: false };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (; made.count < count; made.count += 1) yield Promise.resolve(Buffer.alloc(MiB, 'x'));
    } finally {
      made.ended = true;
    }
  }
  return { made, stream: { length: count * MiB, open: () => Promise.resolve(chunks()) } };
}

function nothing(): Promise<never> {
  return Promise.reject(new Error('There is no such file.'));
}

async function* tornChunks(): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(Buffer.from('the beginning'));
  throw new Error('The file is shorter than its record says.');
}

describe('a streamed body', () => {
  it('arrives whole, under its length, and the connection serves on', async () => {
    await using server = await wireServer((socket, heard) => {
      const whole = heard.split('POST ').length - 1;
      if (heard.length >= whole * MiB) socket.write(OK);
    });
    const { stream } = mebibytes(1);
    expect(await transport.send(request(server.url, stream))).toMatchObject({ kind: 'answered', answer: { status: 200 } });
    expect(await transport.send(request(server.url, mebibytes(1).stream))).toMatchObject({ kind: 'answered' });
    expect(server.heard).toHaveLength(1);
    const [head, body = ''] = server.heard[0]?.split('\r\n\r\n') ?? [];
    expect(head).toMatch(/^content-length: 1048576$/imu);
    expect(head).not.toMatch(/transfer-encoding/iu);
    expect(body).toMatch(/^x{1048576}POST/u);
  });

  it('is made no faster than it is taken, and no further than it is wanted', async () => {
    await using server = await wireServer((socket, heard) => {
      if (heard.length > MiB && !socket.isPaused()) {
        socket.pause();
        socket.write('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
      }
    });
    const { made, stream } = mebibytes(500);
    expect(await transport.send(request(server.url, stream))).toMatchObject({ kind: 'answered', answer: { status: 403, body: 'no' } });
    await expect.poll(() => made.ended).toBe(true);
    expect(made.count).toBeLessThan(50);
  });

  it('leaves open what became of it when the connection breaks, or when no answer comes in time', async () => {
    await using broken = await wireServer((socket, heard) => {
      if (heard.length > MiB) socket.resetAndDestroy();
    });
    const { made, stream } = mebibytes(500);
    expect(await transport.send(request(broken.url, stream))).toMatchObject({ kind: 'ambiguous' });
    await expect.poll(() => made.ended).toBe(true);
    await using silent = await wireServer(() => undefined);
    expect(await transport.send({ ...request(silent.url, mebibytes(2).stream), timeout: 0.2 })).toEqual({ kind: 'ambiguous', reason: 'no answer within 0.2 s' });
  });

  it('that cannot be opened sends nothing, and says why', async () => {
    await using server = await wireServer(() => undefined);
    await expect(transport.send(request(server.url, { length: 100, open: nothing }))).rejects.toThrow('no such file');
    expect(server.heard).toEqual([]);
  });

  it('that is a stream already is let go when its request cannot be made', async () => {
    const source = Readable.from([Buffer.alloc(10)]);
    const bad = { ...request('http://127.0.0.1:9/', { length: 10, open: () => Promise.resolve(source) }), headers: { 'x-one': 'a\nb' } };
    expect(await transport.send(bad)).toMatchObject({ kind: 'never_sent' });
    expect(source.destroyed).toBe(true);
  });

  it('that cannot be read on ends the request, and says why', async () => {
    await using server = await wireServer((socket, heard) => {
      if (isWhole(heard, 'end')) socket.write(OK);
    });
    await expect(transport.send(request(server.url, { length: 100, open: () => Promise.resolve(tornChunks()) }))).rejects.toThrow('shorter than its record');
  });
});

/** The text of a form, without its random boundary. */
function unbound(contentType: string, body: Uint8Array): string {
  return Buffer.from(body).toString().replaceAll(contentType.split('boundary=')[1] ?? '', 'boundary');
}

describe('a form whose file is streamed', () => {
  it('has the bytes of one that is made at once', async () => {
    const bytes = Buffer.from('the file');
    const head = { field: 'file', fileName: 'one.mp4', contentType: 'video/mp4' };
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(bytes.subarray(0, 3));
      yield await Promise.resolve(bytes.subarray(3));
    }
    const streamed = multipartStream({ key: 'a/b' }, { ...head, content: { length: bytes.byteLength, open: () => Promise.resolve(chunks()) } });
    const parts: Uint8Array[] = [];
    for await (const chunk of await streamed.stream.open()) parts.push(chunk);
    const whole = multipartForm({ key: 'a/b' }, { ...head, bytes });
    expect(unbound(streamed.contentType, Buffer.concat(parts))).toBe(unbound(whole.contentType, whole.body));
    expect(streamed.stream.length).toBe(Buffer.concat(parts).byteLength);
  });
});
