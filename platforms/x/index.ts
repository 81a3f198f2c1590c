import type { Platform } from '../platform.ts';
import { accountLimits } from './account-limits.ts';
import { compose, confirm, publish, sequels } from './publish.ts';
import { caps, limits, optionsSchema, violations } from './rules.ts';
import { refreshToken } from './tokens.ts';
import { CHECKPOINT_VERSION, transfer } from './transfer.ts';

/** In seconds. */
const DAY = 24 * 3600;

/** X, by the API v2. */
export const x: Platform = {
  network: 'x',
  title: 'X',
  kinds: ['video', 'photos', 'text'],
  optionsSchema,
  perPostOptions: ['altTexts', 'firstComment'],
  limits,
  caps,
  accountLimits,
  defaultEndpoints: { api: 'https://api.x.com', www: 'https://x.com' },
  checkpointVersion: CHECKPOINT_VERSION,
  // The page waits about a minute before it believes a timeline.
  visibilityDelay: 60,
  violations,
  transfer,
  compose,
  publish,
  confirm,
  sequels,
  // A refresh token lives for about six months, from its own issue.
  restsAtMost: 60 * DAY,
  refresh: refreshToken,
};
