import type { Clock } from '../../core/clock.ts';

/** Makes ids as Reddit does, in 36 digits and counted on; here by the time. */
export function countedIds(clock: Clock): () => string {
  let last = 0;
  return () => {
    last = Math.max(last + 1, clock.now().getTime());
    return last.toString(36);
  };
}
