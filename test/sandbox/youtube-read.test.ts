import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { app, clip, parsed, refusal, video, videoId, youtubeByHand } from './youtube-by-hand.ts';

const listSchema = z.object({ items: z.array(z.looseObject({ id: z.string() })), nextPageToken: z.string().optional() });
const uploadsSchema = z.object({
  items: z.tuple([z.object({ contentDetails: z.object({ relatedPlaylists: z.object({ uploads: z.string() }) }) })]),
});
const itemSchema = z.object({
  items: z.array(z.object({ contentDetails: z.object({ videoId: z.string() }) })),
  nextPageToken: z.string().optional(),
});

describe('the state of a video', () => {
  it('is being processed for a while, then processed', async () => {
    const { publish, get, clock } = youtubeByHand();
    const id = await publish();
    const state = async () =>
      z.object({ items: z.array(z.looseObject({})) }).parse(parsed(await get(`videos?part=status,processingDetails&id=${id}`))).items[0];
    expect(await state()).toMatchObject({ status: { uploadStatus: 'uploaded' }, processingDetails: { processingStatus: 'processing' } });
    clock.advance(59);
    expect(await state()).toMatchObject({ status: { uploadStatus: 'uploaded' } });
    clock.advance(1);
    expect(await state()).toMatchObject({ status: { uploadStatus: 'processed' }, processingDetails: { processingStatus: 'succeeded' } });
  });

  it('has failed when the bytes were no video, which nobody ever sees', async () => {
    const { open, put, get, clock, sandbox } = youtubeByHand();
    const id = videoId(await put(await open(), 0, clip.byteLength, { body: Buffer.alloc(clip.byteLength, 'no video ') }));
    expect(await sandbox.posts('youtube')).toEqual([]);
    clock.advance(60);
    expect(parsed(await get(`videos?part=status,processingDetails&id=${id}`))).toMatchObject({
      items: [{ status: { uploadStatus: 'failed', failureReason: 'invalidFile' }, processingDetails: { processingStatus: 'failed' } }],
    });
  });

  it('shows the named parts and no other', async () => {
    const { publish, get } = youtubeByHand();
    const id = await publish({ body: video({ tags: ['a', 'b c'], categoryId: '28' }) });
    const [item] = listSchema.parse(parsed(await get(`videos?part=snippet&id=${id}`))).items;
    expect(item).toMatchObject({
      kind: 'youtube#video',
      id,
      snippet: { title: 'A clip', description: 'Seen', tags: ['a', 'b c'], categoryId: '28' },
    });
    expect(item).not.toHaveProperty('status');
  });

  it('hides private videos from others, and the processing of all', async () => {
    const { publish, get, lasting, sandbox } = youtubeByHand();
    const shown = await publish();
    const hidden = await publish({ body: video({}, { privacyStatus: 'private' }) });
    expect(listSchema.parse(parsed(await get(`videos?part=id&id=${shown},${hidden}`))).items).toHaveLength(2);
    expect(listSchema.parse(parsed(await get(`videos?part=id&id=${shown},${hidden}`, lasting))).items.map(({ id }) => id)).toEqual([shown]);
    expect(refusal(await get(`videos?part=processingDetails&id=${shown}`, lasting))).toEqual([403, 'forbidden']);
    expect((await sandbox.posts('youtube')).map(({ id }) => id)).toEqual([shown]);
  });

  it('becomes public at its time', async () => {
    const { publish, get, clock, sandbox, lasting } = youtubeByHand();
    const first = await publish({ account: lasting, body: video({}, { privacyStatus: 'private', publishAt: '2026-11-21T14:00:00Z' }) });
    clock.advance(1800);
    const second = await publish({ account: lasting });
    clock.advance(5399);
    expect((await sandbox.posts('youtube')).map(({ id }) => id)).toEqual([second]);
    clock.advance(1);
    expect((await sandbox.posts('youtube')).map(({ id, createdAt }) => [id, createdAt])).toEqual([
      [second, '2026-11-21T12:30:00Z'],
      [first, '2026-11-21T14:00:00Z'],
    ]);
    expect(parsed(await get(`videos?part=status&id=${first}`, lasting))).toMatchObject({
      items: [{ status: { privacyStatus: 'public' } }],
    });
  });

  it('is empty for an id that does not exist', async () => {
    const { get } = youtubeByHand();
    expect(parsed(await get('videos?part=id&id=abcdefghijk'))).toMatchObject({ kind: 'youtube#videoListResponse', items: [] });
  });

  it.each([
    ['no part', 'videos?id=a', [400, 'required']],
    ['an unknown part', 'videos?part=colour&id=a', [400, 'unknownPart']],
    ['no id', 'videos?part=id', [400, 'missingRequiredParameter']],
    ['51 ids', `videos?part=id&id=${Array.from({ length: 51 }, (_, n) => `id${n}`).join(',')}`, [400, 'invalidFilters']],
    ['an unknown parameter', 'videos?part=id&id=a&chart=mostPopular', [400, 'unknownParameter']],
    ['channels without mine', 'channels?part=id', [400, 'missingRequiredParameter']],
    ['channels with an unknown part', 'channels?part=colour&mine=true', [400, 'unknownPart']],
    ['items of no playlist', 'playlistItems?part=id', [400, 'missingRequiredParameter']],
    ['items of an unknown playlist', 'playlistItems?part=id&playlistId=UUnone', [404, 'playlistNotFound']],
    ['items of a list that is no uploads list', 'playlistItems?part=id&playlistId=PLnone', [404, 'playlistNotFound']],
    ['51 items', 'playlistItems?part=id&playlistId=UUnone&maxResults=51', [400, 'invalidParameter']],
    ['a path that is not known', 'subscriptions?part=id', [404, 'notFound']],
  ] as const)('is refused for %s', async (_what, path, expected) => {
    const { get } = youtubeByHand();
    expect(refusal(await get(path))).toEqual(expected);
  });

  it('is refused with a wrong token, without the scope to read, and beyond the quota', async () => {
    const { get, sandbox, account } = youtubeByHand({ caps: { youtube: { units: 1 } } });
    const uploader = sandbox.addAccount('youtube', { name: 'Uploader', scopes: ['https://www.googleapis.com/auth/youtube.upload'] });
    for (const path of ['videos?part=id&id=a', 'channels?part=id&mine=true', 'playlistItems?part=id&playlistId=UUx']) {
      expect(refusal(await get(path, { ...account, accessToken: 'ya29.wrong' }))).toEqual([401, 'authError']);
      expect(refusal(await get(path, uploader))).toEqual([403, 'insufficientPermissions']);
    }
    expect((await get('videos?part=id&id=a')).status).toBe(200);
    for (const path of ['videos?part=id&id=a', 'channels?part=id&mine=true', 'playlistItems?part=id&playlistId=UUx']) {
      expect(refusal(await get(path))).toEqual([403, 'quotaExceeded']);
    }
  });
});

