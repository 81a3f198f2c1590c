import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeMp4 } from './make-mp4.ts';
import { app, clip, data, photo, refusal, tiktokByHand, type Photos } from './tiktok-by-hand.ts';

const MB = 1_000_000;
const HOUR = 3600;

describe('beginning a video', () => {
  it('gives an id and an address, and shows nothing', async () => {
    const { initVideo, sandbox, status } = tiktokByHand();
    const opened = data(await initVideo());
    expect(opened).toEqual({ publish_id: expect.stringMatching(/^v_pub_file~.{1,53}$/), upload_url: expect.stringMatching(/^http:\/\/sandbox\.test\/tiktok\/upload\/video\/\?upload_id=/) });
    expect(data(await status(String(opened['publish_id'])))).toEqual({ status: 'PROCESSING_UPLOAD', uploaded_bytes: 0, publicaly_available_post_id: [] });
    expect(await sandbox.posts('tiktok')).toEqual([]);
  });

  it.each([
    ['a field that is not documented', { caption: 'x' }, {}, [400, 'invalid_params']],
    ['no privacy level', { privacy_level: undefined }, {}, [400, 'invalid_params']],
    ['a privacy level that the creator has not', { privacy_level: 'FOLLOWER_OF_CREATOR' }, {}, [403, 'privacy_level_option_mismatch']],
    ['a paid partnership among friends', { privacy_level: 'MUTUAL_FOLLOW_FRIENDS', brand_content_toggle: true }, {}, [400, 'invalid_params']],
    ['a caption of 2,201 units', { title: `${'🎬'.repeat(1100)}x` }, {}, [400, 'invalid_params']],
    ['a toggle that is no boolean', { disable_duet: 'false' }, {}, [400, 'invalid_params']],
    ['a source that is not there', {}, { source: 'PULL_FROM_URL' }, [400, 'invalid_params']],
    ['a wrong count of chunks', {}, { total_chunk_count: 2 }, [400, 'invalid_params']],
    ['chunks below 5 MB', {}, { video_size: 10 * MB, chunk_size: 5 * MB - 1, total_chunk_count: 2 }, [400, 'invalid_params']],
    ['one chunk above 64 MB', {}, { video_size: 64 * MB + 1, chunk_size: 64 * MB + 1, total_chunk_count: 1 }, [400, 'invalid_params']],
    ['a video above 64 MB in one chunk', {}, { video_size: 64 * MB + 1, chunk_size: 64 * MB, total_chunk_count: 1 }, [400, 'invalid_params']],
    ['a video above 4 GB', {}, { video_size: 4000 * MB + 1, chunk_size: 64 * MB, total_chunk_count: 62 }, [400, 'invalid_file_upload']],
  ] as const)('is refused with %s', async (_what, info, source, expected) => {
    expect(refusal(await tiktokByHand().initVideo(info, source))).toEqual(expected);
  });

  it('is taken at the edges of all that', async () => {
    const { initVideo } = tiktokByHand();
    for (const [video_size, chunk_size] of [[10 * MB, 5 * MB], [64 * MB, 64 * MB], [4000 * MB, 64 * MB], [4_999_999, 4_999_999]] as const) {
      data(await initVideo({ title: '🎬'.repeat(1100) }, { video_size, chunk_size, total_chunk_count: Math.floor(video_size / chunk_size) }));
    }
  });

  it('needs a token that is good, the scope for it, and JSON', async () => {
    const { initVideo, sandbox, clock, post } = tiktokByHand();
    expect(refusal(await initVideo({}, {}, { headers: { authorization: null } }))).toEqual([401, 'access_token_invalid']);
    const reader = sandbox.addAccount('tiktok', { name: 'Reader', scopes: ['user.info.basic'] });
    expect(refusal(await initVideo({}, {}, { as: reader }))).toEqual([401, 'scope_not_authorized']);
    expect(refusal(await initVideo({}, {}, { headers: { 'content-type': 'text/plain' } }))).toEqual([400, 'invalid_params']);
    expect(refusal(await post('/v2/post/publish/video/init/', '{'))).toEqual([400, 'invalid_params']);
    clock.advance(24 * HOUR);
    expect(refusal(await initVideo())).toEqual([401, 'access_token_invalid']);
  });
});

