import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { padded } from '../platforms/support/stage.ts';
import { blueskyByHand, clip, key, parsed, refusal } from './bluesky-by-hand.ts';
import { makeMp4 } from './make-mp4.ts';

const PART = 8 * 1024 * 1024;
const long = padded(clip, PART + 1000);
const startedSchema = z.object({ jobId: z.string() });
const jobIn = (answer: { body: string }) => z.object({ jobStatus: z.record(z.string(), z.unknown()) }).parse(JSON.parse(answer.body)).jobStatus;

async function begun(options?: Parameters<typeof blueskyByHand>[0]) {
  const world = blueskyByHand(options);
  const token = await world.serviceToken();
  const start = (change: object = {}, as = token) => world.video('POST', 'startUpload', { body: { sizeBytes: long.byteLength, mimeType: 'video/mp4', ...change }, token: as });
  const part = (jobId: string, number: number, bytes: Uint8Array, headers = { 'content-type': 'application/octet-stream' }) =>
    world.video('POST', 'uploadPart', { query: { jobId, partNumber: String(number) }, body: bytes, token, headers });
  const status = (jobId: string) => world.video('GET', 'getUploadStatus', { query: { jobId }, token });
  const finish = (jobId: string) => world.video('POST', 'finishUpload', { body: { jobId }, token });
  return { ...world, token, start, part, status, finish };
}

describe('an upload in parts', () => {
  it('takes its parts in any order and as often as one likes, and becomes a job', async () => {
    const { start, part, status, finish, job, clock, sandbox } = await begun();
    const started = await start({ name: 'one.mp4', durationMs: 5000, width: 540, height: 960 });
    expect(parsed(started)).toMatchObject({ partSizeBytes: PART, partCount: 2, expiresAt: '2026-11-22T12:00:00.000Z' });
    const { jobId } = startedSchema.parse(parsed(started));
    expect(parsed(await part(jobId, 2, long.subarray(PART)))).toEqual({ partNumber: 2, sizeBytes: 1000 });
    expect(refusal(await finish(jobId))).toEqual([400, 'MissingParts']);
    expect(parsed(await status(jobId))).toMatchObject({ state: 'created', receivedParts: [2] });
    await part(jobId, 1, long.subarray(0, PART));
    await part(jobId, 1, long.subarray(0, PART));
    const { completedJobId } = z.object({ completedJobId: z.string() }).parse(parsed(await finish(jobId)));
    expect(parsed(await finish(jobId))).toMatchObject({ completedJobId });
    expect(parsed(await status(jobId))).toMatchObject({ state: 'completed', completedJobId });
    expect(refusal(await part(jobId, 1, long.subarray(0, PART)))).toEqual([400, 'UploadAlreadyCompleted']);
    clock.advance(60);
    expect(jobIn(await job(completedJobId))).toMatchObject({ state: 'JOB_STATE_COMPLETED', blob: { mimeType: 'video/mp4', size: long.byteLength } });
    expect(await sandbox.posts('bluesky')).toEqual([]);
  });

  it('refuses parts of another size, number or type, and other people', async () => {
    const { start, part, video, serviceToken, sandbox } = await begun();
    const { jobId } = startedSchema.parse(parsed(await start()));
    expect(refusal(await part(jobId, 1, long.subarray(0, PART - 1)))).toEqual([400, 'PartSizeMismatch']);
    expect(refusal(await part(jobId, 3, long.subarray(0, 1)))).toEqual([400, 'InvalidPartNumber']);
    expect(refusal(await part(jobId, 2, long.subarray(PART), { 'content-type': 'video/mp4' }))).toEqual([400, 'InvalidRequest']);
    expect(refusal(await part('another', 1, long.subarray(0, PART)))).toEqual([400, 'UploadNotFound']);
    const other = await serviceToken(undefined, undefined, sandbox.addAccount('bluesky', { name: 'Grace' }));
    expect(refusal(await video('GET', 'getUploadStatus', { query: { jobId }, token: other }))).toEqual([400, 'UploadNotFound']);
  });

  it('ends after a day, or when it is given up', async () => {
    const { start, video, clock, serviceToken, sandbox } = await begun();
    const lasting = sandbox.addAccount('bluesky', { name: 'Old Faithful', accessTokenLife: 3 * 24 * 3600 });
    const early = await serviceToken(undefined, undefined, lasting);
    const open = async () => startedSchema.parse(parsed(await start({}, early))).jobId;
    const [given, forgotten] = [await open(), await open()];
    const part = (jobId: string, token: string) =>
      video('POST', 'uploadPart', { query: { jobId, partNumber: '2' }, body: long.subarray(PART), token, headers: { 'content-type': 'application/octet-stream' } });
    expect(parsed(await video('POST', 'abortUpload', { body: { jobId: given }, token: early }))).toEqual({ state: 'aborted' });
    expect(refusal(await part(given, early))).toEqual([400, 'UploadAborted']);
    clock.advance(1800);
    expect(refusal(await part(forgotten, early))).toEqual([401, 'JwtExpired']);
    clock.advance(24 * 3600 - 1801);
    expect((await part(forgotten, await serviceToken(undefined, undefined, lasting))).status).toBe(200);
    clock.advance(1);
    const late = await serviceToken(undefined, undefined, lasting);
    expect(refusal(await part(forgotten, late))).toEqual([400, 'UploadExpired']);
    expect(parsed(await video('GET', 'getUploadStatus', { query: { jobId: forgotten }, token: late }))).toMatchObject({ state: 'expired' });
  });

  it.each([
    ['VideoTooLarge', { sizeBytes: 300_000_001 }],
    ['UnsupportedContentType', { mimeType: 'video/x-msvideo' }],
    ['VideoTooLong', { durationMs: 180_001 }],
    ['InvalidRequest', { sizeBytes: 0 }],
    ['InvalidRequest', { colour: 'red' }],
  ])('is refused with %s', async (name, change) => {
    const { start } = await begun();
    expect(refusal(await start(change))).toEqual([400, name]);
    expect((await start({ sizeBytes: 300_000_000, durationMs: 180_000 })).status).toBe(200);
  });

  it('needs a token for storing at the account’s server, and limits one for themselves', async () => {
    const { start, video, account, serviceToken, pds } = await begun();
    const forLimits = await serviceToken('app.bsky.video.getUploadLimits');
    const elsewhere = z.object({ token: z.string() }).parse(parsed(await pds('GET', 'server.getServiceAuth', { query: { aud: 'did:web:other.example', lxm: 'com.atproto.repo.uploadBlob' } })));
    expect(refusal(await start({}, account.accessToken))).toEqual([401, 'BadJwt']);
    expect(refusal(await start({}, forLimits))).toEqual([401, 'BadJwtLexiconMethod']);
    expect(refusal(await start({}, elsewhere.token))).toEqual([401, 'BadJwtAudience']);
    expect(parsed(await video('GET', 'getUploadLimits', { token: forLimits }))).toEqual({ canUpload: true, remainingDailyVideos: 25, remainingDailyBytes: 10_000_000_000 });
  });
});

