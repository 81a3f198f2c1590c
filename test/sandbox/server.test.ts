import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { startSandbox, type SandboxServer, type ServerOptions } from '../../sandbox/server.ts';
import type { LinkedAccount } from '../../sandbox/stand-in.ts';
import { clip, SLICE, UNIT, video } from './youtube-by-hand.ts';

const running: { stop(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

async function start(options: ServerOptions = {}): Promise<SandboxServer> {
  const server = await startSandbox(options);
  running.push(server);
  return server;
}

/** Requests over real HTTP, as a client of YouTube makes them. */
function client({ url, sandbox }: SandboxServer, account: LinkedAccount = sandbox.addAccount('youtube', { name: 'Ada' })) {
  const authorization = `Bearer ${account.accessToken}`;
  return {
    open: async (title = 'A clip'): Promise<string> => {
      const answer = await fetch(`${url}/youtube/api/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status`, {
        method: 'POST',
        headers: {
          authorization,
          'content-type': 'application/json',
          'x-upload-content-length': String(clip.byteLength),
          'x-upload-content-type': 'video/mp4',
        },
        body: JSON.stringify(video({ title })),
      });
      return z.url().parse(answer.headers.get('location'));
    },
    put: (uri: string, first: number, end: number, signal?: AbortSignal) =>
      fetch(uri, {
        method: 'PUT',
        headers: { authorization, 'content-range': `bytes ${first}-${end - 1}/${clip.byteLength}` },
        body: clip.subarray(first, end),
        ...(signal !== undefined && { signal }),
      }),
    probe: (uri: string) => fetch(uri, { method: 'PUT', headers: { authorization, 'content-range': `bytes */${clip.byteLength}` } }),
    authorization,
  };
}

async function control(server: SandboxServer, method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${server.url}/_sandbox${path}`, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  expect(answer.ok).toBe(true);
  return answer.status === 204 ? null : answer.json();
}

describe('the sandbox on HTTP', () => {
  it('takes a video in slices and shows it with its bytes', async () => {
    const server = await start();
    const { open, put, probe } = client(server);
    const uri = await open();
    expect(uri.startsWith(`${server.url}/youtube/api/upload/`)).toBe(true);
    const first = await put(uri, 0, SLICE);
    expect([first.status, first.headers.get('range')]).toEqual([308, `bytes=0-${SLICE - 1}`]);
    expect((await put(uri, SLICE, clip.byteLength)).status).toBe(200);
    expect((await probe(uri)).status).toBe(200);
    expect(await control(server, 'GET', '/youtube/posts')).toMatchObject([
      { mediaSha256: [createHash('sha256').update(clip).digest('hex')] },
    ]);
  });

  it('fetches by HTTP what a network pulls, and follows no redirect', async () => {
    const media = createServer((request, response) => {
      if (request.url === '/moved.mp4') response.writeHead(302, { location: '/clip.mp4' }).end();
      else response.writeHead(200, { 'content-type': 'video/mp4' }).end(clip);
    });
    await new Promise<void>((resolve) => void media.listen(0, '127.0.0.1', resolve));
    running.push({ stop: () => new Promise((resolve) => void media.close(() => resolve())) });
    const address = z.object({ port: z.number() }).parse(media.address());

    const server = await start({ processingSeconds: 0 });
    const account = server.sandbox.addAccount('instagram', { name: 'ada' });
    const graph = `${server.url}/instagram/graph/v23.0`;
    const headers = { authorization: `Bearer ${account.accessToken}` };
    const create = async (file: string) => {
      const body = new URLSearchParams({ media_type: 'REELS', video_url: `http://127.0.0.1:${address.port}/${file}` });
      const answer = await fetch(`${graph}/${account.externalId}/media`, { method: 'POST', headers, body });
      return z.object({ id: z.string() }).parse(await answer.json()).id;
    };
    const state = async (id: string) => (await fetch(`${graph}/${id}?fields=status_code`, { headers })).json();
    const [found, moved] = [await create('clip.mp4'), await create('moved.mp4')];
    expect(await state(found)).toMatchObject({ status_code: 'FINISHED' });
    expect(await state(moved)).toMatchObject({ status_code: 'ERROR' });
    const published = await fetch(`${graph}/${account.externalId}/media_publish`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ creation_id: found }),
    });
    expect(published.status).toBe(200);
    expect(await control(server, 'GET', '/instagram/posts')).toMatchObject([
      { mediaSha256: [createHash('sha256').update(clip).digest('hex')] },
    ]);
  });

  it('really cuts connections: before, and after it was done', async () => {
    const server = await start();
    const { open, put } = client(server);
    const uri = await open();
    for (const [effect, posts] of [
      ['drop_before', 0],
      ['drop_after', 1],
    ] as const) {
      await control(server, 'POST', '/faults', { network: 'youtube', operation: 'upload.last-slice', effect });
      await expect(put(uri, 0, clip.byteLength)).rejects.toThrow('fetch failed');
      expect(await control(server, 'GET', '/youtube/posts')).toHaveLength(posts);
    }
    expect(await control(server, 'GET', '/youtube/calls')).toMatchObject([
      { status: 200 },
      { status: null, fault: 'drop_before' },
      { status: null, fault: 'drop_after' },
    ]);
  });

  it('does on time what it put off, also when nobody asks', async () => {
    const server = await start();
    const { open, put } = client(server);
    const uri = await open();
    await control(server, 'POST', '/faults', { network: 'youtube', operation: 'upload.last-slice', effect: 'drop_then_do', ms: 300 });
    await expect(put(uri, 0, clip.byteLength)).rejects.toThrow('fetch failed');
    expect(await control(server, 'GET', '/youtube/posts')).toEqual([]);
    await expect.poll(() => server.sandbox.untilSettle(), { timeout: 3000 }).toBeNull();
    expect(await control(server, 'GET', '/youtube/posts')).toHaveLength(1);
  });

  it('holds a call, and does it although the caller has gone', async () => {
    const server = await start();
    const { open, put } = client(server);
    const uri = await open();
    await control(server, 'POST', '/faults', { network: 'youtube', operation: 'upload.last-slice', effect: 'delay', ms: 400 });
    await expect(put(uri, 0, clip.byteLength, AbortSignal.timeout(200))).rejects.toThrow('aborted');
    expect(await control(server, 'GET', '/youtube/posts')).toEqual([]);
    await expect.poll(() => control(server, 'GET', '/youtube/posts'), { timeout: 3000 }).toHaveLength(1);
  });

  it('keeps in part what broke off on the wire', async () => {
    const server = await start();
    const { open, probe, authorization } = client(server);
    const uri = new URL(await open());
    await new Promise<void>((resolve, reject) => {
      const socket = connect(Number(uri.port), uri.hostname, () => {
        const head = [
          `PUT ${uri.pathname}${uri.search} HTTP/1.1`,
          `Host: ${uri.host}`,
          `Authorization: ${authorization}`,
          `Content-Range: bytes 0-${SLICE - 1}/${clip.byteLength}`,
          `Content-Length: ${SLICE}`,
        ];
        socket.write(`${head.join('\r\n')}\r\n\r\n`);
        socket.write(clip.subarray(0, UNIT + 5000), () => setTimeout(() => socket.destroy(), 50));
      });
      socket.on('close', () => resolve());
      socket.on('error', reject);
    });
    await expect.poll(async () => (await probe(uri.href)).headers.get('range'), { timeout: 3000 }).toBe(`bytes=0-${UNIT - 1}`);
  });

  it('carries twenty uploads at once', async () => {
    const server = await start();
    const { open, put } = client(server);
    const titles = Array.from({ length: 20 }, (_, n) => `Clip ${n}`);
    await Promise.all(
      titles.map(async (title) => {
        const uri = await open(title);
        await put(uri, 0, SLICE);
        expect((await put(uri, SLICE, clip.byteLength)).status).toBe(200);
      }),
    );
    const posts = z
      .array(z.object({ title: z.string(), mediaSha256: z.tuple([z.string()]) }))
      .parse(await control(server, 'GET', '/youtube/posts'));
    expect(posts.map(({ title }) => title).toSorted()).toEqual(titles.toSorted());
    expect(new Set(posts.map(({ mediaSha256 }) => mediaSha256[0])).size).toBe(1);
  });

  it('runs beside another one without sharing anything', async () => {
    const [one, other] = [await start(), await start()];
    const { open, put } = client(one);
    await put(await open(), 0, clip.byteLength);
    await control(other, 'POST', '/faults', { network: 'youtube', effect: 'drop_before' });
    expect(await control(one, 'GET', '/youtube/posts')).toHaveLength(1);
    expect(await control(other, 'GET', '/youtube/posts')).toEqual([]);
    expect(await control(one, 'GET', '/faults')).toEqual([]);
  });

  it('makes session URIs under its public address', async () => {
    const server = await start({ publicUrl: 'http://sandbox.example:4000' });
    const account = server.sandbox.addAccount('youtube', { name: 'Ada' });
    const handled = await server.sandbox.handle({
      method: 'POST',
      target: '/youtube/api/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status',
      headers: {
        authorization: `Bearer ${account.accessToken}`,
        'content-type': 'application/json',
        'x-upload-content-length': '9',
        'x-upload-content-type': 'video/mp4',
      },
      body: Buffer.from(JSON.stringify(video())),
    });
    const location = expect.stringMatching(/^http:\/\/sandbox\.example:4000\/youtube\/api\/upload\//);
    expect(handled).toMatchObject({ kind: 'answer', answer: { headers: { location } } });
  });

  it('refuses a body above its bound before reading it', async () => {
    const server = await start();
    const { port, hostname } = new URL(server.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () =>
        socket.write(`PUT /youtube/api/x HTTP/1.1\r\nHost: x\r\nContent-Length: 300000001\r\n\r\n`),
      );
      socket.once('data', (data) => {
        socket.destroy();
        resolve(data.toString('latin1'));
      });
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('says so when its port is taken', async () => {
    const { url } = await start();
    await expect(startSandbox({ port: Number(new URL(url).port) })).rejects.toThrow('EADDRINUSE');
  });
});

describe('the sandbox as a process', () => {
  it('prints its address in one line and ends on SIGTERM', async () => {
    const main = fileURLToPath(new URL('../../sandbox/main.ts', import.meta.url));
    const child = spawn(process.execPath, [main, '--port', '0', '--processing-seconds', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise<number | null>((resolve) => void child.once('exit', resolve));
    const line = await new Promise<string>((resolve) => void child.stdout.once('data', (data: Buffer) => resolve(data.toString())));
    const { url } = z.strictObject({ url: z.url() }).parse(JSON.parse(line));
    expect((await fetch(`${url}/_sandbox/health`)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});
