/** The one source of time for the product: everything that asks for the time takes a `Clock`. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };

/** A time as it is stored and sent: UTC, whole seconds, rounded down, `YYYY-MM-DDThh:mm:ssZ`. */
export function timestamp(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

/** The month of a timestamp, `yyyy-mm`. */
export function monthOf(at: string): string {
  return at.slice(0, 'yyyy-mm'.length);
}

/** The time `seconds` after `at`, rounded up to a whole second, so that a wait never ends early. */
export function timestampAfter(at: Date, seconds: number): string {
  return timestamp(new Date(Math.ceil((at.getTime() + seconds * 1000) / 1000) * 1000));
}
