import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timestampAfter } from '../../../core/clock.ts';
import type { Breaker } from '../../../core/ports/index.ts';
import { admission, afterAnswer, afterFailure, CLOSED, isHeldBack } from '../../../core/publishing/breaker.ts';
import { BREAKER_FAILURES, times } from '../../../core/times.ts';

const { standard } = times;
const START = Date.parse('2026-04-01T10:00:00Z');
const at = (seconds: number): Date => new Date(START + seconds * 1000);
const stamp = (seconds: number): string => timestampAfter(at(seconds), 0);

const call = (seconds: number, [tenantId, delivery]: readonly [string, string], answered = false) => ({
  tenantId, delivery, sentAt: at(seconds), at: at(seconds), answered,
});
const ANN = ['ann', 'a/1'] as const;
const ANN_TOO = ['ann', 'a/2'] as const;
const BOB = ['bob', 'b/1'] as const;
const CIA = ['cia', 'c/1'] as const;

/** Failures one second after the other, by these in turn. */
function failing(who: readonly (readonly [string, string])[], from = 0, breaker: Breaker = CLOSED): Breaker {
  return who.reduce((now, each, n) => afterFailure(now, call(from + n, each), standard), breaker);
}
const many = (...who: readonly (readonly [string, string])[]) => Array.from({ length: BREAKER_FAILURES }, (_, n) => who[n % who.length] ?? ANN);
const open = failing(many(ANN, BOB));
/** Since it opened. */
const OPENED = BREAKER_FAILURES - 1;
const admitted = (breaker: Breaker, seconds: number, [tenantId, delivery]: readonly [string, string]) => admission(breaker, { tenantId, delivery }, at(seconds), standard);

describe('a closed breaker', () => {
  it(`opens with ${BREAKER_FAILURES} failures in a row, and not with one fewer`, () => {
    expect(failing(many(ANN, BOB).slice(1))).toMatchObject({ state: 'closed', failures: BREAKER_FAILURES - 1 });
    expect(open).toEqual({ state: 'open', tenantId: null, since: stamp(0), openedAt: stamp(OPENED), opens: 1, until: stamp(OPENED + 60), probe: null });
  });

  it('does not open for one delivery alone, however often it fails', () => {
    expect(failing(Array.from({ length: 50 }, () => ANN))).toMatchObject({ state: 'closed', failures: 50 });
  });

  it('forgets failures with an answer, whoever gets it, and not with the answer to a call from before', () => {
    const counting = failing([ANN, BOB], 10);
    expect(afterAnswer(counting, call(10, CIA))).toEqual(CLOSED);
    expect(afterAnswer(counting, call(9, CIA))).toBe(counting);
    expect(afterAnswer(CLOSED, call(9, CIA))).toBe(CLOSED);
  });

  it('counts anew when the first failure is older than the window', () => {
    const counting = failing([ANN, BOB, ANN, BOB]);
    expect(failing([BOB], standard.breakerWindow, counting)).toMatchObject({ state: 'open' });
    expect(failing([BOB], standard.breakerWindow + 1, counting)).toMatchObject({ state: 'closed', failures: 1, deliveries: ['b/1'], tenants: ['bob'] });
  });
});

describe('an open breaker', () => {
  it('holds back whom it concerns until its time, and then lets one delivery find out', () => {
    expect(admitted(open, OPENED + 59, CIA)).toEqual({ kind: 'wait', until: stamp(OPENED + 60) });
    const admission = admitted(open, OPENED + 60, CIA);
    if (admission.kind !== 'probe') throw new Error(admission.kind);
    const end = OPENED + 60 + standard.probe;
    expect(admission.breaker).toEqual({ ...open, probe: { delivery: 'c/1', until: stamp(end) } });
    expect(admitted(admission.breaker, end - 1, BOB)).toEqual({ kind: 'wait', until: stamp(end) });
    expect(admitted(admission.breaker, end - 1, CIA)).toEqual({ kind: 'go' });
    expect(admitted(admission.breaker, end, BOB).kind).toBe('probe');
  });

  it('closes with the answer to a call that went out afterwards', () => {
    expect(afterAnswer(open, call(OPENED, CIA))).toEqual(CLOSED);
    expect(afterAnswer(open, call(OPENED - 1, CIA))).toBe(open);
  });

  it('waits longer after each one that found out nothing, as deliveries do, and takes no notice of others', () => {
    const pauses: number[] = [];
    let [breaker, now] = [open, OPENED];
    for (let n = 0; n < 8; n += 1) {
      if (breaker.state !== 'open') throw new Error('closed');
      expect(failing([BOB, ANN], now + 1, breaker)).toBe(breaker);
      const pause: number = (Date.parse(breaker.until) - at(now).getTime()) / 1000;
      pauses.push(pause);
      now += pause;
      const next = admitted(breaker, now, CIA);
      if (next.kind !== 'probe') throw new Error(next.kind);
      breaker = afterFailure(next.breaker, call(now, CIA), standard);
    }
    expect(pauses).toEqual([...standard.retries, standard.outage, standard.outage, standard.outage]);
    expect(breaker).toMatchObject({ since: stamp(0), tenantId: null });
  });

  it('does not count the failure of a call from before it opened', () => {
    expect(afterFailure(open, { ...call(OPENED + 50, CIA), sentAt: at(0) }, standard)).toBe(open);
  });
});

