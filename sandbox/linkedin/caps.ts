import type { World } from '../stand-in.ts';
import { refuse } from './errors.ts';

/** What an author may do in a day, which ends at midnight UTC. */
export interface Caps {
  spendPost(author: string): void;
  clear(): void;
}

const CAPS = {
  /** Not published; the lower number that clients report. */
  postsPerDay: 100,
} as const;

export function createCaps(world: World): Caps {
  const caps = world.capsOver(CAPS);
  let day = '';
  let spent = new Map<string, number>();
  return {
    spendPost(author) {
      const today = world.clock.now().toISOString().slice(0, 10);
      if (today !== day) spent = new Map();
      day = today;
      const used = spent.get(author) ?? 0;
      if (used >= caps.postsPerDay) {
        throw refuse({ status: 429, code: 'TOO_MANY_REQUESTS', serviceErrorCode: 101, message: 'Resource level throttle limit for calls to this resource is reached.' });
      }
      spent.set(author, used + 1);
    },
    clear: () => spent.clear(),
  };
}
