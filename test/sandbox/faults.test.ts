import { describe, expect, it } from 'vitest';
import { control } from './in-process.ts';
import { instagramByHand } from './instagram-by-hand.ts';
import { clip, SLICE, UNIT, video, videoId, youtubeByHand } from './youtube-by-hand.ts';

describe('caps', () => {
  it('are known by name', () => {
    expect(() => youtubeByHand({ caps: { youtube: { uploads: 1 } } })).toThrow('uploadsPerProject');
    expect(() => youtubeByHand({ caps: { instagram: { posts: 1 } } })).toThrow('postsPerDay');
  });
});

describe('faults', () => {
  it('meet so many calls of their operation, and no other call', async () => {
    const { sandbox, open, put, probe } = youtubeByHand();
    const ask = control(sandbox);
    const fault = { network: 'youtube', operation: 'upload.slice', effect: 'refuse', status: 503, times: 2 };
    expect(await ask('POST', '/faults', fault)).toMatchObject({ status: 201, body: fault });
    const uri = await open();
    expect((await put(uri, 0, UNIT)).status).toBe(503);
    expect((await probe(uri)).status).toBe(308);
    expect(await ask('GET', '/faults')).toMatchObject({ body: [{ times: 1 }] });
    expect((await put(uri, 0, UNIT)).status).toBe(503);
    expect((await put(uri, 0, UNIT)).status).toBe(308);
    expect((await sandbox.calls('youtube')).map(({ operation, fault: met }) => [operation, met])).toEqual([
      ['upload.start', null],
      ['upload.slice', 'refuse'],
      ['upload.probe', null],
      ['upload.slice', 'refuse'],
      ['upload.slice', null],
    ]);
  });

  it('come in the order in which they were asked for; one without operation meets every call', async () => {
    const { sandbox, get } = youtubeByHand();
    sandbox.addFault({ network: 'youtube', operation: 'videos.list', effect: 'refuse', status: 500 });
    sandbox.addFault({ network: 'youtube', effect: 'refuse', status: 502, times: 2 });
    expect((await get('videos?part=id&id=a')).status).toBe(500);
    expect((await get('channels?part=id&mine=true')).status).toBe(502);
    expect((await get('videos?part=id&id=a')).status).toBe(502);
    expect((await get('videos?part=id&id=a')).status).toBe(200);
  });

  it('can be called off', async () => {
    const { sandbox, start } = youtubeByHand();
    sandbox.addFault({ network: 'youtube', effect: 'drop_before', times: 100 });
    expect(await control(sandbox)('DELETE', '/faults')).toEqual({ status: 204, body: null });
    expect((await start()).status).toBe(200);
  });

  it('refuse: the call is answered as told and nothing is done', async () => {
    const { sandbox, open, put } = youtubeByHand();
    const uri = await open();
    const body = { error: { code: 429, message: 'slow down', errors: [{ reason: 'rateLimitExceeded' }] } };
    sandbox.addFault({
      network: 'youtube',
      operation: 'upload.last-slice',
      effect: 'refuse',
      status: 429,
      headers: { 'retry-after': '7' },
      body,
    });
    const refused = await put(uri, 0, clip.byteLength);
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '7', 'content-type': 'application/json; charset=UTF-8' } });
    expect(JSON.parse(refused.body)).toEqual(body);
    sandbox.addFault({
      network: 'youtube',
      operation: 'upload.last-slice',
      effect: 'refuse',
      status: 200,
      body: 'not what was documented',
    });
    expect(await put(uri, 0, clip.byteLength)).toMatchObject({ status: 200, body: 'not what was documented' });
    expect(await sandbox.posts('youtube')).toEqual([]);
  });

  it('drop_before: the connection is cut and nothing was done', async () => {
    const { sandbox, open, put } = youtubeByHand();
    const uri = await open();
    sandbox.addFault({ network: 'youtube', operation: 'upload.last-slice', effect: 'drop_before' });
    await expect(put(uri, 0, clip.byteLength)).rejects.toThrow('ambiguous');
    expect(await sandbox.posts('youtube')).toEqual([]);
    expect((await sandbox.calls('youtube')).at(-1)).toMatchObject({ operation: 'upload.last-slice', status: null, fault: 'drop_before' });
  });

  it('drop_after: the connection is cut and it was done', async () => {
    const { sandbox, open, put, probe } = youtubeByHand();
    const uri = await open();
    sandbox.addFault({ network: 'youtube', operation: 'upload.last-slice', effect: 'drop_after' });
    await expect(put(uri, 0, clip.byteLength)).rejects.toThrow('ambiguous');
    const [post] = await sandbox.posts('youtube');
    expect(post?.id).toBe(videoId(await probe(uri)));
    expect((await sandbox.calls('youtube')).find(({ fault }) => fault === 'drop_after')).toMatchObject({ status: null });
  });

  it('drop_then_do: the connection is cut and it is done later', async () => {
    const { sandbox, ready, publish, clock, status } = instagramByHand();
    const container = await ready();
    sandbox.addFault({ network: 'instagram', operation: 'media.publish', effect: 'drop_then_do', ms: 5000 });
    await expect(publish(container)).rejects.toThrow('ambiguous');
    expect(await status(container)).toMatchObject({ status_code: 'FINISHED' });
    clock.advance(4.999);
    expect(await sandbox.posts('instagram')).toEqual([]);
    clock.advance(0.001);
    expect(await sandbox.posts('instagram')).toHaveLength(1);
    expect(await status(container)).toMatchObject({ status_code: 'PUBLISHED' });
  });

  it('drop_then_do and a second call meanwhile make one post', async () => {
    const { sandbox, ready, publish, clock } = instagramByHand();
    const container = await ready();
    sandbox.addFault({ network: 'instagram', operation: 'media.publish', effect: 'drop_then_do', ms: 5000 });
    await expect(publish(container)).rejects.toThrow('ambiguous');
    expect((await publish(container)).status).toBe(200);
    clock.advance(5);
    expect(await sandbox.posts('instagram')).toHaveLength(1);
  });

  it('delay: the call is held, then done and answered', async () => {
    const { sandbox, open, put, clock } = youtubeByHand();
    const uri = await open();
    sandbox.addFault({ network: 'youtube', operation: 'upload.last-slice', effect: 'delay', ms: 30_000 });
    expect((await put(uri, 0, clip.byteLength)).status).toBe(200);
    expect(clock.now().toISOString()).toBe('2026-11-21T12:00:30.000Z');
  });

  it('delay beyond the time-out of the caller: it hears nothing, and it was done', async () => {
    const { sandbox, transport, open, account } = youtubeByHand();
    const uri = await open();
    sandbox.addFault({ network: 'youtube', operation: 'upload.last-slice', effect: 'delay', ms: 30_000 });
    const headers = {
      authorization: `Bearer ${account.accessToken}`,
      'content-range': `bytes 0-${clip.byteLength - 1}/${clip.byteLength}`,
    };
    expect(await transport.send({ method: 'PUT', url: uri, headers, body: clip, timeout: 29 })).toMatchObject({ kind: 'ambiguous' });
    expect(await sandbox.posts('youtube')).toHaveLength(1);
  });

  it('a refused connection reaches nobody', async () => {
    const { sandbox, transport, start } = youtubeByHand();
    transport.refuseConnections('youtube', 'upload.start');
    await expect(start()).rejects.toThrow('never_sent');
    expect(await sandbox.calls('youtube')).toEqual([]);
    expect((await start()).status).toBe(200);
  });
});

