import { isTerminal, type Attempt, type Delivery, type SequelAttempt } from './model.ts';

/**
 * Attempts of a delivery: those of the post (`sequel` null) and of each sequel (its index). They are numbered through the whole
 * delivery, so that a number names one.
 */

type Attempts = Pick<Delivery, 'attempt' | 'sequels'>;

/** The last attempt of the post, or of one of its sequels. Throws for a sequel that is not there. */
export function attemptOf({ attempt, sequels }: Attempts, sequel: number | null): Attempt | SequelAttempt {
  if (sequel === null) return attempt;
  const found = sequels[sequel];
  if (found === undefined) throw new Error(`The delivery has no sequel ${sequel}.`);
  return found.attempt;
}

/** The number of the last attempt that was made of all. */
export function lastAttempt({ attempt, sequels }: Attempts): number {
  return Math.max(attempt.n, ...sequels.map((sequel) => sequel.attempt.n));
}

/** How many attempts were made of what comes before. */
export function attemptsBefore({ attempt, sequels }: Attempts, sequel: number | null): number {
  return sequel === null ? 0 : lastAttempt({ attempt, sequels: sequels.slice(0, sequel) });
}

/** The attempt that is armed and not given up: it holds the account. At most one is. */
export function armedAttempt({ attempt, sequels, status }: Delivery): { readonly n: number; readonly fingerprint: string } | null {
  if (attempt.phase === 'armed' && !isTerminal(status)) return attempt;
  for (const { attempt: own } of sequels) if (own.phase === 'armed') return own;
  return null;
}

/** Whether a step still has something to do for this delivery. */
export function needsWork({ status, decorated }: Pick<Delivery, 'status' | 'decorated'>): boolean {
  return status === 'uploaded' ? !decorated : !isTerminal(status);
}
