import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextMidnight, retryAfter } from '../../platforms/until.ts';

const HOUR = 3_600_000;
const PACIFIC = 'America/Los_Angeles';
const pacific = new Intl.DateTimeFormat('en-CA', { timeZone: PACIFIC, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' });

describe('the next midnight in California', () => {
  it.each([
    ['2026-11-21T12:00:00Z', '2026-11-22T08:00:00Z'],
    ['2026-07-01T06:59:59.999Z', '2026-07-01T07:00:00Z'],
    ['2026-07-01T07:00:00Z', '2026-07-02T07:00:00Z'],
    // Clocks go forward on 8 March and back on 1 November 2026: days of 23 and of 25 hours.
    ['2026-03-08T08:00:00Z', '2026-03-09T07:00:00Z'],
    ['2026-03-08T12:30:00Z', '2026-03-09T07:00:00Z'],
    ['2026-11-01T07:00:00Z', '2026-11-02T08:00:00Z'],
    ['2026-11-01T09:30:00Z', '2026-11-02T08:00:00Z'],
  ])('after %s is %s', (now, midnight) => {
    expect(nextMidnight(new Date(now), PACIFIC)).toEqual(new Date(midnight));
  });

  it('is always a midnight, always later, and never more than a day of 25 hours away', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('2024-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }), (now) => {
        const midnight = nextMidnight(now, PACIFIC);
        expect(pacific.format(midnight)).toContain('00:00:00');
        expect(midnight.getTime()).toBeGreaterThan(now.getTime());
        expect(midnight.getTime() - now.getTime()).toBeLessThanOrEqual(25 * HOUR);
      }),
    );
  });
});

describe('Retry-After', () => {
  const now = new Date('2026-11-21T12:00:00Z');

  it.each([
    ['0', '2026-11-21T12:00:00Z'],
    [' 90 ', '2026-11-21T12:01:30Z'],
    ['Sat, 21 Nov 2026 12:05:00 GMT', '2026-11-21T12:05:00Z'],
  ])('%j means %s', (text, at) => {
    expect(retryAfter({ 'retry-after': text }, now)).toEqual(new Date(at));
  });

  it.each(['', 'soon', '1e9999', '99999999999999'])('%j means nothing', (text) => {
    expect(retryAfter({ 'retry-after': text }, now)).toBeNull();
  });

  it('may be left out', () => {
    expect(retryAfter({}, now)).toBeNull();
  });
});
