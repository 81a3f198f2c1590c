import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { timestamp } from '../../core/clock.ts';
import type { Store } from '../../core/ports/index.ts';
import { openDoor, wrongFields } from './support/door.ts';
import type { ApiAnswer, Customer, Door } from './support/door.ts';
import { complete, stageSingle } from './support/uploads.ts';

const idsOf = (answer: ApiAnswer): string[] => answer.body.items.map((item: { uploadId: string }) => item.uploadId);

/** So many minutes after the first upload. */
const at = (minute: number) => timestamp(new Date(Date.parse('2026-04-01T10:00:00Z') + minute * 60_000));

describe('a filter over a long history', () => {
  it('reads the newest 500 uploads, and says that it does not know the total', async () => {
    let read = 0;
    const endless = await openDoor({
      connector: () => ({ violations: () => [] }),
      store: (store): Store => ({
        ...store,
        listUploads: async (request) => {
          const { uploads } = await store.listUploads({ ...request, after: null });
          read += request.limit;
          return { uploads: uploads.flatMap((upload) => Array.from({ length: request.limit }, () => upload)), next: `${read}` };
        },
      }),
    });
    const { jwt, tenantId } = await endless.person('alice');
    const account = await endless.link(tenantId, 'one');
    const { body } = await endless.call({ to: 'POST /api-keys/generate', jwt, json: {} });
    const customer: Customer = { tenantId, key: body.key, accounts: [account] };
    await complete(endless, customer, await stageSingle(endless, customer));
    const list = (query: Record<string, string>) => endless.call({ to: 'GET /uploads', jwt, query });
    expect((await list({ status: 'Failed' })).body).toMatchObject({ items: [], total: null });
    expect(read).toBe(500);
    expect((await list({ accountId: account, page: '5', pageSize: '100' })).body.items).toHaveLength(100);
    expect((await list({ accountId: account, page: '6', pageSize: '100' })).body).toMatchObject({ items: [], total: null });
    await endless.close();
  });
});

describe('the history', () => {
  let door: Door;
  let jwt: string;
  let customer: Customer;
  let second: string;
  /** Ids, newest first: one a minute from 10:00 on; every third on the second account; the fifth scheduled. */
  const ids: string[] = [];
  let listed: number;
  beforeAll(async () => {
    listed = 0;
    door = await openDoor({
      connector: () => ({ violations: () => [] }),
      store: (store): Store => ({
        ...store,
        listUploads: async (request) => {
          const page = await store.listUploads(request);
          listed += page.uploads.length;
          return page;
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
    listed = 0;
    await list({ page: '3', pageSize: '5' });
    expect(listed).toBe(5);
  });

  it('is bounded by time, both ends included', async () => {
    const some = await list({ from: at(10), to: at(12) });
    expect(idsOf(some)).toEqual(ids.slice(12, 15));
    expect(some.body.total).toBe(3);
    expect(idsOf(await list({ from: '2026-04-01T10:23:00.5Z' }))).toEqual(ids.slice(0, 1));
    expect(idsOf(await list({ to: '2026-04-01T12:01:59+02:00' }))).toEqual(ids.slice(23));
    expect((await list({ from: at(12), to: at(10) })).body).toMatchObject({ items: [], total: 0 });
  });

  it('is filtered by account and by status', async () => {
    const onSecond = await list({ accountId: second });
    expect(idsOf(onSecond)).toEqual(ids.filter((_, i) => (24 - i) % 3 === 0));
    expect(onSecond.body.total).toBe(9);
    expect(idsOf(await list({ accountId: second, page: '2', pageSize: '5' }))).toEqual(ids.filter((_, i) => (24 - i) % 3 === 0).slice(5));
    const scheduled = await list({ status: 'Scheduled' });
    expect(scheduled.body).toMatchObject({ total: 1, items: [{ title: 'No. 5', status: 'Scheduled' }] });
    expect((await list({ status: 'Uploaded' })).body).toMatchObject({ total: 0, items: [] });
    expect((await list({ status: 'Scheduled', accountId: second })).body.total).toBe(0);
    expect((await list({ accountId: 'acc_of_somebody_else' })).body).toMatchObject({ total: 0, items: [] });
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
  });

  it('is for dashboard sessions, not for keys', async () => {
    expect(await door.call({ to: 'GET /uploads', key: customer.key })).toMatchObject({ status: 403, body: { code: 'api_key_not_allowed' } });
    expect((await door.call({ to: 'GET /uploads' })).status).toBe(401);
  });

  it('of a new person is empty', async () => {
    const { jwt: bob } = await door.person('bob');
    expect((await door.call({ to: 'GET /uploads', jwt: bob })).body).toEqual({ items: [], page: 1, pageSize: 20, total: 0 });
  });
});
