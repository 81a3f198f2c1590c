import type { Platform } from '../platform.ts';
import { compose, confirm, publish } from './publish.ts';
import { attachments, caps, limits, optionsSchema, violations } from './rules.ts';
import { refreshToken } from './tokens.ts';
import { CHECKPOINT_VERSION, transfer } from './transfer.ts';

const DAY = 24 * 3600;

/** Pinterest, by its API v5. */
export const pinterest: Platform = {
  network: 'pinterest',
  title: 'Pinterest',
  kinds: ['video', 'photos'],
  pulls: { kinds: ['photos'], verifiedHost: false },
  optionsSchema,
  dependentOptions: { board: ['boardSection'] },
  perPostOptions: ['altText'],
  limits,
  caps,
  defaultEndpoints: { api: 'https://api.pinterest.com', www: 'https://www.pinterest.com' },
  checkpointVersion: CHECKPOINT_VERSION,
  // A new pin is not in the lists at once: the page looks for it for about a minute.
  visibilityDelay: 60,
  // An access token lives for 30 days, what renews it for 60: an account may so rest for 50 days, and not for 30 only.
  refreshAhead: 20 * DAY,
  violations,
  attachments,
  transfer,
  compose,
  publish,
  confirm,
  refresh: refreshToken,
};
