import { describe, expect, it } from 'vitest';
import type { RateSubject, Store, TakeRequest } from '../../../core/ports/index.ts';
import { at, hashOf, newApiKey, newId } from './records.ts';

const NOW = 1_775_037_600_000_000;
const INCREMENT = 50_001;
const BURST = 10;

export function rateConformance(store: () => Store): void {
  const take = (subject: RateSubject, change: Partial<TakeRequest> = {}) =>
    store().takeRequest({ subject, idle: true, now: NOW, increment: INCREMENT, latest: NOW + (BURST - 1) * INCREMENT, usedAt: null, ...change });

  const newKey = async () => {
    const apiKey = newApiKey();
    await store().putApiKey(apiKey);
    return { apiKey, keyHash: apiKey.keyHash };
  };

  describe('a bucket of requests', () => {
    it('is read with the key, and is full at first', async () => {
      const { apiKey, keyHash } = await newKey();
      expect(await store().getApiKeyWithRate(keyHash)).toEqual({ apiKey, fullAt: null });
      expect(await store().getApiKeyWithRate(hashOf(newId()))).toBeNull();
      await take({ keyHash });
      expect(await store().getApiKeyWithRate(keyHash)).toEqual({ apiKey, fullAt: NOW + INCREMENT });
      expect(await store().getApiKey(keyHash)).toEqual(apiKey);
    });

    it('is read with the tenant, which its first session creates', async () => {
      const tenantId = `ten_${newId()}`;
      const tenant = { tenantId, createdAt: at(0), plan: null };
      expect(await store().ensureTenantWithRate({ tenantId, at: at(0) })).toEqual({ tenant, fullAt: null });
      await take({ tenantId });
      expect(await store().ensureTenantWithRate({ tenantId, at: at(9) })).toEqual({ tenant, fullAt: NOW + INCREMENT });
      const plan = { deliveriesPerMonth: 1, requestsPerSecond: 0.5, burst: 2 };
      await store().setPlan({ tenantId, plan, at: at(10) });
      expect(await store().ensureTenantWithRate({ tenantId, at: at(11) })).toEqual({ tenant: { ...tenant, plan }, fullAt: NOW + INCREMENT });
    });

    it('gives as many requests as it holds, and tells those beyond how it stands', async () => {
      const { keyHash } = await newKey();
      expect(await take({ keyHash })).toEqual({ taken: true, fullAt: NOW + INCREMENT });
      for (let n = 2; n <= BURST; n += 1) {
        expect(await take({ keyHash }, { idle: false })).toEqual({ taken: true, fullAt: NOW + n * INCREMENT });
      }
      expect(await take({ keyHash }, { idle: false })).toEqual({ taken: false, fullAt: NOW + BURST * INCREMENT });
    });

    it('counts one of the requests that found it full at the same moment', async () => {
      const { keyHash } = await newKey();
      const all = await Promise.all(Array.from({ length: 20 }, () => take({ keyHash })));
      expect(all.filter(({ taken }) => taken)).toHaveLength(1);
      expect(new Set(all.map(({ fullAt }) => fullAt))).toEqual(new Set([NOW + INCREMENT]));
    });

    it('never gives more than it holds to requests that find it in use', async () => {
      const { keyHash } = await newKey();
      await take({ keyHash });
      const all = await Promise.all(Array.from({ length: 20 }, () => take({ keyHash }, { idle: false })));
      expect(all.filter(({ taken }) => taken)).toHaveLength(BURST - 1);
    });

    it('is full again at its time, and not a microsecond before', async () => {
      const { keyHash } = await newKey();
      await take({ keyHash });
      expect(await take({ keyHash }, { now: NOW + INCREMENT - 1 })).toEqual({ taken: false, fullAt: NOW + INCREMENT });
      expect(await take({ keyHash }, { now: NOW + INCREMENT })).toEqual({ taken: true, fullAt: NOW + 2 * INCREMENT });
    });

    it('notes the use of the key by the same write', async () => {
      const { keyHash } = await newKey();
      await take({ keyHash }, { usedAt: at(0) });
      expect((await store().getApiKey(keyHash))?.lastUsedAt).toBe(at(0));
      await take({ keyHash }, { idle: false });
      expect((await store().getApiKey(keyHash))?.lastUsedAt).toBe(at(0));
      await take({ keyHash }, { idle: true, usedAt: at(5) });
      expect((await store().getApiKey(keyHash))?.lastUsedAt).toBe(at(0));
    });

    it('makes neither a key nor a tenant', async () => {
      const [keyHash, tenantId] = [hashOf(newId()), `ten_${newId()}`];
      expect(await take({ keyHash })).toEqual({ taken: false, fullAt: null });
      expect(await take({ tenantId })).toEqual({ taken: false, fullAt: null });
      expect(await store().getApiKey(keyHash)).toBeNull();
      expect(await store().getTenant(tenantId)).toBeNull();
    });
  });
}
