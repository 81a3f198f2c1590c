import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { youtube } from '../../../platforms/youtube/index.ts';
import { beforeLastSlice } from '../../../platforms/youtube/publish.ts';
import { videoResource } from '../../../platforms/youtube/resource.ts';
import { operations, padded, stage, when, type Stage } from '../support/stage.ts';
import { answer, scriptedTools, TOKEN, workOf } from '../support/tools.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const UNIT = 256 * KiB;

const demo = readFileSync(new URL('../../../local/demo-small.mp4', import.meta.url));

function ranges({ seen }: Stage): readonly string[] {
  return seen.flatMap(({ request }) => request.headers['content-range'] ?? []);
}

describe('the slices of a video', () => {
  it('are of 32 MiB, then what is left in units of 256 KiB, then a last one of at most 256 KiB', async () => {
    const size = 65 * MiB + 300_000;
    const world = await stage(youtube, { file: padded(demo, size) });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(ranges(world)).toEqual([
      `bytes 0-${32 * MiB - 1}/${size}`,
      `bytes ${32 * MiB}-${64 * MiB - 1}/${size}`,
      `bytes ${64 * MiB}-${65 * MiB + UNIT - 1}/${size}`,
      `bytes ${65 * MiB + UNIT}-${size - 1}/${size}`,
    ]);
    expect(await world.sandbox.posts('youtube')).toMatchObject([{ mediaSha256: world.sha256 }]);
  });

  it.each([1, UNIT - 1, UNIT])('leave a video of %i bytes to the last one alone', (size) => {
    expect(beforeLastSlice(0, size)).toBe(0);
  });

  it.each([
    [0, UNIT + 1, UNIT],
    [0, 2 * UNIT, UNIT],
    [0, 2 * UNIT + 1, 2 * UNIT],
    // From where the network stands, even if that is no multiple.
    [1000, UNIT + 1000, 0],
    [1000, UNIT + 1001, UNIT],
    [UNIT, UNIT, 0],
  ])('from %i of %i: %i bytes go before it', (stored, total, before) => {
    expect(beforeLastSlice(stored, total)).toBe(before);
  });

  it('go on where the session says, when one was kept in part only', async () => {
    const size = 9 * MiB;
    const cut = 3 * MiB + 100_000;
    const world = await stage(youtube, {
      file: padded(demo, size),
      ...when(youtube, 'upload.slice', [1], () => ({ effect: 'drop_midway', bytes: cut })),
    });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(ranges(world)).toEqual([
      `bytes 0-${9 * MiB - UNIT - 1}/${size}`,
      `bytes */${size}`,
      `bytes ${3 * MiB}-${9 * MiB - UNIT - 1}/${size}`,
      `bytes ${9 * MiB - UNIT}-${size - 1}/${size}`,
    ]);
    expect(await world.sandbox.posts('youtube')).toMatchObject([{ mediaSha256: world.sha256 }]);
  });

  it('wait for the next step when the time of this one is over', async () => {
    let asked = 0;
    const tools = scriptedTools([answer(200, '', { location: 'https://api.test/s' }), answer(308, '', { range: `bytes=0-${8 * MiB - 1}` })], { hasTime: () => (asked += 1) === 1 });
    expect(await youtube.transfer(workOf(20 * MiB), tools)).toEqual({ kind: 'again', afterSeconds: 0 });
    expect(tools.checkpoints).toMatchObject([{ uri: 'https://api.test/s', stored: 0 }, { stored: 8 * MiB }]);
    expect(tools.bytesSent).toEqual([0, 8 * MiB]);
  });

  it('do not go on for ever with a session that takes nothing more', async () => {
    const stuck = answer(308, '', { range: 'bytes=0-99' });
    const tools = scriptedTools([answer(200, '', { location: 'https://api.test/s' }), stuck, stuck]);
    expect(await youtube.transfer(workOf(20 * MiB), tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    expect(tools.requests[2]?.headers['content-range']).toMatch(/^bytes 100-/u);
  });
});

describe('the session', () => {
  const location = 'https://api.test/upload?upload_id=1';

  it('is opened with the size and type of the file and what was said about the video', async () => {
    const options = { categoryId: '10', defaultLanguage: 'de', defaultAudioLanguage: 'en', tags: ['a', 'b c'], madeForKids: false, notifySubscribers: false };
    const tools = scriptedTools([answer(200, '', { location })]);
    await youtube.transfer(workOf(1000, { options }), tools);
    const [request] = tools.requests;
    expect(request).toMatchObject({
      method: 'POST',
      url: 'https://api.test/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status&notifySubscribers=false',
      headers: {
        authorization: `Bearer ${TOKEN}`,
        'content-type': 'application/json; charset=UTF-8',
        'x-upload-content-length': '1000',
        'x-upload-content-type': 'video/mp4',
      },
    });
    expect(JSON.parse(String(request?.body))).toEqual({
      snippet: { title: 'A title', description: 'What it is about', tags: ['a', 'b c'], categoryId: '10', defaultLanguage: 'de', defaultAudioLanguage: 'en' },
      status: { privacyStatus: 'public', selfDeclaredMadeForKids: false },
    });
  });

  it('says nothing for the client that the client did not say: a public video of People and Blogs', () => {
    const { metadata, notifySubscribers } = videoResource(workOf(1, { upload: { description: null } }));
    expect(JSON.parse(JSON.stringify(metadata))).toEqual({ snippet: { title: 'A title', description: '', categoryId: '22' }, status: { privacyStatus: 'public' } });
    expect(notifySubscribers).toBe(true);
  });

  it('is stored before the first byte is sent', async () => {
    const tools = scriptedTools([answer(200, '', { location })]);
    await expect(youtube.transfer(workOf(20 * MiB), tools)).rejects.toThrow('Nobody expected PUT');
    expect(tools.checkpoints).toMatchObject([{ uri: location, total: 20 * MiB, stored: 0 }]);
  });

  it.each(['https://evil.example/upload', 'http://www.googleapis.com/upload', 'https://googleapis.com.evil.example/', 'not an address', undefined])(
    'at %j gets no token: it is not where YouTube is',
    async (elsewhere) => {
      const tools = scriptedTools([answer(200, '', elsewhere === undefined ? {} : { location: elsewhere })]);
      expect(await youtube.transfer(workOf(1000), tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
      expect(tools.checkpoints).toEqual([]);
    },
  );

  it('may be at another host of Google', async () => {
    const tools = scriptedTools([answer(200, '', { location: 'https://youtube.googleapis.com/upload?upload_id=1' })]);
    expect(await youtube.transfer(workOf(1000), tools)).toMatchObject({ kind: 'ready' });
  });

  it('is opened anew when it has expired before the last slice', async () => {
    const expired = when(youtube, 'upload.slice', [1], (sandbox) => {
      sandbox.reset();
      return undefined;
    });
    const world = await stage(youtube, { file: padded(demo, 9 * MiB), ...expired });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 1 }, bytesSent: 9 * MiB - UNIT });
    expect(operations(world).filter((name) => name === 'upload.start')).toHaveLength(2);
    expect(await world.sandbox.posts('youtube')).toMatchObject([{ mediaSha256: world.sha256 }]);
  });

  it('that has its video already is asked for it by the publish call', async () => {
    const opened = await youtube.transfer(workOf(1000), scriptedTools([answer(200, '', { location })]));
    if (opened.kind !== 'ready') throw new Error(opened.kind);
    const done = answer(201, { id: 'dQw4w9WgXcQ' });
    const ready = await youtube.transfer(workOf(1000, { checkpoint: opened.checkpoint }), scriptedTools([done]));
    if (ready.kind !== 'ready') throw new Error(ready.kind);
    const work = workOf(1000, { checkpoint: ready.checkpoint });
    const tools = scriptedTools([done]);
    expect(await youtube.publish(work, youtube.compose(work), tools)).toMatchObject({ kind: 'published', externalId: 'dQw4w9WgXcQ' });
    expect(tools.requests).toMatchObject([{ method: 'PUT', headers: { 'content-range': 'bytes */1000' } }]);
    expect(tools.requests[0]?.body).toBeUndefined();
  });
});
