import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkLength, chunksOf } from '../../../platforms/tiktok/chunks.ts';
import { tiktok } from '../../../platforms/tiktok/index.ts';
import { videoOf } from '../../../platforms/work.ts';
import { clip, operations, padded, stage, together, when } from '../support/stage.ts';
import { answer, NOW, scriptedTools, workOf } from '../support/tools.ts';
import { tiktokError } from '../support/words.ts';

const MB = 1_000_000;
const MiB = 1024 * 1024;
/** Bytes: three chunks of 5 MiB and some more. */
const SIZE = 17 * MiB + 3;
const CHUNK = Math.floor(SIZE / 3);
const PUBLIC = { privacyLevel: 'PUBLIC_TO_EVERYONE' };

const long = { file: padded(clip, SIZE) };

function ok(data: object) {
  return answer(200, { data, error: { code: 'ok', message: '', log_id: '1' } });
}

const CREATOR = { creator_username: 'ada', privacy_level_options: ['PUBLIC_TO_EVERYONE', 'SELF_ONLY'], comment_disabled: true, duet_disabled: false, stitch_disabled: true, max_video_post_duration_sec: 60 };
const URL_OF_UPLOAD = 'https://upload.test/video/?upload_id=1&upload_token=key';
const OPENED = ok({ publish_id: 'v_pub_file~1', upload_url: URL_OF_UPLOAD });

const upload = { url: URL_OF_UPLOAD, total: SIZE, stored: 0, openedAt: NOW.toISOString() };
const checkpoint = { username: 'ada', commentDisabled: false, publishId: 'v_pub_file~1', upload, failures: 0 };
const work = (changes: Parameters<typeof workOf>[1] = {}) => workOf(SIZE, { options: PUBLIC, ...changes });
/** Begun so many minutes ago. */
const openedBefore = (minutes: number) => work({ checkpoint: { ...checkpoint, upload: { ...upload, openedAt: new Date(NOW.getTime() - minutes * 60_000).toISOString() } } });
const media = videoOf(workOf(SIZE));
const status = (data: object) => ok({ status: 'PROCESSING_UPLOAD', ...data });

describe('the chunks of a file', () => {
  it('keep to all that TikTok says of them, whatever its size', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 1, max: 4_000 * MB }), fc.integer({ min: 4 * MiB, max: 130 * MiB })), (total) => {
        const { size, count } = chunksOf(total);
        expect(count).toBe(Math.floor(total / size));
        expect(count).toBeLessThanOrEqual(1000);
        if (count > 1) expect(size).toBeGreaterThanOrEqual(5 * MiB);
        const last = total - (count - 1) * size;
        // Sent by the function with the short time-out; and one chunk alone may have 64 MB.
        expect(last).toBeLessThan(10 * MiB);
        expect(chunkLength(total, 0)).toBe(count === 1 ? total : size);
        expect(chunkLength(total, (count - 1) * size)).toBe(last);
        expect(chunkLength(total, total)).toBeNull();
        if (size > 1) expect(chunkLength(total, 1)).toBeNull();
      }),
    );
  });

  it('are one up to 10 MiB', () => {
    expect([1, 5 * MiB, 10 * MiB - 1].map((total) => chunksOf(total).count)).toEqual([1, 1, 1]);
    expect(chunksOf(10 * MiB)).toEqual({ size: 5 * MiB, count: 2 });
  });
});

