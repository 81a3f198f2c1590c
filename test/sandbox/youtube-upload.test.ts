import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { app, bearer, clip, parsed, refusal, SLICE, UNIT, UPLOAD, video, videoId, youtubeByHand } from './youtube-by-hand.ts';

const WEEK = 7 * 24 * 60 * 60;

describe('opening an upload session', () => {
  it('gives a session URI that points to the stand-in itself', async () => {
    const { start } = youtubeByHand();
    const answer = await start();
    expect(answer.status).toBe(200);
    expect(answer.headers['location']).toMatch(
      new RegExp(`^${UPLOAD}\\?uploadType=resumable&part=snippet%2Cstatus&upload_id=[\\w-]{50,}$`),
    );
  });

  it('makes nothing visible', async () => {
    const { start, sandbox } = youtubeByHand();
    await start();
    expect(await sandbox.posts('youtube')).toEqual([]);
  });

  it('refuses a request without token, with a wrong one and with one that has expired', async () => {
    const { start, sandbox, clock } = youtubeByHand();
    expect(refusal(await start({ headers: { authorization: null } }))).toEqual([401, 'authError']);
    expect(refusal(await start({ headers: { authorization: 'Bearer ya29.wrong' } }))).toEqual([401, 'authError']);
    expect(refusal(await start({ headers: { authorization: `Basic ${app.clientSecret}` } }))).toEqual([401, 'authError']);
    expect(refusal(await start({ account: sandbox.addAccount('youtube', { name: 'Late', accessTokenLife: -1 }) }))).toEqual([
      401,
      'authError',
    ]);
    clock.advance(3598);
    expect((await start()).status).toBe(200);
    clock.advance(1);
    expect(refusal(await start())).toEqual([401, 'authError']);
  });

  it('refuses a token without the scope to upload', async () => {
    const { start, sandbox } = youtubeByHand();
    const reader = sandbox.addAccount('youtube', { name: 'Reader', scopes: ['https://www.googleapis.com/auth/youtube.readonly'] });
    expect(refusal(await start({ account: reader }))).toEqual([403, 'insufficientPermissions']);
  });

  it.each([
    ['no uploadType', 'part=snippet,status', 'badRequest'],
    ['another uploadType', 'uploadType=multipart&part=snippet,status', 'badRequest'],
    ['no part', 'uploadType=resumable', 'required'],
    ['an empty part', 'uploadType=resumable&part=', 'required'],
    ['an unknown part', 'uploadType=resumable&part=snippet,colour', 'unknownPart'],
    ['a part twice', 'uploadType=resumable&part=snippet,snippet', 'unknownPart'],
    ['a part that is sent but not named', 'uploadType=resumable&part=snippet', 'unexpectedPart'],
    ['an unknown parameter', 'uploadType=resumable&part=snippet,status&colour=red', 'unknownParameter'],
    ['a parameter twice', 'uploadType=resumable&part=snippet,status&part=snippet', 'invalidParameter'],
    ['a notifySubscribers that is no boolean', 'uploadType=resumable&part=snippet,status&notifySubscribers=yes', 'invalidParameter'],
    ['a token in the query', 'uploadType=resumable&part=snippet,status&access_token=ya29', 'unknownParameter'],
  ])('refuses %s', async (_what, query, reason) => {
    const { start } = youtubeByHand();
    expect(refusal(await start({ query }))).toEqual([400, reason]);
  });

  it.each([
    ['no content type', { 'content-type': null }, [400, 'badContent']],
    ['a body that is no JSON by its type', { 'content-type': 'text/plain' }, [400, 'badContent']],
    ['no type of the upload', { 'x-upload-content-type': null }, [400, 'badContent']],
    ['an upload that is a picture', { 'x-upload-content-type': 'image/png' }, [400, 'badContent']],
    ['no length of the upload', { 'x-upload-content-length': null }, [400, 'badRequest']],
    ['a length that is no number', { 'x-upload-content-length': 'all' }, [400, 'badRequest']],
    ['an empty upload', { 'x-upload-content-length': '0' }, [400, 'mediaBodyRequired']],
    ['an upload above 256 GB', { 'x-upload-content-length': '256000000001' }, [413, 'uploadTooLarge']],
  ] as const)('refuses %s', async (_what, headers, expected) => {
    const { start } = youtubeByHand();
    expect(refusal(await start({ headers }))).toEqual(expected);
  });

  it('takes an upload of 256 GB, any video type and plain bytes', async () => {
    const { start } = youtubeByHand();
    expect((await start({ headers: { 'x-upload-content-length': '256000000000' } })).status).toBe(200);
    expect((await start({ headers: { 'x-upload-content-type': 'video/x-matroska' } })).status).toBe(200);
    expect((await start({ headers: { 'x-upload-content-type': 'application/octet-stream' } })).status).toBe(200);
  });

  it.each([
    ['what is no JSON', '{', 'parseError'],
    ['what is no UTF-8', Buffer.from('{"snippet":{"title":"\xff"}}', 'latin1'), 'parseError'],
    ['a list', [], 'invalidVideoMetadata'],
    ['an unknown part', { ...video(), colour: {} }, 'invalidVideoMetadata'],
    ['an unknown field', video({ colour: 'red' }), 'invalidVideoMetadata'],
    ['a title that is a number', video({ title: 7 }), 'invalidVideoMetadata'],
    ['tags that are a text', video({ tags: 'a,b' }), 'invalidVideoMetadata'],
    ['a flag that is a text', video({}, { selfDeclaredMadeForKids: 'false' }), 'invalidVideoMetadata'],
    ['an unknown privacy', video({}, { privacyStatus: 'secret' }), 'invalidVideoMetadata'],
    ['an unknown licence', video({}, { license: 'free' }), 'invalidVideoMetadata'],
    ['a language that is none', video({ defaultLanguage: 'english, please' }), 'invalidVideoMetadata'],
    ['no title', { snippet: {}, status: {} }, 'invalidTitle'],
    ['a blank title', video({ title: '  ' }), 'invalidTitle'],
    ['a title of 101 characters', video({ title: 'a'.repeat(101) }), 'invalidTitle'],
    ['a title with <', video({ title: 'a < b' }), 'invalidTitle'],
    ['a title with >', video({ title: 'a > b' }), 'invalidTitle'],
    ['a description of 5001 bytes', video({ description: 'é'.repeat(2500) + 'a' }), 'invalidDescription'],
    ['a description with <', video({ description: '<b>' }), 'invalidDescription'],
    ['an empty tag', video({ tags: [''] }), 'invalidTags'],
    ['tags of 501 characters', video({ tags: ['a'.repeat(250), 'b'.repeat(250)] }), 'invalidTags'],
    ['tags of 501 characters with the quotes of one with a space', video({ tags: [`a ${'b'.repeat(497)}`] }), 'invalidTags'],
    ['an unknown category', video({ categoryId: '999' }), 'invalidCategoryId'],
    ['a time of publication for a public video', video({}, { publishAt: '2027-01-01T00:00:00Z' }), 'invalidPublishAt'],
    ['a time of publication without zone', video({}, { privacyStatus: 'private', publishAt: '2027-01-01T00:00:00' }), 'invalidPublishAt'],
    [
      'a time of publication that does not exist',
      video({}, { privacyStatus: 'private', publishAt: '2027-13-01T00:00:00Z' }),
      'invalidPublishAt',
    ],
    ['a time of publication gone by', video({}, { privacyStatus: 'private', publishAt: '2026-11-21T12:00:00Z' }), 'invalidPublishAt'],
  ])('refuses a body with %s', async (_what, body, reason) => {
    const { start } = youtubeByHand();
    expect(refusal(await start({ body }))).toEqual([400, reason]);
  });

  it.each([
    ['a title of 100 characters', video({ title: 'é'.repeat(100) })],
    ['a description of 5000 bytes', video({ description: 'é'.repeat(2500) })],
    ['tags of 500 characters', video({ tags: ['a'.repeat(249), 'b'.repeat(250)] })],
    ['tags of 500 characters with quotes', video({ tags: [`a ${'b'.repeat(496)}`] })],
    [
      'every field',
      video(
        { tags: ['a'], categoryId: '28', defaultLanguage: 'en-GB', defaultAudioLanguage: 'de' },
        { selfDeclaredMadeForKids: true, containsSyntheticMedia: true, license: 'creativeCommon', embeddable: false },
      ),
    ],
    ['a time of publication', video({}, { privacyStatus: 'private', publishAt: '2026-11-21T12:00:01+00:00' })],
  ])('takes metadata with %s', async (_what, body) => {
    const { start } = youtubeByHand();
    expect((await start({ body })).status).toBe(200);
  });

  it('ends with the quota of the project, until midnight in California', async () => {
    const { start, clock, account, lasting } = youtubeByHand({ caps: { youtube: { uploadsPerProject: 2 } } });
    await start({ account });
    await start({ account: lasting });
    expect(refusal(await start({ account: lasting }))).toEqual([403, 'quotaExceeded']);
    // It is 04:00 there.
    clock.advance(20 * 3600 - 1);
    expect(refusal(await start({ account: lasting }))).toEqual([403, 'quotaExceeded']);
    clock.advance(1);
    expect((await start({ account: lasting })).status).toBe(200);
  });

  it('ends with the cap of the channel', async () => {
    const { start } = youtubeByHand({ caps: { youtube: { uploadsPerChannel: 1 } } });
    await start();
    expect(refusal(await start())).toEqual([400, 'uploadLimitExceeded']);
  });
});

