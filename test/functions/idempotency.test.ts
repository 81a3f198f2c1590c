import { afterEach, describe, expect, it } from 'vitest';
import type { MediaStore, Store } from '../../core/ports/index.ts';
import { limits } from '../../core/limits.ts';
import { openDoor, wrongFields } from './support/door.ts';
import type { ApiAnswer, Customer, Door, DoorOptions } from './support/door.ts';
import { complete, hashOf, sessionRequest, stageSingle } from './support/uploads.ts';

let door: Door;
let customer: Customer;
afterEach(() => door.close());

async function open(options: DoorOptions = {}): Promise<void> {
  door = await openDoor({ connector: () => ({ violations: () => [] }), ...options });
  customer = await door.customer('any');
}

const openSession = (idempotencyKey: string, change: object = {}, key = customer.key): Promise<ApiAnswer> =>
  door.call({
    to: 'POST /api/upload/presign-put',
    key,
    json: sessionRequest(customer, 1_000, change),
    headers: { 'Idempotency-Key': idempotencyKey },
  });

/** A form whose file has this byte a hundred times. */
const sendForm = async (byte: number) => {
  const data = new FormData();
  data.append('title', 'Spring launch');
  data.append('accounts', customer.accounts[0] ?? '');
  data.append('file', new File([new Uint8Array(100).fill(byte)], 'clip.mp4', { type: 'video/mp4' }));
  const request = new Request('http://localhost/', { method: 'POST', body: data });
  const headers = { 'Content-Type': request.headers.get('content-type') ?? '', 'Idempotency-Key': 'file' };
  return door.call({ to: 'POST /api/upload', key: customer.key, headers, body: new Uint8Array(await request.arrayBuffer()) });
};

describe('an Idempotency-Key', () => {
  it('has 1 to 255 visible ASCII characters', async () => {
    await open();
    for (const good of ['a', '!~', '"quoted"', 'x'.repeat(limits.idempotencyKey)]) expect((await openSession(good)).status).toBe(201);
    for (const bad of ['', ' ', 'two words', 'tab\t', 'ü', 'x'.repeat(limits.idempotencyKey + 1)]) {
      const refused = await openSession(bad);
      expect(refused.status).toBe(400);
      expect(wrongFields(refused)).toEqual(['Idempotency-Key: malformed']);
    }
  });

  it('is ignored where nothing is changed', async () => {
    await open();
    const { uploadId } = (await complete(door, customer, await stageSingle(door, customer))).body;
    for (const key of ['same', 'same', 'two words']) {
      const read = await door.call({ to: `GET /api/upload/${uploadId}/status`, key: customer.key, headers: { 'Idempotency-Key': key } });
      expect(read.status).toBe(200);
      expect(read.headers).not.toHaveProperty('Idempotent-Replayed');
    }
  });

  it('used for another request is refused with 422, and changes nothing', async () => {
    await open();
    const first = await openSession('same');
    expect(wrongFields(await openSession('same', { title: 'Another' }))).toEqual(['Idempotency-Key: other_request']);
    expect(await openSession('same', { title: 'Another' })).toMatchObject({ status: 422, body: { code: 'idempotency_mismatch' } });
    expect((await openSession('same')).body.sessionToken).toBe(first.body.sessionToken);
  });

  it('takes requests for the same that say the same in another order', async () => {
    await open();
    const json = sessionRequest(customer, 1_000);
    const turned = Object.fromEntries(Object.entries(json).toReversed());
    const send = (body: object) => door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: body, headers: { 'Idempotency-Key': 'k' } });
    expect((await send(turned)).body.sessionToken).toBe((await send(json)).body.sessionToken);
  });

  it('tells files apart by their bytes', async () => {
    await open();
    const first = await sendForm(1);
    expect((await sendForm(2)).status).toBe(422);
    // The boundary of the form is another one each time, the request is not.
    expect((await sendForm(1)).body.uploadId).toBe(first.body.uploadId);
  });

  it('belongs to a tenant and a route', async () => {
    await open();
    const other = await door.customer('any');
    const ours = await openSession('same');
    const theirs = await door.call({
      to: 'POST /api/upload/presign-put',
      key: other.key,
      json: sessionRequest(other, 1_000),
      headers: { 'Idempotency-Key': 'same' },
    });
    expect(theirs.status).toBe(201);
    expect(theirs.body.sessionToken).not.toBe(ours.body.sessionToken);
    const json = { sessionToken: ours.body.sessionToken };
    const aborted = await door.call({ to: 'POST /api/upload/abort', key: customer.key, json, headers: { 'Idempotency-Key': 'same' } });
    expect(aborted).toMatchObject({ status: 200, body: { success: true } });
  });

  it('is free again after 24 hours', async () => {
    await open();
    const first = await openSession('same');
    door.clock.pass(limits.idempotencyLife - 1);
    expect((await openSession('same')).body.sessionToken).toBe(first.body.sessionToken);
    door.clock.pass(1);
    expect((await openSession('same', { title: 'Another' })).status).toBe(201);
  });

  it('of a request that failed is free at once', async () => {
    await open();
    expect((await openSession('same', { accounts: ['acc_01J00000000000000000000000'] })).status).toBe(400);
    expect((await openSession('same')).status).toBe(201);
  });

  it('also names a request without an effect: URLs are signed anew each time', async () => {
    await open();
    const { sessionToken } = (await openSession('first')).body;
    const resign = (title?: string) =>
      door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: title === undefined ? { sessionToken } : sessionRequest(customer, 5, { title }), headers: { 'Idempotency-Key': 'again' } });
    expect(await resign()).toMatchObject({ status: 200, body: { sessionToken } });
    expect((await resign()).headers['Idempotent-Replayed']).toBe('true');
    expect((await resign('Another')).status).toBe(422);
  });

  it('gives a session that was completed before by another request the same upload', async () => {
    await open();
    const staged = await stageSingle(door, customer);
    const { uploadId } = (await complete(door, customer, staged)).body;
    const send = () => door.call({ to: 'POST /api/upload/complete', key: customer.key, json: staged, headers: { 'Idempotency-Key': 'late' } });
    expect((await send()).body.uploadId).toBe(uploadId);
    expect(await send()).toMatchObject({ status: 200, body: { uploadId }, headers: { 'Idempotent-Replayed': 'true' } });
  });
});

