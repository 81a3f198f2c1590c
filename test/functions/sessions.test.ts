import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDoor, wrongFields } from './support/door.ts';
import type { Customer, Door } from './support/door.ts';
import { bytesOf, complete, MiB, put, sessionRequest, stageParts, stageSingle } from './support/uploads.ts';

let door: Door;
let customer: Customer;
beforeEach(async () => {
  door = await openDoor({ connector: () => ({ violations: () => [] }) });
  customer = await door.customer('any');
});
afterEach(() => door.close());

const DAY = 86_400;
const numbersOf = (parts: readonly { partNumber: number }[]) => parts.map(({ partNumber }) => partNumber);

const presign = (json: object, key = customer.key) => door.call({ to: 'POST /api/upload/presign-put', key, json });
const multipart = (json: object, key = customer.key) => door.call({ to: 'POST /api/upload/multipart', key, json });
const abort = (sessionToken: string, key = customer.key) => door.call({ to: 'POST /api/upload/abort', key, json: { sessionToken } });

describe('a session of one part', () => {
  it('answers a URL for exactly these bytes, and when it and the session end', async () => {
    const opened = await presign(sessionRequest(customer, 1_000));
    expect(opened).toMatchObject({
      status: 201,
      body: {
        sessionToken: expect.stringMatching(/^st_[\w-]{43}$/u),
        fileId: expect.stringMatching(/^file_/u),
        method: 'PUT',
        headers: { 'Content-Type': 'video/mp4' },
        expiresAt: '2026-04-01T11:00:00Z',
        sessionExpiresAt: '2026-04-08T10:00:00Z',
      },
    });
    expect((await door.media.fetch(opened.body.uploadUrl, { method: 'PUT', body: bytesOf(999) })).status).toBe(403);
    expect(await put(door, opened.body.uploadUrl, bytesOf(1_000))).toMatch(/^"[0-9a-f]{32}"$/u);
  });

  it('takes the same number of bytes up to 2 GiB in its only part', async () => {
    const opened = await presign(sessionRequest(customer, 2 * 1024 * MiB));
    expect(opened.status).toBe(201);
  });

  it('stores the file as what the client declared, by its extension where the client did not know', async () => {
    const opened = await presign(sessionRequest(customer, 5, { contentType: 'application/octet-stream', fileName: 'Clip.MOV' }));
    expect(opened.body.headers).toEqual({ 'Content-Type': 'video/quicktime' });
  });

  it('writes nothing when the request is wrong', async () => {
    expect((await presign(sessionRequest(customer, 1_000, { accounts: ['acc_unknown'] }))).status).toBe(400);
    const { jwt } = await door.person('alice');
    const refused = await door.call({ to: 'POST /api/upload/presign-put', jwt, json: sessionRequest(customer, 1_000) });
    expect(wrongFields(refused)).toEqual(['accounts: account_unknown']);
  });
});

