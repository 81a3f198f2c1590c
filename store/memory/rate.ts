import type { RateStore, RateSubject } from '../../core/ports/store.ts';
import { frozen, type Records } from './records.ts';
import { tenantStore } from './tenants.ts';

export function rateStore(records: Records): RateStore {
  const { apiKeys, tenants, buckets } = records;
  const store = tenantStore(records);
  return {
    getApiKeyWithRate: async (keyHash) => {
      const apiKey = apiKeys.get(keyHash);
      return apiKey === undefined ? null : { apiKey, fullAt: buckets.get(keyHash) ?? null };
    },

    ensureTenantWithRate: async (request) => ({ tenant: await store.ensureTenant(request), fullAt: buckets.get(request.tenantId) ?? null }),

    takeRequest: async ({ subject, idle, now, increment, latest, usedAt }) => {
      const id = idOf(subject);
      const isThere = 'keyHash' in subject ? apiKeys.has(id) : tenants.has(id);
      const found = buckets.get(id) ?? null;
      if (!isThere || (found !== null && found > (idle ? now : latest))) return { taken: false, fullAt: found };
      const fullAt = (idle ? now : (found ?? 0)) + increment;
      buckets.set(id, fullAt);
      const apiKey = apiKeys.get(id);
      if (apiKey !== undefined && usedAt !== null) apiKeys.set(id, frozen({ ...apiKey, lastUsedAt: usedAt }));
      return { taken: true, fullAt };
    },
  };
}

function idOf(subject: RateSubject): string {
  return 'keyHash' in subject ? subject.keyHash : subject.tenantId;
}
