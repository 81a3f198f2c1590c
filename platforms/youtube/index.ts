import type { Platform } from '../platform.ts';
import { accountLimits } from './account-limits.ts';
import { refreshToken } from './client.ts';
import { sequels } from './comment.ts';
import { CHECKPOINT_VERSION } from './checkpoint.ts';
import { decorate } from './decorate.ts';
import { compose, confirm, publish, transfer } from './publish.ts';
import { attachments, caps, limits, optionsSchema, violations } from './rules.ts';

/** In seconds. */
const DAY = 24 * 3600;

/** YouTube, by the Data API v3. */
export const youtube: Platform = {
  network: 'youtube',
  title: 'YouTube',
  kinds: ['video'],
  optionsSchema,
  perPostOptions: ['publishAt', 'firstComment'],
  limits,
  caps,
  accountLimits,
  metadataAlias: 'youtube',
  defaultEndpoints: { api: 'https://www.googleapis.com', oauth: 'https://oauth2.googleapis.com', accounts: 'https://accounts.google.com' },
  checkpointVersion: CHECKPOINT_VERSION,
  // The session tells at once; the list of a channel's uploads, asked when the session is gone, may be a little behind.
  visibilityDelay: 120,
  violations,
  attachments,
  transfer,
  compose,
  publish,
  confirm: (_work, body, attempt, tools) => confirm(body, attempt, tools),
  decorate,
  // A refresh token that rests for six months is over.
  restsAtMost: 60 * DAY,
  refresh: refreshToken,
  sequels,
};
