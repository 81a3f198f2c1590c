import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { makeMp4 } from './make-mp4.ts';
import { AGENT, clip, parsed, photo, redditByHand, refusal } from './reddit-by-hand.ts';

const FLAIR = '5c2f1b60-0f4e-11ef-8a5e-0242ac120002';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const listingSchema = z.object({ data: z.object({ after: z.string().nullable(), children: z.array(z.object({ data: z.object({ name: z.string(), title: z.string() }) })) }) });

const item = (media_id: string, caption = '') => ({ media_id, caption, outbound_url: '' });

type Hand = ReturnType<typeof redditByHand>;
async function listed({ get, account }: Hand, query = 'sort=new&raw_json=1') {
  const { data } = listingSchema.parse(parsed(await get(`/user/${account.name}/submitted?${query}`)));
  return { titles: data.children.map((each) => each.data.title), after: data.after };
}

describe('a call', () => {
  it.each([undefined, 'node', 'axios/1.7.2', 'curl/8.5.0', 'a : b'])('from a program that calls itself %s is refused', async (agent) => {
    expect(refusal(await redditByHand().get('/api/v1/me', { 'user-agent': agent ?? '' }))).toEqual([429, 'Too Many Requests']);
  });

  it('needs a token that is good and has the scope', async () => {
    const hand = redditByHand({ scopes: ['read'] });
    expect(refusal(await hand.get('/api/v1/me', { authorization: 'Bearer nobody' }))).toEqual([401, 'Unauthorized']);
    expect(refusal(await hand.submit({ kind: 'self' }))).toEqual([403, 'Forbidden']);
    hand.clock.advance(24 * 3600);
    expect(refusal(await hand.get('/r/sandbox/about'))).toEqual([401, 'Unauthorized']);
  });

  it('is counted, and one too many waits for the next window', async () => {
    const hand = redditByHand({ caps: { reddit: { callsPer10Minutes: 2 } } });
    expect((await hand.get('/api/v1/me')).headers).toMatchObject({ 'x-ratelimit-used': '1', 'x-ratelimit-remaining': '1.0', 'x-ratelimit-reset': '600' });
    hand.clock.advance(100);
    await hand.get('/api/v1/me');
    expect(await hand.get('/api/v1/me')).toMatchObject({ status: 429, headers: { 'x-ratelimit-remaining': '0.0', 'x-ratelimit-reset': '500' } });
    hand.clock.advance(500);
    expect((await hand.get('/api/v1/me')).status).toBe(200);
  });

  it('that is not documented is refused', async () => {
    const { get, post } = redditByHand();
    expect(refusal(await get('/api/v2/me'))).toEqual([404, 'Not Found']);
    expect(refusal(await get('/r/sandbox/about?more=1'))).toEqual([400, 'Bad Request']);
    expect(refusal(await post('/api/submit', { kind: 'self' }))).toEqual([200, 'INVALID_OPTION']);
  });
});

describe('a token', () => {
  it('is renewed again and again with the same refresh token', async () => {
    const { account, token, get } = redditByHand();
    const form = { grant_type: 'refresh_token', refresh_token: account.refreshToken ?? '' };
    for (let round = 0; round < 2; round += 1) {
      const renewed = z.strictObject({ access_token: z.string(), token_type: z.literal('bearer'), expires_in: z.literal(86_400), scope: z.string() }).parse(parsed(await token(form)));
      expect((await get('/api/v1/me', { authorization: `Bearer ${renewed.access_token}` })).status).toBe(200);
    }
    expect(refusal(await token({ ...form, refresh_token: 'another' }))).toEqual([400, 'invalid_grant']);
    expect(refusal(await token(form, 'wrong'))).toEqual([401, 'Unauthorized']);
    expect(refusal(await token({ ...form, scope: 'submit' }))).toEqual([400, 'invalid_request']);
  });
});

