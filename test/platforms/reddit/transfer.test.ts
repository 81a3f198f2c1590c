import { describe, expect, it } from 'vitest';
import { reddit } from '../../../platforms/reddit/index.ts';
import { plainPoster } from '../../../platforms/reddit/poster.ts';
import { readImage } from '../../../sandbox/media/image.ts';
import { operations, stage, when, type Effect } from '../support/stage.ts';
import { answer, scriptedTools, TOKEN, workOf } from '../support/tools.ts';
import { wordsOf } from '../support/words.ts';

function refuseAt(operation: string, said: Omit<Extract<Effect, { effect: 'refuse' }>, 'effect'>, calls: readonly number[] = [1]) {
  return when(reddit, operation, calls, () => ({ effect: 'refuse', ...said }));
}

const inSubreddit = (subreddit: string) => ({ upload: { options: { reddit: { subreddit } } } });

describe('before the post', () => {
  it('the subreddit, the posts that are there, and each file with a place of its own', async () => {
    const world = await stage(reddit, {});
    await world.run();
    expect(operations(world)).toEqual(['subreddit.read', 'posts.list', 'asset.create', 'asset.upload', 'asset.create', 'asset.upload', 'post.submit', 'posts.list', 'post.read']);
    // The store of the files is another house: it gets no token, and needs no name.
    const [upload] = world.seen.filter(({ operation }) => operation === 'asset.upload');
    expect(JSON.stringify(upload?.request.headers)).not.toContain('Bearer');
    expect(upload?.streamed).toBe(true);
  });

  it.each([
    ['sandbox_texts', 'metadata_rejected'],
    ['sandbox_closed', 'permission_denied'],
    ['nowhere', 'permission_denied'],
  ])('the subreddit %s shows that it takes no video of ours, and nothing is sent', async (subreddit, code) => {
    const world = await stage(reddit, inSubreddit(subreddit));
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code } });
    expect(operations(world)).toEqual(['subreddit.read']);
  });

  it('a flair that is demanded is asked for, and then taken', async () => {
    const without = await stage(reddit, { kind: 'text', ...inSubreddit('sandbox_flairs') });
    expect(await without.run()).toMatchObject({ status: 'failed', error: { code: 'metadata_rejected', platformCode: 'SUBMIT_VALIDATION_FLAIR_REQUIRED', message: expect.stringContaining('flairId') } });
    const options = { reddit: { subreddit: 'sandbox_flairs', flairId: '5c2f1b60-0f4e-11ef-8a5e-0242ac120002' } };
    expect(await (await stage(reddit, { kind: 'text', upload: { options } })).run()).toMatchObject({ status: 'uploaded' });
  });

  it('a place that has ended is asked for anew', async () => {
    const expired = { status: 403, body: '<Error><Code>AccessDenied</Code><Message>Policy expired.</Message></Error>' };
    const world = await stage(reddit, refuseAt('asset.upload', expired));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'asset.create')).toHaveLength(3);
  });

  it('a file that is too large for Reddit after all fails, in its words', async () => {
    const tooLarge = { status: 400, body: '<Error><Code>EntityTooLarge</Code><Message>Too big</Message><ProposedSize>11</ProposedSize><MaxSizeAllowed>10</MaxSizeAllowed></Error>' };
    const world = await stage(reddit, refuseAt('asset.upload', tooLarge));
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'media_rejected', platformCode: 'EntityTooLarge', platformMessage: 'Too big 11 10' } });
  });

  it.each([
    [null, ['t3_same']],
    // Then it may be the post of that attempt.
    ['2026-11-21T11:00:00Z', []],
  ])('what looks like the post is noted as another, unless an attempt is in doubt since %s', async (doubtedSince, before) => {
    const post = { name: 't3_same', title: 'A title', subreddit: 'Pics', is_self: true, selftext: '', created_utc: 1, permalink: '/r/Pics/comments/same/' };
    const children = [post, { ...post, name: 't3_other', title: 'Another' }].map((data) => ({ data }));
    const tools = scriptedTools([answer(200, { kind: 't5', data: {} }), answer(200, { kind: 'Listing', data: { children, after: null } })], { endpoints: { oauth: 'https://oauth.test' } });
    const work = workOf(0, { upload: { kind: 'text', media: [] }, options: { subreddit: 'pics' }, attempts: { made: 0, doubtedSince } });
    expect(await reddit.transfer(work, tools)).toEqual({ kind: 'ready', checkpoint: { before, files: [], accepted: null }, bytesSent: 0 });
    expect(tools.requests.map(({ url }) => url)).toEqual(['https://oauth.test/r/pics/about?raw_json=1', 'https://oauth.test/user/ada/submitted?sort=new&limit=25&raw_json=1']);
  });

  it('files that have come are not sent again by the next worker', async () => {
    const files = [{ assetId: 'one', url: 'https://uploads.test/rte_images/one' }];
    const work = workOf(10, { options: { subreddit: 'pics' }, checkpoint: { before: [], files, accepted: null } });
    const asset = { args: { action: '//uploads.test', fields: [{ name: 'key', value: 'rte_images/two' }] }, asset: { asset_id: 'two' } };
    const tools = scriptedTools([answer(200, asset), answer(201, '<PostResponse><Location>x</Location></PostResponse>')], { endpoints: { oauth: 'https://oauth.test' } });
    const second = { assetId: 'two', url: 'https://uploads.test/rte_images/two' };
    expect(await reddit.transfer(work, tools)).toMatchObject({ kind: 'ready', checkpoint: { files: [...files, second] }, bytesSent: 10 });
    expect(tools.requests.map(({ url }) => url)).toEqual(['https://oauth.test/api/media/asset.json', 'https://uploads.test']);
  });
});

