import { createHash } from 'node:crypto';
import type { IdempotencyRef, UploadPlace } from '../core/ports/store.ts';

/**
 * Every key of the table. Identifiers never hold a `#`, so that no key can be read in two ways.
 */

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Keys of an item in the index `gsi1`; an item without them is not in it. */
export interface IndexKey {
  readonly gsi1pk: string;
  readonly gsi1sk: string;
}

/** Keys of an item in the index `gsi2`; an item without them is not in it. */
export interface DueKey {
  readonly gsi2pk: string;
  readonly gsi2sk: string;
}

export const revocationPrefix = 'REVOCATION#';

export const keys = {
  tenant: (tenantId: string): Key => ({ pk: `TENANT#${tenantId}`, sk: 'TENANT' }),
  /** What a tenant has used in all its time. */
  totals: (tenantId: string): Key => ({ pk: `TENANT#${tenantId}`, sk: 'TOTALS' }),
  /** What a tenant has used in a month, `yyyy-mm`. */
  quota: (tenantId: string, month: string): Key => ({ pk: `TENANT#${tenantId}`, sk: `QUOTA#${month}` }),
  account: (tenantId: string, accountId: string): Key => ({ pk: `TENANT#${tenantId}`, sk: `ACCOUNT#${accountId}` }),
  /** Tokens of an account that is not linked any more. */
  revocation: (tenantId: string, accountId: string): Key => ({ pk: `TENANT#${tenantId}`, sk: `${revocationPrefix}${accountId}` }),
  /** By the network's own id of an account: which account of the tenant it is. The id comes last, since it may hold anything. */
  external: (tenantId: string, network: string, externalId: string): Key => ({ pk: `TENANT#${tenantId}`, sk: `EXTERNAL#${network}#${externalId}` }),
  /** In how many workspaces an account of the outside is linked. */
  linkedCount: (network: string, externalId: string): Key => ({ pk: `EXTERNAL#${network}#${externalId}`, sk: 'EXTERNAL' }),
  profile: (tenantId: string, name: string): Key => ({ pk: `TENANT#${tenantId}`, sk: `PROFILE#${name}` }),
  redirectOrigins: (tenantId: string): Key => ({ pk: `TENANT#${tenantId}`, sk: 'REDIRECT-ORIGINS' }),
  link: (linkId: string): Key => ({ pk: `LINK#${linkId}`, sk: 'LINK' }),
  apiKey: (keyHash: string): Key => ({ pk: `KEY#${keyHash}`, sk: 'KEY' }),
  /** Where the key of an id stands that a tenant has. */
  keyOfTenant: (tenantId: string, keyId: string): Key => ({ pk: `TENANT#${tenantId}`, sk: `KEY#${keyId}` }),
  /** How many keys a tenant ever made. */
  keyRing: (tenantId: string): Key => ({ pk: `TENANT#${tenantId}`, sk: 'KEYS' }),
  idempotency: ({ tenantId, operationId, keyHash }: IdempotencyRef): Key => ({
    pk: `IDEMPOTENCY#${tenantId}#${operationId}#${keyHash}`,
    sk: 'IDEMPOTENCY',
  }),
  /** What stops the deliveries of all tenants to a network. */
  network: (network: string): Key => ({ pk: `NETWORK#${network}`, sk: 'STOPS' }),
  session: (tokenHash: string): Key => ({ pk: `SESSION#${tokenHash}`, sk: 'SESSION' }),
  media: (mediaId: string): Key => ({ pk: `MEDIA#${mediaId}`, sk: 'MEDIA' }),
  upload: (uploadId: string): Key => ({ pk: `UPLOAD#${uploadId}`, sk: 'UPLOAD' }),
  delivery: (uploadId: string, accountId: string): Key => ({ pk: `UPLOAD#${uploadId}`, sk: `DELIVERY#${accountId}` }),
  /** What a publish call will send: named by its own fingerprint, so that writing it again changes nothing. */
  body: (uploadId: string, fingerprint: string): Key => ({ pk: `UPLOAD#${uploadId}`, sk: `BODY#${fingerprint}` }),
} as const;

/** Sort keys between which an upload stands with all its deliveries, and nothing else of its partition. */
export const uploadRange = { first: 'DELIVERY#', last: 'UPLOAD' } as const;

/** Sort keys between which the keys and the accounts of a tenant stand: `$` comes after `#`. */
export const keyRange = { first: 'KEY#', last: 'KEY$' } as const;
export const accountRange = { first: 'ACCOUNT#', last: 'ACCOUNT$' } as const;

export const indexKeys = {
  /** A tenant's uploads by time of creation; those of one second by id. */
  uploadOfTenant: (tenantId: string, createdAt: string, uploadId: string): IndexKey => ({
    gsi1pk: `TENANT#${tenantId}#UPLOADS`,
    gsi1sk: placeKey({ createdAt, uploadId }),
  }),
  /** An account's deliveries that are not terminal, by the time at which they are due. */
  openDelivery: (accountId: string, due: string, uploadId: string): IndexKey => ({
    gsi1pk: `ACCOUNT#${accountId}#OPEN`,
    gsi1sk: `${due}#${uploadId}`,
  }),
} as const;

/**
 * The index of what has to be looked at by itself, by time: in sixteen parts, so that writes at one time do not all meet in one
 * (a partition of DynamoDB takes 1,000 a second).
 */
export const duePartitions: readonly string[] = Array.from({ length: 16 }, (_, part) => `DUE#${part}`);

/** Where an item stands in that index. */
export function dueKey(time: string, { pk, sk }: Key): DueKey {
  const hash = createHash('sha256').update(`${pk} ${sk}`).digest();
  return { gsi2pk: `DUE#${hash.readUInt8() % duePartitions.length}`, gsi2sk: `${time}#${pk}#${sk}` };
}

/** Sort keys of everything within the inclusive bounds on its time: `:` comes after all digits, `$` after `#`. */
export function timeRange(from: string | null, to: string | null): { readonly first: string; readonly last: string } {
  return { first: from ?? '0', last: to === null ? ':' : `${to}$` };
}

/** The sort key of an upload among those of its tenant. */
export function placeKey({ createdAt, uploadId }: UploadPlace): string {
  return `${createdAt}#${uploadId}`;
}

export function placeOf(sortKey: string): UploadPlace {
  return { createdAt: sortKey.slice(0, sortKey.indexOf('#')), uploadId: idInIndex(sortKey) };
}

/** The id in the sort key of an index, `<time>#<id>`. */
export function idInIndex(sortKey: string): string {
  return sortKey.slice(sortKey.indexOf('#') + 1);
}
