import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { standIns } from '../../sandbox/networks.ts';
import { facebookByHand, file, FILE_URL, GRAPH, parsed, refusal, textOf } from './facebook-by-hand.ts';

const photo = readFileSync(new URL('../platforms/support/photos/one.jpg', import.meta.url));
const DAY = 24 * 3600;

describe('a post', () => {
  it('takes a text as a form and as JSON, and is listed newest first', async () => {
    const hand = facebookByHand();
    const first = textOf(await hand.ofPage('feed', { message: 'One' }), 'id');
    hand.clock.advance(1);
    const json = await hand.send({
      method: 'POST',
      url: `${GRAPH}/v25.0/${hand.page.externalId}/feed`,
      headers: { authorization: `Bearer ${hand.page.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ message: 'Two', link: 'https://example.com/', published: true }),
    });
    expect(textOf(json, 'id')).toMatch(new RegExp(`^${hand.page.externalId}_\\d+$`));
    const listed = await hand.get(`${hand.page.externalId}/published_posts?fields=id,message,created_time&limit=1`);
    expect(parsed(listed)).toMatchObject({ data: [{ message: 'Two', created_time: '2026-11-21T12:00:01+0000' }], paging: { cursors: { after: expect.any(String) } } });
    const rest = await hand.get(`${hand.page.externalId}/published_posts?fields=id,message&after=${textOf(json, 'id')}`);
    expect(parsed(rest)).toMatchObject({ data: [{ id: first, message: 'One' }] });
    expect(parsed(await hand.get(`${first}?fields=permalink_url`))).toMatchObject({ permalink_url: expect.stringMatching(/^https:\/\/www\.facebook\.com\//) });
  });

  it('is refused where it says the same as the one before, for five minutes', async () => {
    const hand = facebookByHand();
    await hand.ofPage('feed', { message: 'Same' });
    hand.clock.advance(299);
    expect(refusal(await hand.ofPage('feed', { message: 'Same' }))).toEqual([400, 506, 1_455_006]);
    hand.clock.advance(1);
    expect((await hand.ofPage('feed', { message: 'Same' })).status).toBe(200);
  });

  it.each([
    [{}, [400, 100]],
    [{ message: 'x'.repeat(63_207) }, [400, 100]],
    [{ message: 'x', link: 'nonsense' }, [400, 100, 1_609_005]],
    [{ message: 'x', published: 'false' }, [400, 100]],
    [{ message: 'x', published: 'maybe' }, [400, 100]],
    [{ message: 'x', place: '1' }, [400, 100]],
    [{ message: 'x', attached_media: '[{"id":"1"}]' }, [400, 100]],
    [{ message: 'x', attached_media: '[{"media_fbid":"1"}]' }, [400, 100, 33]],
  ])('is refused with %j', async (fields, expected) => {
    const hand = facebookByHand();
    expect(refusal(await hand.ofPage('feed', Object.fromEntries(Object.entries(fields))))).toEqual(expected);
    expect(await hand.posts()).toEqual([]);
  });
});

const add = (hand: ReturnType<typeof facebookByHand>, fields: Readonly<Record<string, string>> = {}) => hand.ofPage('photos', { url: FILE_URL, published: 'false', ...fields });

describe('photos', () => {
  it('belong to no post until one takes them, once, within a day', async () => {
    const hand = facebookByHand();
    hand.files.set(FILE_URL, file(photo, 'image/jpeg'));
    const [one, two, late] = [textOf(await add(hand), 'id'), textOf(await add(hand), 'id'), textOf(await add(hand), 'id')];
    expect(await hand.posts()).toEqual([]);
    const attached = (...ids: readonly string[]) => hand.ofPage('feed', { message: 'Sea', attached_media: JSON.stringify(ids.map((id) => ({ media_fbid: id }))) });
    expect(refusal(await attached(one, one))).toEqual([400, 100]);
    expect((await attached(one, two)).status).toBe(200);
    expect(await hand.posts()).toMatchObject([{ kind: 'photos', text: 'Sea', mediaSha256: [expect.any(String), expect.any(String)] }]);
    expect(refusal(await attached(two))).toEqual([400, 1_366_051]);
    hand.clock.advance(DAY);
    expect(refusal(await attached(late))).toEqual([400, 100, 33]);
  });

  it('are really fetched and looked at', async () => {
    const hand = facebookByHand();
    expect(refusal(await add(hand))).toEqual([400, 324, 389]);
    hand.files.set(FILE_URL, file(photo, 'text/html'));
    expect(refusal(await add(hand))).toEqual([400, 324, 389]);
    hand.files.set(FILE_URL, file(Buffer.from('GIF89a and no more'), 'image/gif'));
    expect(refusal(await add(hand))).toEqual([400, 324, 1_366_046]);
    hand.files.set(FILE_URL, file(Buffer.concat([photo, Buffer.alloc(4_000_001 - photo.length)]), 'image/jpeg'));
    expect(refusal(await add(hand))).toEqual([400, 324, 1_366_046]);
    hand.files.set(FILE_URL, file(Buffer.concat([photo, Buffer.alloc(4_000_000 - photo.length)]), 'image/jpeg'));
    expect((await add(hand)).status).toBe(200);
    expect(refusal(await add(hand, { published: 'true' }))).toEqual([400, 100]);
  });
});

describe('access', () => {
  it('is for the page of the token, with its permission, and not for the token of the person', async () => {
    const hand = facebookByHand();
    const other = hand.sandbox.addAccount('facebook', { name: 'Bob' });
    expect(refusal(await hand.post(`${other.externalId}/feed`, { message: 'x' }))).toEqual([400, 100, 33]);
    const reader = hand.sandbox.addAccount('facebook', { name: 'Cy', scopes: ['pages_read_engagement'] });
    expect(refusal(await hand.post(`${reader.externalId}/feed`, { message: 'x' }, reader))).toEqual([403, 200]);
    const person = { ...hand.page, accessToken: hand.page.refreshToken ?? '' };
    expect(refusal(await hand.post(`${hand.page.externalId}/feed`, { message: 'x' }, person))).toEqual([403, 210]);
    expect(refusal(await hand.post(`${hand.page.externalId}/feed`, { message: 'x' }, { ...hand.page, accessToken: 'nonsense' }))).toEqual([401, 190]);
  });

  it('ends with a short token, and begins again with one that the person’s token gives', async () => {
    const hand = facebookByHand();
    const short = hand.sandbox.addAccount('facebook', { name: 'Dee', accessTokenLife: 60 });
    hand.clock.advance(60);
    expect(refusal(await hand.get(`${short.externalId}?fields=name`, short))).toEqual([401, 190, 463]);
    const given = await hand.get(`${short.externalId}?fields=access_token`, { ...short, accessToken: short.refreshToken ?? '' });
    const fresh = { ...short, accessToken: textOf(given, 'access_token') };
    hand.clock.advance(60 * DAY);
    expect(parsed(await hand.get(`${short.externalId}?fields=name,video_upload_limits`, fresh))).toMatchObject({ name: 'Dee', video_upload_limits: { length: 14_400 } });
    expect(refusal(await hand.get(`${short.externalId}?fields=access_token`, { ...short, accessToken: short.refreshToken ?? '' }))).toEqual([401, 190, 463]);
  });

  it('takes a proof that fits the token, and no other', async () => {
    const hand = facebookByHand();
    const secret = standIns['facebook']?.app.clientSecret ?? '';
    const proof = createHmac('sha256', secret).update(hand.page.accessToken).digest('hex');
    expect((await hand.get(`${hand.page.externalId}?fields=name&appsecret_proof=${proof}`)).status).toBe(200);
    expect(refusal(await hand.get(`${hand.page.externalId}?fields=name&appsecret_proof=${proof.replace(/./, 'z')}`))).toEqual([400, 100]);
  });

  it('is to versions that are alive, and to nothing unknown', async () => {
    const hand = facebookByHand();
    const authorization = `Bearer ${hand.page.accessToken}`;
    for (const path of ['v22.0/me', 'v25.0/1/likes', 'me']) {
      expect(refusal(await hand.send({ method: 'GET', url: `${GRAPH}/${path}`, headers: { authorization } }))).toEqual([400, 2500]);
    }
    expect(refusal(await hand.get(`${hand.page.externalId}?fields=colour`))).toEqual([400, 100]);
    expect(refusal(await hand.get('123?fields=status'))).toEqual([400, 100, 33]);
  });
});
