import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { GRAPH, idOf, instagramByHand, parsed, refusal } from './instagram-by-hand.ts';

async function withPost(options: Parameters<typeof instagramByHand>[0] = {}) {
  const hand = instagramByHand(options);
  const media = idOf(await hand.publish(await hand.ready({ caption: 'A pier' })));
  return { ...hand, media };
}

const pageSchema = z.object({
  data: z.array(z.looseObject({ id: z.string() })),
  paging: z.object({ cursors: z.object({ after: z.string() }) }),
});

describe('commenting on Instagram', () => {
  it('shows a comment under the post, which its list has at once', async () => {
    const { media, post, get, sandbox, account } = await withPost();
    const id = idOf(await post(`${media}/comments`, { message: 'More & more' }));
    expect(await sandbox.posts('instagram')).toMatchObject([
      { id: media, text: 'A pier' },
      { id, accountId: account.externalId, kind: 'text', title: null, text: 'More & more', mediaSha256: [], replyTo: media },
    ]);
    expect(parsed(await get(`${media}/comments`))).toMatchObject({ data: [{ id, text: 'More & more', timestamp: '2026-11-21T12:01:00+0000' }] });
    expect(parsed(await get(`${media}/comments?fields=text,username,from`))).toMatchObject({ data: [{ id, username: 'ada', from: { username: 'ada' } }] });
    expect((await sandbox.calls('instagram')).slice(-3).map(({ operation }) => operation)).toEqual(['comment.create', 'comments.list', 'comments.list']);
  });

  it('makes another comment of the same words: nothing holds it for a repetition', async () => {
    const { media, post, sandbox } = await withPost();
    for (const _ of [1, 2]) await post(`${media}/comments`, { message: 'Again' });
    expect(await sandbox.posts('instagram')).toHaveLength(3);
  });

  it('lists them newest first, page by page', async () => {
    const { media, post, get } = await withPost();
    const ids: string[] = [];
    for (const message of ['one', 'two', 'three']) ids.push(idOf(await post(`${media}/comments`, { message })));
    const first = pageSchema.parse(parsed(await get(`${media}/comments?fields=text&limit=2`)));
    expect(first.data.map(({ id }) => id)).toEqual([ids[2], ids[1]]);
    expect(parsed(await get(`${media}/comments?fields=text&limit=2&after=${first.paging.cursors.after}`))).toMatchObject({ data: [{ id: ids[0] }] });
  });

  it.each([
    ['without a text', { message: ' ' }],
    ['of 2201 characters', { message: 'x'.repeat(2201) }],
    ['with a field that is not known', { message: 'x', text: 'x' }],
  ])('refuses a comment %s', async (_what, fields) => {
    const { media, post, sandbox } = await withPost();
    expect(refusal(await post(`${media}/comments`, fields))).toEqual([400, 100]);
    expect(await sandbox.posts('instagram')).toHaveLength(1);
  });

  it('takes 2200 characters', async () => {
    const { media, post } = await withPost();
    expect((await post(`${media}/comments`, { message: 'x'.repeat(2200) })).status).toBe(200);
  });

  it('needs a permission of its own, a post that is there, and one’s own', async () => {
    const { media, post, get, sandbox, send } = await withPost();
    const plain = sandbox.addAccount('instagram', { name: 'plain', scopes: ['instagram_business_basic', 'instagram_business_content_publish'] });
    const other = sandbox.addAccount('instagram', { name: 'other' });
    expect(refusal(await post(`${media}/comments`, { message: 'x' }, plain))).toEqual([403, 10]);
    expect(refusal(await get(`${media}/comments`, plain))).toEqual([403, 10]);
    expect(refusal(await post(`${media}/comments`, { message: 'x' }, other))).toEqual([400, 100, 33]);
    expect(refusal(await post('17000000000000000/comments', { message: 'x' }))).toEqual([400, 100, 33]);
    const bare = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(refusal(await send({ method: 'POST', url: `${GRAPH}/v23.0/${media}/comments`, headers: bare, body: 'message=x' }))).toEqual([400, 190]);
  });
});
