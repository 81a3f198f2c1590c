import type { Store } from '../../../core/ports/index.ts';
import { accountConformance } from './accounts.ts';
import { creationConformance } from './creation.ts';
import { dueConformance } from './due.ts';
import { idempotencyConformance } from './idempotency.ts';
import { keyConformance } from './keys.ts';
import { leaseConformance } from './lease.ts';
import { linkConformance } from './links.ts';
import { listConformance } from './list.ts';
import { storedMediaConformance } from './media.ts';
import { orderConformance, type OrderOptions } from './order.ts';
import { peopleConformance } from './people.ts';
import { publishConformance } from './publish.ts';
import { raceConformance } from './races.ts';
import { rateConformance } from './rate.ts';
import { receiptConformance } from './receipts.ts';
import { sessionConformance } from './sessions.ts';
import { sizeConformance } from './size.ts';
import { stepConformance } from './steps.ts';
import { stopConformance } from './stops.ts';
import { tenantConformance } from './tenants.ts';
import { unlinkConformance } from './unlink.ts';
import { uploadConformance } from './uploads.ts';

/** What every store promises. `store` is asked when a test runs; it may hold records of other tests. */
export function storeConformance(store: () => Store, options: OrderOptions): void {
  tenantConformance(store);
  keyConformance(store);
  rateConformance(store);
  idempotencyConformance(store);
  accountConformance(store);
  unlinkConformance(store);
  linkConformance(store);
  stopConformance(store);
  sessionConformance(store);
  creationConformance(store);
  storedMediaConformance(store);
  uploadConformance(store);
  listConformance(store);
  stepConformance(store);
  publishConformance(store);
  receiptConformance(store);
  leaseConformance(store);
  peopleConformance(store);
  dueConformance(store);
  sizeConformance(store);
  raceConformance(store);
  orderConformance(store, options);
}
