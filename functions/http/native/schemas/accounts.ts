import * as z from 'zod';
import { timestampField } from './common.ts';

export const accountIdParams = z.strictObject({ accountId: z.string() });

export const listAccountsQuery = z.strictObject({ network: z.string().min(1).max(50).optional() });

export const linkedAccount = z.strictObject({
  id: z.string(),
  network: z.string(),
  /** The name that the account has at its network. */
  name: z.string(),
  /** Whether the network still accepts the link. */
  health: z.enum(['active', 'reauth_required', 'revoked']),
  /** The network's own id of the account. */
  externalId: z.string(),
  createdAt: timestampField,
  /** What can be published on it. */
  capabilities: z.array(z.enum(['video', 'photos', 'text'])),
  /** Limits that the network gave for this very account. */
  limits: z.record(z.string(), z.number()),
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
