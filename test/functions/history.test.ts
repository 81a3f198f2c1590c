import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timestamp } from '../../core/clock.ts';
import type { Store } from '../../core/ports/index.ts';
import { openDoor, wrongFields } from './support/door.ts';
import type { ApiAnswer, Customer, Door } from './support/door.ts';
import { complete, stageSingle } from './support/uploads.ts';

const idsOf = (answer: ApiAnswer): string[] => answer.body.items.map((item: { uploadId: string }) => item.uploadId);

/** So many minutes after the first upload. */
const at = (minute: number) => timestamp(new Date(Date.parse('2026-04-01T10:00:00Z') + minute * 60_000));

describe('the history', () => {
  let door: Door;
  let jwt: string;
  let customer: Customer;
  let second: string;
  /** Ids, newest first: one a minute from 10:00 on; every third on the second account; the fifth scheduled. */
  const ids: string[] = [];
  let read = 0;
  beforeAll(async () => {
    door = await openDoor({
      connector: () => ({ violations: () => [] }),
      store: (store): Store => ({
        ...store,
        getUpload: async (uploadId) => {
          read += 1;
          return store.getUpload(uploadId);
        },
      }),
    });
    const person = await door.person('alice');
    jwt = person.jwt;
    const first = await door.link(person.tenantId, 'one');
    second = await door.link(person.tenantId, 'two');
    const { body } = await door.call({ to: 'POST /api-keys/generate', jwt, json: {} });
    customer = { tenantId: person.tenantId, key: body.key, accounts: [first] };
    for (let i = 0; i < 25; i += 1) {
      const accounts = i % 3 === 0 ? [second] : [first];
      const change = { title: `No. ${i}`, accounts, ...(i === 5 ? { scheduledOn: '2026-05-01T00:00:00Z' } : {}) };
      const { uploadId } = (await complete(door, customer, await stageSingle(door, customer, change))).body;
      ids.unshift(uploadId);
      door.clock.pass(60);
    }
    const stranger = await door.customer('one');
    await complete(door, stranger, await stageSingle(door, stranger));
  });
  afterAll(() => door.close());

  const list = (query: Record<string, string | readonly string[]> = {}) => door.call({ to: 'GET /uploads', jwt, query });

  it('shows the newest first, twenty a page', async () => {
    const first = await list();
    expect(first).toMatchObject({ status: 200, body: { page: 1, pageSize: 20, total: 25 } });
    expect(idsOf(first)).toEqual(ids.slice(0, 20));
    expect(first.body.items[0]).toMatchObject({ title: 'No. 24', status: 'Processing', accounts: [{ platform: 'two' }] });
    expect(idsOf(await list({ page: '2' }))).toEqual(ids.slice(20));
    expect((await list({ page: '3' })).body).toMatchObject({ items: [], page: 3, total: 25 });
  });

  it('goes through all of it in pages of any size, each upload once', async () => {
    for (const pageSize of [1, 7, 24, 25, 100]) {
      const seen: string[] = [];
      for (let page = 1; page <= Math.ceil(25 / pageSize); page += 1) {
        seen.push(...idsOf(await list({ page: String(page), pageSize: String(pageSize) })));
      }
      expect(seen).toEqual(ids);
    }
  });

  it('reads only what it shows', async () => {
    for (const query of [{ page: '3' }, { cursor: (await list({ pageSize: '5' })).body.nextCursor }]) {
      read = 0;
      await list({ ...query, pageSize: '5' });
      expect(read).toBe(5);
    }
  });

  it('is bounded by time, both ends included', async () => {
    const some = await list({ from: at(10), to: at(12) });
    expect(idsOf(some)).toEqual(ids.slice(12, 15));
    expect(some.body.total).toBe(3);
    expect(idsOf(await list({ from: '2026-04-01T10:23:00.5Z' }))).toEqual(ids.slice(0, 1));
    expect(idsOf(await list({ to: '2026-04-01T12:01:59+02:00' }))).toEqual(ids.slice(23));
    expect((await list({ from: at(12), to: at(10) })).body).toMatchObject({ items: [], total: 0 });
  });

  it('is filtered by account, network, status and text, alone and together, and then not counted', async () => {
    const onSecond = ids.filter((_, i) => (24 - i) % 3 === 0);
    for (const query of [{ accountId: second }, { network: 'two' }]) {
      const filtered = await list(query);
      expect(idsOf(filtered)).toEqual(onSecond);
      expect(filtered.body).toMatchObject({ total: null, nextCursor: null });
      expect(idsOf(await list({ ...query, page: '2', pageSize: '5' }))).toEqual(onSecond.slice(5));
    }
    const scheduled = await list({ status: 'Scheduled' });
    expect(scheduled.body).toMatchObject({ total: null, items: [{ title: 'No. 5', status: 'Scheduled' }] });
    expect(scheduled.body.items).toHaveLength(1);
    expect((await list({ text: 'no. 2' })).body.items.map((item: { title: string }) => item.title)).toEqual(['No. 24', 'No. 23', 'No. 22', 'No. 21', 'No. 20', 'No. 2']);
    for (const query of [{ status: 'Uploaded' }, { status: 'Scheduled', network: 'two' }, { accountId: 'acc_of_somebody_else' }, { network: 'three' }, { text: '.*' }]) {
      expect((await list(query)).body, JSON.stringify(query)).toMatchObject({ total: null, items: [], nextCursor: null });
    }
  });

  it('goes on by cursor, with or without filters, and says at the end that nothing follows', async () => {
    for (const filters of [{}, { network: 'one' }, { text: 'NO', from: at(3) }, { to: at(20) }] as Record<string, string>[]) {
      const whole = idsOf(await list({ ...filters, pageSize: '100' }));
      expect(whole.length).toBeGreaterThan(8);
      for (const pageSize of ['1', '4', String(whole.length)]) {
        const seen: string[] = [];
        let answer = await list({ ...filters, pageSize });
        seen.push(...idsOf(answer));
        while (answer.body.nextCursor !== null) {
          answer = await list({ ...filters, pageSize, cursor: answer.body.nextCursor });
          expect(answer.body).toMatchObject({ page: null, pageSize: Number(pageSize) });
          seen.push(...idsOf(answer));
        }
        expect(seen).toEqual(whole);
      }
    }
  });

  it('takes a cursor only for the list that gave it, and says what to do', async () => {
    const { nextCursor: cursor } = (await list({ pageSize: '5', network: 'one' })).body;
    expect((await list({ cursor, network: 'one', pageSize: '50' })).status).toBe(200);
    const { jwt: bob } = await door.person('bob');
    for (const refused of [
      await list({ cursor }),
      await list({ cursor, network: 'two' }),
      await list({ cursor, network: 'one', text: 'x' }),
      await door.call({ to: 'GET /uploads', jwt: bob, query: { cursor, network: 'one' } }),
    ]) {
      expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('or leave it out') } });
      expect(wrongFields(refused)).toEqual(['cursor: other_list']);
    }
    expect(wrongFields(await list({ cursor, network: 'one', page: '1' }))).toEqual(['page: conflict']);
  });

  it('holds nothing in a cursor but the place and a fingerprint', async () => {
    const { nextCursor: cursor } = (await list({ pageSize: '5' })).body;
    expect(JSON.parse(Buffer.from(cursor, 'base64url').toString())).toEqual({ v: 1, at: at(20), id: ids[4], of: expect.stringMatching(/^[\w-]{16}$/u) });
  });

  it.each([
    'x',
    'bnVsbA',
    Buffer.from('{"v":1}').toString('base64url'),
    Buffer.from('{"v":2,"at":"2026-04-01T10:00:00Z","id":"upl_01J8ZC6Q4M2V9Y3K7T5B1N0X00","of":"x"}').toString('base64url'),
    Buffer.from('{"v":1,"at":"2026-04-01T10:00:00Z#","id":"upl_01J8ZC6Q4M2V9Y3K7T5B1N0X00","of":"x"}').toString('base64url'),
    Buffer.from('{"v":1,"at":"2026-04-01T10:00:00Z","id":"TENANT#x","of":"x"}').toString('base64url'),
  ])('does not take for a cursor: %s', async (cursor) => {
    const refused = await list({ cursor });
    expect(refused.status).toBe(400);
    expect(wrongFields(refused)).toEqual(['cursor: invalid_cursor']);
  });

  it('names the cursor where page numbers end', async () => {
    expect((await list({ page: '51' })).body.detail).toContain('"cursor"');
  });

  it('is the same for a key as for a dashboard session', async () => {
    const query = { pageSize: '3', text: 'no' };
    const byKey = await door.call({ to: 'GET /api/uploads', key: customer.key, query });
    expect(byKey.status).toBe(200);
    expect(byKey.body).toEqual((await list(query)).body);
    expect((await door.call({ to: 'GET /api/uploads', jwt, query })).body).toEqual(byKey.body);
    expect((await door.call({ to: 'GET /api/uploads' })).status).toBe(401);
  });

  it.each([
    [{ page: '0' }, 'page: invalid_format'],
    [{ page: '-1' }, 'page: invalid_format'],
    [{ page: '1.5' }, 'page: invalid_format'],
    [{ page: '01' }, 'page: invalid_format'],
    [{ page: 'x' }, 'page: invalid_format'],
    [{ page: '1001' }, 'page: too_big'],
    [{ pageSize: '101' }, 'pageSize: too_big'],
    [{ pageSize: '0' }, 'pageSize: invalid_format'],
    [{ page: '51' }, 'page: too_far'],
    [{ status: 'uploaded' }, 'status: invalid_value'],
    [{ from: '2026-04-01' }, 'from: invalid_format'],
    [{ to: '2026-04-01T10:00:00' }, 'to: invalid_format'],
    [{ page: ['1', '2'] }, 'page: repeated'],
    [{ order: 'asc' }, 'order: unknown_field'],
    [{ network: 'No such' }, 'network: invalid_format'],
    [{ text: '🎉'.repeat(101) }, 'text: too_long'],
    [{ cursor: 'a'.repeat(501) }, 'cursor: too_big'],
    [{ accountId: 'a\0' }, 'accountId: invalid_characters'],
  ])('does not take %j', async (query: Record<string, string | readonly string[]>, wrong) => {
    const refused = await list(query);
    expect(refused.status).toBe(400);
    expect(wrongFields(refused)).toEqual([wrong]);
  });

  it('takes the last page that it reaches, and blank parameters as left out', async () => {
    expect((await list({ page: '50' })).body).toMatchObject({ items: [], total: 25 });
    expect((await list({ page: '10', pageSize: '100' })).status).toBe(200);
    expect((await list({ page: '', status: '' })).body).toMatchObject({ page: 1, total: 25 });
    expect((await list({ text: '🎉'.repeat(100) })).status).toBe(200);
  });

  it('is for dashboard sessions, not for keys', async () => {
    expect(await door.call({ to: 'GET /uploads', key: customer.key })).toMatchObject({ status: 403, body: { code: 'api_key_not_allowed' } });
    expect((await door.call({ to: 'GET /uploads' })).status).toBe(401);
  });

  it('of a new person is empty', async () => {
    const { jwt: bob } = await door.person('bob');
    expect((await door.call({ to: 'GET /uploads', jwt: bob })).body).toEqual({ items: [], page: 1, pageSize: 20, total: 0, nextCursor: null });
  });
});
