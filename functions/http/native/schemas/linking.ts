import * as z from 'zod';
import { limits } from '../../../../core/limits.ts';
import { linkFailures } from '../../../../core/linking/model.ts';
import { timestampField } from './common.ts';
import { profileName } from './accounts.ts';

export const linkIdParams = z.strictObject({ linkId: z.string() });

export const linkBody = z.strictObject({
  network: z.string().min(1).max(50),
  /** Where the person's browser is sent in the end. */
  redirectUrl: z.string().min(1).max(limits.redirectUrl),
  profile: profileName.nullable().optional(),
  options: z.record(z.string(), z.unknown()).optional(),
});

export const openedLink = z.strictObject({ linkId: z.string(), authorizeUrl: z.url(), expiresAt: timestampField });

export const shownLink = z.strictObject({
  linkId: z.string(),
  network: z.string(),
  status: z.enum(['waiting', 'processing', 'choose', 'linked', 'failed', 'expired']),
  profile: z.string().nullable(),
  createdAt: timestampField,
  expiresAt: timestampField,
  /** What stands behind the consent, while somebody has to choose. */
  targets: z.array(z.strictObject({ id: z.string(), type: z.string(), name: z.string(), obstacle: z.string().nullable() })),
  /** How many of them may be chosen. */
  choice: z.enum(['one', 'many']).nullable(),
  /** Accounts that were made or renewed. */
  accounts: z.array(z.string()),
  error: z.strictObject({ code: z.enum(linkFailures), message: z.string() }).nullable(),
});

export const chooseBody = z.strictObject({ targets: z.array(z.string().min(1).max(200)).min(1).max(limits.linkedAtOnce) });

export const redirectOrigins = z.strictObject({ origins: z.array(z.string().min(1).max(300)).max(limits.redirectOrigins) });

export const oauthParams = z.strictObject({ network: z.string().min(1).max(50) });

export const startQuery = z.strictObject({ link: z.string().min(1).max(100) });

const state = z.string().max(500).meta({ description: 'Which visit of a browser it is the answer to.' });

/** What networks send back, and more of their own. */
export const callbackQuery = z
  .object({ state: state.optional(), code: z.string().max(4_000).optional(), error: z.string().max(500).optional() })
  .catchall(z.string().max(4_000));

/** What pages of ours send, and what they asked for. */
export const linkFormBody = z
  .object({ state: state.optional(), code: z.string().max(500).meta({ description: 'Which form of the link it is.' }).optional() })
  .catchall(z.string().max(limits.linkField));

export const linkPage = z.string();

/** As the network's protocol has it; of the AT Protocol: OAuth Client ID Metadata Document. */
export const clientMetadata = z.looseObject({ client_id: z.url(), redirect_uris: z.array(z.url()) });