describe('the chunks of a video', () => {
  const file = makeMp4({ size: 12 * MB });

  it('come in order, and the last one, larger than the others, makes the post', async () => {
    const { open, put, sandbox, status } = tiktokByHand();
    const { publishId, url } = await open(file.byteLength, 5 * MB);
    expect(await put(url, file, 0, 5 * MB)).toMatchObject({ status: 206, headers: { 'content-range': `bytes 0-${5 * MB - 1}/${12 * MB}` }, body: '' });
    expect(data(await status(publishId))).toMatchObject({ status: 'PROCESSING_UPLOAD', uploaded_bytes: 5 * MB });
    expect(await sandbox.posts('tiktok')).toEqual([]);
    expect((await put(url, file, 5 * MB, 12 * MB)).status).toBe(201);
    expect(await sandbox.posts('tiktok')).toEqual([
      { id: expect.stringMatching(/^7\d{18}$/), accountId: expect.any(String), kind: 'video', title: null, text: 'A clip #seen', mediaSha256: [createHash('sha256').update(file).digest('hex')], createdAt: '2026-11-21T12:00:00Z' },
    ]);
  });

  it.each([
    ['a chunk out of order', 5 * MB, 12 * MB, {}, 416],
    ['a chunk shorter than announced', 0, 5 * MB - 1, {}, 416],
    ['all at once', 0, 12 * MB, {}, 416],
    ['another total', 0, 5 * MB, { 'content-range': `bytes 0-${5 * MB - 1}/${12 * MB + 1}` }, 416],
    ['a range of another form', 0, 5 * MB, { 'content-range': `bytes=0-${5 * MB - 1}` }, 400],
    ['a type that is no video', 0, 5 * MB, { 'content-type': 'application/octet-stream' }, 400],
    ['fewer bytes than the range', 0, 5 * MB - 1, { 'content-range': `bytes 0-${5 * MB - 1}/${12 * MB}` }, 400],
  ] as const)('are refused: %s', async (_what, first, end, headers, expected) => {
    const { open, put, status } = tiktokByHand();
    const { publishId, url } = await open(file.byteLength, 5 * MB);
    expect((await put(url, file, first, end, headers)).status).toBe(expected);
    expect(data(await status(publishId))).toMatchObject({ uploaded_bytes: 0 });
  });

  it('are not taken twice, nor after the end, nor with another key, nor after an hour', async () => {
    const { open, put, clock, status } = tiktokByHand();
    const { url } = await open();
    expect((await put(`${url}x`, clip, 0, clip.byteLength)).status).toBe(403);
    expect((await put(url, clip, 0, clip.byteLength)).status).toBe(201);
    expect((await put(url, clip, 0, clip.byteLength)).status).toBe(416);
    const other = await open();
    clock.advance(HOUR - 1);
    expect(data(await status(other.publishId))).toMatchObject({ status: 'PROCESSING_UPLOAD' });
    clock.advance(1);
    expect((await put(other.url, clip, 0, clip.byteLength)).status).toBe(403);
    expect(data(await status(other.publishId))).toMatchObject({ status: 'FAILED', fail_reason: 'internal' });
  });
});

describe('what becomes of a publication', () => {
  it('is told when processing is over, with an id of 64 bits as a number', async () => {
    const { publish, status, clock, sandbox } = tiktokByHand();
    const publishId = await publish();
    clock.advance(59);
    expect(data(await status(publishId))).toMatchObject({ status: 'PROCESSING_UPLOAD', uploaded_bytes: clip.byteLength });
    clock.advance(1);
    const [post] = await sandbox.posts('tiktok');
    expect((await status(publishId)).body).toContain(`"status":"PUBLISH_COMPLETE","uploaded_bytes":${clip.byteLength},"publicaly_available_post_id":[${post?.id}]`);
  });

  it.each([
    ['file_format_check_failed', Buffer.alloc(2000)],
    ['file_format_check_failed', makeMp4({ codec: 'mp4v' })],
    ['duration_check_failed', makeMp4({ duration: 2.9 })],
    ['duration_check_failed', makeMp4({ duration: 600.1 })],
    ['picture_size_check_failed', makeMp4({ width: 359, height: 640 })],
    ['picture_size_check_failed', makeMp4({ width: 640, height: 4097 })],
    ['frame_rate_check_failed', makeMp4({ frameRate: 22 })],
    ['frame_rate_check_failed', makeMp4({ frameRate: 61 })],
  ])('is %s for a file that says so itself', async (reason, file) => {
    const { publish, status, clock, sandbox } = tiktokByHand();
    const publishId = await publish(file);
    clock.advance(60);
    expect(data(await status(publishId))).toMatchObject({ status: 'FAILED', fail_reason: reason });
    expect(await sandbox.posts('tiktok')).toEqual([]);
  });

  it('is nobody else’s concern', async () => {
    const { publish, status, sandbox } = tiktokByHand();
    const publishId = await publish();
    expect(refusal(await status(publishId, sandbox.addAccount('tiktok', { name: 'Other' })))).toEqual([400, 'token_not_authorized_for_specified_publish_id']);
    expect(refusal(await status('v_pub_file~none'))).toEqual([400, 'invalid_publish_id']);
  });

  it('is not public where the post is not', async () => {
    const { initVideo, put, status, clock, sandbox, post } = tiktokByHand();
    const { publish_id: publishId, upload_url: url } = data(await initVideo({ privacy_level: 'SELF_ONLY' }));
    await put(String(url), clip, 0, clip.byteLength);
    clock.advance(60);
    expect(data(await status(String(publishId)))).toMatchObject({ status: 'PUBLISH_COMPLETE', publicaly_available_post_id: [] });
    expect(await sandbox.posts('tiktok')).toEqual([]);
    expect(data(await post('/v2/video/list/?fields=id', {}))).toMatchObject({ videos: [] });
  });
});