describe('sending slices', () => {
  it('tells after each slice how much is there, and the video after the last one', async () => {
    const { open, put } = youtubeByHand();
    const uri = await open();
    expect(await put(uri, 0, UNIT)).toMatchObject({ status: 308, headers: { range: `bytes=0-${UNIT - 1}` }, body: '' });
    expect(await put(uri, UNIT, SLICE)).toMatchObject({ status: 308, headers: { range: `bytes=0-${SLICE - 1}` } });
    const last = await put(uri, SLICE, clip.byteLength);
    expect(last.status).toBe(200);
    expect(parsed(last)).toMatchObject({
      kind: 'youtube#video',
      id: expect.stringMatching(/^[\w-]{11}$/),
      snippet: { title: 'A clip' },
      status: { uploadStatus: 'uploaded' },
    });
  });

  it('takes the whole video as one slice', async () => {
    const { open, put, sandbox } = youtubeByHand();
    expect((await put(await open(), 0, clip.byteLength)).status).toBe(200);
    const [post] = await sandbox.posts('youtube');
    expect(post?.mediaSha256).toEqual([createHash('sha256').update(clip).digest('hex')]);
  });

  it('keeps nothing of a slice that begins elsewhere, and tells where to go on', async () => {
    const { open, put, probe } = youtubeByHand();
    const uri = await open();
    expect(await put(uri, UNIT, SLICE)).toEqual({ status: 308, headers: { 'content-length': '0' }, body: '' });
    await put(uri, 0, UNIT);
    expect(await put(uri, 0, SLICE)).toMatchObject({ status: 308, headers: { range: `bytes=0-${UNIT - 1}` } });
    expect(await put(uri, SLICE, clip.byteLength)).toMatchObject({ status: 308, headers: { range: `bytes=0-${UNIT - 1}` } });
    expect(await probe(uri)).toMatchObject({ status: 308, headers: { range: `bytes=0-${UNIT - 1}` } });
  });

  it.each([
    ['no Content-Range', null, UNIT],
    ['a Content-Range of another form', 'bytes=0-262143', UNIT],
    ['a Content-Range without total', 'bytes 0-262143/*', UNIT],
    ['another total than announced', `bytes 0-262143/${clip.byteLength + 1}`, UNIT],
    ['a range that ends before it begins', `bytes 262143-0/${clip.byteLength}`, UNIT],
    ['a range beyond the end', `bytes 0-${clip.byteLength}/${clip.byteLength}`, clip.byteLength],
    ['a slice that is no multiple of 256 KiB', `bytes 0-${UNIT - 2}/${clip.byteLength}`, UNIT - 1],
    ['a slice one byte over a multiple', `bytes 0-${UNIT}/${clip.byteLength}`, UNIT + 1],
    ['a body shorter than its range', `bytes 0-${UNIT - 1}/${clip.byteLength}`, UNIT - 1],
    ['a body longer than its range', `bytes 0-${UNIT - 1}/${clip.byteLength}`, UNIT + 1],
    ['a question with a body', `bytes */${clip.byteLength}`, 1],
  ])('refuses %s, and keeps nothing of it', async (_what, range, length) => {
    const { open, put, probe } = youtubeByHand();
    const uri = await open();
    expect(refusal(await put(uri, 0, length, { range }))).toEqual([400, 'badRequest']);
    expect((await probe(uri)).headers['range']).toBeUndefined();
  });

  it('refuses a slice of another type than announced, and one without length', async () => {
    const { open, put, sandbox, account } = youtubeByHand();
    const uri = await open();
    expect(refusal(await put(uri, 0, UNIT, { headers: { 'content-type': 'video/webm' } }))).toEqual([400, 'badContent']);
    expect((await put(uri, 0, UNIT, { headers: { 'content-type': 'video/mp4' } })).status).toBe(308);
    const handled = await sandbox.handle({
      method: 'PUT',
      target: uri.slice(sandbox.baseUrl.length),
      headers: { authorization: bearer(account), 'content-range': `bytes ${UNIT}-${SLICE - 1}/${clip.byteLength}` },
      body: clip.subarray(UNIT, SLICE),
    });
    expect(handled).toMatchObject({ kind: 'answer', answer: { status: 411 } });
  });

  it('refuses a token that has expired, takes any other of the same channel, and none of another one', async () => {
    const { open, put, sandbox, clock, account, token } = youtubeByHand();
    const uri = await open();
    clock.advance(3600);
    expect(refusal(await put(uri, 0, UNIT))).toEqual([401, 'authError']);
    const other = sandbox.addAccount('youtube', { name: 'Other' });
    expect(refusal(await put(uri, 0, UNIT, { account: other }))).toEqual([403, 'forbidden']);
    const refreshed = await token({
      grant_type: 'refresh_token',
      refresh_token: account.refreshToken ?? '',
      client_id: app.clientId,
      client_secret: app.clientSecret,
    });
    const { access_token: accessToken } = z.object({ access_token: z.string() }).parse(parsed(refreshed));
    expect((await put(uri, 0, UNIT, { account: { ...account, accessToken } })).status).toBe(308);
  });

  it('knows no session that it did not open, and forgets one after a week', async () => {
    const { open, put, probe, clock, lasting } = youtubeByHand();
    const as = { account: lasting };
    expect(refusal(await put(`${UPLOAD}?uploadType=resumable&upload_id=none`, 0, UNIT, as))).toEqual([404, 'notFound']);
    const uri = await open(as);
    clock.advance(WEEK - 1);
    expect((await put(uri, 0, UNIT, as)).status).toBe(308);
    clock.advance(1);
    expect(refusal(await put(uri, UNIT, SLICE, as))).toEqual([404, 'notFound']);
    expect(refusal(await probe(uri, as))).toEqual([404, 'notFound']);
  });
});

