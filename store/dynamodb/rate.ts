import * as z from 'zod';
import type { RateStore, RateSubject } from '../../core/ports/store.ts';
import { keys, type Key } from '../keys.ts';
import { all, any, atMost, exists, increase, missing, set } from './expression.ts';
import { orNull } from './fields.ts';
import { apiKeyOf } from './keys.ts';
import type { Item, Table } from './table.ts';
import { tenantOf, tenantStore } from './tenants.ts';

/** The bucket stands on the item that authentication reads anyway. */
const bucketFields = z.object({ fullAt: orNull(z.number()) });

function fullAtOf(item: Item): number | null {
  return bucketFields.parse(item).fullAt;
}

/** `once`: the same table, on which nothing is tried again; a request does not wait for being counted. */
export function rateStore(table: Table, once: Table): RateStore {
  const tenants = tenantStore(table);
  return {
    getApiKeyWithRate: async (keyHash) => {
      const item = await table.get(keys.apiKey(keyHash));
      return item === null ? null : { apiKey: apiKeyOf(item), fullAt: fullAtOf(item) };
    },

    ensureTenantWithRate: async (request) => {
      const item = await table.get(keys.tenant(request.tenantId));
      if (item !== null) return { tenant: tenantOf(item), fullAt: fullAtOf(item) };
      return { tenant: await tenants.ensureTenant(request), fullAt: null };
    },

    takeRequest: async ({ subject, idle, now, increment, latest, usedAt }) => {
      const free = idle ? any(missing('fullAt'), atMost('fullAt', now)) : atMost('fullAt', latest);
      const change = idle ? set('fullAt', now + increment) : increase('fullAt', increment);
      const touch = usedAt === null ? [] : [set('lastUsedAt', usedAt)];
      const written = await once.update(keyOf(subject), all(exists('pk'), free), [change, ...touch]);
      if (written.done) return { taken: true, fullAt: fullAtOf(written.item) };
      return { taken: false, fullAt: written.found === null ? null : fullAtOf(written.found) };
    },
  };
}

function keyOf(subject: RateSubject): Key {
  return 'keyHash' in subject ? keys.apiKey(subject.keyHash) : keys.tenant(subject.tenantId);
}
