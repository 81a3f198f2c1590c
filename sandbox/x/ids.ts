import type { Clock } from '../../core/clock.ts';

/** Where X's ids begin to count, in milliseconds since 1970. */
const EPOCH = 1_288_834_974_657;

/** Makes ids as X does: 64 bits, the time in the upper ones, so that later ones are larger. */
export function snowflakes(clock: Clock): () => string {
  let last = 0n;
  return () => {
    const now = BigInt(clock.now().getTime() - EPOCH) << 22n;
    last = now > last ? now : last + 1n;
    return last.toString();
  };
}
