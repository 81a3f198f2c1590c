import { withCaps } from '../caps.ts';
import { refuse } from '../graph.ts';
import type { World } from '../stand-in.ts';

/** What an account may do in any 24 hours. */
export interface Caps {
  readonly postsTotal: number;
  postsUsed(userId: string): number;
  spendPost(userId: string): void;
  spendContainer(userId: string): void;
  clear(): void;
}

const CAPS = {
  /** The reference says 50, the guide 100, some accounts answer 25: clients have to ask. */
  postsPerDay: 50,
  containersPerDay: 400,
} as const;

/** Seconds of the rolling window. */
export const CAP_WINDOW = 24 * 60 * 60;

export function createCaps(world: World): Caps {
  const caps = withCaps(CAPS, world.caps);
  const spent = new Map<string, number[]>();

  /** Times of what was spent in the window. */
  function recent(bucket: string): number[] {
    const since = world.clock.now().getTime() - CAP_WINDOW * 1000;
    const times = (spent.get(bucket) ?? []).filter((time) => time > since);
    spent.set(bucket, times);
    return times;
  }

  function spend(bucket: string, cap: number, what: string): void {
    const times = recent(bucket);
    // The page gives this code for posts; for containers it names none, so they get the same.
    if (times.length >= cap) {
      throw refuse({ code: 9, subcode: 2207042, message: `The account has made ${cap} ${what} in 24 hours.`, type: 'IGApiException' });
    }
    times.push(world.clock.now().getTime());
  }

  return {
    postsTotal: caps.postsPerDay,
    postsUsed: (userId) => recent(`posts ${userId}`).length,
    spendPost: (userId) => spend(`posts ${userId}`, caps.postsPerDay, 'posts'),
    spendContainer: (userId) => spend(`containers ${userId}`, caps.containersPerDay, 'containers'),
    clear: () => spent.clear(),
  };
}
