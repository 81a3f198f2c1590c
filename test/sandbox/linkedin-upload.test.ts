import { describe, expect, it } from 'vitest';
import { PART_SIZE } from '../../sandbox/linkedin/assets.ts';
import { API, app, instructionsOf, linkedinByHand, parsed, refusal } from './linkedin-by-hand.ts';
import { makeMp4, type Mp4 } from './make-mp4.ts';

const clip = makeMp4({ size: 100_000 });
const DAY = 24 * 60 * 60;

describe('a call of the versioned API', () => {
  it('needs a token that is known and good', async () => {
    const { call, clock, page } = linkedinByHand();
    expect(refusal(await call('GET', 'posts', undefined, page, { authorization: null }))).toEqual([401, 'INVALID_ACCESS_TOKEN']);
    expect(refusal(await call('GET', 'posts', undefined, { ...page, accessToken: 'AQwrong' }))).toEqual([401, 'INVALID_ACCESS_TOKEN']);
    clock.advance(60 * DAY);
    expect(refusal(await call('GET', 'posts'))).toEqual([401, 'EXPIRED_ACCESS_TOKEN']);
  });

  it('names a version that is alive, and the protocol', async () => {
    const { call, page } = linkedinByHand();
    const as = (headers: Readonly<Record<string, string | null>>) => call('GET', 'posts', undefined, page, headers);
    expect(refusal(await as({ 'linkedin-version': '202510' }))).toEqual([426, 'NONEXISTENT_VERSION']);
    expect(refusal(await as({ 'linkedin-version': '202611' }))).toEqual([426, 'NONEXISTENT_VERSION']);
    expect(refusal(await as({ 'linkedin-version': null }))).toEqual([400, 'VERSION_MISSING']);
    expect(refusal(await as({ 'x-restli-protocol-version': null }))).toEqual([400, 'INVALID_VALUE']);
  });

  it('needs the scope for its author, and acts for no other', async () => {
    const { sandbox, start, page, member } = linkedinByHand();
    const reader = sandbox.addAccount('linkedin', { name: 'Reader', scopes: ['openid', 'profile'] });
    expect(refusal(await start(100_000, {}, reader))).toEqual([403, 'ACCESS_DENIED']);
    expect(refusal(await start(100_000, { owner: page.externalId }, member))).toEqual([403, 'ACCESS_DENIED']);
    expect((await start(100_000, {}, member)).status).toBe(200);
  });

  it('is refused where nobody knows it', async () => {
    const { call, send, page } = linkedinByHand();
    for (const path of ['videos?action=initializeUpload&more=1', 'videos', 'documents?action=initializeUpload', 'posts?dryRun=true']) expect(refusal(await call('POST', path, {}))).toEqual([404, 'RESOURCE_NOT_FOUND']);
    expect(refusal(await send({ method: 'POST', url: `${API}/videos?action=initializeUpload`, headers: { authorization: `Bearer ${page.accessToken}`, 'linkedin-version': '202610', 'x-restli-protocol-version': '2.0.0', 'content-type': 'text/plain' }, body: '{}' }))).toEqual([400, 'INVALID_VALUE']);
  });
});

