import type { Platform } from '../platform.ts';
import { accountLimits } from './account-limits.ts';
import { sequels } from './comment.ts';
import { compose, confirm, decorate, publish } from './publish.ts';
import { caps, limits, optionsSchema, violations } from './rules.ts';
import { refreshToken } from './tokens.ts';
import { CHECKPOINT_VERSION, transfer } from './transfer.ts';

const DAY = 24 * 3600;

/** Facebook, by the Graph API for pages: nobody else can be posted for. */
export const facebook: Platform = {
  network: 'facebook',
  title: 'Facebook',
  kinds: ['video', 'photos', 'text'],
  pulls: { kinds: ['video', 'photos'], verifiedHost: false },
  optionsSchema,
  perPostOptions: ['altTexts', 'link', 'firstComment'],
  limits,
  caps,
  accountLimits,
  defaultEndpoints: { graph: 'https://graph.facebook.com', rupload: 'https://rupload.facebook.com', www: 'https://www.facebook.com' },
  checkpointVersion: CHECKPOINT_VERSION,
  // Not documented. A wide margin: the look-up of a text sees nothing but the list of posts.
  visibilityDelay: 60,
  violations,
  transfer,
  compose,
  publish,
  confirm,
  decorate,
  // Half the life of the person's token, with which a page's is renewed.
  restsAtMost: 30 * DAY,
  // To when the person lets the app see their data: then they are asked anew.
  consentLasts: 90 * DAY,
  refresh: refreshToken,
  sequels,
};
