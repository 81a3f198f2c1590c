import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { generateApiKey } from '../../core/keys.ts';
import { ulidIds } from '../../core/ids.ts';
import { openDoor, wrongFields } from './support/door.ts';
import type { Customer, Door } from './support/door.ts';
import { bytesOf, complete, hashOf, MiB, put, sessionRequest, stageSingle } from './support/uploads.ts';

let door: Door;
let customer: Customer;
beforeEach(async () => {
  door = await openDoor({ connector: () => ({ violations: () => [] }) });
  customer = await door.customer('any');
});
afterEach(() => door.close());

const resume = (json: object, key = customer.key) => door.call({ to: 'POST /api/upload/session', key, json });
const open = (fileSize: number, change: object = {}) =>
  door.call({ to: 'POST /api/upload/multipart', key: customer.key, json: sessionRequest(customer, fileSize, { partSize: 5 * MiB, ...change }) });
const numbersOf = (parts: readonly { partNumber: number }[]) => parts.map(({ partNumber }) => partNumber);

describe('a client that lost everything but its token', () => {
  it('learns what the file is, what has arrived, and where to send the rest; and can complete', async () => {
    const opened = await open(12 * MiB);
    const { sessionToken, fileId } = opened.body;
    const eTag = await put(door, opened.body.parts[1].url, bytesOf(5 * MiB));
    door.clock.pass(7_200);

    const resumed = await resume({ sessionToken });
    expect(resumed).toMatchObject({
      status: 200,
      body: {
        sessionToken,
        fileId,
        state: 'open',
        uploadId: null,
        file: { fileName: 'clip.mp4', fileSize: 12 * MiB, contentType: 'video/mp4' },
        partSize: 5 * MiB,
        partCount: 3,
        arrivedParts: [{ partNumber: 2, eTag, size: 5 * MiB }],
        nextPartNumber: null,
        expiresAt: '2026-04-01T13:00:00Z',
        sessionExpiresAt: '2026-04-08T10:00:00Z',
      },
    });
    expect(numbersOf(resumed.body.missingParts)).toEqual([1, 3]);
    const [one, three] = resumed.body.missingParts;
    await put(door, one.url, bytesOf(5 * MiB));
    await put(door, three.url, bytesOf(2 * MiB));

    const whole = await resume({ sessionToken });
    expect(whole.body.missingParts).toEqual([]);
    const parts = whole.body.arrivedParts.map(({ partNumber, eTag: each }: { partNumber: number; eTag: string }) => ({ partNumber, eTag: each }));
    const completed = await complete(door, customer, { sessionToken, parts });
    expect(completed.status).toBe(200);
    expect((await resume({ sessionToken })).body).toMatchObject({
      state: 'completed',
      uploadId: completed.body.uploadId,
      arrivedParts: [],
      missingParts: [],
      expiresAt: null,
    });
  });

  it('gets URLs of the missing parts in windows of 100, and need not ask in order', async () => {
    const opened = await open(205 * 5 * MiB);
    const { sessionToken } = opened.body;
    for (const part of opened.body.parts.slice(0, 3)) await put(door, part.url, bytesOf(5 * MiB));
    const first = await resume({ sessionToken });
    expect(numbersOf(first.body.missingParts)).toEqual(Array.from({ length: 100 }, (_, i) => i + 4));
    expect(first.body.nextPartNumber).toBe(104);
    const second = await resume({ sessionToken, fromPart: 104 });
    expect(numbersOf(second.body.missingParts)).toEqual(Array.from({ length: 100 }, (_, i) => i + 104));
    expect(second.body.nextPartNumber).toBe(204);
    const last = await resume({ sessionToken, fromPart: 204 });
    expect(numbersOf(last.body.missingParts)).toEqual([204, 205]);
    expect(last.body.nextPartNumber).toBeNull();
    expect(numbersOf(last.body.arrivedParts)).toEqual([1, 2, 3]);
  });

  it('is told to send a part again that arrived in another size', async () => {
    const opened = await open(12 * MiB);
    const { objectKey, multipartId } = (await door.store.getSession(hashOf(opened.body.sessionToken))) ?? {};
    if (objectKey === undefined || multipartId === undefined) throw new Error('there is no session');
    await door.media.putPart({ objectKey, multipartId, partNumber: 1, bytes: bytesOf(5) });
    const resumed = await resume({ sessionToken: opened.body.sessionToken });
    expect(resumed.body.arrivedParts).toEqual([]);
    expect(numbersOf(resumed.body.missingParts)).toEqual([1, 2, 3]);
  });

  it('can do so with a session of one part', async () => {
    const staged = await stageSingle(door, customer);
    const resumed = await resume({ sessionToken: staged.sessionToken });
    expect(resumed.body).toMatchObject({ partCount: 1, arrivedParts: [{ partNumber: 1, size: 1_000 }], missingParts: [] });
  });
});

describe('resuming', () => {
  it('changes nothing', async () => {
    const { sessionToken } = (await open(12 * MiB)).body;
    const before = await door.store.getSession(hashOf(sessionToken));
    await resume({ sessionToken });
    expect(await door.store.getSession(hashOf(sessionToken))).toEqual(before);
  });

  it('tells of an aborted session, and of one that has ended', async () => {
    const { sessionToken } = (await open(12 * MiB)).body;
    const { sessionToken: other } = (await open(12 * MiB)).body;
    await door.call({ to: 'POST /api/upload/abort', key: customer.key, json: { sessionToken: other } });
    expect((await resume({ sessionToken: other })).body).toMatchObject({ state: 'aborted', uploadId: null, missingParts: [] });
    door.clock.set('2026-04-08T09:59:59Z');
    expect((await resume({ sessionToken })).status).toBe(200);
    door.clock.pass(1);
    expect(await resume({ sessionToken })).toMatchObject({ status: 410, body: { code: 'session_expired' } });
    expect((await resume({ sessionToken: other })).status).toBe(410);
  });

  it('says that it has ended where storage has forgotten the parts', async () => {
    const { sessionToken } = (await open(12 * MiB)).body;
    const session = await door.store.getSession(hashOf(sessionToken));
    if (session === null) throw new Error('there is no session');
    await door.media.abortMultipart(session);
    expect((await resume({ sessionToken })).status).toBe(410);
  });

  it('is for the tenant alone, and for keys that may write', async () => {
    const { sessionToken } = (await open(12 * MiB)).body;
    const stranger = await door.customer('any');
    const unknown = await resume({ sessionToken: 'st_unknown' });
    const foreign = await resume({ sessionToken }, stranger.key);
    expect(foreign.status).toBe(404);
    expect(foreign.body).toEqual(unknown.body);
    const ports = { store: door.store, clock: door.clock, ids: ulidIds(door.clock) };
    const { key } = await generateApiKey(ports, { tenantId: customer.tenantId, name: null, scopes: ['upload:read'], expiresAt: null });
    expect(await resume({ sessionToken }, key)).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('refuses a part that the session does not have', async () => {
    const { sessionToken } = (await open(12 * MiB)).body;
    expect(wrongFields(await resume({ sessionToken, fromPart: 4 }))).toEqual(['fromPart: unknown_part']);
    expect(wrongFields(await resume({ sessionToken, fromPart: 0 }))).toEqual(['fromPart: too_small']);
    expect(wrongFields(await resume({}))).toEqual(['sessionToken: required']);
  });
});
