import type { Platform } from '../platform.ts';
import { accountLimits } from './account-limits.ts';
import { refreshToken } from './client.ts';
import { CHECKPOINT_VERSION } from './progress.ts';
import { compose, confirm, decorate, publish } from './publish.ts';
import { caps, limits, optionsSchema, violations } from './rules.ts';
import { transfer } from './transfer.ts';

/** In seconds. */
const DAY = 24 * 3600;

/** TikTok, by the Content Posting API v2: direct posts. */
export const tiktok: Platform = {
  network: 'tiktok',
  title: 'TikTok',
  kinds: ['video', 'photos'],
  pulls: { kinds: ['photos'], verifiedHost: true },
  optionsSchema,
  limits,
  caps,
  accountLimits,
  defaultEndpoints: { api: 'https://open.tiktokapis.com', www: 'https://www.tiktok.com' },
  checkpointVersion: CHECKPOINT_VERSION,
  // How soon the state of a publication shows a chunk is not documented; it is asked again after this.
  visibilityDelay: 120,
  violations,
  transfer,
  compose,
  publish,
  confirm,
  decorate,
  // A refresh token lives for a year.
  restsAtMost: 120 * DAY,
  refresh: refreshToken,
};
