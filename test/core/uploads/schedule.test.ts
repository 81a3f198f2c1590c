import { describe, expect, it } from 'vitest';
import { timestamp } from '../../../core/clock.ts';
import { checkSchedule, oneYearAfter } from '../../../core/uploads/schedule.ts';

const NOW = new Date('2026-04-01T10:00:00Z');

describe('a scheduled time', () => {
  it('may be the same date of the next year, and not a second later', () => {
    expect(() => checkSchedule('2027-04-01T10:00:00Z', NOW)).not.toThrow();
    expect(() => checkSchedule('2027-04-01T10:00:01Z', NOW)).toThrow('until 2027-04-01T10:00:00Z');
  });

  it('may be past by five minutes, and not a second more', () => {
    expect(() => checkSchedule('2026-04-01T09:55:00Z', NOW)).not.toThrow();
    expect(() => checkSchedule('2026-04-01T09:54:59Z', NOW)).toThrow('in the past');
  });

  it('need not be', () => {
    expect(() => checkSchedule(null, NOW)).not.toThrow();
  });

  it.each([
    ['2027-02-28T23:59:59Z', '2028-02-28T23:59:59Z'],
    ['2028-02-29T12:00:00Z', '2029-02-28T12:00:00Z'],
    ['2028-03-01T00:00:00Z', '2029-03-01T00:00:00Z'],
    ['2026-12-31T23:59:59Z', '2027-12-31T23:59:59Z'],
  ])('a year after %s is %s', (from, to) => {
    expect(timestamp(oneYearAfter(new Date(from)))).toBe(to);
  });
});