describe('photos', () => {
  const bigger = Buffer.from(photo);
  // Height and width stand behind the marker of the frame, its length and the depth.
  bigger.writeUInt16BE(1921, bigger.indexOf(Buffer.from([0xff, 0xc0])) + 5);

  it('are fetched, in order, and make one post', async () => {
    const { initPhotos, status, clock, sandbox } = tiktokByHand({ photos: { 'https://media.test/2.jpg': { body: Buffer.concat([photo, Buffer.from('2')]) } } });
    const { publish_id: publishId } = data(await initPhotos({}, { photo_images: ['https://media.test/1.jpg', 'https://media.test/2.jpg'] }));
    expect(publishId).toMatch(/^p_pub_url~/);
    expect(data(await status(String(publishId)))).toEqual({ status: 'PROCESSING_DOWNLOAD', publicaly_available_post_id: [] });
    clock.advance(60);
    expect(data(await status(String(publishId)))).toMatchObject({ status: 'PUBLISH_COMPLETE' });
    const sums = [photo, Buffer.concat([photo, Buffer.from('2')])].map((body) => createHash('sha256').update(body).digest('hex'));
    expect(await sandbox.posts('tiktok')).toMatchObject([{ kind: 'photos', title: 'Photos', text: 'Of it', mediaSha256: sums }]);
  });

  it('may be WebP', async () => {
    const webp = readFileSync(new URL('../media/clips/lossy.webp', import.meta.url));
    const { initPhotos, sandbox, clock, status } = tiktokByHand({ photos: { 'https://media.test/one.jpg': { headers: { 'content-type': 'image/webp' }, body: webp } } });
    const { publish_id: publishId } = data(await initPhotos());
    clock.advance(60);
    expect(data(await status(String(publishId)))).toMatchObject({ status: 'PUBLISH_COMPLETE' });
    expect(await sandbox.posts('tiktok')).toHaveLength(1);
  });

  it.each<[string, Photos[string]]>([
    ['photo_pull_failed', { status: 403 }],
    ['photo_pull_failed', { status: 302 }],
    ['photo_pull_failed', new Error('no such host')],
    ['file_format_check_failed', { headers: { 'content-type': 'image/png' } }],
    ['file_format_check_failed', { body: Buffer.from('no picture') }],
    ['picture_size_check_failed', { body: bigger }],
    ['picture_size_check_failed', { body: Buffer.concat([photo, Buffer.alloc(20 * MB)]) }],
  ])('fail with %s', async (reason, fetched) => {
    const { initPhotos, status, clock, sandbox } = tiktokByHand({ photos: { 'https://media.test/one.jpg': fetched } });
    const { publish_id: publishId } = data(await initPhotos());
    clock.advance(60);
    expect(data(await status(String(publishId)))).toMatchObject({ status: 'FAILED', fail_reason: reason });
    expect(await sandbox.posts('tiktok')).toEqual([]);
  });

  it.each([
    ['36 of them', {}, { photo_images: Array.from({ length: 36 }, () => 'https://media.test/1.jpg') }, {}],
    ['none', {}, { photo_images: [] }, {}],
    ['a cover that is not there', {}, { photo_cover_index: 1 }, {}],
    ['a title of 91 units', { title: 'x'.repeat(91) }, {}, {}],
    ['a description of 4,001 units', { description: 'x'.repeat(4001) }, {}, {}],
    ['a label that only videos have', { is_aigc: true }, {}, {}],
    ['bytes that are pushed', {}, { source: 'FILE_UPLOAD' }, {}],
    ['another mode', {}, {}, { post_mode: 'MEDIA_UPLOAD' }],
  ])('are refused with %s', async (_what, info, source, change) => {
    expect(refusal(await tiktokByHand().initPhotos(info, source, change))).toEqual([400, 'invalid_params']);
  });
});

