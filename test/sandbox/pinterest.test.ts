import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { makePng } from './make-image.ts';
import { makeMp4 } from './make-mp4.ts';
import { clip, parsed, pinterestByHand, refusal } from './pinterest-by-hand.ts';

const PNG = makePng({ width: 1000, height: 1500 });
const base64 = (bytes: Buffer) => ({ content_type: 'image/png', data: bytes.toString('base64') });
const photo = { source_type: 'image_base64', ...base64(PNG) };
const found = (body: Uint8Array, status = 200) => ({ fetch: () => Promise.resolve({ status, headers: {}, body }) });
const video = (id: string, cover: object = { cover_image_key_frame_time: 0 }) => ({ source_type: 'video_id', media_id: id, ...cover });
const carousel = (count: number) => ({ source_type: 'multiple_image_urls', items: Array.from({ length: count }, (_, n) => ({ url: `https://media.example/${n}.png` })) });
const idsIn = (body: unknown) => z.object({ items: z.array(z.object({ id: z.string() })) }).parse(body).items.map(({ id }) => id);

describe('a call', () => {
  it('needs a token that is not over, with its scopes', async () => {
    const { account, clock, sandbox, get, pin } = pinterestByHand();
    expect(refusal(await get('/user_account', { ...account, accessToken: 'wrong' }))).toEqual([401, 2]);
    const reader = sandbox.addAccount('pinterest', { name: 'Reader', scopes: ['boards:read', 'pins:read', 'boards:write'] });
    expect(refusal(await pin(photo, {}, reader))).toEqual([403, 29]);
    clock.advance(30 * 24 * 3600 - 1);
    expect((await get('/user_account')).status).toBe(200);
    clock.advance(1);
    expect(refusal(await get('/user_account'))).toEqual([401, 2]);
  });

  it('that is one too many in its time is refused, and says for how many seconds', async () => {
    const { clock, get, pin } = pinterestByHand({ caps: { pinterest: { writesPerMinute: 1, callsPerDay: 4 } } });
    expect((await pin(photo)).headers).toMatchObject({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60' });
    clock.advance(59);
    const refused = await pin(photo);
    expect(refusal(refused)).toEqual([429, 8]);
    expect(refused.headers['x-ratelimit-reset']).toBe('1');
    clock.advance(1);
    expect((await pin(photo)).status).toBe(201);
    expect((await get('/boards')).status).toBe(200);
    expect(refusal(await get('/boards'))).toEqual([429, 8]);
  });

  it('that nobody documented is not known', async () => {
    const { get, post, board } = pinterestByHand();
    expect((await get('/pins')).status).toBe(404);
    expect(refusal(await get(`/boards/${board}/pins?limit=1`))).toEqual([400, 1]);
    expect(refusal(await post('/media', { media_type: 'image' }))).toEqual([400, 1]);
    expect(refusal(await post('/media', { media_type: 'video', size: 1 }))).toEqual([400, 1]);
  });

  it('for new tokens voids the old refresh token', async () => {
    const { account, get, token } = pinterestByHand();
    const old = { grant_type: 'refresh_token', refresh_token: account.refreshToken ?? '' };
    expect(refusal(await token(old, 'wrong'))).toEqual([401, 2]);
    expect(refusal(await token({ ...old, client_id: '1' }))).toEqual([400, 1]);
    const pair = z.object({ access_token: z.string(), refresh_token: z.string(), expires_in: z.literal(2_592_000), refresh_token_expires_in: z.literal(5_184_000) }).parse(parsed(await token(old)));
    expect((await get('/user_account', { ...account, accessToken: pair.access_token })).status).toBe(200);
    expect(refusal(await token(old))).toEqual([400, 1]);
    expect((await token({ ...old, refresh_token: pair.refresh_token })).status).toBe(200);
  });
});

describe('a video', () => {
  it('is registered, sent, processed, and then a pin may name it', async () => {
    const { clock, sandbox, account, register, upload, statusOf, pin } = pinterestByHand();
    const { id, parameters } = await register();
    expect(await statusOf(id)).toBe('registered');
    expect(refusal(await pin(video(id)))).toEqual([400, 12]);
    expect(await upload(parameters)).toMatchObject({ status: 204, body: '' });
    expect(await statusOf(id)).toBe('processing');
    clock.advance(59);
    expect(refusal(await pin(video(id)))).toEqual([400, 12]);
    clock.advance(1);
    expect(await statusOf(id)).toBe('succeeded');
    expect((await pin(video(id))).status).toBe(201);
    expect(await sandbox.posts('pinterest')).toMatchObject([
      { accountId: account.externalId, kind: 'video', title: 'One', text: null, mediaSha256: [createHash('sha256').update(clip).digest('hex')] },
    ]);
  });

  it('is let in only by the very form that was given, without a token, for an hour', async () => {
    const { clock, register, upload } = pinterestByHand();
    const { parameters } = await register();
    const { policy: _, ...without } = parameters;
    for (const [fields, status, code] of [
      [without, 403, 'AccessDenied'],
      [{ ...parameters, policy: 'another' }, 403, 'AccessDenied'],
      [{ ...parameters, acl: 'public-read' }, 403, 'AccessDenied'],
      [{ ...parameters, key: 'uploads/another' }, 403, 'AccessDenied'],
    ] as const) {
      expect(await upload(fields)).toMatchObject({ status, body: expect.stringContaining(`<Code>${code}</Code>`) });
    }
    expect(await upload(parameters, clip, { authorization: 'Bearer a' })).toMatchObject({ status: 400, body: expect.stringContaining('InvalidArgument') });
    expect(await upload(parameters, clip, { 'content-type': 'video/mp4' })).toMatchObject({ status: 400, body: expect.stringContaining('MalformedPOSTRequest') });
    clock.advance(3599);
    expect((await upload(parameters)).status).toBe(204);
    clock.advance(1);
    expect(await upload(parameters)).toMatchObject({ status: 403, body: expect.stringContaining('Policy expired') });
  });

  it.each([
    ['is none', Buffer.from('hello'), 'failed'],
    ['of 3.9 s', makeMp4({ duration: 3.9 }), 'failed'],
    ['of 4 s', makeMp4({ duration: 4 }), 'succeeded'],
    ['of 15 min', makeMp4({ duration: 900 }), 'succeeded'],
    ['over 15 min', makeMp4({ duration: 900.1 }), 'failed'],
    ['of H.265', makeMp4({ codec: 'hvc1' }), 'succeeded'],
    ['of VP9', makeMp4({ codec: 'vp09' }), 'failed'],
    ['of 239 pixels', makeMp4({ width: 239, height: 400 }), 'failed'],
    ['of 1:2', makeMp4({ width: 500, height: 1000 }), 'succeeded'],
    ['of more than 1:2', makeMp4({ width: 499, height: 1000 }), 'failed'],
    ['of more than 1.91:1', makeMp4({ width: 1911, height: 1000 }), 'failed'],
  ])('%s is looked into', async (_, bytes, status) => {
    const { ready, statusOf, pin } = pinterestByHand();
    const id = await ready(bytes);
    expect(await statusOf(id)).toBe(status);
    expect((await pin(video(id))).status).toBe(status === 'succeeded' ? 201 : 400);
  });

  it('is shown by one cover, and is its own account\'s', async () => {
    const { sandbox, ready, pin, get } = pinterestByHand();
    const id = await ready();
    for (const cover of [{}, { cover_image_key_frame_time: 1, cover_image_url: 'https://a.example/b.jpg' }, { cover_image_data: 'AAAA' }]) expect(refusal(await pin(video(id, cover)))).toEqual([400, 1]);
    const other = sandbox.addAccount('pinterest', { name: 'Other' });
    expect((await get(`/media/${id}`, other)).status).toBe(404);
    expect(refusal(await pin(video(id), { board_id: String(other.defaults['board']) }, other))).toEqual([404, 7]);
  });
});

describe('a pin', () => {
  it.each([
    [{ board_id: '1' }, [404, 40]],
    [{ board_id: undefined }, [400, 1]],
    [{ board_section_id: '1' }, [404, 40]],
    [{ title: 'x'.repeat(101) }, [400, 1]],
    [{ description: 'x'.repeat(801) }, [400, 1]],
    [{ alt_text: 'x'.repeat(501) }, [400, 1]],
    [{ link: 'no address' }, [400, 1]],
    [{ hashtags: ['#one'] }, [400, 1]],
  ])('with %j is refused', async (change, said) => {
    const { pin, sandbox } = pinterestByHand();
    expect(refusal(await pin(photo, change))).toEqual(said);
    expect(await sandbox.posts('pinterest')).toEqual([]);
  });

  it('fetches its photos, of one size, 2 to 5 of them', async () => {
    const { pin, sandbox } = pinterestByHand(found(PNG));
    expect((await pin({ source_type: 'image_url', url: 'https://media.example/1.png' })).status).toBe(201);
    for (const [count, status] of [[1, 400], [2, 201], [5, 201], [6, 400]] as const) expect((await pin(carousel(count))).status).toBe(status);
    expect((await sandbox.posts('pinterest')).map(({ mediaSha256 }) => mediaSha256.length)).toEqual([1, 2, 5]);
    const sizes = { source_type: 'multiple_image_base64', items: [base64(PNG), base64(makePng({ width: 1000, height: 1499 }))] };
    expect(refusal(await pin(sizes))).toEqual([400, 1]);
  });

  it('whose photo is out of reach, or none, is refused', async () => {
    const source = { source_type: 'image_url', url: 'https://media.example/1.png' };
    expect(refusal(await pinterestByHand(found(PNG, 403)).pin(source))).toEqual([400, 235]);
    expect(refusal(await pinterestByHand({ fetch: () => Promise.reject(new Error('refused')) }).pin(source))).toEqual([400, 235]);
    expect(refusal(await pinterestByHand(found(clip)).pin(source))).toEqual([400, 1]);
  });

  it('is listed after half a minute, newest first, page by page', async () => {
    const { clock, board, pin, get } = pinterestByHand();
    const made: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      made.unshift(z.object({ id: z.string() }).parse(parsed(await pin(photo))).id);
      clock.advance(1);
    }
    clock.advance(28);
    expect(idsIn(parsed(await get(`/boards/${board}/pins`)))).toEqual(made.slice(1));
    clock.advance(1);
    const first = parsed(await get(`/boards/${board}/pins?page_size=2`));
    expect(idsIn(first)).toEqual(made.slice(0, 2));
    const { bookmark } = z.object({ bookmark: z.string() }).parse(first);
    expect(parsed(await get(`/boards/${board}/pins?page_size=2&bookmark=${bookmark}`))).toMatchObject({ items: [{ id: made[2], created_at: '2026-11-21T12:00:00', title: 'One', board_id: board }], bookmark: null });
    expect(refusal(await get(`/boards/${board}/pins?bookmark=other`))).toEqual([400, 1]);
    expect(refusal(await get(`/boards/${board}/pins?page_size=251`))).toEqual([400, 1]);
    expect(refusal(await get('/boards/1/pins'))).toEqual([404, 40]);
  });
});
