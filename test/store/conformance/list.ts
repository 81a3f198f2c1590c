import { describe, expect, it } from 'vitest';
import type { Store, UploadPlace } from '../../../core/ports/index.ts';
import { at, createUpload, newAccount, newId } from './records.ts';

/** The index lags on AWS; every store under test here shows what was written when the write is answered. */
export function listConformance(store: () => Store): void {
  /** A tenant with so many uploads, a minute apart; their ids from the newest on. */
  const history = async (count: number) => {
    const tenantId = `ten_${newId()}`;
    const account = newAccount({ tenantId });
    await store().putAccount(account);
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) {
      const { upload } = await createUpload(store(), { tenantId, accounts: [account], upload: { createdAt: at(60 * n) } });
      ids.unshift(upload.uploadId);
    }
    return { tenantId, ids };
  };

  describe('the list of uploads', () => {
    const everything = { from: null, to: null, after: null, limit: 100 };

    it('shows the places of the newest first, and only those of the tenant', async () => {
      const { tenantId, ids } = await history(3);
      await history(1);
      const places = await store().listUploads({ ...everything, tenantId });
      expect(places).toEqual(ids.map((uploadId, n) => ({ uploadId, createdAt: at(60 * (2 - n)) })));
      expect(await store().listUploads({ ...everything, tenantId: `ten_${newId()}` })).toEqual([]);
    });

    it('goes on after a place, also after uploads that were made in between', async () => {
      const { tenantId, ids } = await history(5);
      const start = await store().listUploads({ ...everything, tenantId, limit: 2 });
      expect(idsOf(start)).toEqual(ids.slice(0, 2));
      await createUpload(store(), { tenantId, upload: { createdAt: at(9_999) } });
      const next = await store().listUploads({ ...everything, tenantId, limit: 2, after: lastOf(start) });
      expect(idsOf(next)).toEqual(ids.slice(2, 4));
      expect(idsOf(await store().listUploads({ ...everything, tenantId, limit: 2, after: lastOf(next) }))).toEqual(ids.slice(4));
      expect(await store().listUploads({ ...everything, tenantId, after: { createdAt: at(0), uploadId: ids.at(-1) ?? '' } })).toEqual([]);
    });

    it('gives as many as asked, where there are so many', async () => {
      const { tenantId, ids } = await history(3);
      for (const limit of [1, 2, 3, 4]) expect(idsOf(await store().listUploads({ ...everything, tenantId, limit }))).toEqual(ids.slice(0, limit));
      const after = { createdAt: at(120), uploadId: ids[0] ?? '' };
      for (const limit of [1, 2, 3]) {
        expect(idsOf(await store().listUploads({ ...everything, tenantId, limit, after }))).toEqual(ids.slice(1, 1 + limit));
      }
    });

    it('holds to both bounds of time, which belong to it', async () => {
      const { tenantId, ids } = await history(4);
      const within = async (from: string | null, to: string | null) => idsOf(await store().listUploads({ ...everything, tenantId, from, to }));
      expect(await within(at(60), at(120))).toEqual(ids.slice(1, 3));
      expect(await within(at(61), null)).toEqual(ids.slice(0, 2));
      expect(await within(null, at(119))).toEqual(ids.slice(2));
      expect(await within(at(120), at(60))).toEqual([]);
      const bounded = { ...everything, tenantId, from: at(60), to: at(120) };
      expect(idsOf(await store().listUploads({ ...bounded, after: { createdAt: at(120), uploadId: ids[1] ?? '' } }))).toEqual([ids[2]]);
      expect(await store().listUploads({ ...bounded, after: { createdAt: at(60), uploadId: ids[2] ?? '' } })).toEqual([]);
    });

    it('goes on after a place that nobody has, before the first and after the last too', async () => {
      const { tenantId, ids } = await history(3);
      const after = async (createdAt: string, from: string | null = null, to: string | null = null) =>
        idsOf(await store().listUploads({ ...everything, tenantId, from, to, after: { createdAt, uploadId: `upl_${newId()}` } }));
      expect(await after(at(90))).toEqual(ids.slice(1));
      expect(await after(at(9_999))).toEqual(ids);
      expect(await after('2020-01-01T00:00:00Z')).toEqual([]);
      expect(await after(at(9_999), at(60), at(60))).toEqual([ids[1]]);
      expect(await after(at(0), at(60), at(120))).toEqual([]);
    });

    it('orders uploads of one second always in the same way', async () => {
      const tenantId = `ten_${newId()}`;
      for (let n = 0; n < 4; n += 1) await createUpload(store(), { tenantId, upload: { createdAt: at(0) } });
      const all = idsOf(await store().listUploads({ ...everything, tenantId }));
      const one = await store().listUploads({ ...everything, tenantId, limit: 1 });
      const rest = await store().listUploads({ ...everything, tenantId, after: lastOf(one) });
      expect([...idsOf(one), ...idsOf(rest)]).toEqual(all);
      expect(all).toEqual(all.toSorted().toReversed());
    });

    it('counts all of a tenant, and between two times as many as asked at most', async () => {
      const { tenantId } = await history(4);
      const count = (from: string | null, to: string | null, atMost: number) => store().countUploads({ tenantId, from, to, atMost });
      expect(await count(null, null, 1)).toBe(4);
      expect(await count(at(60), at(120), 10)).toBe(2);
      expect(await count(at(60), at(120), 2)).toBe(2);
      expect(await count(at(60), at(120), 1)).toBeNull();
      expect(await count(at(60), null, 2)).toBeNull();
      expect(await count(at(120), at(60), 10)).toBe(0);
      expect(await store().countUploads({ tenantId: `ten_${newId()}`, from: null, to: null, atMost: 10 })).toBe(0);
    });

    it('does not show what was taken back', async () => {
      const { tenantId, session, upload } = await createUpload(store());
      await store().takeBackUpload({ uploadId: upload.uploadId, sessionTokenHash: session.tokenHash, month: '2026-04' });
      expect(await store().listUploads({ ...everything, tenantId })).toEqual([]);
      expect(await store().countUploads({ tenantId, from: null, to: null, atMost: 10 })).toBe(0);
    });
  });
}

function idsOf(places: readonly UploadPlace[]): readonly string[] {
  return places.map(({ uploadId }) => uploadId);
}

function lastOf(places: readonly UploadPlace[]): UploadPlace | null {
  return places.at(-1) ?? null;
}
