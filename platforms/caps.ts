import type { Source } from './limits.ts';

/**
 * How often a network lets an account, or the operator's app, do something: data for `GET /api/networks` and `docs/networks.md`.
 * They are no rules: other apps use them up as well, and numbers differ by account. Where the network tells what is left, it is
 * asked before each post; elsewhere it says so when a cap is reached, and the delivery waits.
 */
export interface Cap {
  /** What is counted, and in which time: `posts_per_day`. */
  readonly check: string;
  readonly limit: number;
  readonly unit: 'items' | 'bytes' | 'points';
  /** The time in which it is counted. */
  readonly seconds: number;
  /** Whose it is: one for each account, or one for the operator's app and all of its accounts. */
  readonly of: 'account' | 'app';
  /** Whether the network is asked what is left of it before each post. */
  readonly asked: boolean;
  readonly source: Source;
}

const MINUTE = 60;
const DAY = 24 * 3600;

/** So many in a day; the network does not tell what is left. */
export function daily(check: string, limit: number, of: Cap['of'], source: Source, more: Partial<Pick<Cap, 'unit' | 'asked'>> = {}): Cap {
  return { check, limit, unit: 'items', seconds: DAY, of, asked: false, source, ...more };
}

/** The same for a number of minutes. */
export function inMinutes(minutes: number, check: string, limit: number, of: Cap['of'], source: Source, unit: Cap['unit'] = 'items'): Cap {
  return { check, limit, unit, seconds: minutes * MINUTE, of, asked: false, source };
}
