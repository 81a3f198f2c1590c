import type { Platform } from '../platform.ts';
import { accountLimits } from './account-limits.ts';
import { sequels } from './comment.ts';
import { compose, confirm, decorate, publish } from './publish.ts';
import { caps, limits, optionsSchema, violations } from './rules.ts';
import { PAGE_TERMS, refreshToken } from './tokens.ts';
import { CHECKPOINT_VERSION, transfer } from './transfer.ts';

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
  ...PAGE_TERMS,
  refresh: refreshToken,
  sequels,
};