describe('a video', () => {
  it('is asked for in parts of 4 MiB, the last one shorter', async () => {
    const { start } = linkedinByHand();
    const ranges = async (size: number) => instructionsOf(await start(size)).map(({ firstByte, lastByte }) => [firstByte, lastByte]);
    expect(await ranges(PART_SIZE)).toEqual([[0, PART_SIZE - 1]]);
    expect(await ranges(2 * PART_SIZE + 1)).toEqual([[0, PART_SIZE - 1], [PART_SIZE, 2 * PART_SIZE - 1], [2 * PART_SIZE, 2 * PART_SIZE]]);
  });

  it.each([
    ['below 75 KB', { fileSizeBytes: 74_999 }],
    ['above 500 MB', { fileSizeBytes: 500_000_001 }],
    ['with captions', { uploadCaptions: true }],
    ['with what is not known', { colour: 'red' }],
  ])('is refused %s', async (_what, changes) => {
    const { start } = linkedinByHand();
    expect(refusal(await start(100_000, changes))).toEqual([422, 'INVALID_VALUE']);
    expect((await start(75_000)).status).toBe(200);
    expect((await start(500_000_000)).status).toBe(200);
  });

  it('takes its parts in any order and again, whole, without a token and with the right one', async () => {
    const { start, put, page, member, finish, call } = linkedinByHand();
    const file = makeMp4({ size: PART_SIZE + 1000 });
    const opened = await start(file.byteLength);
    const [first, second] = instructionsOf(opened).map(({ uploadUrl }) => uploadUrl);
    const [head, tail] = [file.subarray(0, PART_SIZE), file.subarray(PART_SIZE)];
    const binary = { 'content-type': 'application/octet-stream' };
    expect(refusal(await put(first ?? '', tail))).toEqual([400, 'INVALID_VALUE']);
    expect(refusal(await put(second ?? '', tail, { 'content-type': 'video/mp4' }))).toEqual([400, 'INVALID_VALUE']);
    expect(refusal(await put(second ?? '', tail, { ...binary, authorization: 'Bearer AQwrong' }))).toEqual([401, 'INVALID_ACCESS_TOKEN']);
    expect(refusal(await put(second ?? '', tail, { ...binary, authorization: `Bearer ${member.accessToken}` }))).toEqual([403, 'ACCESS_DENIED']);
    const b = (await put(second ?? '', tail, { ...binary, authorization: `Bearer ${page.accessToken}` })).headers['etag'] ?? '';
    const a = (await put(first ?? '', head)).headers['etag'] ?? '';
    const again = (await put(first ?? '', head)).headers['etag'] ?? '';
    const { value } = JSON.parse(opened.body);
    // The name of a part is that of the last time that it came.
    expect(refusal(await finish(value.video, value.uploadToken, [a, b]))).toEqual([400, 'INVALID_VALUE']);
    expect((await finish(value.video, value.uploadToken, [again, b])).status).toBe(200);
    expect(parsed(await call('GET', `videos/${encodeURIComponent(value.video)}`))).toMatchObject({ status: 'PROCESSING' });
  });

  it('keeps nothing of a part that broke off', async () => {
    const { start, put, sandbox, finish } = linkedinByHand();
    const opened = await start(clip.byteLength);
    const [only] = instructionsOf(opened);
    sandbox.addFault({ network: 'linkedin', operation: 'video.part', effect: 'drop_midway', bytes: 50_000 });
    await expect(put(only?.uploadUrl ?? '', clip)).rejects.toThrow('ambiguous');
    const { value } = JSON.parse(opened.body);
    expect(refusal(await finish(value.video, value.uploadToken, ['']))).toEqual([400, 'INVALID_VALUE']);
    expect((await put(only?.uploadUrl ?? '', clip)).status).toBe(200);
  });

  it('is put together once, by its owner, with all names in order and its token', async () => {
    const { sent, finish, member } = linkedinByHand();
    const { urn, token, etags } = await sent(makeMp4({ size: PART_SIZE + 1 }));
    for (const [video, uploadToken, names] of [[urn, '', etags], [urn, token, etags.toReversed()], [urn, token, etags.slice(1)]] as const) {
      expect(refusal(await finish(video, uploadToken, names))).toEqual([400, 'INVALID_VALUE']);
    }
    expect(refusal(await finish(urn, token, etags, member))).toEqual([404, 'NOT_FOUND']);
    expect((await finish(urn, token, etags)).status).toBe(200);
    expect(refusal(await finish(urn, token, etags))).toEqual([400, 'INVALID_VALUE']);
  });

  it('takes no part after a day', async () => {
    const { start, put, clock } = linkedinByHand();
    const [only] = instructionsOf(await start(clip.byteLength));
    clock.advance(DAY);
    expect(refusal(await put(only?.uploadUrl ?? '', clip))).toEqual([412, 'PRECONDITION_FAILED']);
  });

  it('says how far it is', async () => {
    const { sent, finish, call, clock, member } = linkedinByHand();
    const { urn, token, etags } = await sent(clip, member);
    const status = async () => parsed(await call('GET', `videos/${encodeURIComponent(urn)}`, undefined, member));
    expect(await status()).toMatchObject({ status: 'WAITING_UPLOAD' });
    await finish(urn, token, etags, member);
    clock.advance(59);
    expect(await status()).toMatchObject({ status: 'PROCESSING' });
    clock.advance(1);
    expect(await status()).toEqual({ id: urn, owner: member.externalId, status: 'AVAILABLE', duration: 10_000, aspectRatioWidth: 1080, aspectRatioHeight: 1920 });
    expect(refusal(await call('GET', `videos/${encodeURIComponent(urn)}`))).toEqual([404, 'NOT_FOUND']);
  });

  const wrong: readonly Mp4[] = [
    { duration: 2.9 },
    { duration: 1801 },
    { codec: 'hvc1' },
    { brand: 'qt  ' },
    { frameRate: 9 },
    { frameRate: 61 },
    { width: 1000, height: 2500 },
    { width: 2500, height: 1000 },
    { width: 250, height: 250 },
    { width: 4098, height: 2304 },
    { audio: { codec: 'Opus' } },
  ];

  it.each(wrong)('is looked into: %j', async (of) => {
    const { video, call } = linkedinByHand();
    const urn = await video(makeMp4({ ...of, size: 100_000 }));
    expect(parsed(await call('GET', `videos/${encodeURIComponent(urn)}`))).toMatchObject({ status: 'PROCESSING_FAILED', processingFailureReason: expect.any(String) });
  });

  const right: readonly Mp4[] = [{ duration: 3 }, { duration: 1800 }, { frameRate: 10 }, { frameRate: 60 }, { width: 1000, height: 2400 }, { width: 4096, height: 2304 }, { width: 256, height: 144 }, { audio: null }];

  it.each(right)('is taken at the edge: %j', async (of) => {
    const { video, call } = linkedinByHand();
    const urn = await video(makeMp4({ ...of, size: 100_000 }));
    expect(parsed(await call('GET', `videos/${encodeURIComponent(urn)}`))).toMatchObject({ status: 'AVAILABLE' });
  });
});

