import { refuse } from '../graph.ts';
import type { World } from '../stand-in.ts';
import type { Dialect } from './dialect.ts';

/** What an account may do in any 24 hours. */
export interface Caps {
  readonly postsTotal: number;
  postsUsed(userId: string): number;
  spendPost(userId: string): void;
  spendContainer(userId: string): void;
  spendReply(userId: string): void;
  clear(): void;
}

/** Seconds of the rolling window. */
export const CAP_WINDOW = 24 * 60 * 60;

export function createCaps(world: World, { caps: documented, refusals }: Pick<Dialect, 'caps' | 'refusals'>): Caps {
  const caps = world.capsOver(documented);
  const spent = new Map<string, number[]>();

  /** Times of what was spent in the window. */
  function recent(bucket: string): number[] {
    const since = world.clock.now().getTime() - CAP_WINDOW * 1000;
    const times = (spent.get(bucket) ?? []).filter((time) => time > since);
    spent.set(bucket, times);
    return times;
  }

  function spend(bucket: string, cap: number): void {
    const times = recent(bucket);
    // The pages give a code for posts; for containers they name none, so they get the same.
    if (times.length >= cap) throw refuse(refusals.capReached);
    times.push(world.clock.now().getTime());
  }

  return {
    get postsTotal() {
      return caps.postsPerDay;
    },
    postsUsed: (userId) => recent(`posts ${userId}`).length,
    spendPost: (userId) => spend(`posts ${userId}`, caps.postsPerDay),
    spendContainer: (userId) => spend(`containers ${userId}`, caps.containersPerDay),
    spendReply: (userId) => spend(`replies ${userId}`, caps.repliesPerDay),
    clear: () => spent.clear(),
  };
}
