import type { World } from '../stand-in.ts';
import { refuse } from './errors.ts';

const CAPS = {
  /** Direct posts of a creator in any 24 hours, over all apps. */
  postsPerDay: 15,
  /** Calls of a creator in any minute. */
  initsPerMinute: 6,
  statusPerMinute: 30,
  creatorInfoPerMinute: 20,
} as const;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** How often a creator may call and post. */
export interface Rates {
  /** Counts a call; refuses one too many. */
  spend(call: 'initsPerMinute' | 'statusPerMinute' | 'creatorInfoPerMinute', openId: string): void;
  /** Refuses a creator who has made as many posts as are allowed. */
  checkPosts(openId: string): void;
  countPost(openId: string): void;
  clear(): void;
}

export function createRates(world: World): Rates {
  const caps = world.capsOver(CAPS);
  const spent = new Map<string, number[]>();

  /** Times of what was spent in the window. */
  function recent(bucket: string, window: number): number[] {
    const since = world.clock.now().getTime() - window;
    const times = (spent.get(bucket) ?? []).filter((time) => time > since);
    spent.set(bucket, times);
    return times;
  }

  return {
    spend(call, openId) {
      const times = recent(`${call} ${openId}`, MINUTE);
      if (times.length >= caps[call]) throw refuse(429, 'rate_limit_exceeded', 'The rate limit of this call is exceeded.');
      times.push(world.clock.now().getTime());
    },
    checkPosts(openId) {
      if (recent(`posts ${openId}`, DAY).length >= caps.postsPerDay) {
        throw refuse(403, 'spam_risk_too_many_posts', 'The creator has reached the daily cap of posts.');
      }
    },
    countPost: (openId) => void recent(`posts ${openId}`, DAY).push(world.clock.now().getTime()),
    clear: () => spent.clear(),
  };
}