describe('asking a session for its state', () => {
  it('tells how much is there; nothing at all without a Range header', async () => {
    const { open, put, probe } = youtubeByHand();
    const uri = await open();
    expect(await probe(uri)).toEqual({ status: 308, headers: { 'content-length': '0' }, body: '' });
    await put(uri, 0, UNIT);
    expect(await probe(uri)).toMatchObject({ status: 308, headers: { range: `bytes=0-${UNIT - 1}` } });
    expect(refusal(await probe(uri, { total: 1 }))).toEqual([400, 'badRequest']);
  });

  it('gives the video again once it is whole, and never makes a second one', async () => {
    const { open, put, probe, sandbox } = youtubeByHand();
    const uri = await open();
    const id = videoId(await put(uri, 0, clip.byteLength));
    expect(videoId(await probe(uri))).toBe(id);
    expect(videoId(await put(uri, 0, clip.byteLength))).toBe(id);
    expect(videoId(await put(uri, SLICE, clip.byteLength))).toBe(id);
    expect(await sandbox.posts('youtube')).toHaveLength(1);
  });

  it('finds a slice that broke off kept in part, in whole units', async () => {
    const { open, put, probe, sandbox } = youtubeByHand();
    const uri = await open();
    sandbox.addFault({ network: 'youtube', operation: 'upload.slice', effect: 'drop_midway', bytes: UNIT + 1000 });
    await expect(put(uri, 0, SLICE)).rejects.toThrow('ambiguous');
    expect(await probe(uri)).toMatchObject({ status: 308, headers: { range: `bytes=0-${UNIT - 1}` } });
    await put(uri, UNIT, SLICE);
    sandbox.addFault({ network: 'youtube', operation: 'upload.last-slice', effect: 'drop_midway', bytes: 1000 });
    await expect(put(uri, SLICE, clip.byteLength)).rejects.toThrow('ambiguous');
    expect(await sandbox.posts('youtube')).toEqual([]);
    await put(uri, SLICE, clip.byteLength);
    const [post] = await sandbox.posts('youtube');
    expect(post?.mediaSha256).toEqual([createHash('sha256').update(clip).digest('hex')]);
  });

  it('never finds a video whole by a slice that broke off', async () => {
    const { open, put, probe, sandbox } = youtubeByHand();
    const whole = clip.subarray(0, SLICE);
    const uri = await open({ headers: { 'x-upload-content-length': String(SLICE) } });
    const range = `bytes 0-${SLICE - 1}/${SLICE}`;
    sandbox.addFault({ network: 'youtube', effect: 'drop_midway', bytes: SLICE });
    await expect(put(uri, 0, SLICE, { range, body: whole })).rejects.toThrow('ambiguous');
    expect(await probe(uri, { total: SLICE })).toMatchObject({ status: 308, headers: { range: `bytes=0-${UNIT - 1}` } });
  });
});
