import { describe, expect, it } from 'vitest';
import type { ConfirmOutcome } from '../../../core/ports/index.ts';
import { x } from '../../../platforms/x/index.ts';
import { operations, stage, together, when, type Effect } from '../support/stage.ts';
import { answer, scriptedTools, TOKEN, workOf } from '../support/tools.ts';
import { problem } from '../support/words.ts';

const ID = '1880000000000000009';
const DUPLICATE = problem(403, 'You are not allowed to create a Tweet with duplicate content.');
const account = { accountId: 'acc_1', externalId: '1870000000000000001', name: 'ada', limits: {} };

const prepared = {
  since: '2026-11-21T11:00:00Z',
  files: [{ id: '1880000000000000001', mediaKey: '7_1880000000000000001', sent: 10, state: 'ready', expiresAt: null }],
  failed: 0,
};
const video = workOf(10, { account, checkpoint: prepared });
const text = workOf(10, { account, upload: { kind: 'text', media: [], title: 'R&D <b> see example.com', description: null }, checkpoint: { ...prepared, files: [] } });

function refuseAt(operation: string, said: Omit<Extract<Effect, { effect: 'refuse' }>, 'effect'>, calls: readonly number[] = [1]) {
  return when(x, operation, calls, () => ({ effect: 'refuse', ...said }));
}

