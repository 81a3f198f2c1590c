import { describe, expect, it } from 'vitest';
import { makeMp4 } from './make-mp4.ts';
import { clip, idOf, parsed, photo, refusal, xByHand } from './x-by-hand.ts';

/** An animated GIF of so many frames, or a still one. */
function gif(frames: number, width = 2, height = 2): Buffer {
  const screen = Buffer.from([...Buffer.from('GIF89a', 'latin1'), width & 255, width >> 8, height & 255, height >> 8, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
  const frame = Buffer.from([0x21, 0xf9, 4, 0, 0, 0, 0, 0, 0x2c, 0, 0, 0, 0, 2, 0, 2, 0, 0, 2, 3, 0x44, 0x02, 0x05, 0]);
  return Buffer.concat([screen, ...Array.from({ length: frames }, () => frame), Buffer.from([0x3b])]);
}

describe('a file in segments', () => {
  it('is put together in the order of their numbers, whichever way they come, and processed over several polls', async () => {
    const { clock, sandbox, initialize, append, finalize, state, tweet } = xByHand();
    const opened = await initialize();
    const id = idOf(opened);
    expect(parsed(opened)).toEqual({ data: { id, media_key: `7_${id}`, expires_after_secs: 86_400 } });
    expect(opened.headers).toMatchObject({ 'x-rate-limit-limit': '1875', 'x-rate-limit-remaining': '1874' });
    expect((await append(id, 1, clip.subarray(300_000))).status).toBe(200);
    await append(id, 0, Buffer.alloc(5));
    expect(parsed(await append(id, 0, clip.subarray(0, 300_000)))).toEqual({ data: { expires_at: expect.any(Number) } });
    expect(parsed(await finalize(id))).toMatchObject({ data: { id, size: clip.byteLength, processing_info: { state: 'pending', check_after_secs: 15 } } });
    clock.advance(15);
    expect(parsed(await state(id))).toMatchObject({ data: { processing_info: { state: 'in_progress', check_after_secs: 15, progress_percent: 25 } } });
    clock.advance(45);
    expect(parsed(await state(id))).toMatchObject({ data: { processing_info: { state: 'succeeded', progress_percent: 100 } } });
    expect((await tweet({ text: 'Seen', media: { media_ids: [id] } })).status).toBe(201);
    expect(await sandbox.posts('x')).toMatchObject([{ kind: 'video', mediaSha256: [expect.stringMatching(/^[0-9a-f]{64}$/u)] }]);
  });

  it('may come as JSON with base64 too, and is finalized without a body', async () => {
    const { initialize, post, send, account } = xByHand();
    const id = idOf(await initialize());
    expect((await post(`/2/media/upload/${id}/append`, { segment_index: 0, media: clip.toString('base64') })).status).toBe(200);
    const url = `http://sandbox.test/x/api/2/media/upload/${id}/finalize`;
    expect((await send({ method: 'POST', url, headers: { authorization: `Bearer ${account.accessToken}` } })).status).toBe(200);
  });

  it.each([
    [{ media_type: 'video/avi' }],
    [{ media_category: 'tweet_film' }],
    [{ media_category: 'tweet_image' }],
    [{ media_type: 'image/gif' }],
    [{ total_bytes: 0 }],
    [{ total_bytes: 512_000_001 }],
    [{ total_bytes: 17_179_869_185 }],
    [{ total_bytes: '100' }],
    [{ file_name: 'one.mp4' }],
  ])('is not begun with %j', async (change) => {
    expect(refusal(await xByHand().initialize(change))[0]).toBe(400);
  });

  it('is taken up to 512 MB', async () => {
    expect((await xByHand().initialize({ total_bytes: 512_000_000, shared: false })).status).toBe(200);
  });

  it('has segments from 0 to 999, of 1 to 5,000,000 bytes', async () => {
    const { initialize, append, form } = xByHand();
    const id = idOf(await initialize({ total_bytes: 100_000_000 }));
    expect((await append(id, 999, clip)).status).toBe(200);
    expect((await append(id, 0, Buffer.alloc(5_000_000))).status).toBe(200);
    expect(refusal(await append(id, 1000, clip))[0]).toBe(400);
    expect(refusal(await append(id, 0, Buffer.alloc(0)))[0]).toBe(400);
    const large = await append(id, 0, Buffer.alloc(5_100_000));
    expect([large.status, large.body]).toEqual([413, '']);
    expect(refusal(await form(`/2/media/upload/${id}/append`, { segment_index: '0', more: '1' }, clip))[0]).toBe(400);
    expect(refusal(await form(`/2/media/upload/${id}/append`, {}, clip))[0]).toBe(400);
  });

  it('is finalized once, when all of it is there, and asked about only then', async () => {
    const { initialize, append, finalize, state } = xByHand();
    const id = idOf(await initialize());
    expect(refusal(await state(id))[0]).toBe(400);
    await append(id, 0, clip.subarray(0, 100));
    expect(refusal(await finalize(id))).toEqual([400, expect.stringContaining('do not add up')]);
    await append(id, 2, clip.subarray(100));
    expect(refusal(await finalize(id))[0]).toBe(400);
    const other = idOf(await initialize());
    await append(other, 0, clip);
    expect((await finalize(other)).status).toBe(200);
    expect(refusal(await finalize(other))[0]).toBe(400);
    expect(refusal(await append(other, 0, clip))[0]).toBe(400);
  });

  it('is its account’s own, and forgotten after a day', async () => {
    const { clock, sandbox, ready, get, state, tweet } = xByHand();
    const other = sandbox.addAccount('x', { name: 'Bob' });
    const id = await ready();
    expect(refusal(await get(`/2/media/upload?command=STATUS&media_id=${id}`, other))[0]).toBe(404);
    expect(refusal(await tweet({ text: 'Mine', media: { media_ids: [id] } }, other))).toEqual([400, 'Your media IDs are invalid.']);
    clock.advance(24 * 3600 - 61);
    expect((await state(id)).status).toBe(200);
    clock.advance(1);
    expect(refusal(await state(id))[0]).toBe(404);
    expect(refusal(await tweet({ text: 'Late', media: { media_ids: [id] } }))).toEqual([400, 'Your media IDs are invalid.']);
  });

  it.each([
    ['no video', Buffer.alloc(5000), 'UnsupportedMedia'],
    ['of another codec', makeMp4({ codec: 'hvc1', width: 720, height: 1000 }), 'UnsupportedMedia'],
    ['too long', makeMp4({ duration: 140.1, width: 720, height: 1000 }), 'InvalidMedia'],
    ['too short', makeMp4({ duration: 0.4, width: 720, height: 1000 }), 'InvalidMedia'],
    ['too wide', makeMp4({ width: 1921, height: 1080 }), 'InvalidMedia'],
    ['too long on one side', makeMp4({ width: 1080, height: 1921 }), 'InvalidMedia'],
    ['too long on its short side', makeMp4({ width: 1202, height: 1202 }), 'InvalidMedia'],
    ['too narrow', makeMp4({ width: 300, height: 1000 }), 'InvalidMedia'],
    ['too fast', makeMp4({ frameRate: 61, width: 720, height: 1000 }), 'InvalidMedia'],
  ])('that is %s fails when it is processed', async (_, file, name) => {
    const { ready, state, tweet } = xByHand();
    const id = await ready(file);
    expect(parsed(await state(id))).toMatchObject({ data: { processing_info: { state: 'failed', error: { name, message: expect.stringContaining(name) } } } });
    expect(refusal(await tweet({ text: 'No', media: { media_ids: [id] } }))).toEqual([400, 'Your media IDs are invalid.']);
  });

  it('that is an animated GIF is looked at as one', async () => {
    const { ready, state } = xByHand();
    const as = { media_type: 'image/gif', media_category: 'tweet_gif' };
    const stateOf = async (file: Buffer) => parsed(await state(await ready(file, as)));
    expect(await stateOf(gif(350))).toMatchObject({ data: { processing_info: { state: 'succeeded' } } });
    for (const file of [gif(351), gif(2, 1281), gif(2, 2, 1081), photo]) expect(await stateOf(file)).toMatchObject({ data: { processing_info: { state: 'failed' } } });
  });
});

describe('an image in one request', () => {
  it('can be named at once, and described', async () => {
    const { image, post, tweet, sandbox } = xByHand();
    const sent = await image();
    const id = idOf(sent);
    expect(parsed(sent)).toEqual({ data: { id, media_key: `3_${id}`, size: photo.byteLength, expires_after_secs: 86_400 } });
    expect((await post('/2/media/metadata', { id, metadata: { alt_text: { text: 'a'.repeat(1000) } } })).status).toBe(200);
    expect(refusal(await post('/2/media/metadata', { id, metadata: { alt_text: { text: 'a'.repeat(1001) } } }))[0]).toBe(400);
    expect((await tweet({ media: { media_ids: [id] } })).status).toBe(201);
    expect(await sandbox.posts('x')).toMatchObject([{ kind: 'photos', text: null }]);
  });

  it('is a picture, of the type that it is called, of at most 5 MB, and does not move', async () => {
    const { image, form } = xByHand();
    expect((await image(gif(1), 'image/gif')).status).toBe(200);
    expect((await image(Buffer.concat([photo, Buffer.alloc(5_000_000 - photo.byteLength)]))).status).toBe(200);
    expect(refusal(await image(Buffer.concat([photo, Buffer.alloc(5_000_001 - photo.byteLength)])))[0]).toBe(400);
    expect(refusal(await image(photo, 'image/png'))[0]).toBe(400);
    expect(refusal(await image(gif(2), 'image/gif'))[0]).toBe(400);
    expect(refusal(await image(clip))[0]).toBe(400);
    expect(refusal(await form('/2/media/upload', { media_category: 'tweet_video', media_type: 'video/mp4' }, clip))[0]).toBe(400);
  });
});
