import * as z from 'zod';
import type { Account, Revocation } from '../../core/model.ts';
import type { UndecidedAttempt } from '../rules/lease.ts';
import { optionsText, orNull, time } from './fields.ts';
import type { Item } from './table.ts';

export const sealed = z.object({ v: z.literal(1), dataKey: z.string(), iv: z.string(), ciphertext: z.string(), tag: z.string() });
const lease = z.object({ uploadId: z.string(), attempt: z.int(), fingerprint: z.string(), until: time });

const accountItem = z.object({
  accountId: z.string(),
  tenantId: z.string(),
  network: z.string(),
  externalId: z.string(),
  name: z.string(),
  health: z.enum(['active', 'reauth_required', 'revoked']),
  healthSince: orNull(time),
  healthReason: orNull(z.string()),
  profile: orNull(z.string()),
  scopes: z.array(z.string()).default([]),
  limits: z.record(z.string(), z.union([z.number(), z.array(z.string())])),
  defaults: optionsText,
  tokens: sealed,
  tokenVersion: z.int(),
  tokenEnds: orNull(time),
  accessEnds: orNull(time),
  renewAt: orNull(time),
  lease: orNull(lease),
  createdAt: time,
});

const revocationItem = z.object({ tenantId: z.string(), accountId: z.string(), network: z.string(), externalId: z.string(), tokens: sealed, since: time, revokeAt: orNull(time) });

/** Armed attempts on the account about which nobody has decided yet, by the fingerprint of what they send. */
const undecidedItem = z.object({ undecided: z.record(z.string(), z.object({ uploadId: z.string(), attempt: z.int() })) });

export function accountOf(item: Item): Account {
  const { healthSince, ...account } = accountItem.parse(item);
  // Accounts of releases that did not note it.
  return { ...account, healthSince: healthSince ?? account.createdAt };
}

export function undecidedOf(item: Item): Readonly<Record<string, UndecidedAttempt>> {
  return undecidedItem.parse(item).undecided;
}

export function revocationOf(item: Item): Revocation {
  return revocationItem.parse(item);
}
