import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../core/limits.ts';
import type { PreflightSubject } from '../../core/ports/index.ts';
import { openDoor, wrongFields, type ApiAnswer, type Customer, type Door } from './support/door.ts';
import { MiB, put } from './support/uploads.ts';

const clip = new Uint8Array(readFileSync(new URL('../../local/demo-small.mp4', import.meta.url)));
const photo = new Uint8Array(readFileSync(new URL('../platforms/support/photos/one.jpg', import.meta.url)));

/** What the rules of the networks were asked about. */
let subjects: PreflightSubject[];
let door: Door;
let customer: Customer;
beforeEach(async () => {
  subjects = [];
  const violations = (subject: PreflightSubject) => {
    subjects.push(subject);
    return subject.kind === 'text' && subject.title === 'forbidden'
      ? [{ field: 'title', code: 'test.text.title', message: 'No such title.', value: 'forbidden', limit: null, unit: null, remedy: 'Choose another.' }]
      : [];
  };
  door = await openDoor({ connector: () => ({ violations }) });
  customer = await door.customer('easy', 'other');
});
afterEach(() => door.close());

const post = (path: string, json: object, headers = {}, key = customer.key) => door.call({ to: `POST ${path}`, key, json, headers });
const get = (path: string, key = customer.key) => door.call({ to: `GET ${path}`, key });
const asPhoto = (change: object = {}) => ({ fileName: 'one.jpg', fileSize: photo.byteLength, contentType: 'image/jpeg', ...change });
const asClip = { fileName: 'clip.mp4', fileSize: clip.byteLength, contentType: 'video/mp4' };

async function sent(bytes: Uint8Array<ArrayBuffer>, file: object): Promise<string> {
  const opened = await post('/api/media', file);
  if (opened.status !== 201) throw new Error(JSON.stringify(opened.body));
  await put(door, opened.body.parts[0].url, bytes);
  return opened.body.sessionToken;
}

async function stored(bytes: Uint8Array<ArrayBuffer> = photo, file: object = asPhoto()): Promise<string> {
  const completed = await post('/api/media/complete', { sessionToken: await sent(bytes, file) });
  if (completed.status !== 200) throw new Error(JSON.stringify(completed.body));
  return completed.body.mediaId;
}

const create = (change: object, headers = {}) => post('/api/uploads', { kind: 'photos', title: 'Spring', accounts: customer.accounts, ...change }, headers);
const recordOf = async ({ body }: ApiAnswer) => {
  const record = await door.store.getUpload(body.uploadId);
  if (record === null) throw new Error(`there is no upload: ${JSON.stringify(body)}`);
  return record;
};

