import { afterEach, describe, expect, it } from 'vitest';
import type { MediaStore, Store } from '../../core/ports/index.ts';
import { StoreBusy } from '../../core/ports/index.ts';
import { openDoor } from './support/door.ts';
import type { Customer, Door, DoorOptions } from './support/door.ts';
import { bytesOf, complete, put, sessionRequest, stageParts, stageSingle } from './support/uploads.ts';

let door: Door;
let customer: Customer;
afterEach(() => door.close());

async function open(options: DoorOptions = {}): Promise<void> {
  door = await openDoor({ connector: () => ({ violations: () => [] }), ...options });
  customer = await door.customer('any', 'any');
}

const statusOf = (uploadId: string) => door.call({ to: `GET /api/upload/${uploadId}/status`, key: customer.key });

/** Media whose completion first gives these outcomes. */
const completing =
  (...outcomes: ('pending' | { refused: string } | Error)[]) =>
  (media: MediaStore): MediaStore => ({
    ...media,
    completeMultipart: (request) => {
      const outcome = outcomes.shift();
      if (outcome instanceof Error) return Promise.reject(outcome);
      return outcome === undefined ? media.completeMultipart(request) : Promise.resolve(outcome);
    },
  });

describe('when storage is slow or refuses', () => {
  it('the answer is 202, and the next call goes on', async () => {
    await open({ media: completing('pending', 'pending') });
    const staged = await stageSingle(door, customer);
    const first = await complete(door, customer, staged);
    const second = await complete(door, customer, staged);
    const third = await complete(door, customer, staged);
    expect([first.status, second.status, third.status]).toEqual([202, 202, 200]);
    expect(second.body).toEqual(first.body);
    expect((await door.store.getUpload(first.body.uploadId))?.upload.assembly).toBeNull();
  });

  it('a crash between the transaction and storage is finished by the next call', async () => {
    await open({ media: completing(new Error('the process died')) });
    const staged = await stageParts(door, customer);
    expect((await complete(door, customer, staged)).status).toBe(500);
    const record = await complete(door, customer, staged);
    expect(record.status).toBe(200);
    expect(await door.store.countUploads({ tenantId: customer.tenantId, from: null, to: null, atMost: 10 })).toBe(1);
  });

  it('a refusal takes everything back: no upload, and the session is open again', async () => {
    await open({ media: completing({ refused: 'InvalidPart' }) });
    const staged = await stageSingle(door, customer);
    const refused = await complete(door, customer, staged);
    expect(refused).toMatchObject({ status: 422, body: { code: 'part_mismatch', errors: [{ field: 'parts', code: 'refused' }] } });
    expect(await door.store.countUploads({ tenantId: customer.tenantId, from: null, to: null, atMost: 10 })).toBe(0);
    const resigned = await door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: { sessionToken: staged.sessionToken } });
    expect(resigned.status).toBe(200);
    expect((await complete(door, customer, staged)).status).toBe(200);
  });

  it('a part replaced after the check is found by storage itself', async () => {
    let replace: (() => Promise<unknown>) | null = null;
    await open({
      store: (store): Store => ({
        ...store,
        createUpload: async (request) => {
          const created = await store.createUpload(request);
          await replace?.();
          replace = null;
          return created;
        },
      }),
    });
    const opened = await door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: sessionRequest(customer, 10) });
    const staged = { sessionToken: opened.body.sessionToken, parts: [] };
    await put(door, opened.body.uploadUrl, bytesOf(10));
    replace = () => put(door, opened.body.uploadUrl, new Uint8Array(10).fill(9));
    expect(await complete(door, customer, staged)).toMatchObject({ status: 422, body: { code: 'part_mismatch' } });
    expect(await door.store.countUploads({ tenantId: customer.tenantId, from: null, to: null, atMost: 10 })).toBe(0);
    expect((await complete(door, customer, staged)).status).toBe(200);
  });

  it('a refusal of an upload that a workflow already has is not believed', async () => {
    await open({
      media: completing('pending', { refused: 'NoSuchUpload' }),
    });
    const staged = await stageSingle(door, customer);
    const { uploadId } = (await complete(door, customer, staged)).body;
    await door.store.claimUpload({ uploadId, claim: { execution: 'one', claimedAt: '2026-04-01T10:00:01Z' }, predecessor: null });
    expect((await complete(door, customer, staged)).status).toBe(202);
    expect((await statusOf(uploadId)).status).toBe(200);
  });

  it('a transfer that storage forgot is told so', async () => {
    await open({ media: (media) => ({ ...media, listParts: () => Promise.resolve(null) }) });
    const staged = await stageSingle(door, customer);
    expect(await complete(door, customer, staged)).toMatchObject({ status: 422, body: { errors: [{ code: 'gone' }] } });
  });
});

describe('when the store is busy', () => {
  it('nothing is written, and the answer says when to try again', async () => {
    let busy = true;
    await open({
      store: (store): Store => ({
        ...store,
        createUpload: (request) => (busy ? Promise.reject(new StoreBusy('conflict')) : store.createUpload(request)),
      }),
    });
    const staged = await stageSingle(door, customer);
    const refused = await complete(door, customer, staged);
    expect(refused).toMatchObject({ status: 503, body: { code: 'busy' } });
    expect(refused.headers['Retry-After']).toBe('1');
    busy = false;
    expect((await complete(door, customer, staged)).status).toBe(200);
  });

  it('other troubles of ours show nothing of themselves', async () => {
    await open({
      store: (store): Store => ({ ...store, createUpload: () => Promise.reject(new Error('secret table name')) }),
    });
    const refused = await complete(door, customer, await stageSingle(door, customer));
    expect(refused).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect(JSON.stringify(refused.body)).not.toContain('secret table name');
    expect(door.logLines.at(-1)).toContain('secret table name');
  });
});