describe('what a creator may do', () => {
  it('is told, and a body that says something is refused', async () => {
    const { creatorInfo, post } = tiktokByHand();
    expect(data(await creatorInfo())).toMatchObject({ creator_username: 'ada_lovelace', privacy_level_options: ['PUBLIC_TO_EVERYONE', 'MUTUAL_FOLLOW_FRIENDS', 'SELF_ONLY'], max_video_post_duration_sec: 600 });
    expect(refusal(await post('/v2/post/publish/creator_info/query/', { x: 1 }))).toEqual([400, 'invalid_params']);
  });

  it('ends at 15 posts in 24 hours, as the creator info says already, and begins again as they get older', async () => {
    const { publish, creatorInfo, initPhotos, sandbox, clock } = tiktokByHand({ caps: { tiktok: { initsPerMinute: 100 } }, life: 48 * HOUR });
    for (let n = 0; n < 15; n += 1) await publish();
    expect(refusal(await creatorInfo())).toEqual([403, 'spam_risk_too_many_posts']);
    expect(refusal(await initPhotos())).toEqual([403, 'spam_risk_too_many_posts']);
    data(await creatorInfo(sandbox.addAccount('tiktok', { name: 'Other' })));
    clock.advance(24 * HOUR - 1);
    expect(refusal(await creatorInfo())).toEqual([403, 'spam_risk_too_many_posts']);
    clock.advance(1);
    data(await creatorInfo());
  });

  it.each([
    ['6 beginnings', 6, (stand: ReturnType<typeof tiktokByHand>) => stand.initVideo()],
    ['20 questions after the creator', 20, (stand: ReturnType<typeof tiktokByHand>) => stand.creatorInfo()],
  ])('is limited to %s in any minute', async (_what, most, call) => {
    const stand = tiktokByHand();
    for (let n = 0; n < most; n += 1) data(await call(stand));
    expect(refusal(await call(stand))).toEqual([429, 'rate_limit_exceeded']);
    stand.clock.advance(60);
    data(await call(stand));
  });
});

describe('reading', () => {
  it('lists public posts, newest first, in pages', async () => {
    const { publish, post, clock } = tiktokByHand();
    for (let n = 0; n < 3; n += 1) {
      await publish();
      clock.advance(10);
    }
    clock.advance(60);
    const path = '/v2/video/list/?fields=id,create_time,title';
    const first = data(await post(path, { max_count: 2 }));
    expect(first).toMatchObject({ has_more: true, videos: [{ title: 'A clip #seen', create_time: Date.parse('2026-11-21T12:00:20Z') / 1000 }, {}] });
    expect(data(await post(path, { max_count: 2, cursor: first['cursor'] }))).toMatchObject({ has_more: false, videos: [{ create_time: Date.parse('2026-11-21T12:00:00Z') / 1000 }] });
    expect(refusal(await post('/v2/video/list/?fields=secret', {}))).toEqual([400, 'invalid_params']);
    expect(refusal(await post(path, { max_count: 21 }))).toEqual([400, 'invalid_params']);
  });

  it('tells who the user is, as far as the scopes go', async () => {
    const { get, account, sandbox } = tiktokByHand();
    expect(data(await get('/v2/user/info/?fields=open_id,username'))).toEqual({ user: { open_id: account.externalId, username: 'ada_lovelace' } });
    const basic = sandbox.addAccount('tiktok', { name: 'Basic', scopes: ['user.info.basic'] });
    expect(refusal(await get('/v2/user/info/?fields=open_id,username', basic))).toEqual([401, 'scope_not_authorized']);
    expect(refusal(await get('/v2/user/info/'))).toEqual([400, 'invalid_params']);
    expect((await get('/v2/nothing/')).status).toBe(404);
  });
});

describe('refreshing', () => {
  const form = { client_key: app.clientId, client_secret: app.clientSecret, grant_type: 'refresh_token' };

  it('gives new tokens, and the old refresh token is void', async () => {
    const { token, account, creatorInfo } = tiktokByHand();
    const granted = await token({ ...form, refresh_token: account.refreshToken ?? '' });
    expect(JSON.parse(granted.body)).toMatchObject({ open_id: account.externalId, expires_in: 86_400, refresh_expires_in: 31_536_000, token_type: 'Bearer', scope: account.scopes.join(',') });
    expect(data(await creatorInfo({ ...account, accessToken: JSON.parse(granted.body).access_token }))).toBeDefined();
    const again = await token({ ...form, refresh_token: account.refreshToken ?? '' });
    expect([again.status, JSON.parse(again.body).error]).toEqual([400, 'invalid_grant']);
  });

  it.each([
    ['another key', { client_key: 'x' }, 'invalid_client'],
    ['another secret', { client_secret: 'x' }, 'invalid_client'],
    ['no token', { refresh_token: '' }, 'invalid_request'],
    ['client_id', { client_id: app.clientId }, 'invalid_request'],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
  ])('is refused with %s', async (_what, change, error) => {
    const { token, account } = tiktokByHand();
    expect(JSON.parse((await token({ ...form, refresh_token: account.refreshToken ?? '', ...change })).body).error).toBe(error);
  });
});
