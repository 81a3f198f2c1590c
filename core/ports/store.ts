import type { LinkStore } from './link-store.ts';
import type { AccountStore, IdempotencyStore, KeyStore, RateStore, SessionStore, StoredMediaStore, TenantStore } from './tenant-store.ts';
import type { StopStore } from './stop-store.ts';
import type { DeliveryStore, DueStore, UploadStore } from './upload-store.ts';

export * from './link-store.ts';
export * from './stop-store.ts';
export * from './tenant-store.ts';
export * from './upload-store.ts';

/**
 * The store port. `store/` implements it on DynamoDB and in memory; both run the suite in `test/store/conformance`.
 * Every read that a decision rests on is consistent. Writes that meet a conflict or a throttle are tried again inside,
 * with jitter and a bound, and then throw `StoreBusy`; a refused condition is an answer, never an exception.
 */
export interface Store
  extends TenantStore, KeyStore, RateStore, AccountStore, LinkStore, StopStore, SessionStore, StoredMediaStore, UploadStore, DeliveryStore, IdempotencyStore, DueStore {}

/** The store could not take the request within its bound (conflicts, throttling). It is safe to ask again. */
export class StoreBusy extends Error {
  override readonly name = 'StoreBusy';
}
