import * as z from 'zod';
import { limits } from '../../../../core/limits.ts';
import { timestampField } from './common.ts';

export const accountIdParams = z.strictObject({ accountId: z.string() });

/** A name of the caller's own, such as a customer's; without blanks around it. */
export const profileName = z
  .string()
  .min(1)
  .max(limits.profileName)
  .regex(/^\S(?:.*\S)?$/u, 'must be one line without blanks around it');

export const listAccountsQuery = z.strictObject({ network: z.string().min(1).max(50).optional(), profile: profileName.optional() });

export const linkedAccount = z.strictObject({
  id: z.string(),
  network: z.string(),
  /** The name that the account has at its network. */
  name: z.string(),
  /** Whether the network still accepts the link. */
  health: z.enum(['active', 'reauth_required', 'revoked']),
  healthSince: timestampField,
  /** Null: nothing is wrong. */
  healthReason: z.string().nullable(),
  /** When the access is renewed next: with the first use from then on, or by itself. Null: it need not be, or cannot be. */
  nextRenewalAt: timestampField.nullable(),
  /** When the link ends however it is used, so that its owner has to link it again before; null: it goes on. */
  accessEndsAt: timestampField.nullable(),
  /** What its owner has to do while the account still works, for people. */
  warnings: z.array(z.string()),
  profile: z.string().nullable(),
  /** The network's own id of the account. */
  externalId: z.string(),
  createdAt: timestampField,
  /** What can be published on it; `analytics`: its numbers may be read. */
  capabilities: z.array(z.enum(['video', 'photos', 'text', 'analytics'])),
  /** Limits that the network gave for this very account. */
  limits: z.record(z.string(), z.union([z.number(), z.array(z.string())])),
  /** Options that count for uploads to it which say nothing else. */
  defaults: z.record(z.string(), z.unknown()),
});

/** Which options there are depends on the account's network. */
export const setDefaultsBody = z.strictObject({ defaults: z.record(z.string(), z.unknown()).nullable() });

export const accountList = z.strictObject({ items: z.array(linkedAccount) });

export const unlinkedAccount = z.strictObject({
  accountId: z.string(),
  /** Uploads that were waiting for the account: they fail on it with `account_unlinked`. */
  failedUploads: z.int(),
});

export const checkedAccount = z.strictObject({
  outcome: z.enum(['accepted', 'refused', 'unknown']),
  /** What the network said, for people. */
  message: z.string().nullable(),
  account: linkedAccount,
});
