import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextMonth } from '../../core/quota.ts';
import { openDoor, START, UNLIMITED } from './support/door.ts';
import type { Customer, Door } from './support/door.ts';
import { bytesOf, complete, sessionRequest, stageSingle } from './support/uploads.ts';

let door: Door;
let customer: Customer;
beforeEach(async () => {
  door = await openDoor({ connector: () => ({ violations: () => [] }), plan: { ...UNLIMITED, deliveriesPerMonth: 5 } });
  customer = await door.customer('youtube', 'instagram', 'youtube');
});
afterEach(() => door.close());

const create = async (accounts = customer.accounts) => complete(door, customer, await stageSingle(door, customer, { accounts }));
const setLimit = (deliveriesPerMonth: number) =>
  door.store.setPlan({ tenantId: customer.tenantId, plan: { ...UNLIMITED, deliveriesPerMonth }, at: START });
const used = (month = '2026-04') => door.store.getQuotaUsed({ tenantId: customer.tenantId, month });

describe('the quota of a month', () => {
  it('is charged for each account, and what is beyond it is refused in numbers', async () => {
    expect((await create()).status).toBe(200);
    const refused = await create();
    expect(refused).toMatchObject({
      status: 429,
      body: {
        code: 'quota_exceeded',
        detail: '2 of the 5 deliveries of this month are left, and 3 were asked for: name fewer accounts, or try again from 2026-05-01T00:00:00Z.',
        quota: { limit: 5, used: 3, requested: 3, resetsAt: '2026-05-01T00:00:00Z' },
        errors: [{ field: 'accounts' }],
      },
    });
    // From 10:00 on the first of April to the end of the month.
    expect(refused.headers['Retry-After']).toBe(String(30 * 86_400 - 10 * 3_600));
    expect(await used()).toBe(3);
    expect((await create(customer.accounts.slice(0, 2))).status).toBe(200);
    expect((await create(customer.accounts.slice(0, 1))).body.quota).toMatchObject({ used: 5, requested: 1 });
  });

  it('leaves the session open that it refuses, for when there is more', async () => {
    await create();
    const staged = await stageSingle(door, customer);
    expect((await complete(door, customer, staged)).status).toBe(429);
    expect((await complete(door, customer, staged)).status).toBe(429);
    await setLimit(6);
    const completed = await complete(door, customer, staged);
    expect(completed.status).toBe(200);
    expect((await complete(door, customer, staged)).body).toEqual(completed.body);
    expect(await used()).toBe(6);
  });

  it('is that of the tenant’s own plan, which counts at once', async () => {
    await setLimit(0);
    expect((await create()).body.quota).toMatchObject({ limit: 0, used: 0 });
    await door.store.setPlan({ tenantId: customer.tenantId, plan: null, at: START });
    expect((await create()).status).toBe(200);
    await setLimit(2);
    expect((await create()).body.detail).toContain('0 of the 2 deliveries');
  });

  it('begins anew with the next month, UTC', async () => {
    await setLimit(3);
    await create();
    door.clock.set('2026-04-30T23:59:59Z');
    const last = await create();
    expect([last.status, last.headers['Retry-After']]).toEqual([429, '1']);
    door.clock.pass(1);
    expect((await create()).status).toBe(200);
    expect([await used(), await used('2026-05')]).toEqual([3, 3]);
  });

  it('is never exceeded by requests that race, and used to the last', async () => {
    const one = customer.accounts.slice(0, 1);
    const staged = [];
    for (let n = 0; n < 50; n += 1) staged.push(await stageSingle(door, customer, { accounts: one }));
    await setLimit(20);
    const statuses = (await Promise.all(staged.map((each) => complete(door, customer, each)))).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(30);
    expect(await used()).toBe(20);
  });

  it('holds for the one-request form too', async () => {
    await setLimit(0);
    const form = new FormData();
    const { title, accounts } = sessionRequest(customer, 1_000);
    form.set('title', title);
    for (const accountId of accounts) form.append('accounts', accountId);
    form.set('file', new Blob([bytesOf(1_000)], { type: 'video/mp4' }), 'clip.mp4');
    const request = new Request('http://localhost', { method: 'POST', body: form });
    const answered = await door.call({
      to: 'POST /api/upload',
      key: customer.key,
      headers: { 'Content-Type': request.headers.get('Content-Type') ?? '' },
      body: new Uint8Array(await request.arrayBuffer()),
    });
    expect(answered).toMatchObject({ status: 429, body: { code: 'quota_exceeded' } });
  });
});

describe('the end of a month', () => {
  it.each([
    ['2026-01-31T23:59:59Z', '2026-02-01T00:00:00.000Z'],
    ['2026-12-01T00:00:00Z', '2027-01-01T00:00:00.000Z'],
    ['2028-02-29T12:00:00Z', '2028-03-01T00:00:00.000Z'],
  ])('of %s is %s', (at, next) => {
    expect(nextMonth(new Date(at)).toISOString()).toBe(next);
  });
});
