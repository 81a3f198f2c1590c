import type { Plan } from './model.ts';

/**
 * A bucket of requests by the generic cell rate algorithm (GCRA): a token bucket that needs no more than one number, the time at
 * which it will be full again (the algorithm's "theoretical arrival time"). Each request moves that time on by `increment`; it
 * may lie `burst` increments ahead of now, no further. All times are whole microseconds since 1970, so that sums are exact.
 */
export interface Bucket {
  /** Microseconds in which one request comes back. */
  readonly increment: number;
  readonly burst: number;
}

const SECOND = 1_000_000;

export function bucketOf({ requestsPerSecond, burst }: Pick<Plan, 'requestsPerSecond' | 'burst'>): Bucket {
  return { increment: Math.ceil(SECOND / requestsPerSecond), burst };
}

export function microseconds(at: Date): number {
  return at.getTime() * 1000;
}

/** The latest time at which the bucket may be full again for one more request to be let through at `now`. */
export function latestFullAt({ increment, burst }: Bucket, now: number): number {
  return now + (burst - 1) * increment;
}

/** Whether there is a request left. `fullAt` null: none was ever made. */
export function hasRequestLeft(bucket: Bucket, fullAt: number | null, now: number): boolean {
  return fullAt === null || fullAt <= latestFullAt(bucket, now);
}

export interface BucketState {
  /** Requests that may follow at once. */
  readonly left: number;
  /** Seconds, rounded up, until there is one more; 0: the bucket is full. */
  readonly moreAfter: number;
}

export function stateOf({ increment, burst }: Bucket, fullAt: number | null, now: number): BucketState {
  const taken = Math.max(0, (fullAt ?? now) - now);
  const left = Math.max(0, Math.floor((burst * increment - taken) / increment));
  const untilMore = taken - (burst - left - 1) * increment;
  return { left, moreAfter: left >= burst ? 0 : Math.ceil(untilMore / SECOND) };
}

/** Seconds, rounded up, in which an empty bucket fills. */
export function fillSeconds({ increment, burst }: Bucket): number {
  return Math.ceil((increment * burst) / SECOND);
}
