import type { Answer, World } from '../stand-in.ts';
import { CODES, refuse } from './errors.ts';

const SECOND = 1000;

/** Calls of a user. What a category is allowed in a minute the page only infers. */
const CAPS = {
  callsPerSecond: 100,
  readsPerMinute: 1000,
  writesPerMinute: 100,
  /** Of the whole app: none, unless it has trial access, whose cap is 1,000. */
  callsPerDay: Infinity,
} as const;

export interface Rates {
  /** Counts a call; refuses one too many. Returns the headers that its answer brings. */
  spend(category: 'reads' | 'writes', userId: string): Answer['headers'];
  clear(): void;
}

export function createRates(world: World): Rates {
  const caps = world.capsOver(CAPS);
  /** When a window began, and what was spent in it. */
  const windows = new Map<string, { began: number; used: number }>();

  function spendIn(name: string, cap: number, length: number): Answer['headers'] {
    const now = world.clock.now().getTime();
    const found = windows.get(name);
    const window = found === undefined || now >= found.began + length ? { began: now, used: 0 } : found;
    window.used += 1;
    windows.set(name, window);
    const reset = Math.ceil((window.began + length - now) / SECOND);
    const headers = { 'x-ratelimit-limit': `${cap}, ${cap};w=${length / SECOND}`, 'x-ratelimit-remaining': String(Math.max(0, cap - window.used)), 'x-ratelimit-reset': String(reset) };
    if (window.used > cap) throw refuse(429, CODES.rate, "This request exceeded a rate limit. If you're repeatedly hitting rate limits, consider adding a backoff.", headers);
    return headers;
  }

  return {
    spend(category, userId) {
      if (caps.callsPerDay !== Infinity) spendIn('app', caps.callsPerDay, 24 * 3600 * SECOND);
      spendIn(`all ${userId}`, caps.callsPerSecond, SECOND);
      return spendIn(`${category} ${userId}`, category === 'reads' ? caps.readsPerMinute : caps.writesPerMinute, 60 * SECOND);
    },
    clear: () => windows.clear(),
  };
}
