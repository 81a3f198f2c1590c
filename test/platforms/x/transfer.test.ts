import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { x } from '../../../platforms/x/index.ts';
import { segmentSize } from '../../../platforms/x/transfer.ts';
import { clip, operations, padded, stage, together, when } from '../support/stage.ts';
import { answer, scriptedTools, workOf } from '../support/tools.ts';
import { problem } from '../support/words.ts';

const MiB = 1024 * 1024;
const ID = '1880000000000000001';

function count(names: readonly string[], operation: string): number {
  return names.filter((name) => name === operation).length;
}

function processing(state: string, more: object = {}) {
  return answer(200, { data: { id: ID, expires_after_secs: 86_400, processing_info: { state, ...more } } });
}

const initialized = answer(200, { data: { id: ID, media_key: `7_${ID}`, expires_after_secs: 86_400 } });
const appended = answer(200, { data: { expires_at: 1_795_400_000 } });

/** The upload of a video of so many bytes, as far as it is. */
function file(sent: number, state = 'sending', expiresAt: string | null = null) {
  return { since: '2026-11-21T11:00:00Z', files: [{ id: ID, mediaKey: `7_${ID}`, sent, state, expiresAt }], failed: 0 };
}

describe('a video', () => {
  it('goes up in segments of 1 MiB, is finalized once, and is asked for at the pace of X', async () => {
    const world = await stage(x, { file: padded(clip, 9 * MiB + 5), processingSeconds: 100 });
    expect(await world.run()).toMatchObject({ status: 'uploaded', receipt: { externalUrl: expect.stringMatching(/^https:\/\/x\.com\/ada\/status\/\d+$/u) } });
    const names = operations(world);
    expect(count(names, 'media.append')).toBe(10);
    expect(names.filter((name) => name !== 'media.append')).toEqual(['media.initialize', 'media.finalize', ...Array.from({ length: 4 }, () => 'media.status'), 'posts.create']);
    expect(await world.sandbox.posts('x')).toMatchObject([{ mediaSha256: world.sha256 }]);
    expect(await world.delivery()).toMatchObject({ bytesSent: 9 * MiB + 5 });
  });

  it('goes on where a worker died, some segments before', async () => {
    let died = false;
    const world = await stage(x, {
      file: padded(clip, 12 * MiB),
      mishap: (_call, sent) => {
        if (died || sent !== 11) return undefined;
        died = true;
        return 'die_before';
      },
    });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    const names = operations(world);
    expect(count(names, 'media.initialize')).toBe(1);
    // Ten had been sent, of which eight were known to be there.
    expect(count(names, 'media.append')).toBe(10 + 4);
    expect(await world.sandbox.posts('x')).toMatchObject([{ mediaSha256: world.sha256 }]);
  });

  it('needs larger segments from 1000 MiB on, and never more than there are numbers for', () => {
    expect([segmentSize(1), segmentSize(1000 * MiB), segmentSize(1000 * MiB + 1)]).toEqual([MiB, MiB, MiB + 1]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), (total) => {
        expect(Math.ceil(total / segmentSize(total))).toBeLessThanOrEqual(1000);
        expect(segmentSize(total)).toBeLessThanOrEqual(5_000_000);
      }),
    );
  });

  it.each([
    ['video/quicktime', null, 'video/quicktime'],
    ['application/octet-stream', 'mov', 'video/quicktime'],
    ['video/x-m4v', null, 'video/mp4'],
    ['application/octet-stream', 'mp4', 'video/mp4'],
  ])('declared as %s and found to be %s is called %s', async (contentType, container, mediaType) => {
    const { upload } = workOf(10);
    const facts = container === null ? null : { container, duration: 10, width: 540, height: 960, videoCodec: 'h264', audioCodec: null, frameRate: 30 };
    const tools = scriptedTools([initialized, appended, processing('succeeded')]);
    await x.transfer(workOf(10, { upload: { media: upload.media.map((media) => ({ ...media, contentType, facts })) } }), tools);
    expect(JSON.parse(String(tools.requests[0]?.body))).toEqual({ media_type: mediaType, total_bytes: 10, media_category: 'tweet_video', shared: false });
  });

  it.each(['InvalidMedia', 'UnsupportedMedia'])('that X cannot use (%s) fails, and is not posted', async (name) => {
    const body = { data: { id: ID, processing_info: { state: 'failed', error: { code: 1, name, message: `${name}: it is too long` } } } };
    const world = await stage(x, when(x, 'media.status', [1], () => ({ effect: 'refuse', status: 200, body })));
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'media_rejected', platformCode: name, platformMessage: `${name}: it is too long` } });
    expect(operations(world)).not.toContain('posts.create');
  });

  it('is sent anew when X fails with it, and given up after three times', async () => {
    const failing = processing('failed', { error: { code: 0, name: 'InternalError', message: 'InternalError' } });
    const once = scriptedTools([failing]);
    expect(await x.transfer(workOf(10, { checkpoint: file(10, 'processing') }), once)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    expect(once.checkpoints).toMatchObject([{ files: [], failed: 1 }]);
    const thrice = scriptedTools([failing]);
    expect(await x.transfer(workOf(10, { checkpoint: { ...file(10, 'processing'), failed: 2 } }), thrice)).toMatchObject({ kind: 'trouble', trouble: { class: 'permanent', platformCode: 'InternalError' } });
    expect(thrice.checkpoints).toMatchObject([{ files: [], failed: 0 }]);
  });

  it.each(['media.append', 'media.finalize', 'media.status'])('is sent anew when X does not know its upload at %s', async (operation) => {
    const gone = when(x, operation, [1], () => ({ effect: 'refuse', ...problem(404, 'Could not find media.') }));
    const world = await stage(x, gone);
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    // A finalize that is refused has its state asked first: it may have been done.
    expect(count(operations(world), 'media.initialize')).toBe(2);
  });

  it('is sent anew when X has forgotten it before it could be posted', async () => {
    const world = await stage(x, when(x, 'posts.create', [1], () => ({ effect: 'refuse', ...problem(400, 'Your media IDs are invalid.') })));
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 }, proofs: [{ kind: 'refused' }] });
    expect(count(operations(world), 'media.initialize')).toBe(2);
    expect(await world.sandbox.posts('x')).toHaveLength(1);
  });

  it('is sent anew when its day is over', async () => {
    for (const [expiresAt, calls] of [['2026-11-21T12:00:01Z', 0], ['2026-11-21T12:00:00Z', 3]] as const) {
      const tools = scriptedTools([initialized, appended, processing('succeeded')]);
      expect(await x.transfer(workOf(10, { checkpoint: file(10, 'ready', expiresAt) }), tools)).toMatchObject({ kind: 'ready' });
      expect(tools.requests).toHaveLength(calls);
    }
  });

  it('fails when X takes no segment of this size', async () => {
    const tools = scriptedTools([answer(413)]);
    expect(await x.transfer(workOf(10, { checkpoint: file(0) }), tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'invalid_media' } });
  });

  it('is looked at again when X says, within bounds', async () => {
    for (const [said, waited] of [[30, 30], [0, 1], [4000, 300], [undefined, 5]] as const) {
      const tools = scriptedTools([processing('in_progress', { check_after_secs: said })]);
      expect(await x.transfer(workOf(10, { checkpoint: file(10, 'processing') }), tools)).toEqual({ kind: 'again', afterSeconds: waited });
      expect(tools.checkpoints).toEqual([]);
    }
  });

  it('longer than usual goes up only while the account has a subscription', async () => {
    const work = workOf(10, { upload: { title: 'a'.repeat(300) }, account: { accountId: 'acc_1', externalId: '1', name: 'ada', limits: { 'video.text_max': 25_000 } } });
    const none = scriptedTools([answer(200, { data: { id: '1', name: 'Ada', username: 'ada', subscription_type: 'None' } })]);
    expect(await x.transfer(work, none)).toMatchObject({ kind: 'trouble', trouble: { class: 'invalid_metadata' } });
    const premium = scriptedTools([answer(200, { data: { id: '1', name: 'Ada', username: 'ada', subscription_type: 'Premium' } }), initialized, appended, processing('succeeded')]);
    expect(await x.transfer(work, premium)).toMatchObject({ kind: 'ready' });
  });
});