describe('the post', () => {
  it('names its files and says what its options say', () => {
    const options = { replySettings: 'following', madeWithAi: true, paidPartnership: false, communityId: '1493446837214187523' };
    expect(x.compose({ ...video, options })).toEqual({
      post: {
        text: 'A title\n\nWhat it is about',
        media: { media_ids: ['1880000000000000001'] },
        reply_settings: 'following',
        made_with_ai: true,
        paid_partnership: false,
        community_id: '1493446837214187523',
      },
      text: 'A title\n\nWhat it is about',
      files: 1,
      mediaKeys: ['7_1880000000000000001'],
      userId: account.externalId,
      since: '2026-11-21T11:00:00Z',
      repliesTo: null,
    });
    expect(x.compose(text)).toMatchObject({ post: { text: 'R&D <b> see example.com' }, files: 0 });
  });

  it('is made by one request, and has its address', async () => {
    const tools = scriptedTools([answer(201, { data: { id: ID, text: 'A title', edit_history_tweet_ids: [ID] } })]);
    expect(await x.publish(video, x.compose(video), tools)).toEqual({ kind: 'published', externalId: ID, externalUrl: `https://x.com/ada/status/${ID}` });
    expect(tools.requests).toMatchObject([{ method: 'POST', url: 'https://api.test/2/tweets', headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' } }]);
    expect(JSON.parse(String(tools.requests[0]?.body))).toEqual({ text: 'A title\n\nWhat it is about', media: { media_ids: ['1880000000000000001'] } });
  });

  it('has an address under a name that is none, too', async () => {
    const work = { ...video, account: { ...account, name: 'Ada Lovelace/..' } };
    expect(await x.publish(work, x.compose(work), scriptedTools([answer(201, { data: { id: ID } })]))).toMatchObject({ externalUrl: `https://x.com/i/status/${ID}` });
  });

  it.each([
    [200, '{"data":{}}'],
    [201, ''],
    [204, ''],
    [302, ''],
    [403, '<html>'],
    [429, ''],
    [408, JSON.stringify(problem(408, 'Timeout').body)],
    [500, JSON.stringify(problem(500, 'Internal').body)],
    [503, JSON.stringify(DUPLICATE.body)],
  ])('is open when the answer is %i %s', async (status, body) => {
    expect(await x.publish(video, x.compose(video), scriptedTools([answer(status, body)]))).toMatchObject({ kind: 'ambiguous' });
  });

  it('that the account has already is refused, and fails: nothing of ours is in doubt', async () => {
    const world = await stage(x, { kind: 'text', ...refuseAt('posts.create', DUPLICATE) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'duplicate_content' }, proofs: [{ kind: 'refused' }] });
    expect(operations(world)).toEqual(['posts.create']);
  });

  it.each(['text', 'video', 'photos'] as const)('of %s that was made and not seen is found when X refuses it the second time', async (kind) => {
    const blind = { effect: 'refuse', status: 200, body: { meta: { result_count: 0 } } } as const;
    const world = await stage(x, { kind, ...together(when(x, 'posts.create', [1], () => ({ effect: 'drop_after' })), when(x, 'posts.list', [1], () => blind)) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 }, proofs: [{ kind: 'absent' }], duplicates: [] });
    const posts = await world.sandbox.posts('x');
    expect(posts).toHaveLength(1);
    expect(await world.delivery()).toMatchObject({ receipt: { externalId: posts[0]?.id } });
    expect(operations(world).filter((name) => name === 'posts.create')).toHaveLength(2);
  });

  it('waits for the end of the window that X names', async () => {
    // The stage begins at 1,893,456,000.
    const world = await stage(x, { kind: 'text', ...refuseAt('posts.create', { ...problem(429, 'Too Many Requests'), headers: { 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1893456800' } }) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 } });
    expect(world.time.elapsed()).toBeGreaterThanOrEqual(800);
    expect(world.time.elapsed()).toBeLessThan(900);
  });

  it('is not tried again on an empty purse', async () => {
    const world = await stage(x, { kind: 'text', ...refuseAt('posts.create', { ...problem(402, 'Your credits are depleted.') }) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'quota_exhausted' } });
  });

  it('goes out with a new token when the old one is refused', async () => {
    const world = await stage(x, { kind: 'text', ...refuseAt('posts.create', problem(401, 'Unauthorized')) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 } });
    expect(operations(world)).toEqual(['posts.create', 'token.refresh', 'posts.create']);
  });
});

/** What these pages of the timeline say of an attempt. */
async function confirm(work: typeof video, ...pages: readonly object[]): Promise<ConfirmOutcome> {
  const tools = scriptedTools(pages.map((page) => answer(200, page)));
  return x.confirm(work, x.compose(work), { n: 1, armedAt: '2026-11-21T12:00:00Z' }, tools);
}

function page(posts: readonly object[], next?: string): object {
  return { ...(posts.length > 0 && { data: posts }), meta: { result_count: posts.length, ...(next !== undefined && { next_token: next }) } };
}

function withFile(id: string, key: string) {
  return { id, text: 'whatever https://t.co/abc', attachments: { media_keys: [key] } };
}

function saying(id: string, shown: string, expanded?: string) {
  return { id, text: shown, ...(expanded !== undefined && { entities: { urls: [{ url: 'https://t.co/abc', expanded_url: expanded }] } }) };
}

const SHOWN = 'R&amp;D &lt;b&gt; see https://t.co/abc';

describe('after a lost answer', () => {
  it.each([
    ['the attempt', null, '2026-11-21T11:45:00Z'],
    ['the delivery, if an earlier attempt was held for absent', '2026-11-21T11:55:00Z', '2026-11-21T10:45:00Z'],
  ])('the timeline is asked from before %s was begun, in small pages', async (_, doubtedSince, since) => {
    const tools = scriptedTools([answer(200, page([]))]);
    const work = { ...video, attempts: { made: 2, doubtedSince } };
    await x.confirm(work, x.compose(work), { n: 2, armedAt: '2026-11-21T12:00:00Z' }, tools);
    const url = new URL(tools.requests[0]?.url ?? '');
    expect([url.pathname, Object.fromEntries(url.searchParams)]).toEqual([
      `/2/users/${account.externalId}/tweets`,
      { max_results: '5', start_time: since, 'tweet.fields': 'created_at,attachments,entities,referenced_tweets' },
    ]);
  });

  it('a post with our media key is ours, however far down', async () => {
    expect(await confirm(video, page([withFile('3', '7_3')], 'a'), page([withFile('2', '7_2'), withFile(ID, '7_1880000000000000001')], 'b'))).toEqual({
      kind: 'found',
      externalId: ID,
      externalUrl: `https://x.com/ada/status/${ID}`,
    });
  });

  it('a post with our text and another file is not ours', async () => {
    const other = { ...withFile('2', '7_2'), text: 'A title\n\nWhat it is about https://t.co/abc' };
    expect(await confirm(video, page([other]))).toMatchObject({ kind: 'absent', artefactLost: false });
  });

  it('a post with our text and another file is ours where an earlier attempt was held for absent', async () => {
    const doubted = { ...video, attempts: { made: 2, doubtedSince: '2026-11-21T11:55:00Z' } };
    const other = { ...withFile(ID, '7_2'), text: 'A title\n\nWhat it is about https://t.co/abc' };
    expect(await confirm(doubted, page([other]))).toMatchObject({ kind: 'found', externalId: ID });
    expect(await confirm(doubted, page([withFile(ID, '7_2')]))).toMatchObject({ kind: 'absent' });
  });

  it.each(['http://example.com', 'http://example.com/', 'https://Example.com'])('a text is ours though X spells it in its own way (%s)', async (expanded) => {
    expect(await confirm(text, page([saying('2', 'Another'), saying(ID, SHOWN, expanded)]))).toMatchObject({ kind: 'found', externalId: ID });
  });

  it.each([
    ['leads elsewhere', [saying(ID, SHOWN, 'https://example.org/')]],
    ['leads nobody knows where', [saying(ID, SHOWN)]],
    ['is there twice', [saying(ID, SHOWN, 'http://example.com'), saying('2', SHOWN, 'http://example.com')]],
  ])('nothing is said of a text like ours that %s', async (_, posts) => {
    expect(await confirm(text, page(posts))).toMatchObject({ kind: 'undecided', trouble: null });
  });

  it('a text with files is not the same text without', async () => {
    expect(await confirm(text, page([{ ...saying(ID, `${SHOWN} https://t.co/xyz`, 'http://example.com'), attachments: { media_keys: ['3_1'] } }]))).toMatchObject({ kind: 'absent' });
  });

  it('a post whose media key X never told is known by its text', async () => {
    const work = workOf(10, { account, checkpoint: { ...prepared, files: prepared.files.map((each) => ({ ...each, mediaKey: null })) } });
    const shown = { id: ID, text: 'A title\n\nWhat it is about https://t.co/abc', attachments: { media_keys: ['7_1'] } };
    expect(await confirm(work, page([shown]))).toMatchObject({ kind: 'found', externalId: ID });
  });

  it('an account that posts more than is looked at proves nothing', async () => {
    const pages = Array.from({ length: 10 }, (_, n) => page([withFile(String(n + 1), `7_${n}`)], `page-${n}`));
    expect(await confirm(video, ...pages)).toMatchObject({ kind: 'undecided', trouble: null });
  });

  it('trouble on the way is told', async () => {
    const tools = scriptedTools([answer(503)]);
    expect(await x.confirm(video, x.compose(video), { n: 1, armedAt: '2026-11-21T12:00:00Z' }, tools)).toMatchObject({ kind: 'undecided', trouble: { class: 'retryable' } });
  });
});
