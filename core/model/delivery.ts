import type { Network } from './tenant.ts';
import type { Upload } from './upload.ts';

/** A delivery: an upload on one account, and how far it is. */

export type DeliveryStatus =
  | 'pending'
  | 'dispatching'
  | 'retrying'
  | 'uploaded'
  | 'failed'
  | 'unknown'
  | 'cancelled';

/** The connector's own progress. `ready`: everything invisible is done, the visible call may be armed. */
export interface Checkpoint {
  readonly version: number;
  readonly ready: boolean;
  readonly data: unknown;
}

export type Attempt =
  | { readonly phase: 'idle'; readonly n: number }
  | ({ readonly phase: 'armed' | 'receipt' } & SentAttempt);

interface SentAttempt {
  readonly n: number;
  readonly armedAt: string;
  /** SHA-256 of what will be sent, credentials left out; also names the stored body. */
  readonly fingerprint: string;
}

/** A fact that is never removed: the network has this post. */
export interface Receipt {
  readonly attempt: number;
  /** Null where the network proved the post but did not name it. */
  readonly externalId: string | null;
  readonly externalUrl: string | null;
  readonly at: string;
}

/**
 * Something that follows the post and can be seen by itself: a further part of a thread, the first comment. It has attempts of its
 * own, each of which is armed only when what comes before has its receipt. Attempts are numbered through the whole delivery, so that
 * a number names one attempt of the post or of one sequel.
 */
export interface SequelState {
  readonly name: SequelName;
  readonly attempt: SequelAttempt;
  /** What is prepared for it and cannot be seen; forgotten with its receipt. */
  readonly checkpoint: Checkpoint | null;
}

/** `part_2` is the first that follows the post. */
export type SequelName = `part_${number}` | 'comment';

export type SequelAttempt =
  /** `n`: of its last attempt; 0: there was none. */
  | { readonly phase: 'idle'; readonly n: number }
  | ({ readonly phase: 'armed' } & SentAttempt)
  /** The network has it. Its id is null where the network proved it but did not name it. */
  | { readonly phase: 'receipt'; readonly n: number; readonly externalId: string | null; readonly externalUrl: string | null }
  /** It was given up: it is not there, or nobody knows. */
  | { readonly phase: 'missing' | 'unknown'; readonly n: number };

export type ProofKind = 'refused' | 'never_sent' | 'absent' | 'forced';

/** Why a disarmed attempt did not publish. */
export interface Proof {
  readonly attempt: number;
  readonly kind: ProofKind;
  /** At most 200 characters, without secrets. */
  readonly evidence: string;
  readonly at: string;
}

/** The closed list of reasons for which a delivery fails, for all networks. */
export type DeliveryErrorCode =
  | 'reauth_required'
  | 'permission_denied'
  | 'rate_limited'
  | 'quota_exhausted'
  | 'media_rejected'
  | 'metadata_rejected'
  | 'duplicate_content'
  | 'platform_unavailable'
  | 'outcome_unknown'
  | 'account_unlinked'
  | 'internal_error';

export interface DeliveryError {
  readonly code: DeliveryErrorCode;
  /** For a person, and says what to do next. */
  readonly message: string;
  /** The network's own code and text, cut to 2 kB and stripped of secrets. */
  readonly platformCode: string | null;
  readonly platformMessage: string | null;
}

export interface Delivery {
  readonly uploadId: string;
  readonly accountId: string;
  readonly tenantId: string;
  readonly network: Network;
  readonly status: DeliveryStatus;
  readonly revision: number;
  /** Raised by every step that begins; a step's writes demand the number it was given. */
  readonly fence: number;
  /** The child execution that began the last step; null before the first. */
  readonly execution: string | null;
  readonly checkpoint: Checkpoint | null;
  readonly attempt: Attempt;
  readonly receipt: Receipt | null;
  /** What follows the post, in its order; empty until the post is there. */
  readonly sequels: readonly SequelState[];
  /** Receipts that came when another one was there, or for a disarmed attempt: must never happen. */
  readonly duplicates: readonly Receipt[];
  /** The last ten. */
  readonly proofs: readonly Proof[];
  /** How often each class of trouble was met in this revision. */
  readonly tries: Readonly<Record<string, number>>;
  readonly nextAt: string | null;
  readonly error: DeliveryError | null;
  readonly warnings: readonly string[];
  /** What comes after the post (sequels, permalink, thumbnail) was done or given up. */
  readonly decorated: boolean;
  /** Bytes that the network has so far; null: nothing was sent, or the network fetches the file itself. */
  readonly bytesSent: number | null;
  /** When the first step of this revision began. */
  readonly startedAt: string | null;
  /** When an `unknown` outcome is looked for next; null: it is not, or not any more. */
  readonly lookUpAt: string | null;
  readonly updatedAt: string;
}

export interface UploadWithDeliveries {
  readonly upload: Upload;
  /** In the order in which the client named the accounts. */
  readonly deliveries: readonly Delivery[];
}

const TERMINAL: ReadonlySet<DeliveryStatus> = new Set(['uploaded', 'failed', 'unknown', 'cancelled']);

/** Whether no step will change this status by itself any more. */
export function isTerminal(status: DeliveryStatus): boolean {
  return TERMINAL.has(status);
}
