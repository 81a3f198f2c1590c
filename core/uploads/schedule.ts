import { timestamp } from '../clock.ts';
import { invalidField } from '../errors.ts';
import { limits } from '../limits.ts';

/**
 * Refuses a time that is more than a year ahead or more than five minutes past (`validation_failed`). What is past by less
 * means now: clocks differ, and requests take time.
 */
export function checkSchedule(scheduledOn: string | null, now: Date): void {
  if (scheduledOn === null) return;
  const due = Date.parse(scheduledOn);
  const latest = oneYearAfter(now);
  if (due > latest.getTime()) {
    throw invalidField('scheduledOn', 'too_far', `scheduledOn must be at most one year ahead, until ${timestamp(latest)}.`);
  }
  if (due < now.getTime() - limits.scheduleGrace * 1000) {
    throw invalidField('scheduledOn', 'in_the_past', 'scheduledOn is in the past: leave it out to publish now.');
  }
}

/** The same UTC date and time in the next year; after 29 February comes 28 February. */
export function oneYearAfter(at: Date): Date {
  const later = new Date(at);
  later.setUTCFullYear(at.getUTCFullYear() + 1);
  if (later.getUTCMonth() !== at.getUTCMonth()) later.setUTCDate(0);
  return later;
}
