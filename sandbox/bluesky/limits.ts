import type { World } from '../stand-in.ts';
import { refuse } from './errors.ts';

const HOUR = 3600;
const DAY = 24 * HOUR;

const CAPS = {
  /** A create costs 3 points, a put 2, a deletion 1. */
  writePointsPerHour: 5000,
  writePointsPerDay: 35_000,
  blobsPerDay: 1000,
  /** Sign-ins of an account. */
  sessionsPer5Minutes: 30,
  sessionsPerDay: 300,
  /** As announced; the service tells what is left. */
  videosPerDay: 25,
  videoBytesPerDay: 10_000_000_000,
} as const;

type Cap = keyof typeof CAPS;

/** Seconds of the windows. They are fixed, and begin with the first use. */
const WINDOWS: Readonly<Record<Cap, number>> = {
  writePointsPerHour: HOUR,
  writePointsPerDay: DAY,
  blobsPerDay: DAY,
  sessionsPer5Minutes: 5 * 60,
  sessionsPerDay: DAY,
  videosPerDay: DAY,
  videoBytesPerDay: DAY,
};

/** What an account may do in a time. */
export interface Limits {
  /**
   * Counts a use; gives the headers that the answer carries. Throws the refusal of the first cap that is exceeded, which counts
   * nothing.
   */
  spend(did: string, caps: readonly Cap[], points?: number): Readonly<Record<string, string>>;
  /** What is left of a cap. */
  left(did: string, cap: Cap): number;
  clear(): void;
}

export function createLimits(world: World): Limits {
  const caps = world.capsOver(CAPS);
  const used = new Map<string, { count: number; endsAt: number }>();
  const seconds = () => world.clock.now().getTime() / 1000;

  function windowOf(did: string, cap: Cap): { count: number; endsAt: number } {
    const key = `${cap} ${did}`;
    const found = used.get(key);
    if (found !== undefined && found.endsAt > seconds()) return found;
    const begun = { count: 0, endsAt: seconds() + WINDOWS[cap] };
    used.set(key, begun);
    return begun;
  }

  function headersOf(did: string, cap: Cap): Record<string, string> {
    const { count, endsAt } = windowOf(did, cap);
    return {
      'ratelimit-limit': String(caps[cap]),
      'ratelimit-remaining': String(Math.max(0, caps[cap] - count)),
      'ratelimit-reset': String(Math.ceil(endsAt)),
      'ratelimit-policy': `${caps[cap]};w=${WINDOWS[cap]}`,
    };
  }

  return {
    spend(did, names, points = 1) {
      const exceeded = names.find((cap) => windowOf(did, cap).count + points > caps[cap]);
      if (exceeded !== undefined) {
        const retryAfter = Math.ceil(windowOf(did, exceeded).endsAt - seconds());
        throw refuse(429, 'RateLimitExceeded', 'Rate Limit Exceeded', { ...headersOf(did, exceeded), 'retry-after': String(retryAfter) });
      }
      for (const cap of names) windowOf(did, cap).count += points;
      const [first] = names;
      return first === undefined ? {} : headersOf(did, first);
    },
    left: (did, cap) => Math.max(0, caps[cap] - windowOf(did, cap).count),
    clear: () => used.clear(),
  };
}
