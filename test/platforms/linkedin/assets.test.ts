import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { packed } from '../../../platforms/linkedin/checkpoint.ts';
import { linkedin } from '../../../platforms/linkedin/index.ts';
import { clip, operations, padded, stage, together, when, type Effect } from '../support/stage.ts';
import { answer, scriptedTools, streamed, TOKEN, workOf } from '../support/tools.ts';
import { restli } from '../support/words.ts';

const PART = 4_194_304;
const PAGE = 'urn:li:organization:2414183';
const MINUTES = 60_000;
const endpoints = { api: 'https://api.linkedin.test', www: 'https://www.linkedin.test' };
const account = { accountId: 'acc_1', externalId: PAGE, name: 'Ada', limits: {} };
const part = (n: number) => `https://www.linkedin.test/dms-uploads/D1/uploaded-video/${n}?ut=a`;

function opened(size: number, changes: object = {}) {
  const uploadInstructions = Array.from({ length: Math.ceil(size / PART) }, (_, n) => ({ uploadUrl: part(n), firstByte: n * PART, lastByte: Math.min(size, (n + 1) * PART) - 1 }));
  return answer(200, { value: { video: 'urn:li:video:D1', uploadToken: 'tok', uploadUrlsExpireAt: Date.parse('2026-11-21T13:00:00Z'), uploadInstructions, ...changes } });
}

function says(status: string, more: object = {}): Effect {
  return { effect: 'refuse', status: 200, body: { status, ...more } };
}

