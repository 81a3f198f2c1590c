import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { linkedinByHand, parsed, refusal } from './linkedin-by-hand.ts';
import { makeMp4 } from './make-mp4.ts';

const clip = makeMp4({ size: 100_000 });
const photo = readFileSync(new URL('../platforms/support/photos/one.jpg', import.meta.url));
const HOUR = 60 * 60;
const sha256 = (file: Uint8Array) => createHash('sha256').update(file).digest('hex');

const withVideo = (id: string) => ({ content: { media: { id, title: 'One' } } });
const images = (...ids: readonly string[]) => ({ content: { multiImage: { images: ids.map((id) => ({ id, altText: 'A boat' })) } } });

/** A GIF by its first bytes. */
function gif(width: number, height: number): Uint8Array {
  const bytes = Buffer.alloc(100);
  bytes.write('GIF89a', 0, 'latin1');
  bytes.writeUInt16LE(width, 6);
  bytes.writeUInt16LE(height, 8);
  return bytes;
}

describe('a post', () => {
  it('is there at once, as it was written, under the name in the header', async () => {
    const { post, sandbox, member } = linkedinByHand();
    const said = await post({ commentary: String.raw`Hello {hashtag|\#|sea\_side}, \(all\) of @[Ada & Co.](urn:li:organization:1) #too` }, member);
    expect(said).toMatchObject({ status: 201, body: '', headers: { 'x-restli-id': expect.stringMatching(/^urn:li:share:7\d{18}$/u) } });
    expect(await sandbox.posts('linkedin')).toEqual([
      { id: said.headers['x-restli-id'], accountId: member.externalId, kind: 'text', title: null, text: 'Hello #sea_side, (all) of Ada & Co. #too', mediaSha256: [], createdAt: '2026-11-21T12:00:00Z' },
    ]);
  });

  it('is not public for connections only', async () => {
    const { post, sandbox, member } = linkedinByHand();
    expect((await post({ visibility: 'CONNECTIONS' }, member)).status).toBe(201);
    expect(refusal(await post({ visibility: 'CONNECTIONS' }))).toEqual([422, 'INVALID_VALUE']);
    expect(await sandbox.posts('linkedin')).toEqual([]);
  });

  it.each([
    ['a parenthesis that is not escaped', { commentary: 'Hello (all' }, 'INVALID_VALUE'],
    ['a backslash before a letter', { commentary: String.raw`a\b` }, 'INVALID_VALUE'],
    ['no text', { commentary: ' ' }, 'MISSING_FIELD'],
    ['a text of 3,001 characters', { commentary: 'x'.repeat(3001) }, 'FIELD_LENGTH_TOO_LONG'],
    ['another state', { lifecycleState: 'DRAFT' }, 'INVALID_VALUE'],
    ['a field that is not known', { scheduledAt: 1 }, 'INVALID_VALUE'],
    ['a field that is missing', { distribution: undefined }, 'MISSING_FIELD'],
    ['targets', { distribution: { feedDistribution: 'MAIN_FEED', targetEntities: ['x'], thirdPartyDistributionChannels: [] } }, 'INVALID_VALUE'],
    ['one of several images', { content: { multiImage: { images: [{ id: 'urn:li:image:1' }] } } }, 'INVALID_VALUE'],
  ])('is refused with %s', async (_what, changes, code) => {
    const { post, sandbox } = linkedinByHand();
    expect(refusal(await post(changes))).toEqual([422, code]);
    expect(await sandbox.posts('linkedin')).toEqual([]);
  });

  it('counts what a reader sees, not what is escaped', async () => {
    const { post } = linkedinByHand();
    expect((await post({ commentary: String.raw`\(`.repeat(3000) })).status).toBe(201);
    expect(refusal(await post({ commentary: String.raw`\(`.repeat(3001) }))).toEqual([422, 'FIELD_LENGTH_TOO_LONG']);
  });

  it('has a video that is ready, of the same author', async () => {
    const { post, sandbox, sent, finish, video, clock, member } = linkedinByHand();
    const { urn, token, etags } = await sent(clip);
    expect(refusal(await post(withVideo(urn)))).toEqual([400, 'MEDIA_ASSET_WAITING_UPLOAD']);
    await finish(urn, token, etags);
    clock.advance(59);
    expect(refusal(await post(withVideo(urn)))).toEqual([400, 'MEDIA_ASSET_WAITING_UPLOAD']);
    clock.advance(1);
    expect(refusal(await post(withVideo(urn), member))).toEqual([404, 'NOT_FOUND']);
    expect(refusal(await post(withVideo(await video(Buffer.alloc(80_000)))))).toEqual([400, 'MEDIA_ASSET_PROCESSING_FAILED']);
    expect((await post(withVideo(urn))).headers['x-restli-id']).toMatch(/^urn:li:ugcPost:7\d{18}$/u);
    expect(await sandbox.posts('linkedin')).toMatchObject([{ kind: 'video', mediaSha256: [sha256(clip)] }]);
  });

  it('has one image, or 2 to 20, and no video among them', async () => {
    const { post, sandbox, image, video } = linkedinByHand();
    const [one, two] = [await image(photo), await image(photo)];
    expect(refusal(await post(images(one, await video(clip))))).toEqual([422, 'INVALID_VALUE']);
    expect(refusal(await post(images(...Array.from({ length: 21 }, () => one))))).toEqual([422, 'INVALID_VALUE']);
    expect((await post(images(one, two))).status).toBe(201);
    expect((await post({ content: { media: { id: one, altText: 'A boat' } } })).status).toBe(201);
    expect(await sandbox.posts('linkedin')).toMatchObject([{ kind: 'photos', mediaSha256: [sha256(photo), sha256(photo)] }, { kind: 'photos', mediaSha256: [sha256(photo)] }]);
  });

  it('has an image that is one: JPEG, PNG or GIF of at most 8 MB and 36,152,320 pixels', async () => {
    const { post, image } = linkedinByHand();
    const tell = async (file: Uint8Array) => post({ content: { media: { id: await image(file) } } });
    expect((await tell(gif(6008, 6017))).status).toBe(201);
    for (const file of [gif(6008, 6018), Buffer.from('<svg/>'), Buffer.concat([photo, Buffer.alloc(8_000_000)])]) expect(refusal(await tell(file))).toEqual([400, 'MEDIA_ASSET_PROCESSING_FAILED']);
  });
});

