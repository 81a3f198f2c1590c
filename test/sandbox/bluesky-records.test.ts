import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { blueskyByHand, clip, COLLECTION, key, parsed, photo, refusal } from './bluesky-by-hand.ts';

const blobSchema = z.object({ blob: z.object({ $type: z.literal('blob'), ref: z.object({ $link: z.string() }), mimeType: z.string(), size: z.number() }) });
const listSchema = z.object({ records: z.array(z.object({ uri: z.string() })), cursor: z.string().optional() });

async function stored(world: ReturnType<typeof blueskyByHand>, bytes: Uint8Array = photo) {
  return blobSchema.parse(parsed(await world.upload(bytes))).blob;
}

const images = (...found: readonly unknown[]) => ({ embed: { $type: 'app.bsky.embed.images', images: found.map((image) => ({ image, alt: '' })) } });

describe('a record under a key', () => {
  it('is written once: the same again changes nothing and carries no commit', async () => {
    const { put, sandbox } = blueskyByHand();
    const first = await put(key(1));
    expect(parsed(first)).toMatchObject({ cid: expect.any(String), commit: { rev: expect.any(String) }, validationStatus: 'valid' });
    const again = await put(key(1), {}, { swapRecord: null });
    expect(again.status).toBe(200);
    expect(parsed(again)).toEqual({ ...z.object({ uri: z.string(), cid: z.string() }).parse(parsed(first)), validationStatus: 'valid' });
    expect(await sandbox.posts('bluesky')).toHaveLength(1);
  });

  it('is the same whatever the order of its fields', async () => {
    const { put } = blueskyByHand();
    const embed = { $type: 'app.bsky.embed.external', external: { uri: 'https://a.example', title: 'A', description: '' } };
    await put(key(1), { langs: ['de'], embed });
    const again = await put(key(1), { embed: { external: { description: '', title: 'A', uri: 'https://a.example' }, $type: embed.$type }, langs: ['de'] }, { swapRecord: null });
    expect(again.status).toBe(200);
    expect(parsed(again)).not.toHaveProperty('commit');
  });

  it('is replaced by another one, unless the call says that there must be none, or which', async () => {
    const { put, sandbox } = blueskyByHand();
    const { cid } = z.object({ cid: z.string() }).parse(parsed(await put(key(1))));
    expect(refusal(await put(key(1), { text: 'Other' }, { swapRecord: null }))).toEqual([400, 'InvalidSwap']);
    expect((await put(key(1), { text: 'Other' }, { swapRecord: cid })).status).toBe(200);
    expect(refusal(await put(key(1), { text: 'Third' }, { swapRecord: cid }))).toEqual([400, 'InvalidSwap']);
    expect(await sandbox.posts('bluesky')).toMatchObject([{ text: 'Other' }]);
  });

  it('is not made twice by createRecord, which has no word for that', async () => {
    const { pds, did } = blueskyByHand();
    const body = { repo: did, collection: COLLECTION, rkey: key(1), record: { text: 'Hello', createdAt: '2026-11-21T12:00:00Z' } };
    expect((await pds('POST', 'repo.createRecord', { body })).status).toBe(200);
    expect(refusal(await pds('POST', 'repo.createRecord', { body }))).toEqual([500, 'InternalServerError']);
    expect((await pds('POST', 'repo.createRecord', { body: { ...body, rkey: undefined } })).status).toBe(200);
  });

  it('is read without a session, listed, and deleted as often as one likes', async () => {
    const { put, pds, did, account } = blueskyByHand();
    await put(key(1));
    await put(key(2));
    const of = (rkey: string, repo = did) => ({ query: { repo, collection: COLLECTION, rkey }, token: null });
    expect(parsed(await pds('GET', 'repo.getRecord', of(key(1), account.name)))).toMatchObject({ uri: `at://${did}/${COLLECTION}/${key(1)}`, value: { text: 'Hello' } });
    expect(refusal(await pds('GET', 'repo.getRecord', of(key(3))))).toEqual([400, 'RecordNotFound']);
    expect(parsed(await pds('GET', 'repo.listRecords', { query: { repo: did, collection: COLLECTION } }))).toMatchObject({ records: [{}, {}] });
    const remove = () => pds('POST', 'repo.deleteRecord', { body: { repo: did, collection: COLLECTION, rkey: key(1) } });
    expect(parsed(await remove())).toHaveProperty('commit');
    expect(parsed(await remove())).toEqual({});
  });

  it.each([
    ['no TID', key(1).slice(1), {}, {}],
    ['another collection', key(1), {}, { collection: 'app.bsky.feed.like' }],
    ['no text', key(1), { text: undefined }, {}],
    ['301 graphemes', key(1), { text: '👨‍👩‍👧‍👦'.repeat(100) + 'x'.repeat(201) }, {}],
    ['3,001 bytes', key(1), { text: '👨‍👩‍👧‍👦'.repeat(120) + 'x' }, {}],
    ['a time without a zone', key(1), { createdAt: '2026-11-21T12:00:00' }, {}],
    ['four languages', key(1), { langs: ['de', 'en', 'fr', 'es'] }, {}],
    ['labels without their type', key(1), { labels: { values: [{ val: 'porn' }] } }, {}],
    ['a facet for no account', key(1), { facets: [{ index: { byteStart: 0, byteEnd: 1 }, features: [{ $type: 'app.bsky.richtext.facet#mention', did: 'x' }] }] }, {}],
    ['an unknown embed', key(1), { embed: { $type: 'app.bsky.embed.sound' } }, {}],
    ['an unknown field', key(1), { colour: 'red' }, {}],
    ['an unknown field beside the record', key(1), {}, { visible: true }],
  ])('is refused with %s', async (_why, rkey, record, input) => {
    const { put, sandbox } = blueskyByHand();
    expect(refusal(await put(rkey, record, input))).toEqual([400, 'InvalidRequest']);
    expect(await sandbox.posts('bluesky')).toEqual([]);
  });

  it('takes a text of 300 graphemes and 3,000 bytes, and does not look where facets lie', async () => {
    const { put } = blueskyByHand();
    const facets = [{ index: { byteStart: 0, byteEnd: 99 }, features: [{ $type: 'app.bsky.richtext.facet#tag', tag: 'a' }] }];
    expect((await put(key(1), { text: 'x'.repeat(300) })).status).toBe(200);
    expect((await put(key(2), { text: '👨‍👩‍👧‍👦'.repeat(120), facets })).status).toBe(200);
  });

  it('belongs to the account of the session', async () => {
    const { put, sandbox } = blueskyByHand();
    const other = sandbox.addAccount('bluesky', { name: 'Grace' });
    expect(refusal(await put(key(1), {}, { repo: other.externalId }))).toEqual([401, 'AuthenticationRequired']);
    expect(refusal(await put(key(1), {}, { repo: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' }))).toEqual([403, 'AccountNotFound']);
    expect(refusal(await put(key(1), {}, {}, { token: null }))).toEqual([401, 'AuthMissing']);
    expect(refusal(await put(key(1), {}, {}, { token: 'eyJ.a.b' }))).toEqual([400, 'InvalidToken']);
    expect(refusal(await put(key(1), {}, {}, { token: other.refreshToken ?? '' }))).toEqual([400, 'InvalidToken']);
  });

  it('costs points, of which there are so many in an hour', async () => {
    const { put, clock } = blueskyByHand({ caps: { bluesky: { writePointsPerHour: 4 } } });
    expect((await put(key(1))).headers).toMatchObject({ 'ratelimit-limit': '4', 'ratelimit-remaining': '2', 'ratelimit-policy': '4;w=3600' });
    await put(key(2));
    const refused = await put(key(3));
    expect(refusal(refused)).toEqual([429, 'RateLimitExceeded']);
    expect(Number(refused.headers['ratelimit-reset']) * 1000).toBe(clock.now().getTime() + 3_600_000);
    clock.advance(3600);
    expect((await put(key(3))).status).toBe(200);
  });
});

describe('the list of records', () => {
  it('comes in pages, from either end', async () => {
    const { put, pds, did } = blueskyByHand();
    for (const n of [1, 2, 3]) await put(key(n));
    const list = async (query: Readonly<Record<string, string>>) => {
      const { records, cursor } = listSchema.parse(parsed(await pds('GET', 'repo.listRecords', { query: { repo: did, collection: COLLECTION, ...query } })));
      return [cursor, ...records.map(({ uri }) => uri.slice(-13))];
    };
    expect(await list({ limit: '2' })).toEqual([key(2), key(3), key(2)]);
    expect(await list({ limit: '2', cursor: key(2) })).toEqual([key(1), key(1)]);
    expect(await list({ limit: '2', cursor: key(1) })).toEqual([undefined]);
    expect(await list({ limit: '2', cursor: key(1), reverse: 'true' })).toEqual([key(3), key(2), key(3)]);
  });
});

describe('a file', () => {
  it('has the type that its bytes tell, and the same name each time', async () => {
    const world = blueskyByHand();
    const first = blobSchema.parse(parsed(await world.upload(photo, 'image/png'))).blob;
    expect(first).toMatchObject({ mimeType: 'image/jpeg', size: photo.byteLength, ref: { $link: expect.stringMatching(/^bafkrei[a-z2-7]{52}$/u) } });
    expect(await stored(world)).toEqual(first);
    expect(refusal(await world.pds('POST', 'repo.uploadBlob', { body: photo }))).toEqual([400, 'InvalidRequest']);
  });

  it('is answered with the type that is said now, and keeps that of its first upload', async () => {
    const world = blueskyByHand();
    const captions = Buffer.from('WEBVTT');
    await world.upload(captions, 'text/plain');
    const again = blobSchema.parse(parsed(await world.upload(captions, 'text/vtt'))).blob;
    expect(again.mimeType).toBe('text/vtt');
    const video = blobSchema.parse(parsed(await world.upload(clip, 'video/mp4'))).blob;
    const film = { $type: 'app.bsky.embed.video', video, captions: [{ lang: 'en', file: again }] };
    expect(refusal(await world.put(key(1), { embed: film }))).toEqual([400, 'InvalidMimeType']);
  });

  it('has to be there, and of the type and size that the record says', async () => {
    const world = blueskyByHand();
    const blob = await stored(world);
    const unknown = { ...blob, ref: { $link: `bafkrei${'a'.repeat(52)}` } };
    expect(refusal(await world.put(key(1), images(unknown)))).toEqual([400, 'BlobNotFound']);
    expect(refusal(await world.put(key(1), images({ ...blob, mimeType: 'image/png' })))).toEqual([400, 'InvalidMimeType']);
    expect(refusal(await world.put(key(1), images({ ...blob, size: 5 })))).toEqual([400, 'InvalidSize']);
    expect((await world.put(key(1), images(blob))).status).toBe(200);
    // Of a file that is in use the server does not look any more.
    expect((await world.put(key(2), images({ ...blob, size: 5 }))).status).toBe(200);
    expect(await world.sandbox.posts('bluesky')).toMatchObject([{ kind: 'photos', title: null }, { kind: 'photos' }]);
  });

  it('is dropped when no record names it for six hours', async () => {
    const world = blueskyByHand();
    const [kept, lost] = [await stored(world), await stored(world, Buffer.concat([photo, Buffer.from('x')]))];
    await world.put(key(1), images(kept));
    world.clock.advance(6 * 3600);
    const token = world.sandbox.addAccount('bluesky', { name: 'Grace' }).accessToken;
    expect(refusal(await world.put(key(2), images(lost), {}, { token }))).toEqual([401, 'AuthenticationRequired']);
    const session = z.object({ accessJwt: z.string() }).parse(parsed(await world.pds('POST', 'server.refreshSession', { token: world.account.refreshToken })));
    expect(refusal(await world.put(key(2), images(lost), {}, { token: session.accessJwt }))).toEqual([400, 'BlobNotFound']);
    expect((await world.put(key(2), images(kept), {}, { token: session.accessJwt })).status).toBe(200);
  });

  it('fits its place: four images, twenty in a gallery, each with a description', async () => {
    const world = blueskyByHand();
    const blob = await stored(world);
    const item = { $type: 'app.bsky.embed.gallery#image', image: blob, alt: '', aspectRatio: { width: 4, height: 5 } };
    const gallery = (count: number) => ({ embed: { $type: 'app.bsky.embed.gallery', items: Array.from({ length: count }, () => item) } });
    expect((await world.put(key(1), images(blob, blob, blob, blob))).status).toBe(200);
    expect(refusal(await world.put(key(2), images(blob, blob, blob, blob, blob)))).toEqual([400, 'InvalidRequest']);
    expect((await world.put(key(2), gallery(20))).status).toBe(200);
    expect(refusal(await world.put(key(3), gallery(21)))).toEqual([400, 'InvalidRequest']);
    expect(refusal(await world.put(key(3), { embed: { $type: 'app.bsky.embed.images', images: [{ image: blob }] } }))).toEqual([400, 'InvalidRequest']);
    expect(refusal(await world.put(key(3), { embed: { $type: 'app.bsky.embed.video', video: blob } }))).toEqual([400, 'InvalidRequest']);
  });
});

describe('a record that answers another', () => {
  const refSchema = z.object({ uri: z.string(), cid: z.string() });

  it('names the first post and the one before it, and is shown under that', async () => {
    const { put, pds, sandbox, did } = blueskyByHand();
    const root = refSchema.parse(parsed(await put(key(1))));
    const first = refSchema.parse(parsed(await put(key(2), { text: 'one', reply: { root, parent: root } }, { swapRecord: null })));
    const second = refSchema.parse(parsed(await put(key(3), { text: 'two', reply: { root, parent: first } }, { swapRecord: null })));
    expect(await sandbox.posts('bluesky')).toMatchObject([
      { id: root.uri, text: 'Hello' },
      { id: first.uri, kind: 'text', text: 'one', replyTo: root.uri },
      { id: second.uri, kind: 'text', text: 'two', replyTo: first.uri },
    ]);
    expect(parsed(await pds('GET', 'repo.getRecord', { query: { repo: did, collection: COLLECTION, rkey: key(2) } }))).toMatchObject({ cid: first.cid, value: { reply: { root } } });
    expect((await sandbox.calls('bluesky')).map(({ operation }) => operation)).toEqual(['record.put', 'reply.put', 'reply.put', 'record.read']);
  });

  it('is written once under its key, as every record', async () => {
    const { put, sandbox } = blueskyByHand();
    const root = refSchema.parse(parsed(await put(key(1))));
    const reply = { text: 'one', reply: { root, parent: root } };
    await put(key(2), reply, { swapRecord: null });
    expect(parsed(await put(key(2), reply, { swapRecord: null }))).not.toHaveProperty('commit');
    expect(await sandbox.posts('bluesky')).toHaveLength(2);
  });

  it('is refused where what it answers is not there, is another version, or is not named', async () => {
    const { put, sandbox } = blueskyByHand();
    const root = refSchema.parse(parsed(await put(key(1))));
    const gone = { uri: root.uri.replace(key(1), key(5)), cid: root.cid };
    const other = { uri: root.uri, cid: `${root.cid.slice(0, -1)}z` };
    for (const reply of [{ root, parent: gone }, { root: gone, parent: root }, { root, parent: other }, { root }, { root, parent: { uri: root.uri } }]) {
      expect(refusal(await put(key(2), { text: 'one', reply }))).toEqual([400, 'InvalidRequest']);
    }
    expect(await sandbox.posts('bluesky')).toHaveLength(1);
  });
});
