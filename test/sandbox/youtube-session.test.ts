import { describe, expect, it } from 'vitest';
import { app, refusal, UPLOAD, video, youtubeByHand } from './youtube-by-hand.ts';

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