describe('a video', () => {
  it('is begun, sent in the parts that LinkedIn asks for, and put together under their names in order', async () => {
    const size = 2 * PART + 100;
    const read: [number, number][] = [];
    const streamRange = (_media: unknown, start: number, length: number) => {
      read.push([start, length]);
      return streamed(new Uint8Array(length));
    };
    const said = [opened(size), ...['one', 'two', 'three'].map((etag) => answer(200, '', { etag })), answer(200)];
    const tools = scriptedTools(said, { endpoints, streamRange });
    expect(await linkedin.transfer(workOf(size, { account }), tools)).toEqual({ kind: 'again', afterSeconds: 5 });

    const headers = { authorization: `Bearer ${TOKEN}`, 'linkedin-version': '202610', 'x-restli-protocol-version': '2.0.0', 'content-type': 'application/json' };
    const bodies = tools.requests.map(({ body, stream }) => (typeof body === 'string' ? JSON.parse(body) : stream?.length));
    expect(tools.requests[0]).toMatchObject({ method: 'POST', url: `${endpoints.api}/rest/videos?action=initializeUpload`, headers });
    expect(bodies[0]).toEqual({ initializeUploadRequest: { owner: PAGE, fileSizeBytes: size, uploadCaptions: false, uploadThumbnail: false } });
    expect(tools.requests.slice(1, 4).map(({ method, url }) => `${method} ${url}`)).toEqual([0, 1, 2].map((n) => `PUT ${part(n)}`));
    expect(tools.requests[1]?.headers).toMatchObject({ 'content-type': 'application/octet-stream' });
    expect(bodies.slice(1, 4)).toEqual([PART, PART, 100]);
    expect(read).toEqual([[0, PART], [PART, PART], [2 * PART, 100]]);
    expect(tools.requests[4]).toMatchObject({ method: 'POST', url: `${endpoints.api}/rest/videos?action=finalizeUpload`, headers });
    expect(bodies[4]).toEqual({ finalizeUploadRequest: { video: 'urn:li:video:D1', uploadToken: 'tok', uploadedPartIds: ['one', 'two', 'three'] } });
    // Once begun and after each part; that it is to be put together is noted before it is asked.
    expect(tools.bytesSent).toEqual([0, PART, 2 * PART, size, null, null]);
    expect(JSON.stringify(tools.checkpoints)).not.toContain(TOKEN);
  });

  it('goes on with the part that is missing', async () => {
    const file = padded(clip, PART + 1000);
    const world = await stage(linkedin, { file, ...when(linkedin, 'video.part', [2], () => ({ effect: 'drop_before' })) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', bytesSent: file.byteLength });
    expect(operations(world).filter((name) => name.startsWith('video.') && name !== 'video.read')).toEqual(['video.start', 'video.part', 'video.part', 'video.part', 'video.finish']);
  });

  it('goes on in the next step when the time of this one is over', async () => {
    const tools = scriptedTools([opened(10)], { endpoints, hasTime: () => false });
    expect(await linkedin.transfer(workOf(10, { account }), tools)).toEqual({ kind: 'again', afterSeconds: 0 });
    expect(tools.checkpoints).toMatchObject([{ assets: [{ urn: 'urn:li:video:D1', left: packed([{ url: part(0), first: 0, last: 9 }]) }] }]);
  });

  it('of 500 MB has a checkpoint of some kilobytes, though it has 120 parts with long addresses', async () => {
    const size = 500_000_000;
    const ids = randomBytes(16 * 120).toString('base64url');
    const uploadInstructions = Array.from({ length: 120 }, (_, n) => ({
      uploadUrl: `https://www.linkedin.test/dms-uploads/sp/D1/uploadedVideo/${n}?m=${'AQLjOFPqj3BB'.repeat(30)}&ut=${ids.slice(n * 16, n * 16 + 16)}`,
      firstByte: n * PART,
      lastByte: Math.min(size, (n + 1) * PART) - 1,
    }));
    const tools = scriptedTools([opened(size, { uploadInstructions })], { endpoints, hasTime: () => false });
    await linkedin.transfer(workOf(size, { account }), tools);
    expect(JSON.stringify(tools.checkpoints[0]).length).toBeLessThan(8000);
  });

  it.each([
    ['that leave bytes out', [{ uploadUrl: part(0), firstByte: 0, lastByte: 8 }]],
    ['that overlap', [{ uploadUrl: part(0), firstByte: 0, lastByte: 5 }, { uploadUrl: part(1), firstByte: 5, lastByte: 9 }]],
    ['that are none', []],
  ])('is not sent in parts %s', async (_what, uploadInstructions) => {
    const tools = scriptedTools([opened(10, { uploadInstructions })], { endpoints });
    expect(await linkedin.transfer(workOf(10, { account }), tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    expect(tools.checkpoints).toEqual([]);
  });

  it('takes the account\'s token only to addresses of LinkedIn', async () => {
    const elsewhere = [{ uploadUrl: 'https://files.example/1', firstByte: 0, lastByte: 9 }];
    const tools = scriptedTools([opened(10, { uploadInstructions: elsewhere }), answer(201, '', { etag: 'one' }), answer(200)], { endpoints });
    await linkedin.transfer(workOf(10, { account }), tools);
    expect(tools.requests[1]).toMatchObject({ url: 'https://files.example/1' });
    expect(JSON.stringify(tools.requests[1]?.headers)).not.toContain(TOKEN);
  });

  it('is begun anew when its addresses have ended, by the clock or by what LinkedIn says', async () => {
    const late = { now: () => new Date('2026-11-21T12:59:30Z') };
    const checkpoint = { assets: [{ urn: 'urn:li:video:D1', uploadToken: '', expiresAt: Date.parse('2026-11-21T13:00:00Z'), left: packed([{ url: part(0), first: 0, last: 9 }]), etags: [] }], stage: 'sending', polls: 0, lost: 0, forbidden: 0 };
    const tools = scriptedTools([], { endpoints, ...late });
    expect(await linkedin.transfer(workOf(10, { account, checkpoint }), tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    expect(tools.checkpoints).toMatchObject([{ assets: [], lost: 1 }]);

    const ended = when(linkedin, 'video.part', [1, 2], () => ({ effect: 'refuse', status: 412, body: 'Precondition Failed' }));
    const world = await stage(linkedin, ended);
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'video.start')).toHaveLength(3);
  });

  it('is given up when LinkedIn drops it again and again', async () => {
    const ended = when(linkedin, 'video.part', 'always', () => ({ effect: 'refuse', status: 412, body: '' }));
    const world = await stage(linkedin, ended);
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'platform_unavailable' } });
    expect(operations(world).filter((name) => name === 'video.start')).toHaveLength(4);
    expect((await world.delivery()).checkpoint?.data).toBeNull();
  });

  it('is not put together twice when LinkedIn has heard it', async () => {
    const world = await stage(linkedin, when(linkedin, 'video.finish', [1], () => ({ effect: 'drop_after' })));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'video.finish')).toHaveLength(1);
  });

  it('is sent anew when LinkedIn never hears that all is there', async () => {
    const deaf = when(linkedin, 'video.finish', [1], () => ({ effect: 'refuse', status: 200, body: '' }));
    const world = await stage(linkedin, deaf);
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'video.start')).toHaveLength(2);
  });

  it('is sent anew when its parts do not fit together', async () => {
    const misfit = when(linkedin, 'video.finish', [1], () => ({ effect: 'refuse', ...restli(400, { code: 'INVALID_VALUE', message: 'uploadedPartIds' }) }));
    const world = await stage(linkedin, misfit);
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'video.start')).toHaveLength(2);
  });

  it('is looked at after 5 s, then every 10 s, then once a minute', async () => {
    const world = await stage(linkedin, { processingSeconds: 20 * 60 });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    // The first look after 5 s, 29 pauses of 10 s, then each of 60 s until 20 minutes are over.
    const looks = 1 + 29 + Math.ceil((20 * 60 - 5 - 290) / 60);
    expect(operations(world).filter((name) => name === 'video.read')).toHaveLength(looks);
  });

  it('that cannot be processed fails with the reason, and a retry begins with a clean slate', async () => {
    const world = await stage(linkedin, when(linkedin, 'video.read', [1], () => says('PROCESSING_FAILED', { processingFailureReason: 'no picture' })));
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'media_rejected', platformCode: 'PROCESSING_FAILED', platformMessage: 'no picture' } });
    expect((await world.delivery()).checkpoint?.data).toBeNull();
  });

  it('that is no MP4 is found out by LinkedIn too', async () => {
    const world = await stage(linkedin, { file: Buffer.alloc(100_000, 1) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'media_rejected', platformMessage: 'the file is no MP4 video' } });
  });

  it('that is gone is sent anew', async () => {
    const world = await stage(linkedin, when(linkedin, 'video.read', [1], () => ({ effect: 'refuse', ...restli(404, { code: 'NOT_FOUND' }) })));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'video.start')).toHaveLength(2);
  });
});

