import { beforeAll, describe, expect, it } from 'vitest';
import { call, type ApiAnswer, type Caller } from './support/api.ts';
import { accounts, stack, tokenOf } from './support/stack.ts';
import { complete, newTitle, smallClip, stageSingle } from './support/uploads.ts';

/** Uploads that nothing is published of while this runs. */
const scheduledOn = `${new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 19)}Z`;
const prefix = `${newTitle()} ÄRGER`;

async function add(n: number, fields: Record<string, unknown> = {}): Promise<string> {
  const completed = await complete(await stageSingle(smallClip, { title: `${prefix} ${n}`, scheduledOn, ...fields }));
  expect(completed.status).toBe(200);
  return completed.body.uploadId;
}

const list = (query: Record<string, string | number>, caller?: Caller, path = '/api/uploads'): Promise<ApiAnswer> =>
  call('GET', `${path}?${new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])).toString()}`, undefined, caller);
const idsOf = (answer: ApiAnswer): string[] => answer.body.items.map((item: { uploadId: string }) => item.uploadId);

describe('the list of uploads', () => {
  const COUNT = 5;
  let ids: string[];
  beforeAll(async () => {
    const made: string[] = [];
    for (let n = 0; n < COUNT; n += 1) made.push(await add(n, n === 0 ? { accounts: [accounts.youtube] } : {}));
    ids = idsOf(await list({ text: prefix, pageSize: 100 }));
    expect(ids.toSorted()).toEqual(made.toSorted());
  });

  it.each([
    ['without a filter', {}],
    ['with filters', { text: prefix.toLowerCase(), status: 'Scheduled', network: 'instagram' }],
  ])('gives each upload once by its cursor, %s, while others are added', async (_, filters) => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await list({ pageSize: 2, ...filters, ...(cursor === null ? {} : { cursor }) });
      expect(page.status).toBe(200);
      seen.push(...idsOf(page));
      cursor = page.body.nextCursor;
      await add(100 + seen.length);
    } while (cursor !== null && !seen.includes(ids.at(-1) ?? ''));
    // The oldest one is on another network.
    expect(seen.filter((id) => ids.includes(id))).toEqual('network' in filters ? ids.slice(0, -1) : ids);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('is the same for a dashboard session, and takes no cursor of another tenant', async () => {
    const query = { text: prefix, pageSize: 3 };
    const [byKey, bySession] = await Promise.all([list(query), list(query, { jwt: stack.jwt }, '/uploads')]);
    expect(bySession.body).toEqual(byKey.body);
    const stranger = { jwt: await tokenOf('a stranger to these lists') };
    expect((await list(query, stranger, '/uploads')).body.items).toEqual([]);
    expect(await list({ ...query, cursor: byKey.body.nextCursor }, stranger, '/uploads')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'cursor', code: 'other_list' }] },
    });
  });

  it('counts what no filter has to look into', async () => {
    const { body } = await list({ pageSize: 1 });
    expect(body.total).toBeGreaterThanOrEqual(COUNT);
    expect((await list({ pageSize: 1, text: prefix })).body.total).toBeNull();
  });
});
