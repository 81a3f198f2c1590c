import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account } from '../../../core/model.ts';
import type { Store } from '../../../core/ports/index.ts';
import { listUploads, type UploadFilters } from '../../../core/uploads/list.ts';
import { memoryStore } from '../../../store/memory.ts';
import { at, createUpload, newAccount, newId } from '../../store/conformance/records.ts';

const clock = { now: () => new Date('2026-05-01T00:00:00Z') };
const everything: UploadFilters = { status: null, accountId: null, network: null, text: null, from: null, to: null };
const tenantId = `ten_${newId()}`;

interface Sketch {
  readonly second: number;
  readonly network: 'alpha' | 'beta';
  readonly title: string;
  readonly scheduled: boolean;
}

const plainAt = (second: number): Sketch => ({ second, network: 'alpha', title: 'x', scheduled: false });

/** A history on two networks. */
async function openHistory() {
  const inner = memoryStore();
  let reads = 0;
  const store: Store = {
    ...inner,
    getUpload: async (uploadId) => {
      reads += 1;
      return inner.getUpload(uploadId);
    },
  };
  const accounts: Record<string, Account> = {};
  for (const network of ['alpha', 'beta']) {
    const account = newAccount({ tenantId, network });
    accounts[network] = account;
    await store.putAccount(account);
  }
  return {
    store,
    accounts,
    reads: () => reads,
    add: async ({ second, network, title, scheduled }: Sketch) => {
      const account = accounts[network];
      if (account === undefined) throw new Error(`there is no account on ${network}`);
      const upload = { createdAt: at(second), title, scheduledOn: scheduled ? '2027-01-01T00:00:00Z' : null };
      return (await createUpload(store, { tenantId, accounts: [account], upload })).upload.uploadId;
    },
    list: (filters: Partial<UploadFilters>, pageSize: number, cursor: string | null = null) =>
      listUploads({ store, clock }, tenantId, { ...everything, ...filters, pageSize, at: cursor === null ? { page: 1 } : { cursor } }),
  };
}

const idsOf = (uploads: readonly { upload: { uploadId: string } }[]) => uploads.map(({ upload }) => upload.uploadId);

const sketch: fc.Arbitrary<Sketch> = fc.record({
  // Few seconds, so that many uploads share one.
  second: fc.integer({ min: 0, max: 5 }),
  network: fc.constantFrom('alpha', 'beta'),
  title: fc.constantFrom('Spring launch', 'SPRING sale', 'Ärger', 'ärger im Frühling', 'x'),
  scheduled: fc.boolean(),
});

const filters: fc.Arbitrary<Partial<UploadFilters>> = fc.record(
  {
    status: fc.constantFrom('Scheduled', 'Processing', 'Uploaded'),
    network: fc.constantFrom('alpha', 'beta', 'gamma'),
    text: fc.constantFrom('spring', 'Spring', 'ÄRGER', 'A\u0308rger', '.', ' '),
    from: fc.constantFrom(at(1), at(3)),
    to: fc.constantFrom(at(2), at(5)),
  },
  { requiredKeys: [] },
);

describe('following the cursor', () => {
  it('gives what was there at the beginning exactly once and in order, whatever is created meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sketch, { maxLength: 30 }), fc.array(sketch, { maxLength: 10 }), fc.integer({ min: 1, max: 7 }), filters, async (before, between, pageSize, wanted) => {
        const history = await openHistory();
        for (const each of before) await history.add(each);
        const expected = idsOf((await history.list(wanted, 100)).uploads);
        const seen: string[] = [];
        const later = [...between];
        for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
          const page = await history.list(wanted, pageSize, cursor);
          expect(page.uploads.length).toBeLessThanOrEqual(pageSize);
          seen.push(...idsOf(page.uploads));
          cursor = page.nextCursor;
          const next = later.shift();
          if (next !== undefined) await history.add(next);
        }
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.filter((id) => expected.includes(id))).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });

  it('with filters gives what a look at each upload gives', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sketch, { maxLength: 30 }), fc.constantFrom('alpha', 'beta'), fc.constantFrom('spring', 'ärger'), async (uploads, network, text) => {
        const history = await openHistory();
        const made = [];
        for (const each of uploads) made.push({ ...each, id: await history.add(each) });
        const matching = made
          .filter((each) => each.network === network && each.title.toLowerCase().includes(text))
          .toSorted((a, b) => b.second - a.second || (a.id < b.id ? 1 : -1));
        expect(idsOf((await history.list({ network, text }, 100)).uploads)).toEqual(matching.map(({ id }) => id));
        const accountId = history.accounts[network]?.accountId ?? '';
        expect(idsOf((await history.list({ accountId, text }, 100)).uploads)).toEqual(matching.map(({ id }) => id));
      }),
      { numRuns: 50 },
    );
  });
});

describe('a filter over a long history', () => {
  it('reads 500 uploads a request and no more, and its cursor goes on where reading stopped', async () => {
    const history = await openHistory();
    const ids: string[] = [];
    for (let n = 0; n <= 1200; n += 1) ids.push(await history.add({ ...plainAt(n), network: n === 0 || n === 1200 ? 'beta' : 'alpha' }));
    const pages: (readonly string[])[] = [];
    const costs: number[] = [];
    for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
      const before = history.reads();
      const page = await history.list({ network: 'beta' }, 20, cursor);
      expect(page.total).toBeNull();
      costs.push(history.reads() - before);
      pages.push(idsOf(page.uploads));
      cursor = page.nextCursor;
    }
    expect(pages).toEqual([[ids[1200]], [], [ids[0]]]);
    expect(costs).toEqual([500, 500, 201]);
  });

  it('stops reading soon after the page is full', async () => {
    const history = await openHistory();
    for (let n = 0; n < 200; n += 1) await history.add(plainAt(n));
    await history.list({ network: 'alpha' }, 20);
    expect(history.reads()).toBeLessThanOrEqual(25);
  });
});

describe('page numbers', () => {
  it('reach the newest 1,000 uploads, and the last of them gives the cursor that goes on', async () => {
    const history = await openHistory();
    const ids: string[] = [];
    for (let n = 0; n < 1001; n += 1) ids.unshift(await history.add(plainAt(n)));
    const page = (number: number) => listUploads({ store: history.store, clock }, tenantId, { ...everything, pageSize: 100, at: { page: number } });
    const last = await page(10);
    expect(idsOf(last.uploads)).toEqual(ids.slice(900, 1000));
    expect(last.total).toBe(1001);
    await expect(page(11)).rejects.toMatchObject({ code: 'validation_failed', errors: [{ field: 'page', code: 'too_far' }] });
    expect(idsOf((await history.list({}, 100, last.nextCursor)).uploads)).toEqual(ids.slice(1000));
  });
});
