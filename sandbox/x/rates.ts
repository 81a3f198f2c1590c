import type { Answer, World } from '../stand-in.ts';
import { refuse } from './errors.ts';

const MINUTES = 60_000;
const DAY = 24 * 60 * MINUTES;
const WINDOW = 15 * MINUTES;

/** Calls of a user in 15 minutes, and of the whole app in a day. Those of the timeline are not on the page: a guess. */
const CAPS = {
  posts: 100,
  postsPerApp: 10_000,
  /** Initialize, append and finalize together. */
  segments: 1875,
  segmentsPerApp: 180_000,
  images: 500,
  states: 1000,
  timelines: 900,
  users: 75,
  /** Seconds for which the same text is refused. How long X does so is not known: a day is the stricter reading. */
  sameText: 24 * 3600,
} as const;

export type Bucket = 'posts' | 'segments' | 'images' | 'states' | 'timelines' | 'users';

export interface Rates {
  /** Seconds for which the same text is refused. */
  readonly sameText: number;
  /** Counts a call; refuses one too many. Returns the headers that every answer brings. */
  spend(bucket: Bucket, accountId: string): Answer['headers'];
  clear(): void;
}

export function createRates(world: World): Rates {
  const caps = world.capsOver(CAPS);
  /** When a window began, and what was spent in it. */
  const windows = new Map<string, { began: number; used: number }>();
  const perDay = { posts: () => caps.postsPerApp, segments: () => caps.segmentsPerApp, images: null, states: null, timelines: null, users: null } as const;

  function count(name: string, length: number): { used: number; reset: string } {
    const now = world.clock.now().getTime();
    const found = windows.get(name);
    const window = found === undefined || now >= found.began + length ? { began: now, used: 0 } : found;
    window.used += 1;
    windows.set(name, window);
    return { used: window.used, reset: String(Math.ceil((window.began + length) / 1000)) };
  }

  return {
    get sameText() {
      return caps.sameText;
    },

    spend(bucket, accountId) {
      const { used, reset } = count(`${bucket} ${accountId}`, WINDOW);
      const left = Math.max(0, caps[bucket] - used);
      const headers: Record<string, string> = { 'x-rate-limit-limit': String(caps[bucket]), 'x-rate-limit-remaining': String(left), 'x-rate-limit-reset': reset };
      const ofApp = perDay[bucket]?.() ?? null;
      if (ofApp !== null) {
        const day = count(bucket, DAY);
        headers['x-app-limit-24hour-limit'] = String(ofApp);
        headers['x-app-limit-24hour-remaining'] = String(Math.max(0, ofApp - day.used));
        headers['x-app-limit-24hour-reset'] = day.reset;
        if (day.used > ofApp) throw refuse(429, { detail: 'Too Many Requests', headers });
      }
      if (used > caps[bucket]) throw refuse(429, { detail: 'Too Many Requests', headers });
      return headers;
    },

    clear: () => windows.clear(),
  };
}
