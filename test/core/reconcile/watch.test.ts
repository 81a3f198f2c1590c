import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timestamp } from '../../../core/clock.ts';
import { dueSince, isOver, isStuck, nextWatch } from '../../../core/reconcile/watch.ts';
import { times } from '../../../core/times.ts';

const { standard } = times;
const created = Date.parse('2030-01-01T00:00:00Z');
const HOUR = 3600;

/** A time so many seconds after the upload was created. */
const at = (seconds: number): Date => new Date(created + seconds * 1000);
const text = (seconds: number): string => timestamp(at(seconds));
const upload = (scheduled: number | null = null, updated = 0) => ({
  createdAt: text(0),
  scheduledOn: scheduled === null ? null : text(scheduled),
  updatedAt: text(updated),
});
const idle = { startedAt: null, nextAt: null };

describe('an upload is late', () => {
  it.each([
    ['from its creation', upload(), 0],
    ['from its time', upload(5 * HOUR), 5 * HOUR],
    ['from when a person moved it after that', upload(5 * HOUR, 9 * HOUR), 9 * HOUR],
    ['from its time, moved before it', upload(5 * HOUR, HOUR), 5 * HOUR],
  ])('%s', (_, moved, seconds) => {
    expect(dueSince(moved)).toBe(created + seconds * 1000);
  });
});

describe('it is looked at again', () => {
  const pause = (moved: ReturnType<typeof upload>, now: number): number => (Date.parse(nextWatch(moved, at(now), standard)) - at(now).getTime()) / 1000;

  it.each([
    ['10 minutes later while it is hardly late', upload(), 0, 600],
    ['10 minutes later when it is 20 minutes late', upload(), 1_200, 600],
    ['after half of the time that it is late', upload(), 2 * HOUR, HOUR],
    ['at most 6 hours later', upload(), 30 * HOUR, 6 * HOUR],
    ['15 minutes before its time', upload(10 * HOUR), 0, 10 * HOUR - 900],
    ['once a day before that', upload(100 * HOUR), 0, 24 * HOUR],
    ['10 minutes later from 15 minutes before its time', upload(10 * HOUR), 10 * HOUR - 900, 600],
    ['a second later if that is when 15 minutes are left', upload(10 * HOUR), 10 * HOUR - 901, 1],
  ])('%s', (_, moved, now, seconds) => {
    expect(pause(moved, now)).toBe(seconds);
  });

  it('a dozen times or so until it is ended, whenever it is due', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 * HOUR }), (scheduled) => {
        const moved = upload(scheduled);
        let looks = 0;
        for (let now = scheduled; now < scheduled + standard.stuckEnds; now += pause(moved, now)) looks += 1;
        expect(looks).toBeGreaterThan(5);
        expect(looks).toBeLessThan(25);
      }),
    );
  });
});

describe('a delivery is stuck', () => {
  const { stuckEnds } = standard;

  it.each([
    ['54 hours after its time', upload(HOUR), idle, HOUR + stuckEnds],
    ['54 hours after its first step, where that came later', upload(), { ...idle, startedAt: text(9) }, 9 + stuckEnds],
    ['54 hours after a person moved it, where nothing was begun since', upload(0, 7), idle, 7 + stuckEnds],
    ['when the time that its network named has come, where that is later still', upload(), { ...idle, nextAt: text(stuckEnds + 5) }, stuckEnds + 5],
  ])('%s, and not a second before', (_, moved, delivery, seconds) => {
    expect(isStuck(moved, delivery, at(seconds - 1), standard)).toBe(false);
    expect(isStuck(moved, delivery, at(seconds), standard)).toBe(true);
    expect(isStuck(moved, delivery, at(seconds + 1), standard)).toBe(true);
  });
});

describe('a limit', () => {
  it('is reached on its second', () => {
    expect([9.999, 10, 10.001].map((seconds) => isOver(created, 10, at(seconds)))).toEqual([false, true, true]);
  });
});
