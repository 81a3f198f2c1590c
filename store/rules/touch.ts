import { timestampAfter } from '../../core/clock.ts';

const HOUR = 3_600;

/** A key whose last use is noted before this is noted again at `at`: at most one write an hour. */
export function touchesAgain(at: string): string {
  return timestampAfter(new Date(at), -HOUR);
}