describe('a file', () => {
  it('is taken at its place, with exactly the fields that came with it', async () => {
    const { place, put } = redditByHand();
    const given = await place();
    expect(await put(given, photo, { policy: 'another' })).toMatchObject({ status: 403, body: expect.stringContaining('<Code>AccessDenied</Code>') });
    expect(await put(given, photo, { more: '1' })).toMatchObject({ status: 403 });
    expect(await put(given, photo, {}, 'photo')).toMatchObject({ status: 400 });
    expect(await put(given, photo)).toMatchObject({ status: 201, body: expect.stringContaining('<Location>') });
  });

  it('is taken within an hour, and up to a size', async () => {
    const { clock, place, put } = redditByHand();
    const [first, second] = [await place(), await place()];
    const large = Buffer.alloc(20_000_001);
    expect(await put(first, large)).toMatchObject({ status: 400, body: expect.stringContaining('<ProposedSize>20000001</ProposedSize><MaxSizeAllowed>20000000</MaxSizeAllowed>') });
    clock.advance(3600);
    expect(await put(second, photo)).toMatchObject({ status: 403, body: expect.stringContaining('Policy expired') });
  });

  it.each([{ filepath: 'one.webp', mimetype: 'image/webp' }, { filepath: 'one', mimetype: 'image/png' }, { filepath: 'one.png' }, { filepath: 'one.png', mimetype: 'image/png', more: '1' }])('has no place as %j', async (fields) => {
    const { ask } = redditByHand();
    expect((await ask({ ...fields })).status).toBe(400);
  });
});

