import { timestamp, timestampAfter } from '../clock.ts';
import type { Breaker, ClosedBreaker, OpenBreaker } from '../ports/store.ts';
import { BREAKER_FAILURES, type Times } from '../times.ts';

/**
 * The rules of a network's circuit breaker. It opens when calls fail in a row, waits, lets one delivery find out, and closes with
 * the first answer; pauses grow as those between the tries of a delivery do. It saves calls that would be in vain and decides
 * nothing else: what it holds back is tried later, and a clock that is wrong or a report that is lost costs time.
 *
 * What fails for one tenant only (its files, its server) must not stop the others: as long as one tenant alone has met failures,
 * it alone is held back, and the first failure of another one extends this to all.
 */
export const CLOSED: ClosedBreaker = { state: 'closed', failures: 0, since: null, deliveries: [], tenants: [] };

type BreakerTimes = Pick<Times, 'breakerWindow' | 'probe' | 'retries' | 'outage'>;

/** Who calls: the names tell deliveries and tenants apart, no more. */
export interface Caller {
  readonly tenantId: string;
  readonly delivery: string;
}

export interface Report extends Caller {
  /** When the call went out, and when its end was known. */
  readonly sentAt: Date;
  readonly at: Date;
  /** An answer came, though one of 5xx: a file may be the reason for which the network stumbles. */
  readonly answered: boolean;
}

/** After a call that the network did not answer, or with 5xx. The same breaker: it changes nothing. */
export function afterFailure(breaker: Breaker, report: Report, times: BreakerTimes): Breaker {
  return breaker.state === 'closed' ? countFailure(breaker, report, times) : failedWhileOpen(breaker, report, times);
}

function countFailure(breaker: ClosedBreaker, { tenantId, delivery, at }: Report, times: BreakerTimes): Breaker {
  const { since } = breaker;
  const counts = since !== null && at.getTime() - Date.parse(since) <= times.breakerWindow * 1000;
  const before = counts ? breaker : CLOSED;
  const counted: ClosedBreaker = {
    state: 'closed',
    failures: before.failures + 1,
    since: before.since ?? timestamp(at),
    deliveries: firstTwo(before.deliveries, delivery),
    tenants: firstTwo(before.tenants, tenantId),
  };
  if (counted.failures < BREAKER_FAILURES || counted.deliveries.length < 2) return counted;
  const [one = tenantId, ...others] = counted.tenants;
  return openedAt(at, { tenantId: others.length === 0 ? one : null, since: counted.since ?? timestamp(at), opens: 1 }, times);
}

function failedWhileOpen(breaker: OpenBreaker, { tenantId, delivery, sentAt, at, answered }: Report, times: BreakerTimes): Breaker {
  // It went out before it was known that this is in vain.
  if (sentAt.getTime() < Date.parse(breaker.openedAt)) return breaker;
  const { since, opens } = breaker;
  if (breaker.probe?.delivery === delivery) {
    return openedAt(at, { tenantId: answered ? tenantId : breaker.tenantId, since, opens: opens + 1 }, times);
  }
  if (concerns(breaker, tenantId)) return breaker;
  return openedAt(at, { tenantId: null, since, opens }, times);
}

function openedAt(at: Date, known: Pick<OpenBreaker, 'tenantId' | 'since' | 'opens'>, times: BreakerTimes): OpenBreaker {
  const pause = times.retries[known.opens - 1] ?? times.outage;
  return { state: 'open', ...known, openedAt: timestamp(at), until: timestampAfter(at, pause), probe: null };
}

/** After an answer other than 5xx, whatever it says. The same breaker: it changes nothing. */
export function afterAnswer(breaker: Breaker, { tenantId, sentAt }: Pick<Report, 'tenantId' | 'sentAt'>): Breaker {
  switch (breaker.state) {
    case 'closed':
      return breaker.since === null || sentAt.getTime() < Date.parse(breaker.since) ? breaker : CLOSED;
    case 'open':
      // Of another tenant it shows only what is known: that the network answers others.
      return !concerns(breaker, tenantId) || sentAt.getTime() < Date.parse(breaker.openedAt) ? breaker : CLOSED;
  }
}

export type Admission =
  | { readonly kind: 'go' }
  | { readonly kind: 'wait'; readonly until: string }
  /** If `breaker` can be put in place of the one that was asked: another delivery may be quicker. */
  | { readonly kind: 'probe'; readonly breaker: OpenBreaker };

/** Whether a delivery may ask the network now. */
export function admission(breaker: Breaker, { tenantId, delivery }: Caller, now: Date, times: BreakerTimes): Admission {
  if (!isHeldBack(breaker, tenantId)) return { kind: 'go' };
  const { until, probe } = breaker;
  const isOver = (end: string): boolean => Date.parse(end) <= now.getTime();
  if (!isOver(until)) return { kind: 'wait', until };
  if (probe !== null && !isOver(probe.until)) return probe.delivery === delivery ? { kind: 'go' } : { kind: 'wait', until: probe.until };
  return { kind: 'probe', breaker: { ...breaker, probe: { delivery, until: timestampAfter(now, times.probe) } } };
}

/** Whether the breaker is open for this tenant. */
export function isHeldBack(breaker: Breaker, tenantId: string): breaker is OpenBreaker {
  return breaker.state === 'open' && concerns(breaker, tenantId);
}

function concerns(breaker: OpenBreaker, tenantId: string): boolean {
  return breaker.tenantId === null || breaker.tenantId === tenantId;
}

/** Two are enough to know that it is not one alone. */
function firstTwo(known: readonly string[], name: string): readonly string[] {
  return known.includes(name) || known.length >= 2 ? known : [...known, name];
}
