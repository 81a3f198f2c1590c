import type { Store } from '../core/ports/store.ts';
import { accountStore } from './memory/accounts.ts';
import { deliveryStore } from './memory/deliveries.ts';
import { dueStore } from './memory/due.ts';
import { idempotencyStore } from './memory/idempotency.ts';
import { keyStore } from './memory/keys.ts';
import { linkStore } from './memory/links.ts';
import { storedMediaStore } from './memory/media.ts';
import { newRecords } from './memory/records.ts';
import { rateStore } from './memory/rate.ts';
import { sessionStore } from './memory/sessions.ts';
import { stopStore } from './memory/stops.ts';
import { tenantStore } from './memory/tenants.ts';
import { uploadStore } from './memory/uploads.ts';

/**
 * The store in memory: for simulations and for tests of whatever needs a store. It keeps every condition of the port; each
 * call is atomic, since nothing in it waits. What goes in is copied, and what comes out is frozen.
 */
export function memoryStore(): Store {
  const records = newRecords();
  return {
    ...tenantStore(records),
    ...keyStore(records),
    ...rateStore(records),
    ...accountStore(records),
    ...linkStore(records),
    ...sessionStore(records),
    ...storedMediaStore(records),
    ...uploadStore(records),
    ...deliveryStore(records),
    ...idempotencyStore(records),
    ...dueStore(records),
    ...stopStore(records),
  };
}
