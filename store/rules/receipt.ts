import type { Delivery, Receipt } from '../../core/model.ts';
import { bounds } from './bounds.ts';

/** What somebody brings of a post that is there. */
export interface Brought {
  readonly receipt: Receipt;
  readonly lookedUp?: boolean;
  readonly at: string;
}

/** What a receipt makes of a delivery. `known`: it is there already, nothing changes. */
export type ReceiptRuling =
  | { readonly kind: 'refused' }
  | { readonly kind: 'known'; readonly duplicate: boolean }
  | { readonly kind: 'kept'; readonly delivery: Delivery; readonly duplicate: boolean };

/**
 * A receipt is a fact: whoever brings it, and however late, it is kept, if its attempt was ever armed. Where it contradicts
 * what was believed (its attempt had been disarmed, or another post is there), it is kept as a duplicate. A delivery whose
 * disarmed attempt turns out to be published is `uploaded` as well, since the post is there and nothing may follow it.
 *
 * A post that was `lookedUp` is there, but who asked for it may have been overtaken: while a later attempt is armed it is of that
 * one, which is the one that may publish now.
 */
export function receipt(
  delivery: Delivery,
  { receipt: brought, lookedUp = false, at }: Brought,
): ReceiptRuling {
  const { attempt, receipt: kept, duplicates } = delivery;
  const overtaken = lookedUp && attempt.phase === 'armed' && brought.attempt < attempt.n;
  const arrived = overtaken ? { ...brought, attempt: attempt.n } : brought;
  if (arrived.attempt < 1 || arrived.attempt > attempt.n) return { kind: 'refused' };
  if (duplicates.some((other) => isSamePost(other, arrived))) return { kind: 'known', duplicate: true };
  if (kept !== null) {
    if (isSamePost(kept, arrived)) return { kind: 'known', duplicate: false };
    return { kind: 'kept', delivery: { ...delivery, duplicates: added(duplicates, arrived), updatedAt: at }, duplicate: true };
  }
  const open = attempt.phase === 'armed' && attempt.n === arrived.attempt;
  return {
    kind: 'kept',
    duplicate: !open,
    delivery: {
      ...delivery,
      status: 'uploaded',
      attempt: attempt.phase === 'idle' ? attempt : { ...attempt, phase: 'receipt' },
      receipt: arrived,
      duplicates: open ? duplicates : added(duplicates, arrived),
      nextAt: null,
      error: null,
      updatedAt: at,
    },
  };
}

/** Two workers may bring the same post: the one that published it, and one that looked it up, perhaps without its name. */
export function isSamePost(one: Receipt, other: Receipt): boolean {
  if (one.externalId !== null && other.externalId !== null) return one.externalId === other.externalId;
  return one.attempt === other.attempt;
}

/** With another one that must not be. */
export function added(duplicates: readonly Receipt[], arrived: Receipt): readonly Receipt[] {
  return [...duplicates, arrived].slice(0, bounds.duplicates);
}
