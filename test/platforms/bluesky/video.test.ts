import { describe, expect, it } from 'vitest';
import { bluesky } from '../../../platforms/bluesky/index.ts';
import { clip, operations, padded, stage, together, when, type Stage } from '../support/stage.ts';
import { answer, scriptedTools, workOf } from '../support/tools.ts';
import { xrpc } from '../support/words.ts';

const MiB = 1024 * 1024;
const PART = 8 * MiB;

const count = (world: Stage, operation: string): number => operations(world).filter((name) => name === operation).length;
const parts = ({ seen }: Stage): readonly (string | null)[] =>
  seen.filter(({ operation }) => operation === 'upload.part').map(({ request }) => new URL(request.url).searchParams.get('partNumber'));
const refuseOnce = (operation: string, words: ReturnType<typeof xrpc>) => when(bluesky, operation, [1], () => ({ effect: 'refuse', ...words }));

/** Tools for a step that goes on with an upload in parts whose state is this. */
function ask(status: object) {
  return scriptedTools([answer(200, { token: 't' }), answer(200, { receivedParts: [1], ...status })], { endpoints: { video: 'https://video.example' } });
}

/** The first time, the service says this of what the account may upload. */
function limits(body: Readonly<Record<string, unknown>>) {
  return when(bluesky, 'upload-limits.read', [1], () => ({ effect: 'refuse', status: 200, body }));
}

