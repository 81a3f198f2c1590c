import type { Platform } from '../platform.ts';
import { CHECKPOINT_VERSION } from './checkpoint.ts';
import { sequels } from './comment.ts';
import { compose, confirm, decorate, publish } from './publish.ts';
import { caps, limits, optionsSchema, violations } from './rules.ts';
import { refreshToken } from './tokens.ts';
import { transfer } from './transfer.ts';

/** Reddit, by its Data API. */
export const reddit: Platform = {
  network: 'reddit',
  title: 'Reddit',
  kinds: ['video', 'photos', 'text'],
  optionsSchema,
  perPostOptions: ['firstComment'],
  dependentOptions: { subreddit: ['flairId', 'flairText'], flairId: ['flairText'] },
  limits,
  caps,
  // `oauth` takes the calls that bring a token; a token itself comes from `www`.
  defaultEndpoints: { oauth: 'https://oauth.reddit.com', www: 'https://www.reddit.com' },
  checkpointVersion: CHECKPOINT_VERSION,
  // A post with files shows when Reddit has processed them: minutes later, and up to about ten.
  visibilityDelay: 600,
  violations,
  transfer,
  compose,
  publish,
  confirm,
  decorate,
  refresh: refreshToken,
  sequels,
};
