import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, fillSeconds, hasRequestLeft, latestFullAt, stateOf } from '../../core/rate.ts';

const plans = fc.record({
  requestsPerSecond: fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 0.01, max: 50, noNaN: true })),
  burst: fc.integer({ min: 1, max: 50 }),
});
/** Pauses between requests, in microseconds. */
const pauses = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 5_000_000 })), { maxLength: 200 });

const START = 1_775_037_600_000_000;

/** Requests one after the other, each of which sees what the one before has left; gives the times of those let through. */
function letThrough(plan: { requestsPerSecond: number; burst: number }, gaps: readonly number[]): readonly number[] {
  const bucket = bucketOf(plan);
  let [now, fullAt] = [START, null as number | null];
  const times: number[] = [];
  for (const gap of gaps) {
    now += gap;
    if (!hasRequestLeft(bucket, fullAt, now)) continue;
    fullAt = Math.max(fullAt ?? now, now) + bucket.increment;
    times.push(now);
  }
  return times;
}

describe('a bucket of requests', () => {
  it('never lets more than burst + rate * t through in any time t', () => {
    fc.assert(
      fc.property(plans, pauses, (plan, gaps) => {
        const times = letThrough(plan, gaps);
        for (const [i, from] of times.entries()) {
          for (const [n, to] of times.slice(i).entries()) {
            expect(n + 1).toBeLessThanOrEqual(plan.burst + ((to - from) / 1_000_000) * plan.requestsPerSecond + 1e-6);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('lets a whole burst through at once, and then one an increment', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const { increment } = bucketOf(plan);
        expect(letThrough(plan, Array.from({ length: plan.burst + 5 }, () => 0))).toHaveLength(plan.burst);
        expect(letThrough({ ...plan, burst: 1 }, Array.from({ length: 20 }, () => increment))).toHaveLength(20);
      }),
    );
  });

  it('always lets a lone request after a pause through', () => {
    fc.assert(
      fc.property(plans, pauses, (plan, gaps) => {
        const pause = Math.ceil(1_000_000 / plan.requestsPerSecond);
        const alone = START + gaps.reduce((sum, gap) => sum + gap, 0) + pause;
        expect(letThrough(plan, [...gaps, pause])).toContain(alone);
      }),
    );
  });

  it('says truly how many requests may follow at once, and when there is one more', () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: -1_000_000, max: 100_000_000 }), (plan, ahead) => {
        const bucket = bucketOf(plan);
        const fullAt = START + ahead;
        const { left, moreAfter } = stateOf(bucket, fullAt, START);
        let [taken, at] = [0, Math.max(START, fullAt)];
        for (; hasRequestLeft(bucket, at, START) && taken < 100; taken += 1) at += bucket.increment;
        expect(left).toBe(taken);
        const later = START + moreAfter * 1_000_000;
        if (left < bucket.burst) expect(stateOf(bucket, fullAt, later).left).toBeGreaterThan(left);
        else expect(moreAfter).toBe(0);
      }),
    );
  });

  it('is full at first', () => {
    const bucket = bucketOf({ requestsPerSecond: 20, burst: 100 });
    expect(bucket.increment).toBe(50_000);
    expect(stateOf(bucket, null, START)).toEqual({ left: 100, moreAfter: 0 });
    expect(fillSeconds(bucket)).toBe(5);
    expect(latestFullAt(bucket, START)).toBe(START + 99 * 50_000);
  });
});