describe('photos', () => {
  it('are sent whole, in order, and given time before the post', async () => {
    const world = await stage(linkedin, { kind: 'photos' });
    const started = world.time.now().getTime();
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world)).toEqual(['image.start', 'image.put', 'image.start', 'image.put', 'post.create']);
    expect(world.time.now().getTime() - started).toBe(20_000);
  });

  it('that are not ready after all wait on, and are sent anew if that does not help', async () => {
    const slow = await stage(linkedin, { kind: 'photos', processingSeconds: 600 });
    expect(await slow.run()).toMatchObject({ status: 'uploaded', proofs: [{ kind: 'refused' }] });
    expect(operations(slow).filter((name) => name === 'image.start')).toHaveLength(2);

    const lost = await stage(linkedin, { kind: 'photos', ...when(linkedin, 'image.put', [1], () => ({ effect: 'refuse', status: 201, body: '' })) });
    expect(await lost.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(lost).filter((name) => name === 'image.start')).toHaveLength(4);
    expect(await lost.sandbox.posts('linkedin')).toMatchObject([{ mediaSha256: lost.sha256 }]);
  });
});

describe('LinkedIn forbids', () => {
  const plain: Effect = { effect: 'refuse', ...restli(403, { message: 'Resource is forbidden' }) };

  it('without a reason: it is asked twice more, a minute later each, and then believed', async () => {
    const passing = await stage(linkedin, when(linkedin, 'video.start', [1, 2], () => plain));
    expect(await passing.run()).toMatchObject({ status: 'uploaded' });
    const lasting = await stage(linkedin, when(linkedin, 'video.start', 'always', () => plain));
    const started = lasting.time.now().getTime();
    expect(await lasting.run()).toMatchObject({ status: 'failed', error: { code: 'reauth_required' } });
    expect(operations(lasting)).toEqual(['video.start', 'video.start', 'video.start']);
    expect(lasting.time.now().getTime() - started).toBeGreaterThanOrEqual(2 * MINUTES);
    expect(await lasting.account()).toMatchObject({ health: 'reauth_required' });
  });

  it('the same of a post', async () => {
    const world = await stage(linkedin, { kind: 'text', ...together(when(linkedin, 'post.create', [1, 2], () => plain)) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 3 } });
    const lasting = await stage(linkedin, { kind: 'text', ...when(linkedin, 'post.create', 'always', () => plain) });
    expect(await lasting.run()).toMatchObject({ status: 'failed', attempt: { n: 3 }, error: { code: 'reauth_required' } });
  });
});