describe('a video', () => {
  it('is processed for a while, and can then be posted', async () => {
    const { sendWhole, job, clock, put, sandbox } = blueskyByHand();
    const { jobId } = startedSchema.parse(parsed(await sendWhole()));
    const states = [];
    for (let time = 0; time < 4; time += 1) {
      states.push(jobIn(await job(jobId))['state']);
      clock.advance(15);
    }
    expect(states).toEqual(['JOB_STATE_CREATED', 'JOB_STATE_ENCODING', 'JOB_STATE_SCANNING', 'JOB_STATE_UPLOADING']);
    const { blob } = jobIn(await job(jobId));
    expect((await put(key(1), { embed: { $type: 'app.bsky.embed.video', video: blob, alt: '', aspectRatio: { width: 9, height: 16 } } })).status).toBe(200);
    expect(await sandbox.posts('bluesky')).toMatchObject([{ kind: 'video', mediaSha256: [expect.stringMatching(/^[0-9a-f]{64}$/u)] }]);
  });

  it('is the same job when the same bytes come again', async () => {
    const { sendWhole } = blueskyByHand();
    const { jobId } = startedSchema.parse(parsed(await sendWhole()));
    const again = await sendWhole();
    expect(again.status).toBe(409);
    expect(parsed(again)).toMatchObject({ jobId, error: 'already_exists' });
  });

  it.each([
    ['a text', Buffer.from('no video at all'.repeat(10)), 'validation_failure'],
    ['one that is too long', makeMp4({ duration: 181 }), 'validation_failure'],
    ['a broken one', Buffer.concat([Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isomiso2', 'latin1'), Buffer.alloc(100)]), 'encoding_failure'],
  ])('fails in processing: %s', async (_what, bytes, failureCode) => {
    const { sendWhole, job, clock } = blueskyByHand();
    const { jobId } = startedSchema.parse(parsed(await sendWhole(bytes)));
    clock.advance(60);
    expect(jobIn(await job(jobId))).toMatchObject({ state: 'JOB_STATE_FAILED', failureCode });
  });

  it('cannot be stored with a token that has ended in the meantime', async () => {
    const { sendWhole, job, clock } = blueskyByHand({ processingSeconds: 1801 });
    const { jobId } = startedSchema.parse(parsed(await sendWhole(makeMp4({ duration: 180 }))));
    clock.advance(1801);
    expect(jobIn(await job(jobId))).toMatchObject({ state: 'JOB_STATE_FAILED', failureCode: 'pds_upload_failure' });
  });

  it('may come as often as the daily limit says', async () => {
    const { sendWhole, serviceToken, video } = blueskyByHand({ caps: { bluesky: { videosPerDay: 1 } } });
    await sendWhole();
    expect(refusal(await sendWhole(makeMp4({})))).toEqual([400, 'DailyLimitExceeded']);
    const left = await video('GET', 'getUploadLimits', { token: await serviceToken('app.bsky.video.getUploadLimits') });
    expect(parsed(left)).toMatchObject({ canUpload: false, remainingDailyVideos: 0, message: expect.any(String) });
  });
});