describe('a post', () => {
  it('of text is there at once, and listed as Reddit writes it', async () => {
    const hand = redditByHand();
    const answer = z.object({ json: z.object({ data: z.object({ name: z.string() }) }) }).parse(parsed(await hand.submit({ kind: 'self', text: 'a <b> c' })));
    expect(await hand.sandbox.posts('reddit')).toMatchObject([{ id: answer.json.data.name, accountId: hand.account.externalId, kind: 'text', title: 'R&D', text: 'a <b> c', mediaSha256: [] }]);
    expect(await listed(hand)).toMatchObject({ titles: ['R&D'] });
    expect(await listed(hand, 'sort=new')).toMatchObject({ titles: ['R&amp;D'] });
  });

  it('of a video comes when it is processed, and nobody says its id', async () => {
    const hand = redditByHand();
    const [{ url }, poster] = [await hand.upload(clip, 'video/mp4'), await hand.poster()];
    const answer = await hand.submit({ kind: 'video', url, video_poster_url: poster, text: 'What it is about' });
    expect(parsed(answer)).toMatchObject({ json: { errors: [], data: { user_submitted_page: expect.any(String), websocket_url: expect.stringMatching(/^wss:/u) } } });
    expect(answer.body).not.toContain('t3_');
    hand.clock.advance(59);
    expect(await listed(hand)).toMatchObject({ titles: [] });
    hand.clock.advance(1);
    expect(await listed(hand)).toMatchObject({ titles: ['R&D'] });
    expect(await hand.sandbox.posts('reddit')).toMatchObject([{ kind: 'video', text: 'What it is about', mediaSha256: [sha256(clip)] }]);
  });

  it.each([
    ['is no video', photo],
    ['is too short', makeMp4({ duration: 1.9 })],
    ['is encoded in another way', makeMp4({ codec: 'hvc1' })],
  ])('of a video that %s never comes', async (_, bytes) => {
    const hand = redditByHand();
    const [{ url }, poster] = [await hand.upload(bytes, 'video/mp4'), await hand.poster()];
    expect(refusal(await hand.submit({ kind: 'video', url, video_poster_url: poster }))).toEqual([200, null]);
    hand.clock.advance(3600);
    expect(await listed(hand)).toMatchObject({ titles: [] });
    expect(await hand.sandbox.posts('reddit')).toEqual([]);
  });

  it('of a video needs a poster, and files that have come', async () => {
    const { upload, poster, place, submit } = redditByHand();
    const { url } = await upload(clip, 'video/mp4');
    const unsent = await place('video/mp4');
    expect(refusal(await submit({ kind: 'video', url }))).toEqual([200, 'MISSING_VIDEO_URLS']);
    expect(refusal(await submit({ kind: 'video', url, video_poster_url: url }))).toEqual([200, 'MISSING_VIDEO_URLS']);
    expect(refusal(await submit({ kind: 'video', url: `http:${unsent.args.action}/rte_images/${unsent.asset.asset_id}`, video_poster_url: await poster() }))).toEqual([200, 'MISSING_VIDEO_URLS']);
    expect(refusal(await submit({ kind: 'image', url }))).toEqual([200, 'BAD_URL']);
    expect(refusal(await submit({ kind: 'image', url: (await upload(Buffer.from('no picture'))).url }))).toEqual([200, 'IMAGE_ERROR']);
  });

  it('of photos is a gallery of 2 to 20, with captions', async () => {
    const hand = redditByHand();
    const [one, two] = [await hand.upload(), await hand.upload()];
    expect(refusal(await hand.gallery({ items: [item(one.id)] }))).toEqual([200, 'INVALID_OPTION']);
    expect(refusal(await hand.gallery({ items: [item(one.id), item(one.id)] }))).toEqual([200, 'IMAGE_ERROR']);
    expect(refusal(await hand.gallery({ items: [item(one.id), item('another')] }))).toEqual([200, 'IMAGE_ERROR']);
    expect(refusal(await hand.gallery({ items: [item(one.id, 'a'.repeat(181)), item(two.id)] }))).toEqual([200, 'TOO_LONG']);
    expect(refusal(await hand.gallery({ items: [item(one.id), item(two.id)], more: 'a' }))[1]).toBe('INVALID_OPTION');
    expect(refusal(await hand.gallery({ items: [item(one.id, 'a'.repeat(180)), item(two.id)], text: 'What it is about' }))).toEqual([200, null]);
    expect(await hand.sandbox.posts('reddit')).toMatchObject([{ kind: 'photos', text: 'What it is about', mediaSha256: [sha256(photo), sha256(photo)] }]);
  });

  it.each([
    [{ sr: '' }, 'SUBREDDIT_REQUIRED'],
    [{ sr: 'nowhere' }, 'SUBREDDIT_NOEXIST'],
    [{ sr: 'sandbox_closed' }, 'SUBREDDIT_NOTALLOWED'],
    [{ sr: 'sandbox_links' }, 'NO_SELFS'],
    [{ sr: 'sandbox_texts', kind: 'image' }, 'NO_IMAGES'],
    [{ sr: 'sandbox_texts', kind: 'video' }, 'NO_VIDEOS'],
    [{ sr: 'sandbox_flairs' }, 'SUBMIT_VALIDATION_FLAIR_REQUIRED'],
    [{ sr: 'sandbox_flairs', flair_id: FLAIR.replace('5', '0') }, 'BAD_FLAIR_TEMPLATE_ID'],
    [{ sr: 'sandbox_flairs', flair_id: FLAIR }, null],
    [{ title: ' ' }, 'NO_TEXT'],
    [{ title: 'a'.repeat(301) }, 'TOO_LONG'],
    [{ title: '🎬'.repeat(300) }, null],
    [{ text: 'a'.repeat(40_001) }, 'TOO_LONG'],
    [{ kind: 'poll' }, 'INVALID_OPTION'],
    [{ nsfw: 'yes' }, 'INVALID_OPTION'],
    [{ nsfw: 'True' }, null],
    [{ more: '1' }, 'INVALID_OPTION'],
  ])('with %j is answered %s', async (fields, word) => {
    const { submit, sandbox } = redditByHand();
    expect(refusal(await submit({ kind: 'self', ...Object.fromEntries(Object.entries(fields)) }))).toEqual([200, word]);
    expect(await sandbox.posts('reddit')).toHaveLength(word === null ? 1 : 0);
  });

  it('comes too soon for a new account', async () => {
    const { clock, submit } = redditByHand({ caps: { reddit: { postsPer10Minutes: 1 } } });
    await submit({ kind: 'self' });
    clock.advance(60);
    expect(parsed(await submit({ kind: 'self' }))).toMatchObject({ json: { errors: [['RATELIMIT', expect.stringContaining('9 minutes'), 'ratelimit']], ratelimit: 540 } });
    clock.advance(540);
    expect(refusal(await submit({ kind: 'self' }))).toEqual([200, null]);
  });
});

describe('a list', () => {
  it('has the newest posts first, page by page', async () => {
    const hand = redditByHand();
    for (const title of ['one', 'two', 'three']) {
      await hand.submit({ kind: 'self', title });
      hand.clock.advance(1);
    }
    const first = await listed(hand, 'sort=new&limit=2');
    expect(first.titles).toEqual(['three', 'two']);
    expect(await listed(hand, `sort=new&limit=2&after=${first.after}`)).toEqual({ titles: ['one'], after: null });
    expect((await hand.get(`/user/${hand.account.name}/submitted?sort=new&limit=101`, { 'user-agent': AGENT })).status).toBe(400);
  });
});
