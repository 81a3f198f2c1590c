import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { standIns } from '../../sandbox/networks.ts';
import { createSandbox } from '../../sandbox/sandbox.ts';
import { control, testClock } from './in-process.ts';
import { idOf, instagramByHand } from './instagram-by-hand.ts';
import { youtubeByHand } from './youtube-by-hand.ts';

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
        defaults: z.strictObject({}),
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
    expect(await control(sandbox)('GET', '/health')).toEqual({ status: 200, body: { status: 'ok', networks: Object.keys(standIns) } });
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
