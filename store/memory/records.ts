import type { Link } from '../../core/linking/model.ts';
import type { Account, ApiKey, Delivery, Revocation, StoredMedia, Tenant, Upload, UploadSession } from '../../core/model.ts';
import type { DeliveryRef, NetworkStops, Stop } from '../../core/ports/store.ts';
import type { IdempotencyRecord } from '../rules/idempotency.ts';

export interface StoredAccount extends Account {
  /** Under which tokens are refreshed. */
  readonly tokenLock: { readonly holder: string; readonly until: string } | null;
}

/** Everything that the store in memory holds. Its values are frozen and replaced whole. */
export interface Records {
  readonly tenants: Map<string, Tenant>;
  readonly apiKeys: Map<string, ApiKey>;
  readonly accounts: Map<string, StoredAccount>;
  /** As accounts. */
  readonly revocations: Map<string, Revocation>;
  readonly links: Map<string, Link>;
  /** By tenant. */
  readonly redirectOrigins: Map<string, readonly string[]>;
  readonly sessions: Map<string, UploadSession>;
  /** When the parts of a session have to go, by the token's hash: of those that may have some. */
  readonly sessionsDue: Map<string, string>;
  readonly media: Map<string, StoredMedia>;
  readonly uploads: Map<string, Upload>;
  /** By upload; those of an upload in the client's order. */
  readonly deliveries: Map<string, Map<string, Delivery>>;
  readonly bodies: Map<string, unknown>;
  /** Deliveries charged, by tenant and month. */
  readonly quotas: Map<string, number>;
  readonly idempotency: Map<string, IdempotencyRecord>;
  /** When the bucket of requests of a key or a tenant will be full again, by the hash or the tenant's id. */
  readonly buckets: Map<string, number>;
  /** As accounts. */
  readonly accountStops: Map<string, Stop>;
  readonly networkStops: Map<string, NetworkStops>;
}

export function newRecords(): Records {
  return {
    tenants: new Map(),
    apiKeys: new Map(),
    accounts: new Map(),
    revocations: new Map(),
    links: new Map(),
    redirectOrigins: new Map(),
    sessions: new Map(),
    sessionsDue: new Map(),
    media: new Map(),
    uploads: new Map(),
    deliveries: new Map(),
    bodies: new Map(),
    quotas: new Map(),
    idempotency: new Map(),
    buckets: new Map(),
    accountStops: new Map(),
    networkStops: new Map(),
  };
}

/** A frozen copy of plain data, also of everything inside; what is such a copy already is taken as it is. */
export function frozen<Value>(value: Value): Value;
export function frozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || copies.has(value)) return value;
  const copy = Array.isArray(value) ? value.map((each) => frozen(each)) : mapped(value);
  copies.add(Object.freeze(copy));
  return copy;
}

const copies = new WeakSet<object>();

function mapped(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, frozen(inner)]));
}

export function quotaKey(tenantId: string, month: string): string {
  return `${tenantId}#${month}`;
}

export function accountKey(tenantId: string, accountId: string): string {
  return `${tenantId}#${accountId}`;
}

export function findDelivery({ deliveries }: Records, ref: DeliveryRef): Delivery | null {
  return deliveries.get(ref.uploadId)?.get(ref.accountId) ?? null;
}

/** Stores a delivery in place of the one with its ids; gives the frozen copy that is kept. */
export function keepDelivery({ deliveries }: Records, delivery: Delivery): Delivery {
  const kept = frozen(delivery);
  const siblings = deliveries.get(delivery.uploadId);
  if (siblings === undefined) throw new Error(`There is no upload ${delivery.uploadId}.`);
  siblings.set(delivery.accountId, kept);
  return kept;
}
