import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../../core/ports/index.ts';
import type { ApiAnswer, Customer, Door } from './door.ts';
import { openDoor } from './door.ts';
import { mortal, type Mortal } from './mortal.ts';
import { bytesOf, put, sessionRequest, stageParts } from './uploads.ts';

/** One kind of request that must take effect once. */
interface Once {
  readonly name: string;
  /** Gives how it is sent, always the same request. */
  readonly prepare: (door: Door, customer: Customer, jwt: string) => Promise<(idempotencyKey: string) => Promise<ApiAnswer>>;
  /** What stays the same in each answer: ids and secrets. */
  readonly identity: (answer: ApiAnswer) => unknown;
  /** How often it took effect. */
  readonly effects: (door: Door, customer: Customer, tenantId: string) => Promise<number>;
}

const uploadsOf = async (door: Door, { tenantId }: Customer): Promise<number> => {
  const charged = await door.store.getQuotaUsed({ tenantId, month: '2026-04' });
  const listed = await door.store.listUploads({ tenantId, from: null, to: null, after: null, limit: 10 });
  expect(charged).toBe(listed.length);
  return charged;
};

let sessions: Set<string>;

const requests: readonly Once[] = [
  {
    name: 'opening a session',
    prepare: async (door, customer) => (key) =>
      door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: sessionRequest(customer, 1_000), headers: { 'Idempotency-Key': key } }),
    identity: ({ body }) => [body.sessionToken, body.fileId],
    effects: async () => sessions.size,
  },
  {
    name: 'completing a session',
    prepare: async (door, customer) => {
      const json = await stageParts(door, customer);
      return (key) => door.call({ to: 'POST /api/upload/complete', key: customer.key, json, headers: { 'Idempotency-Key': key } });
    },
    identity: ({ body }) => body.uploadId,
    effects: uploadsOf,
  },
  {
    name: 'aborting a session',
    prepare: async (door, customer) => {
      const { sessionToken } = await stageParts(door, customer);
      return (key) => door.call({ to: 'POST /api/upload/abort', key: customer.key, json: { sessionToken }, headers: { 'Idempotency-Key': key } });
    },
    identity: ({ body }) => body,
    effects: async () => 1,
  },
  {
    name: 'an upload in one form',
    prepare: async (door, customer) => {
      const data = new FormData();
      data.append('title', 'Spring launch');
      for (const account of customer.accounts) data.append('accounts', account);
      data.append('file', new File([bytesOf(1_000)], 'clip.mp4', { type: 'video/mp4' }));
      const request = new Request('http://localhost/', { method: 'POST', body: data });
      const body = new Uint8Array(await request.arrayBuffer());
      const type = request.headers.get('content-type') ?? '';
      return (key) =>
        door.call({ to: 'POST /api/upload', key: customer.key, body, headers: { 'Content-Type': type, 'Idempotency-Key': key } });
    },
    identity: ({ body }) => body.uploadId,
    effects: uploadsOf,
  },
  {
    name: 'making an API key',
    prepare: async (door, _customer, jwt) => (key) =>
      door.call({ to: 'POST /api-keys/generate', jwt, json: { name: 'CI' }, headers: { 'Idempotency-Key': key } }),
    identity: ({ body }) => [body.id, body.key],
    effects: async (door, _customer, tenantId) => (await door.store.listApiKeys(tenantId)).length,
  },
];

const counted = (store: Store): Store => ({
  ...store,
  putSession: async (session, commit) => {
    await store.putSession(session, commit);
    sessions.add(session.tokenHash);
  },
});

