import type { PublishLease } from '../../core/model.ts';

/** Who stands in the way of an attempt on an account. */
export interface Holder {
  readonly uploadId: string;
  readonly until: string;
}

/** An attempt on an account that is armed and whose outcome nobody knows yet. */
export interface UndecidedAttempt {
  readonly uploadId: string;
  readonly attempt: number;
}

/**
 * The account's half of arm. Null: nobody is in the way. The lease is free, over at `at`, or this upload's own; and after a
 * lease is over, its attempt, while undecided, still stops one of another upload that would send the very same: by what was
 * published, a look-up could not tell the two apart.
 */
export function holderOf(
  lease: PublishLease | null,
  sameBody: UndecidedAttempt | null,
  request: { readonly uploadId: string; readonly at: string },
): Holder | null {
  const { uploadId, at } = request;
  if (lease !== null && lease.uploadId !== uploadId && lease.until > at) return { uploadId: lease.uploadId, until: lease.until };
  if (sameBody !== null && sameBody.uploadId !== uploadId) return { uploadId: sameBody.uploadId, until: at };
  return null;
}