describe('a file by itself', () => {
  it('is sent in the session that every file is sent in, and then is there to be used', async () => {
    const opened = await post('/api/media', asPhoto({ sha256: 'A'.repeat(64) }));
    expect(opened).toMatchObject({ status: 201, body: { partCount: 1, parts: [{ partNumber: 1 }] } });
    await put(door, opened.body.parts[0].url, photo);
    const { sessionToken } = opened.body;
    expect((await post('/api/upload/session', { sessionToken })).body).toMatchObject({ state: 'open', uploadId: null, mediaId: null, file: { sha256: 'a'.repeat(64) } });
    const completed = await post('/api/media/complete', { sessionToken });
    expect(completed).toMatchObject({
      status: 200,
      body: {
        mediaId: expect.stringMatching(/^med_[0-9A-HJKMNP-TV-Z]{26}$/u),
        fileName: 'one.jpg',
        size: photo.byteLength,
        contentType: 'image/jpeg',
        sha256: 'a'.repeat(64),
        state: 'ready',
        createdAt: '2026-04-01T10:00:00Z',
        usableUntil: '2026-04-22T10:00:00Z',
      },
    });
    const { mediaId } = completed.body;
    expect((await post('/api/media/complete', { sessionToken })).body).toEqual(completed.body);
    expect((await get(`/api/media/${mediaId}`)).body).toEqual(completed.body);
    expect((await post('/api/upload/session', { sessionToken })).body).toMatchObject({ state: 'completed', uploadId: null, mediaId });
    // No upload was made, and nothing was charged.
    expect((await get('/api/uploads')).body.items).toEqual([]);
    expect(door.executions.started).toEqual([]);
  });

  it('may come in parts, be signed anew and be aborted as any other', async () => {
    const opened = await post('/api/media', { ...asClip, fileSize: 12 * MiB, partSize: 5 * MiB });
    const { sessionToken } = opened.body;
    expect(opened.body.parts).toHaveLength(3);
    expect((await post('/api/upload/multipart', { sessionToken, partNumbers: [2] })).body.parts).toMatchObject([{ partNumber: 2 }]);
    expect((await post('/api/upload/abort', { sessionToken })).status).toBe(200);
    expect(await post('/api/media/complete', { sessionToken })).toMatchObject({ status: 409, body: { code: 'session_state' } });
  });

  it('is opened and completed once under an Idempotency-Key, and told again', async () => {
    const opened = await post('/api/media', asPhoto(), { 'Idempotency-Key': 'one' });
    const again = await post('/api/media', asPhoto(), { 'Idempotency-Key': 'one' });
    expect(again.body.sessionToken).toBe(opened.body.sessionToken);
    await put(door, again.body.parts[0].url, photo);
    const { sessionToken } = opened.body;
    const completed = await post('/api/media/complete', { sessionToken }, { 'Idempotency-Key': 'two' });
    expect(await post('/api/media/complete', { sessionToken }, { 'Idempotency-Key': 'two' })).toMatchObject({
      status: 200,
      body: completed.body,
      headers: { 'Idempotent-Replayed': 'true' },
    });
  });

  it('goes its own way: neither is completed by the route of the other', async () => {
    const sessionToken = await sent(photo, asPhoto());
    expect(wrongFields(await post('/api/upload/complete', { sessionToken }))).toEqual(['sessionToken: for_media']);
    const forUpload = await post('/api/upload/presign-put', { title: 'Spring', accounts: customer.accounts, ...asClip });
    expect(wrongFields(await post('/api/media/complete', { sessionToken: forUpload.body.sessionToken }))).toEqual(['sessionToken: for_upload']);
  });

  it.each([
    [{ contentType: 'application/pdf' }, 400, ['contentType: not_media']],
    [{ contentType: 'application/octet-stream', fileName: 'one.exe' }, 400, ['contentType: not_media']],
    [{ contentType: 'application/octet-stream', fileName: 'one.JPG' }, 201, []],
    [{ fileSize: 0 }, 400, ['fileSize: too_small']],
    [{ fileSize: limits.fileSize }, 201, []],
    [{ fileSize: limits.fileSize + 1 }, 413, ['fileSize: too_large']],
    [{ title: 'Spring' }, 400, ['title: unknown_field']],
    [{ sha256: 'ab' }, 400, ['sha256: invalid_format']],
  ])('is refused if it cannot be one: %j', async (change, status, wrong) => {
    const answer = await post('/api/media', asPhoto(change));
    expect(answer.status).toBe(status);
    if (status !== 201) expect(wrongFields(answer)).toEqual(wrong);
  });

  it('of another tenant is as unknown as one that never was', async () => {
    const mediaId = await stored();
    const stranger = await door.customer('easy');
    const unknown = (await get('/api/media/med_unknown', stranger.key)).body;
    expect(await get(`/api/media/${mediaId}`, stranger.key)).toMatchObject({ status: 404, body: unknown });
    const json = { kind: 'photos', title: 'x', accounts: stranger.accounts, media: [mediaId] };
    expect(wrongFields(await post('/api/uploads', json, {}, stranger.key))).toEqual(['media: media_unknown']);
  });
});

