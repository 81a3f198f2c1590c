import { timestamp } from '../clock.ts';
import { invalidField } from '../errors.ts';
import { limits } from '../limits.ts';
import type { Violation } from '../ports/index.ts';

/** Refuses a time that is out of bounds (`validation_failed`). */
export function checkSchedule(scheduledOn: string | null, now: Date): void {
  const broken = scheduleViolation(scheduledOn, now);
  if (broken !== null) throw invalidField(broken.field, broken.code, broken.message);
}

/**
 * A time may be a year ahead, and not more than five minutes past. What is past by less means now: clocks differ, and requests
 * take time.
 */
export function scheduleViolation(scheduledOn: string | null, now: Date): Violation | null {
  if (scheduledOn === null) return null;
  const due = Date.parse(scheduledOn);
  const broken = { field: 'scheduledOn', value: scheduledOn, unit: null } as const;
  const latest = oneYearAfter(now);
  if (due > latest.getTime()) {
    const message = `scheduledOn must be at most one year ahead, until ${timestamp(latest)}.`;
    return { ...broken, code: 'too_far', message, limit: timestamp(latest), remedy: 'Choose an earlier time.' };
  }
  if (due < now.getTime() - limits.scheduleGrace * 1000) {
    const message = 'scheduledOn is in the past: leave it out to publish now.';
    return { ...broken, code: 'in_the_past', message, limit: timestamp(now), remedy: 'Leave it out to publish now.' };
  }
  return null;
}

/** The same UTC date and time in the next year; after 29 February comes 28 February. */
export function oneYearAfter(at: Date): Date {
  const later = new Date(at);
  later.setUTCFullYear(at.getUTCFullYear() + 1);
  if (later.getUTCMonth() !== at.getUTCMonth()) later.setUTCDate(0);
  return later;
}