describe('a session of several parts', () => {
  it('answers a URL a part, in order, each for its own size', async () => {
    const opened = await multipart(sessionRequest(customer, 12 * MiB, { partSize: 5 * MiB }));
    expect(opened).toMatchObject({ status: 201, body: { partSize: 5 * MiB, partCount: 3 } });
    expect(opened.body.parts.map((part: { partNumber: number }) => part.partNumber)).toEqual([1, 2, 3]);
    const [one, , three] = opened.body.parts;
    expect((await door.media.fetch(three.url, { method: 'PUT', body: bytesOf(5 * MiB) })).status).toBe(403);
    await put(door, three.url, bytesOf(2 * MiB));
    await put(door, one.url, bytesOf(5 * MiB));
  });

  it('is in parts of 16 MiB unless the client wishes another size of at least 5 MiB', async () => {
    const size = 700 * MiB;
    expect((await multipart(sessionRequest(customer, size))).body).toMatchObject({ partSize: 16 * MiB, partCount: 44 });
    expect((await multipart(sessionRequest(customer, size, { partSize: 5 * MiB }))).body).toMatchObject({ partCount: 140 });
    expect(wrongFields(await multipart(sessionRequest(customer, size, { partSize: 5 * MiB - 1 })))).toEqual(['partSize: too_small']);
    expect(wrongFields(await multipart(sessionRequest(customer, size, { partSize: 5 * 1024 * MiB + 1 })))).toEqual(['partSize: too_big']);
    expect((await multipart(sessionRequest(customer, size, { partSize: 5 * 1024 * MiB }))).body).toMatchObject({ partCount: 1 });
  });

  it('may have one part', async () => {
    const opened = await multipart(sessionRequest(customer, 3));
    expect(opened.body).toMatchObject({ partCount: 1, parts: [{ partNumber: 1 }] });
  });

  it('of 2 GiB in 5 MiB parts has 410, whose URLs come in windows of 100, each when it is asked for', async () => {
    const opened = await multipart(sessionRequest(customer, 2048 * MiB, { partSize: 5 * MiB }));
    expect(opened.body).toMatchObject({ partCount: 410, nextPartNumber: 101 });
    const { sessionToken } = opened.body;
    const numbers: number[][] = [numbersOf(opened.body.parts)];
    for (let next = opened.body.nextPartNumber; next !== null; ) {
      const window = await multipart({ sessionToken, fromPart: next });
      expect(window.status).toBe(200);
      numbers.push(numbersOf(window.body.parts));
      next = window.body.nextPartNumber;
    }
    expect(numbers.map((window) => window.length)).toEqual([100, 100, 100, 100, 10]);
    expect(numbers.flat()).toEqual(Array.from({ length: 410 }, (_, i) => i + 1));
  });

  it.each([
    [99, 99, null],
    [100, 100, null],
    [101, 100, 101],
  ])('of %d parts gives URLs of %d at once, and goes on at %s', async (partCount, signed, next) => {
    const opened = await multipart(sessionRequest(customer, partCount * 5 * MiB, { partSize: 5 * MiB }));
    expect(opened.body).toMatchObject({ partCount, nextPartNumber: next });
    expect(opened.body.parts).toHaveLength(signed);
  });
});

describe('signing anew', () => {
  it('gives fresh URLs for as long as the session lives', async () => {
    const opened = await multipart(sessionRequest(customer, 12 * MiB, { partSize: 5 * MiB }));
    const { sessionToken, fileId } = opened.body;
    door.clock.pass(3_601);
    expect((await door.media.fetch(opened.body.parts[0].url, { method: 'PUT', body: bytesOf(5 * MiB) })).status).toBe(403);
    const again = await multipart({ sessionToken });
    expect(again).toMatchObject({ status: 200, body: { sessionToken, fileId, partCount: 3, expiresAt: '2026-04-01T12:00:01Z' } });
    await put(door, again.body.parts[0].url, bytesOf(5 * MiB));
    door.clock.set('2026-04-08T09:59:59Z');
    expect((await multipart({ sessionToken })).status).toBe(200);
    door.clock.pass(1);
    expect(await multipart({ sessionToken })).toMatchObject({ status: 410, body: { code: 'session_expired' } });
  });

  it('gives only the parts that are asked for', async () => {
    const { sessionToken } = (await multipart(sessionRequest(customer, 12 * MiB, { partSize: 5 * MiB }))).body;
    const again = await multipart({ sessionToken, partNumbers: [3, 1, 3] });
    expect(again.body.parts.map((part: { partNumber: number }) => part.partNumber)).toEqual([3, 1]);
    expect(wrongFields(await multipart({ sessionToken, partNumbers: [3, 4] }))).toEqual(['partNumbers: unknown_part']);
    expect(wrongFields(await multipart({ sessionToken, partNumbers: [0] }))).toEqual(['partNumbers[0]: too_small']);
    expect(wrongFields(await multipart({ sessionToken, partNumbers: [] }))).toEqual(['partNumbers: too_small']);
    expect(wrongFields(await multipart({ sessionToken, partNumbers: 'all' }))).toEqual(['partNumbers: invalid_type']);
    expect(wrongFields(await multipart({ sessionToken, partNumbers: Array.from({ length: 101 }, () => 1) }))).toEqual(['partNumbers: too_big']);
    expect((await multipart({ sessionToken, partNumbers: Array.from({ length: 100 }, () => 1) })).body.parts).toHaveLength(1);
    expect(again.body.nextPartNumber).toBeNull();
  });

  it('gives the parts from one on', async () => {
    const { sessionToken } = (await multipart(sessionRequest(customer, 12 * MiB, { partSize: 5 * MiB }))).body;
    expect(numbersOf((await multipart({ sessionToken, fromPart: 2 })).body.parts)).toEqual([2, 3]);
    expect(numbersOf((await multipart({ sessionToken, fromPart: 3 })).body.parts)).toEqual([3]);
    expect(wrongFields(await multipart({ sessionToken, fromPart: 4 }))).toEqual(['fromPart: unknown_part']);
    expect(wrongFields(await multipart({ sessionToken, fromPart: 0 }))).toEqual(['fromPart: too_small']);
    expect(wrongFields(await multipart({ sessionToken, fromPart: 1, partNumbers: [1] }))).toEqual(['fromPart: conflict']);
  });

  it('works for a session of one part by either route', async () => {
    const { sessionToken } = (await presign(sessionRequest(customer, 1_000))).body;
    expect(await presign({ sessionToken })).toMatchObject({ status: 200, body: { sessionToken, method: 'PUT' } });
    expect(await multipart({ sessionToken })).toMatchObject({ status: 200, body: { partCount: 1 } });
  });

  it('of several parts is refused by the route for one, with the name of the other', async () => {
    const { sessionToken } = (await multipart(sessionRequest(customer, 12 * MiB, { partSize: 5 * MiB }))).body;
    const refused = await presign({ sessionToken });
    expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('POST /api/upload/multipart') } });
  });

  it('is refused once the session was completed or aborted', async () => {
    const staged = await stageSingle(door, customer);
    await complete(door, customer, staged);
    expect(await presign({ sessionToken: staged.sessionToken })).toMatchObject({ status: 409, body: { code: 'session_state' } });
    const other = await stageSingle(door, customer);
    await abort(other.sessionToken);
    expect((await multipart({ sessionToken: other.sessionToken })).status).toBe(409);
  });
});