describe('an upload', () => {
  it('begins with the creator, sends all but the last chunk, each noted down before the next, and no token to the address', async () => {
    const tools = scriptedTools([ok(CREATOR), OPENED, answer(206), answer(206)]);
    expect(await tiktok.transfer(work(), tools)).toMatchObject({ kind: 'ready', bytesSent: 2 * CHUNK, checkpoint: { publishId: 'v_pub_file~1' } });
    expect(JSON.parse(String(tools.requests[1]?.body))).toEqual({
      post_info: {
        title: 'A title\n\nWhat it is about',
        privacy_level: 'PUBLIC_TO_EVERYONE',
        // What the creator allows nobody is not asked for.
        disable_comment: true,
        disable_duet: false,
        disable_stitch: true,
        brand_content_toggle: false,
        brand_organic_toggle: false,
        is_aigc: false,
      },
      source_info: { source: 'FILE_UPLOAD', video_size: SIZE, chunk_size: CHUNK, total_chunk_count: 3 },
    });
    expect(tools.requests.slice(2)).toMatchObject([
      { method: 'PUT', url: URL_OF_UPLOAD, headers: { 'content-type': 'video/mp4', 'content-range': `bytes 0-${CHUNK - 1}/${SIZE}` } },
      { headers: { 'content-range': `bytes ${CHUNK}-${2 * CHUNK - 1}/${SIZE}` } },
    ]);
    for (const { headers } of tools.requests.slice(2)) expect(headers).not.toHaveProperty('authorization');
    expect(tools.bytesSent).toEqual([0, CHUNK, 2 * CHUNK]);
  });

  it('says what was asked for in the options, and the type of the file', async () => {
    const options = { privacyLevel: 'SELF_ONLY', disableDuet: true, brandOrganicToggle: true, isAigc: true };
    const tools = scriptedTools([ok(CREATOR), OPENED, answer(206), answer(206)]);
    await tiktok.transfer(work({ options, upload: { description: null, media: [{ ...media, contentType: 'video/quicktime' }] } }), tools);
    expect(JSON.parse(String(tools.requests[1]?.body))).toMatchObject({ post_info: { title: 'A title', privacy_level: 'SELF_ONLY', disable_duet: true, brand_organic_toggle: true, is_aigc: true } });
    expect(tools.requests[2]?.headers['content-type']).toBe('video/quicktime');
  });

  it('does not begin with what the creator does not allow', async () => {
    const friends = await tiktok.transfer(work({ options: { privacyLevel: 'MUTUAL_FOLLOW_FRIENDS' } }), scriptedTools([ok(CREATOR)]));
    expect(friends).toMatchObject({ kind: 'trouble', trouble: { class: 'invalid_metadata', message: expect.stringContaining('SELF_ONLY') } });
    const facts = { container: 'mp4', duration: 61, width: 540, height: 960, videoCodec: 'h264', audioCodec: 'aac', frameRate: 30 };
    const tooLong = await tiktok.transfer(work({ upload: { media: [{ ...media, facts }] } }), scriptedTools([ok(CREATOR)]));
    expect(tooLong).toMatchObject({ kind: 'trouble', trouble: { class: 'invalid_media', message: expect.stringContaining('60 s') } });
  });

  it('goes on where TikTok says that it stands, not where we remember', async () => {
    const tools = scriptedTools([status({ uploaded_bytes: CHUNK }), answer(206)]);
    expect(await tiktok.transfer(work({ checkpoint }), tools)).toMatchObject({ kind: 'ready', bytesSent: 2 * CHUNK });
    expect(tools.requests[1]?.headers['content-range']).toBe(`bytes ${CHUNK}-${2 * CHUNK - 1}/${SIZE}`);
  });

  it('stops between two chunks when the time of the step is over', async () => {
    const tools = scriptedTools([status({ uploaded_bytes: 0 })], { hasTime: () => false });
    expect(await tiktok.transfer(work({ checkpoint }), tools)).toEqual({ kind: 'again', afterSeconds: 0 });
  });

  it.each([
    ['the publication failed', [ok({ status: 'FAILED', fail_reason: 'internal' })], { failures: 1 }],
    ['TikTok does not know it', [answer(400, tiktokError(400, 'invalid_publish_id').body)], { failures: 0 }],
    ['TikTok holds a piece that no chunk ends with', [status({ uploaded_bytes: CHUNK + 1 })], { failures: 0 }],
  ])('is begun anew when %s', async (_why, first, changes) => {
    const tools = scriptedTools([...first, ok(CREATOR), ok({ publish_id: 'v_pub_file~2', upload_url: URL_OF_UPLOAD }), answer(206), answer(206)]);
    expect(await tiktok.transfer(work({ checkpoint }), tools)).toMatchObject({ kind: 'ready', checkpoint: { publishId: 'v_pub_file~2', ...changes } });
  });

  it('is begun anew when its address is old, and not before', async () => {
    const young = scriptedTools([status({ uploaded_bytes: 2 * CHUNK })]);
    expect(await tiktok.transfer(openedBefore(44), young)).toMatchObject({ kind: 'ready', checkpoint: { publishId: 'v_pub_file~1' } });
    const old = scriptedTools([status({ uploaded_bytes: 2 * CHUNK }), ok(CREATOR), ok({ publish_id: 'v_pub_file~2', upload_url: URL_OF_UPLOAD }), answer(206), answer(206)]);
    expect(await tiktok.transfer(openedBefore(45), old)).toMatchObject({ kind: 'ready', checkpoint: { publishId: 'v_pub_file~2' } });
  });

  it('is never begun anew when TikTok has all of it: then TikTok is asked for the post', async () => {
    for (const said of [status({ uploaded_bytes: SIZE }), ok({ status: 'PUBLISH_COMPLETE' }), ok({ status: 'SOMETHING_NEW' })]) {
      const ready = await tiktok.transfer(work({ checkpoint }), scriptedTools([said]));
      expect(ready).toMatchObject({ kind: 'ready', checkpoint: { publishId: 'v_pub_file~1', upload: { stored: SIZE } } });
      if (ready.kind === 'ready') expect(tiktok.compose(work({ checkpoint: ready.checkpoint }))).toMatchObject({ kind: 'ask', publishId: 'v_pub_file~1' });
    }
  });

  it.each([403, 416])('throws the address away that answers a chunk with %i', async (code) => {
    const tools = scriptedTools([status({ uploaded_bytes: 0 }), answer(code)]);
    expect(await tiktok.transfer(work({ checkpoint }), tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    expect(tools.checkpoints).toMatchObject([{ publishId: null, upload: null }]);
  });

  it('keeps its key out of what is said of a refusal', async () => {
    const said = await tiktok.transfer(work({ checkpoint }), scriptedTools([status({ uploaded_bytes: 0 }), answer(500, `No: ${URL_OF_UPLOAD}`)]));
    expect(JSON.stringify(said)).not.toContain('key');
  });

  it('takes no address that is none', async () => {
    for (const url of ['', 'nowhere', 5]) {
      expect(await tiktok.transfer(work(), scriptedTools([ok(CREATOR), ok({ publish_id: 'p', upload_url: url })]))).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    }
  });
});

describe('a video of several chunks', () => {
  const CHUNKS = { effect: 'drop_after' } as const;

  it('arrives whole, the last chunk alone being visible', async () => {
    const world = await stage(tiktok, long);
    expect(await world.run()).toMatchObject({ status: 'uploaded', bytesSent: 2 * CHUNK });
    expect(operations(world)).toEqual(['creator-info.query', 'video.init', 'upload.chunk', 'upload.chunk', 'upload.last-chunk', 'status.fetch', 'status.fetch']);
    expect(await world.sandbox.posts('tiktok')).toMatchObject([{ mediaSha256: world.sha256 }]);
  });

  it('goes on in the same upload after a lost answer, and sends nothing twice', async () => {
    const world = await stage(tiktok, { ...long, ...when(tiktok, 'upload.chunk', [2], () => CHUNKS) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 1 } });
    expect(operations(world).filter((name) => name === 'upload.chunk')).toHaveLength(2);
    expect(operations(world).filter((name) => name === 'video.init')).toHaveLength(1);
  });

  it.each(['drop_before', 'drop_midway'] as const)('sends a chunk again that was cut off (%s)', async (effect) => {
    const happens = () => (effect === 'drop_midway' ? { effect, bytes: MB } : { effect });
    const world = await stage(tiktok, { ...long, ...together(when(tiktok, 'upload.chunk', [1], happens), when(tiktok, 'upload.last-chunk', [1], happens)) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', proofs: [{ kind: 'absent' }] });
    expect(await world.sandbox.posts('tiktok')).toMatchObject([{ mediaSha256: world.sha256 }]);
  });

  it('begins anew when the address has ended in between, and makes one post', async () => {
    const world = await stage(tiktok, { ...long, ...when(tiktok, 'upload.last-chunk', [1], () => ({ effect: 'refuse', status: 403 })) });
    const delivery = await world.run();
    expect(delivery).toMatchObject({ status: 'uploaded', attempt: { n: 2 } });
    expect(await world.sandbox.posts('tiktok')).toHaveLength(1);
  });
});
