import { describe, expect, it } from 'vitest';
import { facebookByHand, file, FILE_URL, parsed, refusal, textOf } from './facebook-by-hand.ts';
import { makeMp4 } from './make-mp4.ts';

const UNDER_REEL = { upload_phase: 'finish', video_state: 'PUBLISHED', description: 'A reel' };

async function withPost() {
  const hand = facebookByHand();
  return { ...hand, hand, under: textOf(await hand.ofPage('feed', { message: 'A post' }), 'id') };
}

/** A reel that was asked to be published; it is after a minute. */
async function withReel() {
  const hand = facebookByHand();
  hand.files.set(FILE_URL, file(makeMp4({ width: 1080, height: 1920, duration: 10 }), 'video/mp4'));
  const started = await hand.ofPage('video_reels', { upload_phase: 'start' });
  const under = textOf(started, 'video_id');
  await hand.send({ method: 'POST', url: textOf(started, 'upload_url'), headers: { authorization: `OAuth ${hand.page.accessToken}`, file_url: FILE_URL } });
  await hand.get(`${under}?fields=status`);
  const postId = textOf(await hand.ofPage('video_reels', { ...UNDER_REEL, video_id: under }), 'post_id');
  return { ...hand, under, postId };
}

describe('a comment', () => {
  it('stands under a post, which lists it', async () => {
    const { under, post, get, posts, page, clock, sandbox } = await withPost();
    clock.advance(1);
    const id = textOf(await post(`${under}/comments`, { message: 'More & more' }), 'id');
    expect(id).toMatch(/^\d+_\d+$/u);
    expect(await posts()).toMatchObject([{ id: under }, { id, accountId: page.externalId, kind: 'text', title: null, text: 'More & more', mediaSha256: [], replyTo: under }]);
    expect(parsed(await get(`${under}/comments?fields=id,message,created_time,from`))).toMatchObject({
      data: [{ id, message: 'More & more', created_time: '2026-11-21T12:00:01+0000', from: { id: page.externalId, name: 'Ada' } }],
    });
    expect((await sandbox.calls('facebook')).map(({ operation }) => operation)).toEqual(['feed.publish', 'comment.create', 'comments.list']);
  });

  it('stands under a video by its own id or that of its post, once it is published', async () => {
    const { under, postId, post, get, posts, clock } = await withReel();
    expect(refusal(await post(`${under}/comments`, { message: 'Soon' }))).toEqual([400, 100, 33]);
    clock.advance(60);
    const ids = [textOf(await post(`${under}/comments`, { message: 'One' }), 'id'), textOf(await post(`${postId}/comments`, { message: 'Two' }), 'id')];
    expect((await posts()).slice(1)).toMatchObject(ids.map((id) => ({ id, replyTo: under })));
    expect(parsed(await get(`${postId}/comments?order=reverse_chronological&fields=message`))).toMatchObject({ data: [{ id: ids[1], message: 'Two' }, { id: ids[0] }] });
    expect(parsed(await get(`${under}/comments?limit=1&filter=stream`))).toMatchObject({ data: [{ id: ids[0] }] });
  });

  it.each([
    ['without a text', { message: ' ' }],
    ['of 8001 characters', { message: 'x'.repeat(8001) }],
    ['with a picture', { message: 'x', attachment_url: 'https://a.test/one.jpg' }],
  ])('is refused %s', async (_what, fields) => {
    const { under, post, posts } = await withPost();
    expect(refusal(await post(`${under}/comments`, fields))).toEqual([400, 100]);
    expect(await posts()).toHaveLength(1);
  });

  it('takes 8000 characters', async () => {
    const { under, post } = await withPost();
    expect((await post(`${under}/comments`, { message: 'x'.repeat(8000) })).status).toBe(200);
  });

  it('needs a permission of its own, the token of the page, and a post of that page', async () => {
    const { under, post, get, sandbox, page } = await withPost();
    const plain = sandbox.addAccount('facebook', { name: 'plain', scopes: ['pages_manage_posts', 'pages_read_engagement'] });
    const other = sandbox.addAccount('facebook', { name: 'other' });
    const person = { ...page, accessToken: page.refreshToken ?? '' };
    const comment = { message: 'x' };
    expect(refusal(await post(`${under}/comments`, comment, plain))).toEqual([403, 200]);
    expect(refusal(await post(`${under}/comments`, comment, person))).toEqual([403, 210]);
    expect(refusal(await post(`${under}/comments`, comment, other))).toEqual([400, 100, 33]);
    expect(refusal(await get(`${under}/comments`, other))).toEqual([400, 100, 33]);
    expect(refusal(await get(`${under}/comments?order=ranked`))).toEqual([400, 100]);
  });
});