describe('refreshing', () => {
  it('gives a token for 60 days and the same refresh token, whose year goes on', async () => {
    const { token, clock, page, call } = linkedinByHand();
    clock.advance(300 * DAY);
    const refreshed = await token({});
    expect(parsed(refreshed)).toEqual({
      access_token: expect.stringMatching(/^AQ[\w-]{498}$/u),
      expires_in: 60 * DAY,
      refresh_token: page.refreshToken,
      refresh_token_expires_in: 65 * DAY,
      scope: 'w_organization_social r_organization_social',
    });
    const { access_token: accessToken } = JSON.parse(refreshed.body);
    expect((await call('GET', `posts?q=author&author=${encodeURIComponent(page.externalId)}`, undefined, { ...page, accessToken })).status).toBe(200);
    clock.advance(65 * DAY);
    expect(parsed(await token({}))).toMatchObject({ error: 'invalid_grant' });
  });

  it.each([
    [{ client_secret: 'wrong' }, 401, 'invalid_client'],
    [{ client_id: `${app.clientId}x` }, 401, 'invalid_client'],
    [{ refresh_token: 'AQwrong' }, 400, 'invalid_grant'],
    [{ grant_type: 'password' }, 400, 'unsupported_grant_type'],
    [{ scope: 'all' }, 400, 'invalid_request'],
  ])('is refused with %j', async (fields, status, error) => {
    const { token } = linkedinByHand();
    const said = await token(fields);
    expect([said.status, parsed(said)]).toMatchObject([status, { error }]);
  });
});