/** What an `Idempotency-Key` promises, over a store: also to those whose first request died at any of its writes. */
export function onceSuite(records: () => Store | undefined): void {
  let door: Door;
  let process: Mortal;
  let customer: Customer;
  let person: { jwt: string; tenantId: string };

  beforeEach(async () => {
    sessions = new Set();
    process = mortal();
    const inner = records();
    door = await openDoor({
      ...(inner === undefined ? {} : { records: inner }),
      store: (store) => process.wrap(counted(store)),
      media: (media) => process.wrap(media),
      connector: () => ({ violations: () => [] }),
    });
    customer = await door.customer('any');
    person = await door.person(randomUUID());
  });
  afterEach(() => door.close());

  describe.each(requests)('$name with an Idempotency-Key', ({ prepare, identity, effects }) => {
    it('takes effect once, and is answered in the same way for 24 hours', async () => {
      const send = await prepare(door, customer, person.jwt);
      const key = randomUUID();
      sessions.clear();
      const first = await send(key);
      expect(first.status).toBeLessThan(300);
      expect(first.headers).not.toHaveProperty('Idempotent-Replayed');
      const again = await send(key);
      expect([again.status, again.headers['Idempotent-Replayed']]).toEqual([first.status, 'true']);
      expect(identity(again)).toEqual(identity(first));
      expect(await effects(door, customer, person.tenantId)).toBe(1);
    });

    it('takes effect once when 20 come at the same moment', async () => {
      const send = await prepare(door, customer, person.jwt);
      const key = randomUUID();
      sessions.clear();
      const answers = await Promise.all(Array.from({ length: 20 }, () => send(key)));
      const done = answers.filter(({ status }) => status < 300);
      const others = answers.filter(({ status }) => status >= 300);
      expect(done.length).toBeGreaterThan(0);
      expect(new Set(done.map((answer) => JSON.stringify(identity(answer)))).size).toBe(1);
      for (const { status, body, headers } of others) expect([status, body.code, headers['Retry-After']]).toEqual([409, 'idempotency_in_progress', '1']);
      expect(await effects(door, customer, person.tenantId)).toBe(1);
    });

    it.each(['before', 'after'] as const)('takes effect once when the first request dies just %s any of its writes', async (when) => {
      for (let n = 1; ; n += 1) {
        const own = await door.customer('any');
        const { jwt, tenantId } = await door.person(randomUUID());
        const send = await prepare(door, own, jwt);
        const key = randomUUID();
        const place = `write ${n}`;
        sessions.clear();
        process.dieAt(n, when);
        const first = await send(key);
        const survived = process.writes < n;
        process.dieAt(0, 'before');
        if (survived) {
          expect(first.status, place).toBeLessThan(300);
          expect(n).toBeGreaterThan(3);
          return;
        }
        const early = await send(key);
        if (early.status >= 300) expect(early, place).toMatchObject({ status: 409, body: { code: 'idempotency_in_progress' } });
        door.clock.pass(60);
        const second = await send(key);
        expect(second.status, `${place}: ${JSON.stringify(second.body)}`).toBeLessThan(300);
        const third = await send(key);
        expect([third.status, third.headers['Idempotent-Replayed']], place).toEqual([second.status, 'true']);
        expect(identity(third), place).toEqual(identity(second));
        // A form stages its file in a session of its own, which nobody has the token of.
        expect(await effects(door, own, tenantId), place).toBe(1);
      }
    });
  });

  it('finishes what follows the effect when the first request died after it', async () => {
    const json = await stageParts(door, customer);
    const send = () => door.call({ to: 'POST /api/upload/complete', key: customer.key, json, headers: { 'Idempotency-Key': 'a' } });
    process.dieAt('completeMultipart', 'before');
    await send();
    process.dieAt(0, 'before');
    const { body, headers } = await send();
    expect(headers['Idempotent-Replayed']).toBe('true');
    expect((await door.store.getUpload(body.uploadId))?.upload.assembly).toBeNull();
  });

  it('gives a repeated request fresh URLs to the same session', async () => {
    const send = () =>
      door.call({ to: 'POST /api/upload/presign-put', key: customer.key, json: sessionRequest(customer, 1_000), headers: { 'Idempotency-Key': 'b' } });
    const first = await send();
    door.clock.pass(3 * 3_600);
    const again = await send();
    expect(again.body.sessionToken).toBe(first.body.sessionToken);
    expect(again.body.uploadUrl).not.toBe(first.body.uploadUrl);
    await put(door, again.body.uploadUrl, bytesOf(1_000));
  });
}
