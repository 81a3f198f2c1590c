import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { testClock } from './in-process.ts';
import { idOf, instagramByHand } from './instagram-by-hand.ts';
import { clip, SLICE, UNIT, video, videoId, youtubeByHand } from './youtube-by-hand.ts';

/** Asks the control API of a sandbox in process. */
function control(sandbox: ReturnType<typeof createSandbox>) {
  return async (method: string, target: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const handled = await sandbox.handle({ method, target: `/_sandbox${target}`, headers: {}, body: Buffer.from(text) });
    if (handled.kind === 'cut') throw new Error('The control API was cut off.');
    const { status, body: answer } = handled.answer;
    return { status, body: answer === '' ? null : JSON.parse(String(answer)) };
  };
}

describe('the control API', () => {
  it('lists posts and calls of a network as bare lists', async () => {
    const { sandbox, publish, get } = youtubeByHand();
    const ask = control(sandbox);
    expect(await ask('GET', '/youtube/posts')).toEqual({ status: 200, body: [] });
    expect(await ask('GET', '/youtube/calls')).toEqual({ status: 200, body: [] });
    const id = await publish();
    await get('somewhere');
    expect(await ask('GET', '/youtube/posts')).toMatchObject({ body: [{ id, kind: 'video' }] });
    expect(await ask('GET', '/youtube/calls')).toEqual({
      status: 200,
      body: [
        {
          operation: 'upload.start',
          status: 200,
          at: '2026-11-21T12:00:00.000Z',
          method: 'POST',
          path: '/youtube/api/upload/youtube/v3/videos',
          fault: null,
        },
        {
          operation: 'upload.slice',
          status: 308,
          at: '2026-11-21T12:00:00.000Z',
          method: 'PUT',
          path: '/youtube/api/upload/youtube/v3/videos',
          fault: null,
        },
        {
          operation: 'upload.last-slice',
          status: 200,
          at: '2026-11-21T12:00:00.000Z',
          method: 'PUT',
          path: '/youtube/api/upload/youtube/v3/videos',
          fault: null,
        },
        {
          operation: 'unknown',
          status: 404,
          at: '2026-11-21T12:00:00.000Z',
          method: 'GET',
          path: '/youtube/api/youtube/v3/somewhere',
          fault: null,
        },
      ],
    });
  });

  it('names every call within its alphabet, each operation of a network once', () => {
    const sandbox = createSandbox({ clock: testClock(), baseUrl: 'http://sandbox.test', processingSeconds: 0 });
    for (const network of sandbox.networks) {
      const seen = sandbox.operations(network);
      expect(new Set(seen).size).toBe(seen.length);
      for (const operation of seen) expect(operation).toMatch(/^[a-z.-]{1,40}$/);
    }
  });

  it('names the calls of Instagram, the one that publishes apart from all others', async () => {
    const { sandbox, create, status, publish, get, clock, account, send } = instagramByHand();
    const container = idOf(await create());
    await status(container);
    clock.advance(60);
    const media = idOf(await publish(container));
    await get(media);
    await get('123');
    await get('me');
    await get(`${account.externalId}/media`);
    await get(`${account.externalId}/content_publishing_limit`);
    await send({ method: 'GET', url: `http://sandbox.test/instagram/graph/refresh_access_token`, headers: {} });
    await send({ method: 'DELETE', url: `http://sandbox.test/instagram/graph/v23.0/${media}`, headers: {} });
    expect((await sandbox.calls('instagram')).map(({ operation }) => operation)).toEqual([
      'container.create',
      'container.read',
      'media.publish',
      'media.read',
      'object.read',
      'me.read',
      'media.list',
      'publishing-limit.read',
      'token.refresh',
      'unknown',
    ]);
  });

  it('never shows a token in the log', async () => {
    const { sandbox, account, send } = instagramByHand();
    await send({ method: 'GET', url: `http://sandbox.test/instagram/graph/v23.0/me?access_token=${account.accessToken}`, headers: {} });
    expect(JSON.stringify(await sandbox.calls('instagram'))).not.toContain(account.accessToken);
  });

  it('links an account, whose token works at once', async () => {
    const { sandbox, start } = youtubeByHand();
    const { status, body } = await control(sandbox)('POST', '/youtube/accounts', { name: 'Grace' });
    expect(status).toBe(201);
    const account = z
      .strictObject({
        externalId: z.string().regex(/^UC[\w-]{22}$/),
        name: z.literal('Grace'),
        accessToken: z.string(),
        refreshToken: z.string(),
        expiresAt: z.literal('2026-11-21T12:59:59Z'),
        scopes: z.array(z.string()),
      })
      .parse(body);
    expect((await start({ account })).status).toBe(200);
    expect(
      await control(sandbox)('POST', '/instagram/accounts', { name: 'grace', accessTokenLife: -5, scopes: ['instagram_business_basic'] }),
    ).toMatchObject({
      status: 201,
      body: {
        externalId: expect.stringMatching(/^178414\d{11}$/),
        refreshToken: null,
        expiresAt: '2026-11-21T11:59:55Z',
        scopes: ['instagram_business_basic'],
      },
    });
  });

  it('says that it is there, and which networks it has', async () => {
    const { sandbox } = youtubeByHand();
    expect(await control(sandbox)('GET', '/health')).toEqual({ status: 200, body: { status: 'ok', networks: ['youtube', 'instagram'] } });
  });

  it.each([
    ['a fault without effect', 'POST', '/faults', { network: 'youtube' }, 400],
    ['an unknown effect', 'POST', '/faults', { network: 'youtube', effect: 'explode' }, 400],
    ['an unknown network', 'POST', '/faults', { network: 'myspace', effect: 'drop_before' }, 400],
    ['an unknown operation', 'POST', '/faults', { network: 'youtube', operation: 'media.publish', effect: 'drop_before' }, 400],
    ['a delay without length', 'POST', '/faults', { network: 'youtube', effect: 'delay' }, 400],
    ['a negative delay', 'POST', '/faults', { network: 'youtube', effect: 'delay', ms: -1 }, 400],
    ['no times at all', 'POST', '/faults', { network: 'youtube', effect: 'drop_before', times: 0 }, 400],
    ['a refusal without status', 'POST', '/faults', { network: 'youtube', effect: 'refuse' }, 400],
    ['a status that is none', 'POST', '/faults', { network: 'youtube', effect: 'refuse', status: 99 }, 400],
    ['a header that is none', 'POST', '/faults', { network: 'youtube', effect: 'refuse', status: 503, headers: { 'a b': 'c' } }, 400],
    ['an unknown field', 'POST', '/faults', { network: 'youtube', effect: 'drop_before', colour: 'red' }, 400],
    ['what is no JSON', 'POST', '/faults', '{', 400],
    ['an account without name', 'POST', '/youtube/accounts', {}, 400],
    ['a parameter', 'GET', '/youtube/posts?limit=1', undefined, 400],
    ['the posts of an unknown network', 'GET', '/myspace/posts', undefined, 404],
    ['a list that is not known', 'GET', '/youtube/likes', undefined, 404],
    ['a path that is not known', 'GET', '/a/b/c', undefined, 404],
    ['a method that is not known', 'PUT', '/faults', undefined, 405],
  ] as const)('refuses %s, and says what is wrong', async (_what, method, target, body, status) => {
    const { sandbox } = youtubeByHand();
    const answer = await control(sandbox)(method, target, body);
    expect(answer).toEqual({ status, body: { error: expect.stringMatching(/\w/) } });
  });

  it('says what is wrong with a fault in words', async () => {
    const { sandbox } = youtubeByHand();
    const { body } = await control(sandbox)('POST', '/faults', { network: 'youtube', operation: 'publish', effect: 'drop_before' });
    expect(body).toEqual({ error: expect.stringContaining('upload.last-slice') });
  });
});

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