/** Holds the first session just before it is stored, until it is let go. */
function holding() {
  const held = Promise.withResolvers<void>();
  const arrived = Promise.withResolvers<void>();
  let first = true;
  const store = (inner: Store): Store => ({
    ...inner,
    putSession: async (session, commit) => {
      if (first) {
        first = false;
        arrived.resolve();
        await held.promise;
      }
      return inner.putSession(session, commit);
    },
  });
  return { store, arrived: arrived.promise, letGo: () => held.resolve() };
}

describe('a first request that is slow', () => {
  it('has the others told to come again', async () => {
    const { store, arrived, letGo } = holding();
    await open({ store });
    const first = openSession('same');
    await arrived;
    expect(await openSession('same')).toMatchObject({ status: 409, body: { code: 'idempotency_in_progress' }, headers: { 'Retry-After': '1' } });
    expect((await openSession('same', { title: 'Another' })).status).toBe(422);
    letGo();
    expect((await openSession('same')).body.sessionToken).toBe((await first).body.sessionToken);
  });

  it('and wakes up after another has taken over, changes nothing', async () => {
    const { store, arrived, letGo } = holding();
    await open({ store });
    const first = openSession('same');
    await arrived;
    door.clock.pass(60);
    const second = await openSession('same');
    expect(second.status).toBe(201);
    letGo();
    expect(await first).toMatchObject({ status: 409, body: { code: 'idempotency_in_progress' } });
    expect((await openSession('same')).body.sessionToken).toBe(second.body.sessionToken);
  });
});

/** Storage refuses the first parts that it is to put together. */
const refusingOnce = () => {
  let refused = false;
  return (media: MediaStore): MediaStore => ({
    ...media,
    completeMultipart: (request) => {
      if (refused) return media.completeMultipart(request);
      refused = true;
      return Promise.resolve({ refused: 'InvalidPart' });
    },
  });
};

describe('an upload that was taken back, since storage refused its parts', () => {
  it('is made anew by the same request', async () => {
    const media = refusingOnce();
    let wrapped: MediaStore | undefined;
    await open({ media: (inner) => (wrapped ??= media(inner)) });
    const json = await stageSingle(door, customer);
    const send = () => door.call({ to: 'POST /api/upload/complete', key: customer.key, json, headers: { 'Idempotency-Key': 'same' } });
    expect(await send()).toMatchObject({ status: 422, body: { code: 'part_mismatch' } });
    const second = await send();
    expect(second.status).toBe(200);
    expect(second.headers).not.toHaveProperty('Idempotent-Replayed');
    expect(await send()).toMatchObject({ status: 200, body: { uploadId: second.body.uploadId }, headers: { 'Idempotent-Replayed': 'true' } });
    expect(await door.store.getQuotaUsed({ tenantId: customer.tenantId, month: '2026-04' })).toBe(1);
  });
});

describe('what is stored of a request', () => {
  it('holds neither its key nor a secret of its answer', async () => {
    const seen: unknown[] = [];
    const watched = (store: Store): Store => ({
      ...store,
      beginIdempotent: (request) => {
        seen.push(request);
        return store.beginIdempotent(request);
      },
      putSession: (session, commit) => {
        seen.push(session, commit);
        return store.putSession(session, commit);
      },
    });
    await open({ store: watched });
    const key = 'a-very-recognisable-key';
    const { sessionToken } = (await openSession(key)).body;
    const text = JSON.stringify(seen);
    expect(text).toContain(hashOf(key));
    expect(text).not.toContain(key);
    expect(text).not.toContain(sessionToken);
    expect(door.logLines.join('\n')).not.toContain(key);
  });
});
