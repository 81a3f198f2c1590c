import { describe, expect, it } from 'vitest';
import type { SequelName } from '../../../core/model.ts';
import type { SequelWork } from '../../../core/ports/index.ts';
import { x } from '../../../platforms/x/index.ts';
import { operations, stage, when } from '../support/stage.ts';
import { answer, scriptedTools, workOf } from '../support/tools.ts';
import { problem } from '../support/words.ts';

const { sequels } = x;
if (sequels === undefined) throw new Error('X has threads.');

const sentence = (n: number): string => `Sentence ${n} of a text that is far too long for one post on this network, and goes on and on and on.`;
const LONG = [1, 2, 3, 4, 5, 6, 7].map(sentence).join(' ');
const options = { thread: true, firstComment: 'More of it soon', replySettings: 'following', communityId: '1493446837214187523' };
const upload = { kind: 'text', media: [], title: LONG, description: null } as const;
const account = { accountId: 'acc_1', externalId: '1870000000000000001', name: 'ada', limits: {} };
const work = workOf(10, { account, upload, options, checkpoint: { since: '2026-11-21T11:00:00Z', files: [], failed: 0 } });
const body = x.compose(work);
const POST = '1880000000000000009';

function workOn(name: SequelName, before: string): SequelWork {
  return { ...work, checkpoint: null, sequel: { name, post: { body, externalId: POST, externalUrl: null }, before: { externalId: before, externalUrl: null } } };
}

describe('a thread on X', () => {
  it('begins with the first part, and is followed by the others and the comment', () => {
    expect(body).toMatchObject({ post: { text: [1, 2].map(sentence).join(' ') } });
    expect(sequels.follow(work, body)).toEqual(['part_2', 'part_3', 'part_4', 'comment']);
  });

  it('stays as it was begun, whatever the options say later', () => {
    expect(sequels.follow({ ...work, options: {} }, body)).toHaveLength(4);
    expect(sequels.compose({ ...workOn('part_2', POST), options: {} })).toMatchObject({ text: [3, 4].map(sentence).join(' ') });
  });

  it('has parts that answer each other, and a comment that answers the last', () => {
    expect(sequels.compose(workOn('part_2', POST))).toMatchObject({ post: { text: [3, 4].map(sentence).join(' '), reply: { in_reply_to_tweet_id: POST } }, repliesTo: POST });
    expect(sequels.compose(workOn('comment', '1880000000000000012'))).toMatchObject({ post: { text: 'More of it soon', reply: { in_reply_to_tweet_id: '1880000000000000012' } } });
  });

  it('is none where the text has room, or nobody asked', () => {
    const short = { ...work, upload: { ...work.upload, title: 'Short\n\n and  as it was written ' } };
    expect(x.compose(short)).toMatchObject({ post: { text: 'Short\n\n and  as it was written ' } });
    expect(sequels.follow(short, x.compose(short))).toEqual(['comment']);
    expect(sequels.follow(work, x.compose({ ...work, options: {} }))).toEqual([]);
  });

  it('tells a part whose answer was lost from another post with the same words by what it answers', async () => {
    const part = workOn('part_2', POST);
    const sent = sequels.compose(part);
    const { text } = sent as { text: string };
    const listed = (id: string, to: string | null) => ({ id, text, ...(to !== null && { referenced_tweets: [{ type: 'replied_to', id: to }] }) });
    const ask = (...posts: readonly object[]) => sequels.confirm(part, sent, { n: 2, armedAt: '2026-11-21T12:00:00Z' }, scriptedTools([answer(200, { data: posts, meta: { result_count: posts.length } })]));
    expect(await ask(listed('1880000000000000010', null), listed('1880000000000000011', POST))).toMatchObject({ kind: 'found', externalId: '1880000000000000011' });
    expect(await ask(listed('1880000000000000010', null), listed('1880000000000000011', '1880000000000000001'))).toMatchObject({ kind: 'absent' });
  });
});

