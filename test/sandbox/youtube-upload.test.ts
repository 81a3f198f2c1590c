import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { app, bearer, clip, parsed, refusal, SLICE, UNIT, UPLOAD, videoId, youtubeByHand } from './youtube-by-hand.ts';

const WEEK = 7 * 24 * 60 * 60;

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

  it('keeps nothing of a slice that broke off without a token', async () => {
    const { open, put, probe, sandbox, account } = youtubeByHand();
    const uri = await open();
    sandbox.addFault({ network: 'youtube', operation: 'upload.slice', effect: 'drop_midway', bytes: UNIT });
    await expect(put(uri, 0, SLICE, { account: { ...account, accessToken: 'ya29.wrong' } })).rejects.toThrow('ambiguous');
    expect((await probe(uri)).headers['range']).toBeUndefined();
  });
});
