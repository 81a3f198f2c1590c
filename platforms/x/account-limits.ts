import type { AccountLimits } from '../../core/model.ts';
import type { Connector } from '../../core/ports/index.ts';
import { readSubscribed } from './client.ts';

/**
 * Of an account with a subscription, as remembered and seen with clients: X names the plan, and no numbers. What it does not take
 * after all it says while nothing is visible. Sizes are those of videos of four hours.
 */
const SUBSCRIBED: AccountLimits = {
  'video.text_max': 25_000,
  'photos.text_max': 25_000,
  'text.text_max': 25_000,
  'video.duration_max': 4 * 3600,
  'video.size_max': 8_000_000_000,
};

/** What a subscription means as limits of the account; without one, the usual ones count. */
export function limitsOfSubscription(subscribed: boolean): AccountLimits {
  return subscribed ? SUBSCRIBED : {};
}

export const accountLimits: NonNullable<Connector['accountLimits']> = {
  rules: Object.keys(SUBSCRIBED),
  async read(_account, tools) {
    const read = await readSubscribed(tools);
    return read.kind === 'trouble' ? read : { kind: 'limits', limits: limitsOfSubscription(read.value) };
  },
};
