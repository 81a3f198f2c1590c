import type { TenantStore } from '../../core/ports/store.ts';
import { frozen, quotaKey, type Records } from './records.ts';

export function tenantStore({ tenants, quotas }: Records): TenantStore {
  return {
    ensureTenant: async ({ tenantId, at }) => {
      const found = tenants.get(tenantId);
      if (found !== undefined) return found;
      const tenant = frozen({ tenantId, createdAt: at, plan: null });
      tenants.set(tenantId, tenant);
      return tenant;
    },

    setPlan: async ({ tenantId, plan, at }) => {
      const createdAt = tenants.get(tenantId)?.createdAt ?? at;
      tenants.set(tenantId, frozen({ tenantId, createdAt, plan }));
    },

    getTenant: async (tenantId) => tenants.get(tenantId) ?? null,

    getQuotaUsed: async ({ tenantId, month }) => quotas.get(quotaKey(tenantId, month)) ?? 0,
  };
}
