import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { idOf, parsed, refusal, xByHand } from './x-by-hand.ts';

const tokensSchema = z.object({ access_token: z.string(), refresh_token: z.string(), expires_in: z.number(), scope: z.string() });

function form(refreshToken: string | null): Record<string, string> {
  return { grant_type: 'refresh_token', refresh_token: refreshToken ?? '' };
}

describe('a post', () => {
  it('is shown as it was written, and given as X gives it', async () => {
    const { sandbox, account, tweet, get } = xByHand();
    const text = 'R&D <b> see https://example.com/a?b=1&c=2.';
    const id = idOf(await tweet({ text }));
    expect(await sandbox.posts('x')).toMatchObject([{ id, accountId: account.externalId, kind: 'text', title: null, text, mediaSha256: [] }]);
    const listed = parsed(await get(`/2/users/${account.externalId}/tweets?tweet.fields=created_at,entities,attachments`));
    const [shown] = z.object({ data: z.array(z.object({ text: z.string(), entities: z.object({ urls: z.array(z.object({ start: z.number(), end: z.number(), url: z.string(), expanded_url: z.string() })) }) })) }).parse(listed).data;
    expect(shown?.text).toMatch(/^R&amp;D &lt;b&gt; see https:\/\/t\.co\/\w{10}\.$/u);
    const [link] = shown?.entities.urls ?? [];
    expect(link?.expanded_url).toBe('https://example.com/a?b=1&c=2');
    expect(shown?.text.slice(link?.start, link?.end)).toBe(link?.url);
  });

  it.each([
    [{}, 400],
    [{ text: ' ' }, 400],
    [{ text: 'a', media: { media_ids: [] } }, 400],
    [{ text: 'a', media: { media_ids: ['1'] } }, 400],
    [{ text: 'a', media: { media_ids: ['1', '2', '3', '4', '5'] } }, 400],
    [{ text: 'a', reply_settings: 'everyone' }, 400],
    [{ text: 'a', made_with_ai: 'yes' }, 400],
    [{ text: 'a', quote_tweet_id: '1' }, 400],
    [{ text: 'a', community_id: '1' }, 403],
    [{ text: 'a'.repeat(281) }, 403],
    [{ text: '漢'.repeat(141) }, 403],
  ])('with %j is refused with %i', async (body, status) => {
    const { sandbox, tweet } = xByHand();
    expect(refusal(await tweet(body))[0]).toBe(status);
    expect(await sandbox.posts('x')).toEqual([]);
  });

  it('has 280 characters, a link counting 23 and an emoji 2', async () => {
    const { tweet } = xByHand();
    for (const text of ['a'.repeat(280), '漢'.repeat(140), '👨‍👩‍👧'.repeat(140), `${'a'.repeat(256)} https://example.com/${'b'.repeat(300)}`]) expect((await tweet({ text })).status).toBe(201);
  });

  it('has up to 4 images, 1 GIF or 1 video, each once and ready', async () => {
    const { image, ready, initialize, tweet } = xByHand();
    const images: string[] = [];
    for (let n = 0; n < 5; n += 1) images.push(idOf(await image()));
    const video = await ready();
    const unfinished = idOf(await initialize());
    const post = async (...ids: readonly string[]) => tweet({ text: String(ids), media: { media_ids: ids } });
    expect((await post(...images.slice(0, 4))).status).toBe(201);
    for (const ids of [images, [images[0] ?? '', video], [video, video], [unfinished]]) expect(refusal(await post(...ids))[0]).toBe(400);
  });

  it('with the same text is refused for a day, without naming the first', async () => {
    const { clock, sandbox, tweet } = xByHand();
    const other = sandbox.addAccount('x', { name: 'Bob', accessTokenLife: 30 * 24 * 3600 });
    expect((await tweet({ text: 'Again' })).status).toBe(201);
    clock.advance(24 * 3600 - 1);
    expect(refusal(await tweet({ text: 'Again' }))).toEqual([403, 'You are not allowed to create a Tweet with duplicate content.']);
    expect((await tweet({ text: 'Again' }, other)).status).toBe(201);
    clock.advance(1);
    expect((await tweet({ text: 'Again' })).status).toBe(201);
    expect(await sandbox.posts('x')).toHaveLength(3);
  });

  it('is one of 100 in 15 minutes, and the app’s of 10,000 a day', async () => {
    const { clock, tweet } = xByHand({ caps: { x: { posts: 2, postsPerApp: 3 } } });
    expect((await tweet({ text: '1' })).headers).toMatchObject({ 'x-rate-limit-remaining': '1', 'x-app-limit-24hour-remaining': '2' });
    await tweet({ text: '2' });
    const refused = await tweet({ text: '3' });
    expect([refused.status, refused.headers['x-rate-limit-remaining'], refused.headers['x-rate-limit-reset']]).toEqual([429, '0', String((clock.now().getTime() + 900_000) / 1000)]);
    clock.advance(900);
    // The refused one counted in the day.
    const late = await tweet({ text: '4' });
    expect([late.status, late.headers['x-app-limit-24hour-remaining']]).toEqual([429, '0']);
    clock.advance(24 * 3600);
    expect((await tweet({ text: '5' })).status).toBe(201);
  });
});

