import { describe, expect, it } from 'vitest';
import type { Store } from '../../../core/ports/index.ts';
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
    const everything = { from: null, to: null, after: null, skip: 0, limit: 100 };

    it('shows the newest first, with deliveries, and only those of the tenant', async () => {
      const { tenantId, ids } = await history(3);
      await history(1);
      const page = await store().listUploads({ ...everything, tenantId });
      expect(idsOf(page)).toEqual(ids);
      expect(page.next).toBeNull();
      expect(page.uploads.map(({ deliveries }) => deliveries.length)).toEqual([1, 1, 1]);
      expect(await store().listUploads({ ...everything, tenantId: `ten_${newId()}` })).toEqual({ uploads: [], next: null });
    });

    it('goes on where a page ended, also after uploads that were made in between', async () => {
      const { tenantId, ids } = await history(5);
      const first = await store().listUploads({ ...everything, tenantId, limit: 2 });
      expect(idsOf(first)).toEqual(ids.slice(0, 2));
      await createUpload(store(), { tenantId, upload: { createdAt: at(9_999) } });
      const second = await store().listUploads({ ...everything, tenantId, limit: 2, after: first.next });
      expect(idsOf(second)).toEqual(ids.slice(2, 4));
      const third = await store().listUploads({ ...everything, tenantId, limit: 2, after: second.next });
      expect(idsOf(third)).toEqual(ids.slice(4));
      expect(third.next).toBeNull();
    });

    it('says at the exact end of a page that none follows', async () => {
      const { tenantId } = await history(2);
      expect((await store().listUploads({ ...everything, tenantId, limit: 2 })).next).toBeNull();
      expect((await store().listUploads({ ...everything, tenantId, limit: 1 })).next).not.toBeNull();
    });

    it('passes over as many as asked', async () => {
      const { tenantId, ids } = await history(4);
      expect(idsOf(await store().listUploads({ ...everything, tenantId, skip: 1, limit: 2 }))).toEqual(ids.slice(1, 3));
      expect(await store().listUploads({ ...everything, tenantId, skip: 4 })).toEqual({ uploads: [], next: null });
    });

    it('holds to both bounds of time, which belong to it', async () => {
      const { tenantId, ids } = await history(4);
      const within = async (from: string | null, to: string | null) => idsOf(await store().listUploads({ ...everything, tenantId, from, to }));
      expect(await within(at(60), at(120))).toEqual(ids.slice(1, 3));
      expect(await within(at(61), null)).toEqual(ids.slice(0, 2));
      expect(await within(null, at(119))).toEqual(ids.slice(2));
      expect(await within(at(120), at(60))).toEqual([]);
      expect(await store().countUploads({ tenantId, from: at(60), to: at(120) })).toBe(2);
      expect(await store().countUploads({ tenantId, from: at(120), to: at(60) })).toBe(0);
      expect(await store().countUploads({ tenantId, from: null, to: null })).toBe(4);
    });

    it('takes any text for the end of a page', async () => {
      const { tenantId } = await history(2);
      for (const after of ['', '~', 'nonsense', '2026']) {
        const { uploads } = await store().listUploads({ ...everything, tenantId, after });
        expect(uploads.length).toBeLessThanOrEqual(2);
      }
    });

    it('orders uploads of one second always in the same way', async () => {
      const tenantId = `ten_${newId()}`;
      for (let n = 0; n < 4; n += 1) await createUpload(store(), { tenantId, upload: { createdAt: at(0) } });
      const all = idsOf(await store().listUploads({ ...everything, tenantId }));
      const one = await store().listUploads({ ...everything, tenantId, limit: 1 });
      const rest = await store().listUploads({ ...everything, tenantId, after: one.next });
      expect([...idsOf(one), ...idsOf(rest)]).toEqual(all);
      expect(all).toEqual(all.toSorted().toReversed());
    });

    it('does not show what was taken back', async () => {
      const { tenantId, session, upload } = await createUpload(store());
      await store().takeBackUpload({ uploadId: upload.uploadId, sessionTokenHash: session.tokenHash, month: '2026-04' });
      expect(await store().listUploads({ ...everything, tenantId })).toEqual({ uploads: [], next: null });
      expect(await store().countUploads({ tenantId, from: null, to: null })).toBe(0);
    });
  });
}

function idsOf({ uploads }: Awaited<ReturnType<Store['listUploads']>>): readonly string[] {
  return uploads.map(({ upload }) => upload.uploadId);
}
