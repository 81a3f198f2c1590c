import { timestamp } from './clock.ts';
import type { TokenSet } from './model.ts';
import type { Connector } from './ports/index.ts';

/** Seconds that pass between two renewals by the job at least, unless the token ends before. */
const SPACING = 24 * 3600;

/**
 * When tokens that were stored at `at` are renewed by the reconcile job if nobody uses them before; null: they need not be. Those
 * that nothing renews are looked at when they end: the account's health then says so.
 */
export function renewAtOf({ refreshAhead, restsAtMost }: Pick<Connector, 'refreshAhead' | 'restsAtMost'>, { expiresAt, refreshToken }: TokenSet, at: Date): string | null {
  const ends = expiresAt === null ? Infinity : Date.parse(expiresAt);
  const ahead = refreshAhead === undefined && refreshToken !== null ? Infinity : ends - (refreshAhead ?? 0) * 1000;
  const rested = restsAtMost === undefined ? Infinity : at.getTime() + restsAtMost * 1000;
  const wanted = Math.min(ahead, rested);
  if (wanted === Infinity) return null;
  // A network that gives no younger token, or one that is over soon, is not asked over and over.
  const soonest = Math.min(at.getTime() + SPACING * 1000, Math.max(at.getTime(), ends));
  return timestamp(new Date(Math.max(wanted, soonest)));
}