describe('an upload of stored files', () => {
  it('has the photos in their order, measured, and is started at once', async () => {
    const media = [await stored(), await stored(), await stored()].toReversed();
    const created = await create({ media, text: 'What is new', options: {} });
    expect(created).toMatchObject({ status: 201, body: { status: 'Processing', title: 'Spring', accounts: customer.accounts.map((accountId) => ({ accountId })) } });
    const { upload, deliveries } = await recordOf(created);
    expect(upload).toMatchObject({ kind: 'photos', description: 'What is new', assembly: null, claim: null });
    expect(upload.media.map(({ mediaId }) => mediaId)).toEqual(media);
    expect(upload.media[0]).toMatchObject({ contentType: 'image/jpeg', image: { format: 'jpeg', width: 720, height: 900 }, inspectedAt: null });
    expect(deliveries.map(({ status }) => status)).toEqual(['pending', 'pending']);
    expect(door.executions.started).toMatchObject([{ input: { uploadId: upload.uploadId, predecessor: null } }]);
    expect(subjects.at(-1)).toMatchObject({ kind: 'photos', files: [{ image: { width: 720 } }, {}, {}] });
    expect((await get(`/api/upload/${upload.uploadId}`)).body).toMatchObject({ kind: 'photos', media: [{ image: { format: 'jpeg' } }, {}, {}] });
  });

  it('is made again and again of one video, also of one that came with another upload', async () => {
    const mediaId = await stored(clip, asClip);
    const first = await create({ kind: 'video', media: [mediaId] });
    const second = await create({ kind: 'video', media: [mediaId], accounts: customer.accounts.slice(1), scheduledOn: '2026-05-01T10:00:00Z' });
    expect([first.status, second.status, second.body.status]).toEqual([201, 201, 'Scheduled']);
    expect((await recordOf(first)).upload.media[0]?.facts).toMatchObject({ container: 'mp4', width: 540 });
    expect((await door.store.getMedia(mediaId))?.uses).toBe(2);

    const form = await post('/api/upload/presign-put', { title: 'Spring', accounts: customer.accounts, ...asClip });
    await put(door, form.body.uploadUrl, clip);
    const uploaded = await post('/api/upload/complete', { sessionToken: form.body.sessionToken });
    const own = (await recordOf(uploaded)).upload.media[0]?.mediaId ?? '';
    expect((await create({ kind: 'video', media: [own] })).status).toBe(201);
    expect((await get(`/api/media/${own}`)).body).toMatchObject({ state: 'ready', usableUntil: '2026-04-22T10:00:00Z' });
  });

  it('may be a text alone, with or without a title', async () => {
    const texts = [await create({ kind: 'text', title: undefined, text: 'Only this' }), await create({ kind: 'text', title: 'With that', text: 'this' })];
    expect(texts.map(({ status }) => status)).toEqual([201, 201]);
    expect((await Promise.all(texts.map(recordOf))).map(({ upload }) => [upload.title, upload.description, upload.media])).toEqual([
      ['', 'Only this', []],
      ['With that', 'this', []],
    ]);
    expect(door.executions.started).toHaveLength(2);
  });

  it('is made once under an Idempotency-Key, and started by the second request if the first died before that', async () => {
    door.executions.break(true);
    const first = await create({ kind: 'text', text: 'x' }, { 'Idempotency-Key': 'one' });
    expect([first.status, door.executions.started.length]).toEqual([201, 0]);
    door.executions.break(false);
    const second = await create({ kind: 'text', text: 'x' }, { 'Idempotency-Key': 'one' });
    expect(second.body).toEqual(first.body);
    expect(door.executions.started).toMatchObject([{ input: { uploadId: first.body.uploadId } }]);
    expect((await get('/api/uploads')).body.items).toHaveLength(1);
    // Whoever started nothing has it looked after.
    expect((await recordOf(first)).upload.watchAt).toBe('2026-04-01T10:00:03Z');
  });

  it('is refused with the rules of its networks', async () => {
    expect(wrongFields(await create({ kind: 'text', title: 'forbidden', text: 'x' }))).toEqual(['title: test.text.title']);
    const skipped = await create({ kind: 'text', title: 'forbidden', text: 'x', onViolation: 'skip_account' });
    expect(skipped.body.status).toBe('Failed');
  });

  it('is refused for what it cannot be made of, and nothing is charged', async () => {
    const [one, video] = [await stored(), await stored(clip, asClip)];
    const many = Array.from({ length: limits.photos + 1 }, (_, n) => `med_${n}`);
    const cases: readonly [object, readonly string[]][] = [
      [{ media: [] }, ['media: too_small']],
      [{ media: undefined }, ['media: required']],
      [{ media: many }, ['media: too_big']],
      [{ media: many.slice(1) }, ['media: media_unknown']],
      [{ media: [one, one] }, ['media: duplicate']],
      [{ media: [one, 'med_1'] }, ['media: media_unknown']],
      [{ media: [one, video] }, ['media[1]: not_a_photo']],
      [{ kind: 'video', media: [one] }, ['media[0]: not_a_video']],
      [{ kind: 'video', media: [video, one] }, ['media: too_big']],
      [{ kind: 'video', media: [video], title: undefined, text: 'x' }, ['title: required']],
      [{ kind: 'text', text: 'x', media: [one] }, ['media: unknown_field']],
      [{ kind: 'text', title: undefined, text: '' }, ['text: too_short']],
      [{ kind: 'text' }, ['text: required']],
      [{ kind: undefined, media: [one] }, ['kind: required']],
      [{ kind: 'story', media: [one] }, ['kind: invalid_value']],
      [{ media: [one], accounts: Array.from({ length: limits.accounts }, (_, n) => `acc_${n}`) }, ['accounts: too_many']],
    ];
    for (const [change, wrong] of cases) expect(wrongFields(await create(change)), JSON.stringify(change)).toEqual(wrong);
    expect(await door.store.getQuotaUsed({ tenantId: customer.tenantId, month: '2026-04' })).toBe(0);
  });

  it('is not made of a file after its time, nor of one that storage has lost', async () => {
    const [mediaId, lost] = [await stored(), await stored()];
    const { objectKey = '' } = (await door.store.getMedia(lost)) ?? {};
    door.media.remove(objectKey);
    expect(await create({ media: [lost] })).toMatchObject({ status: 503, body: { errors: [{ field: 'media', code: 'not_ready' }] } });
    door.clock.pass(limits.mediaUsable - 1);
    expect((await create({ media: [mediaId] })).status).toBe(201);
    door.clock.pass(1);
    expect(await create({ media: [mediaId] })).toMatchObject({ status: 409, body: { code: 'media_gone', errors: [{ field: 'media' }] } });
    expect((await get(`/api/media/${mediaId}`)).body.state).toBe('gone');
  });

  it('can be tried dry, with the same objections', async () => {
    const media = [await stored(clip, asClip)];
    const dry = await post('/api/upload/validate', { kind: 'photos', media, title: 'x', accounts: customer.accounts });
    expect(dry.body).toMatchObject({ valid: false, probed: true, violations: [{ rule: 'not_a_photo', accountId: null }] });
    const fine = await post('/api/upload/validate', { kind: 'text', text: 'x', accounts: customer.accounts });
    expect(fine.body).toEqual({ valid: true, probed: true, violations: [] });
    const ofMedia = await post('/api/upload/validate', { mediaId: media[0], title: 'x', accounts: customer.accounts });
    expect(ofMedia.body).toMatchObject({ valid: true, probed: true });
  });
});
