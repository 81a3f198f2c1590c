import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { parsed, redditByHand, refusal } from './reddit-by-hand.ts';

const nameSchema = z.object({ json: z.object({ data: z.object({ name: z.string() }) }) });

async function withPost(options: Parameters<typeof redditByHand>[0] = {}) {
  const hand = redditByHand(options);
  const thing = nameSchema.parse(parsed(await hand.submit({ kind: 'self', text: 'Seen' }))).json.data.name;
  const comment = (fields: Readonly<Record<string, string>> = {}) => hand.post('/api/comment', { api_type: 'json', thing_id: thing, text: 'More & more', ...fields });
  const list = (more = '') => hand.get(`/comments/${thing.slice(3)}?sort=new&depth=1${more}`);
  return { ...hand, thing, comment, list };
}

const listingSchema = z.tuple([
  z.object({ kind: z.literal('Listing') }),
  z.object({ data: z.object({ children: z.array(z.object({ kind: z.enum(['t1', 'more']), data: z.looseObject({ name: z.string() }) })) }) }),
]);

const childrenOf = (answer: { body: string }) => listingSchema.parse(JSON.parse(answer.body))[1].data.children;

describe('a comment on Reddit', () => {
  it('stands under the post, and among its comments', async () => {
    const { thing, comment, list, account, sandbox } = await withPost();
    const said = z.object({ json: z.object({ data: z.object({ things: z.array(z.object({ kind: z.literal('t1'), data: z.looseObject({ name: z.string() }) })) }) }) }).parse(parsed(await comment()));
    const [{ data } = { data: { name: '' } }] = said.json.data.things;
    expect(data).toMatchObject({ name: expect.stringMatching(/^t1_/u), parent_id: thing, link_id: thing, author: account.name, body: 'More &amp; more' });
    expect(await sandbox.posts('reddit')).toMatchObject([
      { id: thing, title: 'R&D' },
      { id: data.name, accountId: account.externalId, kind: 'text', title: null, text: 'More & more', mediaSha256: [], replyTo: thing },
    ]);
    expect(childrenOf(await list('&raw_json=1'))).toMatchObject([{ kind: 't1', data: { name: data.name, body: 'More & more', author: account.name, created_utc: 1_795_262_400 } }]);
    expect((await sandbox.calls('reddit')).map(({ operation }) => operation)).toEqual(['post.submit', 'comment.create', 'comments.list']);
  });

  it('is another one where the words are the same; newest first, and where they end there is more', async () => {
    const { comment, list } = await withPost();
    for (const text of ['one', 'two', 'two']) expect(refusal(await comment({ text }))).toEqual([200, null]);
    expect(childrenOf(await list('&limit=2'))).toMatchObject([{ data: { body: 'two' } }, { data: { body: 'two' } }, { kind: 'more', data: { count: 1 } }]);
  });

  it.each([
    ['without a text', { text: ' ' }, 'NO_TEXT'],
    ['of 10,001 characters', { text: 'x'.repeat(10_001) }, 'TOO_LONG'],
    ['under what is not there', { thing_id: 't3_zzzzzz' }, 'DELETED_LINK'],
    ['under a person', { thing_id: 't2_abc' }, 'DELETED_LINK'],
    ['with a field that is not known', { parent: 't3_1' }, 'INVALID_OPTION'],
    ['as a program for a page', { api_type: 'html' }, 'INVALID_OPTION'],
  ])('is refused %s', async (_what, fields, word) => {
    const { comment, sandbox } = await withPost();
    expect(refusal(await comment(fields))).toEqual([200, word]);
    expect(await sandbox.posts('reddit')).toHaveLength(1);
  });

  it('has up to 10,000 characters', async () => {
    const { comment } = await withPost();
    expect(refusal(await comment({ text: '🎬'.repeat(10_000) }))).toEqual([200, null]);
  });

  it('waits for a post whose file is being processed', async () => {
    const { submit, upload, post, get, account, clock } = await withPost();
    const { url } = await upload();
    await submit({ kind: 'image', url });
    clock.advance(60);
    const listed = z.object({ data: z.object({ children: z.array(z.object({ data: z.object({ name: z.string() }) })) }) }).parse(parsed(await get(`/user/${account.name}/submitted?sort=new`)));
    expect(refusal(await post('/api/comment', { api_type: 'json', thing_id: listed.data.children[0]?.data.name ?? '', text: 'x' }))).toEqual([200, null]);
  });

  it('comes no faster than the account may', async () => {
    const { comment, clock } = await withPost({ caps: { reddit: { commentsPer10Minutes: 1 } } });
    await comment();
    expect(refusal(await comment())).toEqual([200, 'RATELIMIT']);
    clock.advance(600);
    expect(refusal(await comment())).toEqual([200, null]);
  });

  it('needs the scope to submit, and to read it the one to read', async () => {
    const { comment, list } = await withPost({ scopes: ['submit'] });
    expect(refusal(await comment())).toEqual([200, null]);
    expect(refusal(await list())).toEqual([403, 'Forbidden']);
    const reader = redditByHand({ scopes: ['read'] });
    expect(refusal(await reader.post('/api/comment', { api_type: 'json', thing_id: 't3_1', text: 'x' }))).toEqual([403, 'Forbidden']);
    expect(refusal(await reader.get('/comments/zzzz?sort=new'))).toEqual([404, 'Not Found']);
    expect(refusal(await reader.get('/comments/zzzz?sort=top'))).toEqual([400, 'Bad Request']);
  });
});