describe('the timeline', () => {
  it('goes back page by page to a time, newest first', async () => {
    const { clock, account, tweet, get } = xByHand();
    const ids: string[] = [];
    for (let n = 0; n < 8; n += 1) {
      clock.advance(60);
      ids.push(idOf(await tweet({ text: `Number ${n}` })));
    }
    const path = `/2/users/${account.externalId}/tweets?max_results=5&start_time=2026-11-21T12:02:00Z`;
    const page = z.object({ data: z.array(z.object({ id: z.string() })), meta: z.object({ result_count: z.number(), next_token: z.string().optional() }) });
    const first = page.parse(parsed(await get(path)));
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(3).toReversed());
    const second = page.parse(parsed(await get(`${path}&pagination_token=${first.meta.next_token}`)));
    expect([second.data.map(({ id }) => id), second.meta.next_token]).toEqual([ids.slice(1, 3).toReversed(), undefined]);
    expect(parsed(await get(`/2/users/${account.externalId}/tweets?start_time=2026-11-21T12:08:00.000Z&max_results=100`))).toMatchObject({ meta: { result_count: 1 } });
  });

  it.each(['max_results=4', 'max_results=101', 'start_time=yesterday', 'start_time=2026-11-21T12:00:01Z', 'tweet.fields=source', 'pagination_token=x', 'exclude=replies'])('is not asked with %s', async (query) => {
    const { account, get } = xByHand();
    expect(refusal(await get(`/2/users/${account.externalId}/tweets?${query}`))[0]).toBe(400);
  });

  it('is nobody else’s', async () => {
    const { sandbox, get } = xByHand();
    const other = sandbox.addAccount('x', { name: 'Bob' });
    expect(refusal(await get(`/2/users/${other.externalId}/tweets`))[0]).toBe(404);
  });
});

describe('who may do what', () => {
  it('is told by scopes', async () => {
    const { sandbox, tweet, initialize, get } = xByHand();
    const reader = sandbox.addAccount('x', { name: 'Reader', scopes: ['tweet.read', 'users.read'] });
    const writer = sandbox.addAccount('x', { name: 'Writer', scopes: ['tweet.read', 'users.read', 'tweet.write'] });
    expect(refusal(await tweet({ text: 'a' }, reader))).toEqual([403, expect.stringContaining('tweet.write')]);
    expect(refusal(await initialize({}, writer))).toEqual([403, expect.stringContaining('media.write')]);
    expect(reader.refreshToken).toBeNull();
    expect(parsed(await get('/2/users/me?user.fields=username,subscription_type', reader))).toEqual({ data: { id: reader.externalId, username: 'reader', name: 'Reader', subscription_type: 'None' } });
    expect(refusal(await get('/2/users/me?user.fields=email', reader))[0]).toBe(400);
  });

  it('is told by a token that is not over', async () => {
    const { sandbox, tweet, get } = xByHand();
    const late = sandbox.addAccount('x', { name: 'Late', accessTokenLife: -1 });
    expect(refusal(await tweet({ text: 'a' }, late))).toEqual([401, 'Unauthorized']);
    expect(refusal(await get('/2/users/me', { ...late, accessToken: 'x' }))[0]).toBe(401);
  });

  it('is renewed once by a refresh token; one that comes again ends the whole link', async () => {
    const { account, token, get } = xByHand();
    const first = tokensSchema.parse(parsed(await token(form(account.refreshToken))));
    expect(first).toMatchObject({ expires_in: 7200, scope: expect.stringContaining('offline.access') });
    expect(refusal(await get('/2/users/me'))[0]).toBe(401);
    expect((await get('/2/users/me', { ...account, accessToken: first.access_token })).status).toBe(200);
    const replayed = await token(form(account.refreshToken));
    expect([replayed.status, parsed(replayed)]).toEqual([400, { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' }]);
    expect(refusal(await get('/2/users/me', { ...account, accessToken: first.access_token }))[0]).toBe(401);
    expect((await token(form(first.refresh_token))).status).toBe(400);
  });

  it('is renewed only for the app, by the form', async () => {
    const { account, token } = xByHand();
    const right = form(account.refreshToken);
    expect((await token(right, 'wrong')).status).toBe(401);
    for (const wrong of [{ ...right, grant_type: 'password' }, { ...right, scope: 'all' }, { ...right, client_id: 'x' }]) expect((await token(wrong)).status).toBeGreaterThanOrEqual(400);
    expect((await token(right)).status).toBe(200);
  });
});

describe('what is not known', () => {
  it.each(['/2/tweets/1', '/1.1/media/upload.json', '/2/media/upload/1', '/2/users/1/likes', '/2/media/upload/x/append'])('%s is nothing here', async (path) => {
    const { sandbox, get } = xByHand();
    expect(refusal(await get(path))[0]).toBe(404);
    expect(await sandbox.calls('x')).toMatchObject([{ operation: 'unknown', status: 404 }]);
  });

  it('is forgotten by a reset, but for the accounts', async () => {
    const { sandbox, tweet } = xByHand();
    await tweet({ text: 'Gone' });
    sandbox.reset();
    expect(await sandbox.posts('x')).toEqual([]);
    expect((await tweet({ text: 'Gone' })).status).toBe(201);
    sandbox.reset({ accounts: true });
    expect((await tweet({ text: 'Gone' })).status).toBe(401);
  });
});