describe('the parts of a video', () => {
  it('are as long as the service says, and are counted as they go', async () => {
    const size = PART + 5;
    const world = await stage(bluesky, { file: padded(clip, size) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', bytesSent: size });
    expect(world.seen.filter(({ operation }) => operation === 'upload.part').map(({ request }) => request.body?.length)).toEqual([PART, 5]);
    expect(await world.sandbox.posts('bluesky')).toMatchObject([{ kind: 'video', mediaSha256: world.sha256 }]);
  });

  it('are sent again only where they are missing', async () => {
    const world = await stage(bluesky, { file: padded(clip, PART + 1), ...when(bluesky, 'upload.part', [2, 3], () => ({ effect: 'drop_before' })) });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(parts(world)).toEqual(['1', '2', '2', '2']);
    expect(count(world, 'upload.start')).toBe(1);
  });

  it('begin anew when the service has forgotten them', async () => {
    const forgotten = when(bluesky, 'upload.part', [2], (sandbox) => {
      sandbox.reset();
      return undefined;
    });
    const world = await stage(bluesky, { file: padded(clip, PART + 1), ...forgotten });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(count(world, 'upload.start')).toBe(2);
    expect(await world.sandbox.posts('bluesky')).toMatchObject([{ mediaSha256: world.sha256 }]);
  });

  it('are waited for when the file is being put together', async () => {
    const checkpoint = { pds: 'https://pds.example', mentions: {}, blobs: [], upload: { jobId: 'j', partSize: PART, partCount: 1 }, job: null, createdAt: null };
    expect(await bluesky.transfer(workOf(5, { checkpoint }), ask({ state: 'finishing' }))).toMatchObject({ kind: 'again' });
    const done = ask({ state: 'completed', completedJobId: 'k' });
    expect(await bluesky.transfer(workOf(5, { checkpoint }), done)).toMatchObject({ kind: 'again' });
    expect(done.checkpoints).toMatchObject([{ upload: null, job: { jobId: 'k', polls: 0 } }]);
    const failed = ask({ state: 'failed', failureReason: 'x' });
    expect(await bluesky.transfer(workOf(5, { checkpoint }), failed)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    expect(failed.checkpoints).toMatchObject([{ upload: null }]);
  });

  it('have to be those of this file', async () => {
    const checkpoint = { pds: 'https://pds.example', mentions: {}, blobs: [], upload: null, job: null, createdAt: null };
    const started = answer(200, { jobId: 'j', partSizeBytes: 100, partCount: 3, expiresAt: '2026-11-22T12:00:00Z' });
    const tools = scriptedTools([answer(200, { token: 't' }), answer(200, { canUpload: true }), answer(200, { token: 't' }), started], { endpoints: { video: 'https://video.example' } });
    expect(await bluesky.transfer(workOf(1000, { checkpoint }), tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    expect(tools.checkpoints).toEqual([]);
  });
});

describe('a service without parts', () => {
  const without = when(bluesky, 'upload.start', 'always', () => ({ effect: 'refuse', ...xrpc(501, 'MethodNotImplemented') }));

  it('gets the file in one piece', async () => {
    const world = await stage(bluesky, without);
    expect(await world.run()).toMatchObject({ status: 'uploaded', bytesSent: clip.byteLength });
    expect(count(world, 'video.upload')).toBe(1);
    expect(await world.sandbox.posts('bluesky')).toMatchObject([{ mediaSha256: world.sha256 }]);
  });

  it('names the job that it has when the same bytes come again', async () => {
    const world = await stage(bluesky, together(without, when(bluesky, 'video.upload', [1], () => ({ effect: 'drop_after' }))));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(count(world, 'video.upload')).toBe(2);
  });

  it('gets none that is too large to be held in memory', async () => {
    const checkpoint = { pds: 'https://pds.example', mentions: {}, blobs: [], upload: null, job: null, createdAt: null };
    const refused = answer(501, { error: 'MethodNotImplemented' });
    const tools = scriptedTools([answer(200, { token: 't' }), answer(200, { canUpload: true }), answer(200, { token: 't' }), refused], { endpoints: { video: 'https://video.example' } });
    expect(await bluesky.transfer(workOf(64 * MiB + 1, { checkpoint }), tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
  });
});

describe('processing', () => {
  it('that refuses the file ends the delivery with the service’s own words', async () => {
    const failed = { jobStatus: { jobId: 'j', did: 'did:plc:x', state: 'JOB_STATE_FAILED', failureCode: 'validation_failure', message: 'The video is upside down' } };
    const world = await stage(bluesky, when(bluesky, 'job.read', [1], () => ({ effect: 'refuse', status: 200, body: failed })));
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'media_rejected', platformCode: 'validation_failure', platformMessage: 'The video is upside down' } });
  });

  it('that fails by itself begins anew', async () => {
    const failed = { jobStatus: { jobId: 'j', did: 'did:plc:x', state: 'JOB_STATE_FAILED', failureCode: 'pds_upload_failure', message: 'x' } };
    const world = await stage(bluesky, when(bluesky, 'job.read', [1], () => ({ effect: 'refuse', status: 200, body: failed })));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(count(world, 'upload.start')).toBe(2);
  });

  it('that nobody knows any more begins anew', async () => {
    const world = await stage(bluesky, refuseOnce('job.read', xrpc(400, 'InvalidRequest', 'Job not found')));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(count(world, 'upload.start')).toBe(2);
  });

  it('may take long: it is waited for', async () => {
    const world = await stage(bluesky, { processingSeconds: 1200 });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(count(world, 'job.read')).toBeLessThan(45);
  });
});

describe('what the account may upload', () => {
  it('is asked before anything is sent: a used-up day is waited out', async () => {
    const world = await stage(bluesky, limits({ canUpload: false, remainingDailyVideos: 0, message: 'You have reached your daily limit.' }));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(world.time.elapsed()).toBeGreaterThanOrEqual(3600);
    for (const [left, waited] of [[clip.byteLength - 1, true], [clip.byteLength, false]] as const) {
      const bytes = await stage(bluesky, limits({ canUpload: true, remainingDailyVideos: 3, remainingDailyBytes: left }));
      expect(await bytes.run()).toMatchObject({ status: 'uploaded' });
      expect(bytes.time.elapsed() >= 3600).toBe(waited);
    }
    const unconfirmed = await stage(bluesky, limits({ canUpload: false, message: 'Please confirm your email address.' }));
    expect(await unconfirmed.run()).toMatchObject({ status: 'failed', error: { code: 'permission_denied' } });
  });

  it.each([
    ['UploadForbidden', { status: 'failed', error: { code: 'permission_denied' } }],
    ['BadAspectRatio', { status: 'failed', error: { code: 'media_rejected' } }],
    ['DailyLimitExceeded', { status: 'uploaded' }],
    ['TooManyOpenUploads', { status: 'uploaded' }],
    ['ServiceOverloaded', { status: 'uploaded' }],
  ])('may be less than it said: %s', async (error, delivery) => {
    expect(await (await stage(bluesky, refuseOnce('upload.start', xrpc(400, error)))).run()).toMatchObject(delivery);
  });

  it('does not end the session when the service rejects its own token', async () => {
    const world = await stage(bluesky, when(bluesky, 'upload.finish', [1, 2], () => ({ effect: 'refuse', ...xrpc(401, 'JwtExpired', 'jwt expired') })));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(count(world, 'token.refresh')).toBe(0);
  });
});
