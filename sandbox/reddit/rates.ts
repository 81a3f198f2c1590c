import { withCaps } from '../caps.ts';
import type { Answer, World } from '../stand-in.ts';
import { refuse, refuseJson } from './errors.ts';

/** Seconds. */
const WINDOW = 600;

const CAPS = {
  /** Calls of the app: 100 a minute, on average over the window. */
  callsPer10Minutes: 1000,
  /** Posts of an account. Old accounts have no such cap that is known, new ones about one. */
  postsPer10Minutes: Infinity,
} as const;

export interface Rates {
  /** Counts a call; refuses one too many. Returns the headers that every answer brings. */
  spend(): Answer['headers'];
  /** Refuses one post too many of an account. */
  checkPosts(accountId: string): void;
  countPost(accountId: string): void;
  clear(): void;
}

export function createRates(world: World): Rates {
  const caps = withCaps(CAPS, world.caps);
  const now = () => world.clock.now().getTime() / 1000;
  let window = { began: -Infinity, used: 0 };
  const posts = new Map<string, readonly number[]>();
  const recent = (accountId: string) => (posts.get(accountId) ?? []).filter((at) => at > now() - WINDOW);

  return {
    spend() {
      if (now() >= window.began + WINDOW) window = { began: now(), used: 0 };
      window.used += 1;
      const left = Math.max(0, caps.callsPer10Minutes - window.used);
      const reset = String(Math.ceil(window.began + WINDOW - now()));
      const headers = { 'x-ratelimit-used': String(window.used), 'x-ratelimit-remaining': left.toFixed(1), 'x-ratelimit-reset': reset };
      if (window.used > caps.callsPer10Minutes) throw refuse(429, { headers });
      return headers;
    },

    checkPosts(accountId) {
      const mine = recent(accountId);
      const [oldest] = mine;
      if (oldest === undefined || mine.length < caps.postsPer10Minutes) return;
      const seconds = Math.ceil(oldest + WINDOW - now());
      throw refuseJson('RATELIMIT', `Looks like you've been doing that a lot. Take a break for ${Math.ceil(seconds / 60)} minutes before trying again.`, 'ratelimit', seconds);
    },

    countPost: (accountId) => void posts.set(accountId, [...recent(accountId), now()]),

    clear() {
      window = { began: -Infinity, used: 0 };
      posts.clear();
    },
  };
}