describe('what follows a post on X, published', () => {
  const begun = { kind: 'text', upload: { title: LONG, description: null, options: { x: options } } } as const;
  const published = { ...begun, upload: { ...begun.upload, options: { x: { thread: true, firstComment: 'More of it soon' } } } };

  it('is a chain of replies', async () => {
    const world = await stage(x, published);
    const delivery = await world.run();
    const posts = await world.sandbox.posts('x');
    expect(posts.map(({ replyTo }) => replyTo)).toEqual([undefined, ...posts.slice(0, -1).map(({ id }) => id)]);
    expect(delivery.sequels.map(({ name, attempt }) => [name, attempt])).toEqual(
      ['part_2', 'part_3', 'part_4', 'comment'].map((name, n) => {
        const id = posts[n + 1]?.id;
        return [name, { phase: 'receipt', n: n + 2, externalId: id, externalUrl: `https://x.com/ada/status/${id}` }];
      }),
    );
    expect(delivery).toMatchObject({ status: 'uploaded', decorated: true, warnings: [] });
  });

  it('ends where X refuses a part, with a warning that says what is missing', async () => {
    const world = await stage(x, { ...published, ...when(x, 'replies.create', [2], () => ({ effect: 'refuse', ...problem(403, 'Your account is suspended.') })) });
    const delivery = await world.run();
    expect(delivery).toMatchObject({ status: 'uploaded', decorated: true, error: null, warnings: [expect.stringMatching(/^The post is live; not published: part 3, part 4, the first comment\. X has suspended/u)] });
    expect(delivery.sequels.map(({ attempt }) => attempt.phase)).toEqual(['receipt', 'missing', 'missing', 'missing']);
    expect(await world.sandbox.posts('x')).toHaveLength(2);
  });

  it('waits for the end of a window, while the delivery is uploaded', async () => {
    const limit = { ...problem(429, 'Too Many Requests'), headers: { 'x-rate-limit-reset': '1893456800' } };
    const world = await stage(x, { ...published, ...when(x, 'replies.create', [1], () => ({ effect: 'refuse', ...limit })) });
    const ended = world.run();
    expect(await ended).toMatchObject({ status: 'uploaded', tries: { after_rate_limited: 1 }, warnings: [] });
    expect(world.time.elapsed()).toBeGreaterThanOrEqual(800);
    expect(operations(world)).toHaveLength(6);
  });

  it('is given up a day after the post, if X is down for so long', async () => {
    const world = await stage(x, { ...published, ...when(x, 'replies.create', 'always', () => ({ effect: 'refuse', ...problem(429, 'Too Many Requests') })) });
    const delivery = await world.run();
    expect(delivery).toMatchObject({ status: 'uploaded', decorated: true, warnings: [expect.stringContaining('part 2, part 3, part 4, the first comment')] });
    expect(world.time.elapsed()).toBeGreaterThan(24 * 3600 - 1);
    expect(world.time.elapsed()).toBeLessThan(26 * 3600);
  });

  it('that nobody can find out about may be there, and is said to', async () => {
    const lost = when(x, 'replies.create', [2], () => ({ effect: 'drop_after' }));
    const blind = when(x, 'posts.list', 'always', () => ({ effect: 'refuse', ...problem(403, 'Your app has no access to this.') }));
    const world = await stage(x, { ...published, weather: (call, world) => lost.weather(call, world) ?? blind.weather(call, world) });
    const delivery = await world.run();
    expect(delivery.sequels.map(({ attempt }) => attempt.phase)).toEqual(['receipt', 'unknown', 'missing', 'missing']);
    expect(delivery.warnings).toEqual([expect.stringMatching(/^The post is live; part 3 may be there or not; not published: part 4, the first comment\./u)]);
    expect(await world.sandbox.posts('x')).toHaveLength(3);
  });
});
