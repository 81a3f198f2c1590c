import type { Answer, World } from '../stand-in.ts';
import { refuse, refuseJson } from './errors.ts';

/** Seconds. */
const WINDOW = 600;

const CAPS = {
  /** Calls of the app: 100 a minute, on average over the window. */
  callsPer10Minutes: 1000,
  /** Posts of an account. Old accounts have no such cap that is known, new ones about one. */
  postsPer10Minutes: Infinity,
  /** Comments of an account, as posts. */
  commentsPer10Minutes: Infinity,
} as const;

type Counted = 'posts' | 'comments';

export interface Rates {
  /** Counts a call; refuses one too many. Returns the headers that every answer brings. */
  spend(): Answer['headers'];
  /** Refuses one post or comment too many of an account. */
  check(what: Counted, accountId: string): void;
  count(what: Counted, accountId: string): void;
  clear(): void;
}

export function createRates(world: World): Rates {
  const caps = world.capsOver(CAPS);
  const now = () => world.clock.now().getTime() / 1000;
  let window = { began: -Infinity, used: 0 };
  const made = new Map<string, readonly number[]>();
  const recent = (bucket: string) => (made.get(bucket) ?? []).filter((at) => at > now() - WINDOW);

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

    check(what, accountId) {
      const mine = recent(`${what} ${accountId}`);
      const [oldest] = mine;
      if (oldest === undefined || mine.length < caps[`${what}Per10Minutes`]) return;
      const seconds = Math.ceil(oldest + WINDOW - now());
      throw refuseJson('RATELIMIT', `Looks like you've been doing that a lot. Take a break for ${Math.ceil(seconds / 60)} minutes before trying again.`, 'ratelimit', seconds);
    },

    count: (what, accountId) => void made.set(`${what} ${accountId}`, [...recent(`${what} ${accountId}`), now()]),

    clear() {
      window = { began: -Infinity, used: 0 };
      made.clear();
    },
  };
}
