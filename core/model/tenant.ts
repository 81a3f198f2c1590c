/** Who uses the product, and what for. */

/** The folder name of a network under `platforms/`. */
export type Network = string;

/** What a key may be allowed to do. */
export const scopes = ['upload:read', 'upload:write', 'account:read', 'account:write'] as const;
export type Scope = (typeof scopes)[number];

/** What an upload consists of. */
export type Kind = 'video' | 'photos' | 'text';

export interface Tenant {
  readonly tenantId: string;
  readonly createdAt: string;
  /** Null: the plan of the configuration. */
  readonly plan: Plan | null;
}

/** How much a tenant may do. */
export interface Plan {
  /** Deliveries (an upload on one account) in a calendar month, UTC. */
  readonly deliveriesPerMonth: number;
  /** Requests that each key may make in the long run, and at once after a pause. */
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** An API key as stored: the key itself is shown once and never kept. */
export interface ApiKey {
  readonly keyId: string;
  readonly tenantId: string;
  /** Lower-case hex SHA-256 of the whole key. */
  readonly keyHash: string;
  /** The first characters of the key, to recognise it by. */
  readonly prefix: string;
  readonly name: string | null;
  readonly scopes: readonly Scope[];
  readonly createdAt: string;
  /** Null: it has no end. */
  readonly expiresAt: string | null;
  /** Written at most once an hour. */
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
  /** The key that it was rotated to; it ends at `expiresAt` then. */
  readonly replacedBy: string | null;
}
