import { afterEach, describe, expect, it } from 'vitest';
import { openDoor } from './support/door.ts';
import type { Customer, Door, DoorOptions } from './support/door.ts';
import { bytesOf, complete, MiB, put, sessionRequest, stageParts, stageSingle } from './support/uploads.ts';

let door: Door;
let customer: Customer;
afterEach(() => door.close());

async function open(options: DoorOptions = {}): Promise<void> {
  door = await openDoor({ connector: () => ({ violations: () => [] }), ...options });
  customer = await door.customer('any', 'any');
}

describe('completing', () => {
  it('makes the upload, assembles the file and says how each account stands', async () => {
    await open();
    const staged = await stageParts(door, customer, 12 * MiB, { description: 'Text', sha256: 'A'.repeat(64) });
    const completed = await complete(door, customer, staged);
    expect(completed).toMatchObject({
      status: 200,
      body: {
        uploadId: expect.stringMatching(/^upl_[0-9A-HJKMNP-TV-Z]{26}$/u),
        status: 'Processing',
        title: 'Spring launch',
        scheduledOn: null,
        createdAt: '2026-04-01T10:00:00Z',
        accounts: customer.accounts.map((accountId) => ({ accountId, status: 'Processing' })),
      },
    });
    const record = await door.store.getUpload(completed.body.uploadId);
    const [media] = record?.upload.media ?? [];
    expect(media).toMatchObject({ size: 12 * MiB, contentType: 'video/mp4', sha256: 'a'.repeat(64), facts: null, inspectedAt: null });
    expect(record?.upload).toMatchObject({ description: 'Text', revision: 1, assembly: null, claim: null });
    expect(record?.deliveries.map((delivery) => [delivery.status, delivery.attempt.phase])).toEqual([['pending', 'idle'], ['pending', 'idle']]);
    expect(await door.media.head(media?.objectKey ?? '')).toEqual({ size: 12 * MiB, contentType: 'video/mp4' });
  });

  it('takes ETags under any name, with or without quotes, in any order', async () => {
    await open();
    const staged = await stageParts(door, customer);
    const [one, two, three] = staged.parts;
    const parts = [
      { PartNumber: 3, ETag: three?.eTag },
      { partNumber: 1, etag: one?.eTag.replaceAll('"', '') },
      { partNumber: 2, eTag: two?.eTag, etag: two?.eTag },
    ];
    const completed = await door.call({ to: 'POST /api/upload/complete', key: customer.key, json: { ...staged, parts } });
    expect(completed.status).toBe(200);
    expect((await complete(door, customer, staged)).body.uploadId).toBe(completed.body.uploadId);
  });

  it('of one part needs no list', async () => {
    await open();
    const staged = await stageSingle(door, customer);
    const completed = await door.call({ to: 'POST /api/upload/complete', key: customer.key, json: { sessionToken: staged.sessionToken } });
    expect(completed.status).toBe(200);
  });

  it('is Scheduled before its time', async () => {
    await open();
    const staged = await stageSingle(door, customer, { scheduledOn: '2026-04-01T10:10:00Z' });
    expect((await complete(door, customer, staged)).body).toMatchObject({ status: 'Scheduled', scheduledOn: '2026-04-01T10:10:00Z' });
  });

  it('after its time came means now: the client was slow, not wrong', async () => {
    await open();
    const staged = await stageSingle(door, customer, { scheduledOn: '2026-04-01T10:10:00Z' });
    door.clock.pass(86_400);
    expect(await complete(door, customer, staged)).toMatchObject({ status: 200, body: { status: 'Processing' } });
  });

  it.each([
    [{ parts: [{ partNumber: 1 }] }, 'parts[0].eTag: required'],
    [{ parts: [{ eTag: 'x' }] }, 'parts[0].partNumber: required'],
    [{ parts: [{ partNumber: 1, PartNumber: 2, eTag: 'x' }] }, 'parts[0].partNumber: conflict'],
    [{ parts: [{ partNumber: 0, eTag: 'x' }] }, 'parts[0].partNumber: too_small'],
    [{ parts: [{ partNumber: 10_001, eTag: 'x' }] }, 'parts[0].partNumber: too_big'],
    [{ parts: [{ partNumber: 1.5, eTag: 'x' }] }, 'parts[0].partNumber: invalid_type'],
    [{ parts: [{ partNumber: 1, eTag: 'x', size: 1 }] }, 'parts[0].size: unknown_field'],
    [{ parts: 'all' }, 'parts: invalid_type'],
    [{ sessionToken: undefined }, 'sessionToken: required'],
  ])('with %j is refused', async (change, wrong) => {
    await open();
    const staged = await stageSingle(door, customer);
    const refused = await door.call({ to: 'POST /api/upload/complete', key: customer.key, json: { ...staged, ...change } });
    expect(refused.body.errors.map((error: { field: string; code: string }) => `${error.field}: ${error.code}`)).toEqual([wrong]);
  });
});

