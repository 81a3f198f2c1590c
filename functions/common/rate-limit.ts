import { setTimeout as sleep } from 'node:timers/promises';
import { timestamp } from '../../core/clock.ts';
import { FanfareError } from '../../core/errors.ts';
import type { Log, Ports } from '../../core/ports/index.ts';
import { bucketOf, fillSeconds, hasRequestLeft, latestFullAt, microseconds, stateOf, type Bucket } from '../../core/rate.ts';
import type { Authenticated } from './authentication.ts';

/** A caller's bucket at one moment; times in microseconds. */
export interface Rate {
  readonly bucket: Bucket;
  readonly now: number;
  readonly fullAt: number | null;
}

/** `lastUsedAt` of a key is written at most once in so many milliseconds. */
const TOUCH_EVERY = 3_600_000;
/** Milliseconds for which a request waits to be counted. */
const PATIENCE = 2_000;

/** The bucket as authentication found it. */
export function rateOf({ caller, bucket }: Authenticated, clock: Ports['clock']): Rate {
  return { bucket: bucketOf(caller.plan), now: microseconds(clock.now()), fullAt: bucket.fullAt };
}

/**
 * Takes one request out of the caller's bucket, with one write at most: none if what was read says that nothing is left, since
 * the time at which a bucket is full only moves on. Where other requests were quicker, what they left decides: if it would have
 * sufficed, the request passes uncounted, so that requests of the same moment may go beyond the bucket, by as many as they are.
 * It fails open: trouble with the write, or no answer in time, lets the request pass. Gives the bucket as it is then.
 */
export async function takeRequest(
  { store, clock }: Pick<Ports, 'store' | 'clock'>,
  { bucket: { subject, key } }: Authenticated,
  rate: Rate,
  log: Log,
): Promise<{ readonly allowed: boolean; readonly rate: Rate }> {
  const { bucket, now } = rate;
  if (!hasRequestLeft(bucket, rate.fullAt, now)) return { allowed: false, rate };
  const request = {
    subject,
    idle: rate.fullAt === null || rate.fullAt <= now,
    now,
    increment: bucket.increment,
    latest: latestFullAt(bucket, now),
    usedAt: key === null ? null : useToNote(key.lastUsedAt, clock.now()),
  };
  try {
    const { taken, fullAt } = await inTime(store.takeRequest(request));
    return { allowed: taken || hasRequestLeft(bucket, fullAt, now), rate: { ...rate, fullAt } };
  } catch (error) {
    log.warn('rate_limiter_failed', { error });
    return { allowed: true, rate };
  }
}

export function rateLimited({ bucket, fullAt, now }: Rate): FanfareError {
  const retryAfter = Math.max(1, stateOf(bucket, fullAt, now).moreAfter);
  const message = `More requests than your plan allows: try again in ${retryAfter} s. The headers RateLimit-Policy and RateLimit say how many it allows.`;
  return new FanfareError('rate_limited', message, { retryAfter });
}

/** The headers of draft-ietf-httpapi-ratelimit-headers-11: the policy, and what is left under it. */
export function rateHeaders({ bucket, fullAt, now }: Rate): Readonly<Record<string, string>> {
  const { left, moreAfter } = stateOf(bucket, fullAt, now);
  return {
    'RateLimit-Policy': `"requests";q=${bucket.burst};w=${fillSeconds(bucket)}`,
    RateLimit: `"requests";r=${left};t=${moreAfter}`,
  };
}

function useToNote(lastUsedAt: string | null, now: Date): string | null {
  return lastUsedAt !== null && now.getTime() - Date.parse(lastUsedAt) <= TOUCH_EVERY ? null : timestamp(now);
}

async function inTime<Result>(writing: Promise<Result>): Promise<Result> {
  const timer = new AbortController();
  const late = sleep(PATIENCE, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`The bucket could not be written in ${PATIENCE} ms.`);
  });
  try {
    return await Promise.race([writing, late]);
  } finally {
    // What is left behind, a timer that ends early or a write that fails late, is nobody's trouble any more.
    late.catch(() => undefined);
    writing.catch(() => undefined);
    timer.abort();
  }
}
