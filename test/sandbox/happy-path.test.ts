import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { HttpRequest, HttpResult } from '../../core/ports/index.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { inProcess, testClock } from './in-process.ts';

const clip = readFileSync(new URL('../../local/demo-small.mp4', import.meta.url));
const clipSha256 = createHash('sha256').update(clip).digest('hex');
const SLICE = 512 * 1024;

function setUp() {
  const clock = testClock();
  const sandbox = createSandbox({
    clock,
    baseUrl: 'http://sandbox.test',
    processingSeconds: 60,
    fetch: (url) => Promise.resolve({ status: url.endsWith('/clip.mp4') ? 200 : 404, headers: { 'content-type': 'video/mp4' }, body: clip }),
  });
  const transport = inProcess(sandbox, clock);
  async function send(request: HttpRequest) {
    return answered(await transport.send(request));
  }
  return { clock, sandbox, send };
}

function answered(result: HttpResult) {
  if (result.kind !== 'answered') throw new Error(`${result.kind}: ${result.reason}`);
  return result.answer;
}

const idSchema = z.object({ id: z.string() });

describe('a video published by hand', () => {
  it('is visible on YouTube from its last byte, with the bytes that were sent', async () => {
    const { clock, sandbox, send } = setUp();
    const account = sandbox.addAccount('youtube', { name: 'Ada' });
    const authorization = `Bearer ${account.accessToken}`;
    const opened = await send({
      method: 'POST',
      url: 'http://sandbox.test/youtube/api/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status',
      headers: {
        authorization,
        'content-type': 'application/json; charset=UTF-8',
        'x-upload-content-length': String(clip.byteLength),
        'x-upload-content-type': 'video/mp4',
      },
      body: JSON.stringify({ snippet: { title: 'A clip', description: 'Seen' }, status: { privacyStatus: 'public' } }),
    });
    expect(opened.status).toBe(200);
    const url = z.string().parse(opened.headers['location']);

    const put = (start: number, end: number) =>
      send({
        method: 'PUT',
        url,
        headers: { authorization, 'content-range': `bytes ${start}-${end - 1}/${clip.byteLength}` },
        body: clip.subarray(start, end),
      });
    const first = await put(0, SLICE);
    expect(first).toMatchObject({ status: 308, headers: { range: `bytes=0-${SLICE - 1}` } });
    expect(await sandbox.posts('youtube')).toEqual([]);
    const last = await put(SLICE, clip.byteLength);
    expect(last.status).toBe(200);
    const { id } = idSchema.parse(JSON.parse(last.body));
    expect(await sandbox.posts('youtube')).toEqual([
      { id, accountId: account.externalId, kind: 'video', title: 'A clip', text: 'Seen', mediaSha256: [clipSha256], createdAt: '2026-11-21T12:00:00Z' },
    ]);

    const list = { method: 'GET', url: `http://sandbox.test/youtube/api/youtube/v3/videos?part=status,processingDetails&id=${id}`, headers: { authorization } } as const;
    expect(JSON.parse((await send(list)).body)).toMatchObject({ items: [{ id, status: { uploadStatus: 'uploaded' }, processingDetails: { processingStatus: 'processing' } }] });
    clock.advance(60);
    expect(JSON.parse((await send(list)).body)).toMatchObject({ items: [{ id, status: { uploadStatus: 'processed' }, processingDetails: { processingStatus: 'succeeded' } }] });
    const calls = await sandbox.calls('youtube');
    expect(calls.map(({ operation, status }) => [operation, status])).toEqual([
      ['upload.start', 200],
      ['upload.slice', 308],
      ['upload.last-slice', 200],
      ['videos.list', 200],
      ['videos.list', 200],
    ]);
  });

  it('is visible on Instagram from its publish call, with the bytes that were fetched', async () => {
    const { clock, sandbox, send } = setUp();
    const account = sandbox.addAccount('instagram', { name: 'ada' });
    const base = `http://sandbox.test/instagram/graph/v23.0`;
    const headers = { authorization: `Bearer ${account.accessToken}` };
    const post = (edge: string, fields: Record<string, string>) =>
      send({
        method: 'POST',
        url: `${base}/${account.externalId}/${edge}`,
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(fields).toString(),
      });
    const get = async (path: string): Promise<unknown> => JSON.parse((await send({ method: 'GET', url: `${base}/${path}`, headers })).body);

    const { id } = idSchema.parse(JSON.parse((await post('media', { media_type: 'REELS', video_url: 'http://media.test/clip.mp4', caption: 'Seen #fun' })).body));
    expect(await get(`${id}?fields=status_code`)).toEqual({ id, status_code: 'IN_PROGRESS' });
    clock.advance(60);
    expect(await get(`${id}?fields=status_code,status`)).toMatchObject({ status_code: 'FINISHED' });
    expect(await sandbox.posts('instagram')).toEqual([]);
    const published = await post('media_publish', { creation_id: id });
    const mediaId = idSchema.parse(JSON.parse(published.body)).id;
    expect(await sandbox.posts('instagram')).toEqual([
      { id: mediaId, accountId: account.externalId, kind: 'video', title: null, text: 'Seen #fun', mediaSha256: [clipSha256], createdAt: '2026-11-21T12:01:00Z' },
    ]);
    expect(await get(`${id}?fields=status_code`)).toEqual({ id, status_code: 'PUBLISHED' });
    expect(await get(`${mediaId}?fields=permalink,shortcode,timestamp`)).toMatchObject({ timestamp: '2026-11-21T12:01:00+0000' });
  });
});