describe('what fails for one tenant only', () => {
  const own = failing(many(ANN, ANN_TOO));

  it('holds back that tenant and no other', () => {
    expect(own).toMatchObject({ state: 'open', tenantId: 'ann' });
    expect([isHeldBack(own, 'ann'), isHeldBack(own, 'bob')]).toEqual([true, false]);
    expect(admitted(own, OPENED + 1, BOB)).toEqual({ kind: 'go' });
    expect(afterAnswer(own, call(OPENED + 1, BOB))).toBe(own);
    expect(afterAnswer(own, call(OPENED + 1, ANN))).toEqual(CLOSED);
  });

  it('holds back all with the first failure of another one', () => {
    const all = afterFailure(own, call(OPENED + 30, BOB), standard);
    expect(all).toMatchObject({ tenantId: null, opens: 1, until: stamp(OPENED + 90) });
    expect(isHeldBack(all, 'cia')).toBe(true);
  });

  it('does not keep the others waiting when its delivery is the one that finds out, and the network stumbles over it', () => {
    const probing = admitted(open, OPENED + 60, ANN);
    if (probing.kind !== 'probe') throw new Error(probing.kind);
    const stumbled = afterFailure(probing.breaker, call(OPENED + 61, ANN, true), standard);
    expect([isHeldBack(stumbled, 'ann'), isHeldBack(stumbled, 'bob')]).toEqual([true, false]);
    const silent = afterFailure(probing.breaker, call(OPENED + 61, ANN, false), standard);
    expect([isHeldBack(silent, 'ann'), isHeldBack(silent, 'bob')]).toEqual([true, true]);
  });
});

/** What happens to some deliveries of three tenants, in the order of time. */
const happening = fc.record({
  seconds: fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 4000 })),
  who: fc.constantFrom(ANN, ANN_TOO, BOB, CIA),
  what: fc.constantFrom('fails', 'stumbles', 'answers', 'asks'),
});

describe('any breaker', () => {
  it('is open only after failures, opens no further than for an hour, lets one at a time find out, and closes when the network answers', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 80 }), (happenings) => {
        let [breaker, now] = [CLOSED as Breaker, 0];
        const failed = new Set<string>();
        for (const { seconds, who, what } of happenings) {
          now += seconds;
          const before = breaker;
          const asked = admitted(before, now, who);
          if (asked.kind !== 'wait') {
            // As a step does: it asks, and then calls.
            if (asked.kind === 'probe') breaker = asked.breaker;
            if (what === 'answers') {
              breaker = afterAnswer(breaker, call(now, who));
              expect(isHeldBack(breaker, who[0])).toBe(false);
            } else if (what !== 'asks') {
              failed.add(who[1]);
              breaker = afterFailure(breaker, call(now, who, what === 'stumbles'), standard);
            }
          }
          if (breaker.state === 'closed') continue;
          expect(failed.size).toBeGreaterThanOrEqual(2);
          expect(Date.parse(breaker.until) - Date.parse(breaker.openedAt)).toBeLessThanOrEqual(standard.outage * 1000);
          expect(breaker.since <= breaker.openedAt).toBe(true);
          if (asked.kind === 'wait') expect(breaker).toBe(before);
          if (asked.kind === 'probe' && what === 'asks') expect(admitted(breaker, now, ['dan', 'd/1']).kind).toBe(breaker.tenantId === null ? 'wait' : 'go');
        }
      }),
      { numRuns: 500 },
    );
  });
});