describe('completing again', () => {
  it('gives the same record, and charges once', async () => {
    await open();
    const staged = await stageParts(door, customer);
    const answers = await Promise.all([complete(door, customer, staged), complete(door, customer, staged), complete(door, customer, staged)]);
    const later = await complete(door, customer, { ...staged, parts: staged.parts.toReversed() });
    expect(new Set([...answers, later].map((answer) => answer.body.uploadId)).size).toBe(1);
    expect([...answers, later].map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
    expect(await door.store.countUploads({ tenantId: customer.tenantId, from: null, to: null, atMost: 10 })).toBe(1);
  });

  it('with other parts is refused', async () => {
    await open();
    const staged = await stageParts(door, customer);
    await complete(door, customer, staged);
    for (const parts of [[], staged.parts.slice(0, 2), staged.parts.with(1, { partNumber: 2, eTag: 'other' })]) {
      expect(await complete(door, customer, { ...staged, parts })).toMatchObject({ status: 409, body: { code: 'session_state' } });
    }
  });

  it("after the session's end still gives the record, but an open session has ended", async () => {
    await open();
    const done = await stageSingle(door, customer);
    const { uploadId } = (await complete(door, customer, done)).body;
    const late = await stageSingle(door, customer);
    door.clock.pass(7 * 86_400 - 1);
    const inTime = await stageSingle(door, customer);
    door.clock.pass(1);
    expect(await complete(door, customer, late)).toMatchObject({ status: 410, body: { code: 'session_expired' } });
    expect((await complete(door, customer, done)).body.uploadId).toBe(uploadId);
    expect((await complete(door, customer, inTime)).status).toBe(200);
  });
});

describe('a failed check leaves the session open', () => {
  const failing: [string, (staged: Awaited<ReturnType<typeof stageParts>>) => Awaited<ReturnType<typeof stageParts>>][] = [
    ['a part is missing from the list', (staged) => ({ ...staged, parts: staged.parts.slice(1) })],
    ['an ETag is wrong', (staged) => ({ ...staged, parts: staged.parts.with(0, { partNumber: 1, eTag: '"0"' }) })],
    ['a part is named that does not exist', (staged) => ({ ...staged, parts: [...staged.parts, { partNumber: 4, eTag: 'x' }] })],
  ];
  it.each(failing)('when %s', async (_, spoil) => {
    await open();
    const staged = await stageParts(door, customer);
    const refused = await complete(door, customer, spoil(staged));
    expect(refused).toMatchObject({ status: 422, body: { code: 'part_mismatch', errors: [{ field: 'parts' }] } });
    expect((await complete(door, customer, staged)).status).toBe(200);
  });

  it('when a part did not arrive', async () => {
    await open();
    const opened = await door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: sessionRequest(customer, 10) });
    const staged = { sessionToken: opened.body.sessionToken, parts: [] };
    expect((await complete(door, customer, staged)).status).toBe(422);
    await put(door, opened.body.uploadUrl, bytesOf(10));
    expect((await complete(door, customer, staged)).status).toBe(200);
  });

  it('when a rule of a network is broken only now', async () => {
    let broken = true;
    const violation = { field: 'title', code: 'any.video.title_max', message: 'Too long.', value: 1, limit: 0, unit: 'characters' as const, remedy: 'Shorten it.' };
    let armed = false;
    await open({ connector: () => ({ violations: () => (armed && broken ? [violation] : []) }) });
    const staged = await stageSingle(door, customer);
    armed = true;
    expect(await complete(door, customer, staged)).toMatchObject({ status: 400, body: { errors: [{ code: 'any.video.title_max' }] } });
    broken = false;
    expect((await complete(door, customer, staged)).status).toBe(200);
  });
});
