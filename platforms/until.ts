const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** The time that a `Retry-After` header names (RFC 9110, section 10.2.3: seconds or a date); null: none that can be read. */
export function retryAfter(headers: Readonly<Record<string, string>>, now: Date): Date | null {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/u.test(text)) return new Date(now.getTime() + Number(text) * SECOND);
  const at = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(at) ? null : new Date(at);
}

export function hoursFrom(now: Date, hours: number): Date {
  return new Date(now.getTime() + hours * HOUR);
}

/** The next midnight in a time zone of the IANA database. */
export function nextMidnight(now: Date, timeZone: string): Date {
  const clock = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', hour: 'numeric', minute: 'numeric', second: 'numeric' });
  const intoDay = (at: Date): number => {
    const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    return ((parts['hour'] ?? 0) * 3600 + (parts['minute'] ?? 0) * 60 + (parts['second'] ?? 0)) * SECOND + at.getMilliseconds();
  };
  // About noon of the next day, whether this one has 23, 24 or 25 hours; from there back by what the clock shows there.
  const tomorrow = new Date(now.getTime() - intoDay(now) + 36 * HOUR);
  const midnight = new Date(tomorrow.getTime() - intoDay(tomorrow));
  // Where clocks were changed since midnight, this is an hour beside it.
  const off = intoDay(midnight);
  return new Date(midnight.getTime() - (off > 12 * HOUR ? off - 24 * HOUR : off));
}
