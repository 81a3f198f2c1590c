import * as z from 'zod';
import type { Tenant } from '../../core/model.ts';
import type { TenantStore } from '../../core/ports/store.ts';
import { keys } from '../keys.ts';
import { increase, remove, set, setOnce } from './expression.ts';
import { orNull, time, withoutNulls } from './fields.ts';
import type { Item, Table } from './table.ts';
import type { Write } from './writes.ts';

const plan = z.object({ deliveriesPerMonth: z.int(), requestsPerSecond: z.number(), burst: z.int() });
const tenantItem = z.object({ tenantId: z.string(), createdAt: time, plan: orNull(plan) });
const quotaItem = z.object({ used: z.int().default(0) });

export function tenantOf(item: Item): Tenant {
  return tenantItem.parse(item);
}

/** Charges deliveries to a month, or gives them back where the number is negative. */
export function charge(tenantId: string, month: string, deliveries: number) {
  const changes = [increase('used', deliveries)];
  return { type: 'update', key: keys.quota(tenantId, month), condition: null, changes } as const satisfies Write;
}

/** Deliveries charged, in the item of a month. */
export function usedOf(item: Item): number {
  return quotaItem.parse(item).used;
}

export function tenantStore(table: Table): TenantStore {
  return {
    ensureTenant: async ({ tenantId, at }) => {
      const found = await table.get(keys.tenant(tenantId));
      if (found !== null) return tenantOf(found);
      const tenant: Tenant = { tenantId, createdAt: at, plan: null };
      const written = await table.create(keys.tenant(tenantId), withoutNulls({ ...tenant }));
      return written.done || written.found === null ? tenant : tenantOf(written.found);
    },

    setPlan: async ({ tenantId, plan, at }) => {
      const whose = [setOnce('tenantId', tenantId), setOnce('createdAt', at)];
      const change = plan === null ? remove('plan') : set('plan', { ...plan });
      await table.transact([{ type: 'update', key: keys.tenant(tenantId), condition: null, changes: [...whose, change] }]);
    },

    getTenant: async (tenantId) => {
      const item = await table.get(keys.tenant(tenantId));
      return item === null ? null : tenantOf(item);
    },

    getQuotaUsed: async ({ tenantId, month }) => {
      const item = await table.get(keys.quota(tenantId, month));
      return item === null ? 0 : usedOf(item);
    },
  };
}