describe('the poster', () => {
  it('is a small picture of the size of the video', () => {
    const poster = plainPoster({ width: 1080, height: 1920 });
    expect(readImage(poster)).toEqual({ format: 'png', width: 1080, height: 1920 });
    expect(poster.byteLength).toBeLessThan(2000);
  });
});

describe('a video that Reddit takes and makes no post of', () => {
  it('fails after an hour, and is not sent a second time', async () => {
    const taken = { json: { errors: [], data: { user_submitted_page: 'https://www.reddit.com/user/Ada/submitted/' } } };
    const world = await stage(reddit, refuseAt('post.submit', { status: 200, body: taken }));
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'media_rejected' }, attempt: { n: 1 } });
    expect(operations(world).filter((name) => name === 'post.submit')).toHaveLength(1);
    expect(world.time.elapsed()).toBeGreaterThan(3600);
  });
});

describe('a token', () => {
  const tokens = { accessToken: 'old', refreshToken: 'for-ever', expiresAt: null, scopes: ['submit'] };

  it('is renewed by the app, and the refresh token stays', async () => {
    const tools = scriptedTools([answer(200, { access_token: 'new', token_type: 'bearer', expires_in: 86_400, scope: 'submit history' })], { endpoints: { www: 'https://www.test' } });
    expect(await reddit.refresh(tokens, tools)).toEqual({
      kind: 'refreshed',
      tokens: { accessToken: 'new', refreshToken: 'for-ever', expiresAt: '2026-11-22T12:00:00Z', scopes: ['submit', 'history'] },
    });
    const basic = Buffer.from('an-app:its-secret').toString('base64');
    expect(tools.requests).toMatchObject([{ url: 'https://www.test/api/v1/access_token', headers: { authorization: `Basic ${basic}`, 'user-agent': expect.stringMatching(/^\w+:an-app:/u) }, body: 'grant_type=refresh_token&refresh_token=for-ever' }]);
  });

  it.each([
    [wordsOf(reddit).linkRevoked, 'auth_revoked'],
    [{ status: 400, body: { error: 'unauthorized_client' } }, 'permanent'],
    [{ status: 503, body: {} }, 'retryable'],
  ])('that is not renewed with %j: %s', async ({ status, body }, troubleClass) => {
    const tools = scriptedTools([answer(status, body)], { endpoints: { www: 'https://www.test' } });
    const refused = await reddit.refresh(tokens, tools);
    expect(refused).toMatchObject({ kind: 'trouble', trouble: { class: troubleClass } });
    expect(JSON.stringify(refused)).not.toContain('for-ever');
  });

  it('stands in no checkpoint and no body', async () => {
    const world = await stage(reddit, {});
    const delivery = await world.run();
    expect(JSON.stringify(delivery)).not.toContain(world.linked.accessToken);
    expect(JSON.stringify(delivery)).not.toContain(TOKEN);
  });
});