describe('the uploads of a channel', () => {
  it('are found through the channel, newest first, page by page', async () => {
    const { publish, get, account } = youtubeByHand();
    const ids = [await publish(), await publish({ body: video({}, { privacyStatus: 'private' }) }), await publish()];
    const channel = parsed(await get('channels?part=snippet,statistics,contentDetails&mine=true'));
    expect(channel).toMatchObject({
      items: [{ id: account.externalId, snippet: { title: 'Ada Lovelace', customUrl: '@adalovelace' }, statistics: { videoCount: '3' } }],
    });
    const { uploads } = uploadsSchema.parse(channel).items[0].contentDetails.relatedPlaylists;
    expect(uploads).toBe(account.externalId.replace(/^UC/, 'UU'));

    const first = itemSchema.parse(parsed(await get(`playlistItems?part=contentDetails,snippet&playlistId=${uploads}&maxResults=2`)));
    const second = itemSchema.parse(
      parsed(await get(`playlistItems?part=contentDetails&playlistId=${uploads}&maxResults=2&pageToken=${first.nextPageToken}`)),
    );
    expect([...first.items, ...second.items].map(({ contentDetails }) => contentDetails.videoId)).toEqual(ids.toReversed());
    expect(second.nextPageToken).toBeUndefined();
    expect(refusal(await get(`playlistItems?part=id&playlistId=${uploads}&pageToken=x`))).toEqual([400, 'invalidPageToken']);
  });

  it('show title and time, as a look-up after a lost session needs them', async () => {
    const { publish, get, account } = youtubeByHand();
    const id = await publish();
    expect(parsed(await get(`playlistItems?part=contentDetails,snippet&playlistId=UU${account.externalId.slice(2)}`))).toMatchObject({
      items: [
        {
          snippet: { title: 'A clip', publishedAt: '2026-11-21T12:00:00.000Z', resourceId: { videoId: id } },
          contentDetails: { videoId: id },
        },
      ],
    });
  });

  it('hide private videos from others', async () => {
    const { publish, get, account, lasting } = youtubeByHand();
    await publish({ body: video({}, { privacyStatus: 'private' }) });
    expect(parsed(await get(`playlistItems?part=id&playlistId=UU${account.externalId.slice(2)}`, lasting))).toMatchObject({ items: [] });
  });
});

describe('refreshing a token', () => {
  const form = { grant_type: 'refresh_token', client_id: app.clientId, client_secret: app.clientSecret };
  const tokenSchema = z.strictObject({
    access_token: z.string(),
    expires_in: z.number(),
    scope: z.string(),
    token_type: z.literal('Bearer'),
  });

  it('gives a new access token, and no new refresh token, as often as wanted', async () => {
    const { token, start, account, clock } = youtubeByHand();
    clock.advance(3600);
    for (const _turn of [1, 2]) {
      const fresh = tokenSchema.parse(parsed(await token({ ...form, refresh_token: account.refreshToken ?? '' })));
      expect(fresh).toMatchObject({ expires_in: 3599, scope: account.scopes.join(' ') });
      expect((await start({ account: { ...account, accessToken: fresh.access_token } })).status).toBe(200);
    }
  });

  it.each([
    ['an unknown refresh token', { ...form, refresh_token: '1//0none' }, 400, 'invalid_grant'],
    ['no refresh token', form, 400, 'invalid_request'],
    ['another client', { ...form, client_id: 'other', refresh_token: 'x' }, 401, 'invalid_client'],
    ['a wrong secret', { ...form, client_secret: 'wrong', refresh_token: 'x' }, 401, 'invalid_client'],
    ['no grant type', { client_id: app.clientId }, 400, 'invalid_request'],
    ['another grant type', { ...form, grant_type: 'password' }, 400, 'unsupported_grant_type'],
    ['an unknown field', { ...form, refresh_token: 'x', colour: 'red' }, 400, 'invalid_request'],
  ])('is refused for %s', async (_what, sent, status, error) => {
    const { token } = youtubeByHand();
    const answer = await token(sent);
    expect([answer.status, parsed(answer)]).toEqual([status, { error, error_description: expect.any(String) }]);
  });

  it('is refused for a body that is no form', async () => {
    const { token } = youtubeByHand();
    expect(parsed(await token(form, { 'content-type': 'application/json' }))).toMatchObject({ error: 'invalid_request' });
  });
});
