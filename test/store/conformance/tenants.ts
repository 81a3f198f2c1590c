import { describe, expect, it } from 'vitest';
import type { Store } from '../../../core/ports/index.ts';
import { at, createUpload, newAccount, newDelivery, newId, newSession, newUpload } from './records.ts';

export function tenantConformance(store: () => Store): void {
  const plan = { deliveriesPerMonth: 20, requestsPerSecond: 0.5, burst: 3 };

  describe('a tenant', () => {
    it('is created as often as asked', async () => {
      const tenantId = `ten_${newId()}`;
      const tenant = { tenantId, createdAt: at(0), plan: null };
      expect(await store().getTenant(tenantId)).toBeNull();
      expect(await store().ensureTenant({ tenantId, at: at(0) })).toEqual(tenant);
      expect(await store().ensureTenant({ tenantId, at: at(9) })).toEqual(tenant);
      expect(await store().getTenant(tenantId)).toEqual(tenant);
    });

    it('has a plan of its own as long as one is set', async () => {
      const tenantId = `ten_${newId()}`;
      await store().ensureTenant({ tenantId, at: at(0) });
      await store().setPlan({ tenantId, plan, at: at(1) });
      expect(await store().ensureTenant({ tenantId, at: at(2) })).toEqual({ tenantId, createdAt: at(0), plan });
      await store().setPlan({ tenantId, plan: { ...plan, burst: 4 }, at: at(3) });
      expect((await store().getTenant(tenantId))?.plan).toEqual({ ...plan, burst: 4 });
      await store().setPlan({ tenantId, plan: null, at: at(4) });
      expect(await store().getTenant(tenantId)).toEqual({ tenantId, createdAt: at(0), plan: null });
    });

    it('may get a plan before anybody of it was here', async () => {
      const tenantId = `ten_${newId()}`;
      await store().setPlan({ tenantId, plan, at: at(1) });
      expect(await store().ensureTenant({ tenantId, at: at(2) })).toEqual({ tenantId, createdAt: at(1), plan });
    });
  });

  describe('the quota of a month', () => {
    const month = '2026-04';
    const used = (tenantId: string) => store().getQuotaUsed({ tenantId, month });
    const create = async (tenantId: string, accounts: number, limit: number | null) => {
      const session = newSession({ tenantId });
      await store().putSession(session);
      const upload = newUpload(session);
      const deliveries = Array.from({ length: accounts }, () => newDelivery(upload, newAccount({ tenantId })));
      const result = await store().createUpload({ upload, deliveries, sessionTokenHash: session.tokenHash, month, limit });
      return { session, result };
    };

    it('goes up by one for each account of an upload, to the limit and not beyond', async () => {
      const tenantId = `ten_${newId()}`;
      expect(await used(tenantId)).toBe(0);
      expect((await create(tenantId, 3, 5)).result).toBe('created');
      const { session, result } = await create(tenantId, 3, 5);
      expect(result).toEqual({ quotaUsed: 3 });
      expect(await store().getUpload(session.uploadId)).toBeNull();
      expect((await store().getSession(session.tokenHash))?.state).toBe('open');
      expect((await create(tenantId, 2, 5)).result).toBe('created');
      expect((await create(tenantId, 1, 5)).result).toEqual({ quotaUsed: 5 });
      expect(await used(tenantId)).toBe(5);
      expect((await create(tenantId, 1, null)).result).toBe('created');
      expect((await create(tenantId, 1, 5)).result).toEqual({ quotaUsed: 6 });
    });

    it('may be nothing at all', async () => {
      const tenantId = `ten_${newId()}`;
      expect((await create(tenantId, 1, 0)).result).toEqual({ quotaUsed: 0 });
      expect((await create(tenantId, 2, 1)).result).toEqual({ quotaUsed: 0 });
      expect(await used(tenantId)).toBe(0);
    });

    it('is never exceeded, and used to the last, by 50 that race for 20', async () => {
      const tenantId = `ten_${newId()}`;
      const results = (await Promise.all(Array.from({ length: 50 }, () => create(tenantId, 1, 20)))).map(({ result }) => result);
      expect(results.filter((result) => result === 'created')).toHaveLength(20);
      expect(results.filter((result) => typeof result === 'object')).toHaveLength(30);
      expect(await used(tenantId)).toBe(20);
    });

    it('is given back with an upload that is taken back', async () => {
      const created = await createUpload(store(), { accounts: 3 });
      const { tenantId, session, upload } = created;
      expect(await used(tenantId)).toBe(3);
      await store().takeBackUpload({ uploadId: upload.uploadId, sessionTokenHash: session.tokenHash, month });
      await store().takeBackUpload({ uploadId: upload.uploadId, sessionTokenHash: session.tokenHash, month });
      expect(await used(tenantId)).toBe(0);
    });
  });
}
