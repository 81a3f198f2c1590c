import type { IdempotentResult, IdempotencyStore } from '../../core/ports/store.ts';

/** A request under its key, as stored. */
export interface IdempotencyRecord {
  readonly fingerprint: string;
  readonly owner: string;
  readonly ownedUntil: string;
  readonly expiresAt: string;
  /** Null: it is running, or its process died. */
  readonly result: IdempotentResult | null;
}

type Begin = Parameters<IdempotencyStore['beginIdempotent']>[0];
type Begun = Awaited<ReturnType<IdempotencyStore['beginIdempotent']>>;

/** What a request finds under its key; `take_over`: the record may be replaced by this request's. */
export function judge(found: IdempotencyRecord, { fingerprint, owner, now }: Begin): Begun | { readonly state: 'take_over' } {
  if (found.expiresAt <= now) return { state: 'take_over' };
  if (found.fingerprint !== fingerprint) return { state: 'other_request' };
  if (found.result !== null) return { state: 'done', result: found.result };
  if (found.owner === owner) return { state: 'begun' };
  return found.ownedUntil <= now ? { state: 'take_over' } : { state: 'running' };
}
