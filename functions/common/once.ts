import type { Commit } from '../../core/ports/store.ts';

/** What is kept of an answer, so that the same one can be given again. */
export interface Outcome {
  readonly status: number;
  readonly ids: Readonly<Record<string, string>>;
  /** Shown once, and kept under the Idempotency-Key alone: a session token, a key. */
  readonly secret?: string;
}

/** The one run of a request: hands out what the write with the effect has to store along with it. */
export interface Once {
  /** Null: the request carries no `Idempotency-Key`. */
  commit(outcome: Outcome): Commit | null;
}

/** A request that may be run as often as it comes. */
export const unnamed: Once = { commit: () => null };

/**
 * Thrown by `replay` where the effect was taken back after it was stored, by us, since what had to follow it failed: the request
 * begins anew.
 */
export class EffectTakenBack extends Error {
  override readonly name = 'EffectTakenBack';
}
