import type { Assembly, Media } from './media.ts';
import type { Kind, Network } from './tenant.ts';

/** An upload: one post with its files, its words and its time. */

/** The execution that works for an upload. */
export interface Claim {
  readonly execution: string;
  readonly claimedAt: string;
}

export interface Upload {
  readonly uploadId: string;
  readonly tenantId: string;
  readonly kind: Kind;
  readonly title: string;
  readonly description: string | null;
  readonly options: Readonly<Record<Network, unknown>>;
  readonly scheduledOn: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The fence against people: raised by edit, reschedule and cancel. */
  readonly revision: number;
  readonly media: readonly Media[];
  /** Stored files that its options name, such as a cover or captions, each once; it needs them as it needs `media`. */
  readonly attachments: readonly Media[];
  readonly assembly: Assembly | null;
  /** SHA-256 of the part list that was completed: tells a repeated completion from another one. Null: no parts were sent. */
  readonly partsDigest: string | null;
  readonly claim: Claim | null;
  /** The revision whose deliveries finish found all terminal; 0 before that. */
  readonly closedRevision: number;
  /**
   * Since when an execution is wanted that looks at the upload now, because a person moved it; null once one has claimed it. The
   * move itself sets it, so that a start which was lost is made up for.
   */
  readonly wake: string | null;
  /** When the reconcile job looks at the upload next, if nothing moves that before; null: nothing is left to look after. */
  readonly watchAt: string | null;
  /** Since when its files may be removed: nothing of it can be retried any more. Null: they are kept. */
  readonly releasedAt: string | null;
}