describe('photos', () => {
  it('go up one request each, described for who cannot see them', async () => {
    const world = await stage(x, { kind: 'photos', upload: { options: { x: { altTexts: ['A harbour', 'A ship'] } } } });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world)).toEqual(['media.upload', 'media.describe', 'media.upload', 'media.describe', 'posts.create']);
    expect(await world.sandbox.posts('x')).toMatchObject([{ kind: 'photos', mediaSha256: world.sha256 }]);
  });

  it('that moved go up as an animated GIF, in segments, and are processed', async () => {
    const { upload } = workOf(10);
    const image = { format: 'gif', width: 640, height: 480, animated: true } as const;
    const tools = scriptedTools([initialized, appended, processing('pending', { check_after_secs: 2 })]);
    const work = workOf(10, { upload: { kind: 'photos', media: upload.media.map((media) => ({ ...media, contentType: 'image/gif', image })) } });
    expect(await x.transfer(work, tools)).toEqual({ kind: 'again', afterSeconds: 2 });
    expect(JSON.parse(String(tools.requests[0]?.body))).toMatchObject({ media_type: 'image/gif', media_category: 'tweet_gif' });
  });

  it('that are there are not sent again when a later one meets trouble', async () => {
    const slow = together(
      when(x, 'media.upload', [2], () => ({ effect: 'refuse', status: 503, body: '' })),
      when(x, 'media.upload', [3], () => ({ effect: 'drop_before' })),
    );
    const world = await stage(x, { kind: 'photos', ...slow });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(count(operations(world), 'media.upload')).toBe(4);
  });
});