describe('aborting', () => {
  it('removes what was staged, and may be repeated', async () => {
    const staged = await stageParts(door, customer);
    for (let i = 0; i < 3; i += 1) expect(await abort(staged.sessionToken)).toMatchObject({ status: 200, body: { success: true } });
    expect(await complete(door, customer, staged)).toMatchObject({ status: 409, body: { code: 'session_state' } });
  });

  it('is refused after completion', async () => {
    const staged = await stageSingle(door, customer);
    const { uploadId } = (await complete(door, customer, staged)).body;
    expect(await abort(staged.sessionToken)).toMatchObject({ status: 409, body: { code: 'session_state' } });
    expect((await door.call({ to: `GET /api/upload/${uploadId}/status`, key: customer.key })).status).toBe(200);
  });

  it('and completing at once end in one of both, for good', async () => {
    for (let i = 0; i < 20; i += 1) {
      const staged = await stageSingle(door, customer);
      const [aborted, completed] = await Promise.all([abort(staged.sessionToken), complete(door, customer, staged)]);
      expect([aborted.status, completed.status]).toSatisfy(
        ([a, c]) => (a === 200 && (c === 409 || c === 422)) || (a === 409 && c === 200),
      );
    }
  });

  it('works on a session whose life is over', async () => {
    const staged = await stageSingle(door, customer);
    door.clock.pass(8 * DAY);
    expect((await abort(staged.sessionToken)).status).toBe(200);
  });
});

describe('a session token', () => {
  it.each(['st_unknown', `st_${'A'.repeat(43)}`, 'x', 'st_'])('that is unknown is not found: %j', async (sessionToken) => {
    for (const answer of [await multipart({ sessionToken }), await presign({ sessionToken }), await abort(sessionToken)]) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'not_found', errors: [{ field: 'sessionToken' }] } });
    }
  });

  it('of another tenant is as unknown as one that never was', async () => {
    const staged = await stageSingle(door, customer);
    const stranger = await door.customer('any');
    const unknown = await abort('st_unknown', stranger.key);
    for (const answer of [
      await abort(staged.sessionToken, stranger.key),
      await multipart({ sessionToken: staged.sessionToken }, stranger.key),
      await complete(door, stranger, staged),
    ]) {
      expect(answer.status).toBe(404);
      expect(answer.body).toEqual(unknown.body);
    }
    expect((await complete(door, customer, staged)).status).toBe(200);
  });

  it('is nowhere but in the answer', async () => {
    const staged = await stageSingle(door, customer);
    expect(door.logLines.join('\n')).not.toContain(staged.sessionToken);
  });
});