describe('the same post again', () => {
  it('is refused for a day, and the refusal names the first', async () => {
    const { post, member, clock, sandbox } = linkedinByHand();
    const first = await post({}, member);
    const urn = first.headers['x-restli-id'] ?? '';
    clock.advance(24 * HOUR - 1);
    const again = await post({}, member);
    expect(refusal(again)).toEqual([422, 'DUPLICATE_POST']);
    expect(parsed(again)).toMatchObject({ errorDetails: { inputErrors: [{ code: 'DUPLICATE_POST', description: expect.stringContaining(urn) }] } });
    clock.advance(1);
    expect((await post({}, member)).status).toBe(201);
    expect(await sandbox.posts('linkedin')).toHaveLength(2);
  });

  it('is another one with other words, another author, or another file', async () => {
    const { post, member, video } = linkedinByHand();
    await post();
    expect((await post({ commentary: 'Hello there' })).status).toBe(201);
    expect((await post({}, member)).status).toBe(201);
    const content = async () => ({ content: { media: { id: await video(clip) } } });
    const first = await content();
    expect((await post(first)).status).toBe(201);
    expect(refusal(await post(first))).toEqual([422, 'DUPLICATE_POST']);
    expect((await post({ ...first, commentary: 'Other' })).status).toBe(201);
    expect((await post(await content())).status).toBe(201);
  });

  it('does not spend a post of the day, of which an author has 100 until midnight UTC', async () => {
    const { post, clock } = linkedinByHand({ caps: { linkedin: { postsPerDay: 2 } } });
    await post();
    expect(refusal(await post())).toEqual([422, 'DUPLICATE_POST']);
    expect((await post({ commentary: 'Two' })).status).toBe(201);
    expect(refusal(await post({ commentary: 'Three' }))).toEqual([429, 'TOO_MANY_REQUESTS']);
    clock.advance(12 * HOUR);
    expect((await post({ commentary: 'Three' })).status).toBe(201);
  });
});

describe('the posts of an author', () => {
  it('are listed newest first for a page that may read, with what was sent', async () => {
    const { post, call, clock, page } = linkedinByHand();
    await post({ commentary: 'One' });
    clock.advance(1);
    await post({ commentary: String.raw`Two \(2\)` });
    const list = (query: string) => call('GET', `posts?author=${encodeURIComponent(page.externalId)}&q=author${query}`);
    const at = Date.parse('2026-11-21T12:00:01Z');
    expect(parsed(await list('&count=10&sortBy=LAST_MODIFIED'))).toMatchObject({
      paging: { start: 0, count: 10 },
      elements: [{ commentary: String.raw`Two \(2\)`, lifecycleState: 'PUBLISHED', createdAt: at, lastModifiedAt: at }, { commentary: 'One' }],
    });
    expect(parsed(await list('&count=1&start=1'))).toMatchObject({ elements: [{ commentary: 'One' }] });
    for (const wrong of ['&count=0', '&count=101', '&sortBy=NAME', '&more=1']) expect(refusal(await list(wrong))).toEqual([400, 'INVALID_VALUE']);
  });

  it('are nobody\'s to read of a member, of another page, or without the scope', async () => {
    const { call, page, member, sandbox } = linkedinByHand();
    const writer = sandbox.addAccount('linkedin', { name: 'Writer', scopes: ['w_organization_social'] });
    const list = (author: string, as = page) => call('GET', `posts?author=${encodeURIComponent(author)}&q=author`, undefined, as);
    expect(refusal(await list(member.externalId, member))).toEqual([403, 'ACCESS_DENIED']);
    expect(refusal(await list(writer.externalId, writer))).toEqual([403, 'ACCESS_DENIED']);
    expect(refusal(await list(member.externalId))).toEqual([403, 'ACCESS_DENIED']);
  });
});

describe('forgetting', () => {
  it('leaves the accounts unless they are asked for', async () => {
    const { post, sandbox } = linkedinByHand();
    await post();
    sandbox.reset({ accounts: false });
    expect(await sandbox.posts('linkedin')).toEqual([]);
    expect((await post()).status).toBe(201);
    sandbox.reset({ accounts: true });
    expect(refusal(await post())).toEqual([401, 'INVALID_ACCESS_TOKEN']);
  });
});