describe('reset', () => {
  it('forgets posts, calls, faults, sessions, caps and what was put off; the accounts stay', async () => {
    const { sandbox, open, put, start, clock } = youtubeByHand({ caps: { youtube: { uploadsPerProject: 1 } } });
    const uri = await open();
    sandbox.addFault({ network: 'youtube', operation: 'upload.last-slice', effect: 'drop_then_do', ms: 1000 });
    sandbox.addFault({ network: 'youtube', effect: 'refuse', status: 500 });
    await expect(put(uri, 0, clip.byteLength)).rejects.toThrow('ambiguous');
    const ask = control(sandbox);
    expect(await ask('POST', '/reset')).toEqual({ status: 204, body: null });
    clock.advance(10);
    expect(await ask('GET', '/youtube/posts')).toMatchObject({ body: [] });
    expect(await ask('GET', '/youtube/calls')).toMatchObject({ body: [] });
    expect(await ask('GET', '/faults')).toMatchObject({ body: [] });
    expect((await put(uri, 0, clip.byteLength)).status).toBe(404);
    expect((await start({ body: video() })).status).toBe(200);
  });

  it('lets nothing that was held come after it', async () => {
    const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { sandbox, open, put } = youtubeByHand({
      sleep() {
        held.resolve();
        return released.promise;
      },
    });
    const uri = await open();
    await put(uri, 0, SLICE);
    sandbox.addFault({ network: 'youtube', effect: 'delay', ms: 1000 });
    const late = put(uri, SLICE, clip.byteLength);
    await held.promise;
    sandbox.reset();
    released.resolve();
    await expect(late).rejects.toThrow('ambiguous');
    expect(await sandbox.posts('youtube')).toEqual([]);
  });

  it('forgets the accounts too if asked', async () => {
    const { sandbox, start } = youtubeByHand();
    expect(await control(sandbox)('POST', '/reset', { accounts: true })).toMatchObject({ status: 204 });
    expect((await start()).status).toBe(401);
    expect(await control(sandbox)('POST', '/reset', { everything: true })).toMatchObject({ status: 400 });
  });
});
