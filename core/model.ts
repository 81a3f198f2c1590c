/** The records of the product, as every part sees them. Times are UTC strings `YYYY-MM-DDThh:mm:ssZ`, made by `core/clock.ts`. */

/** The folder name of a network under `platforms/`. */
export type Network = string;

/** What a key may be allowed to do. */
export const scopes = ['upload:read', 'upload:write', 'account:read', 'account:write'] as const;
export type Scope = (typeof scopes)[number];

/** What an upload consists of. */
export type Kind = 'video' | 'photos' | 'text';

export interface Tenant {
  readonly tenantId: string;
  readonly createdAt: string;
  /** Null: the plan of the configuration. */
  readonly plan: Plan | null;
}

/** How much a tenant may do. */
export interface Plan {
  /** Deliveries (an upload on one account) in a calendar month, UTC. */
  readonly deliveriesPerMonth: number;
  /** Requests that each key may make in the long run, and at once after a pause. */
  readonly requestsPerSecond: number;
  readonly burst: number;
}

/** An API key as stored: the key itself is shown once and never kept. */
export interface ApiKey {
  readonly keyId: string;
  readonly tenantId: string;
  /** Lower-case hex SHA-256 of the whole key. */
  readonly keyHash: string;
  /** The first characters of the key, to recognise it by. */
  readonly prefix: string;
  readonly name: string | null;
  readonly scopes: readonly Scope[];
  readonly createdAt: string;
  /** Null: it has no end. */
  readonly expiresAt: string | null;
  /** Written at most once an hour. */
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
  /** The key that it was rotated to; it ends at `expiresAt` then. */
  readonly replacedBy: string | null;
}

export type AccountHealth = 'active' | 'reauth_required' | 'revoked';

/** An encrypted value: base64 of a data key under the token key (KMS) and of the text under that data key (AES-256-GCM). */
export interface Sealed {
  readonly v: 1;
  readonly dataKey: string;
  readonly iv: string;
  readonly ciphertext: string;
  readonly tag: string;
}

/** What a network gave us to act for an account. Only ever in memory in this form. */
export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** When the access token ends; null: the network names no end. */
  readonly expiresAt: string | null;
  readonly scopes: readonly string[];
}

/** Who may make a visible call on an account now: an armed attempt of one delivery. */
export interface PublishLease {
  readonly uploadId: string;
  readonly attempt: number;
  /** Of what the attempt sends. */
  readonly fingerprint: string;
  readonly until: string;
}

/**
 * Limits that a network told for one account, by `<kind>.<check>` of the rule, in place of the usual ones: the most or the least, or
 * what may be. What no rule is about (`posts_per_day`) is for people.
 */
export type AccountLimits = Readonly<Record<string, number | readonly string[]>>;

export interface Account {
  readonly accountId: string;
  readonly tenantId: string;
  readonly network: Network;
  /** The network's own id of the account. */
  readonly externalId: string;
  readonly name: string;
  readonly health: AccountHealth;
  readonly healthSince: string;
  /** Why it is not active, for people; null: it is, or nobody said. */
  readonly healthReason: string | null;
  /** The group of accounts that it belongs to; null: none. */
  readonly profile: string | null;
  /** What its owner allowed, as the network calls it. */
  readonly scopes: readonly string[];
  /** Limits that the network gave for this very account, cached for the rules (for example a longer maximum duration). */
  readonly limits: AccountLimits;
  /** Options of its network for uploads that say nothing else: what the network demands, such as a board. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly tokens: Sealed;
  /** Raised by every change of `tokens`. */
  readonly tokenVersion: number;
  /** When the access token ends; null: the network names no end. */
  readonly tokenEnds: string | null;
  /** When the reconcile job has the tokens renewed, if nobody uses them before; null: that need not be. */
  readonly renewAt: string | null;
  readonly lease: PublishLease | null;
  readonly createdAt: string;
}

/** What a client says about an upload, after validation: the same in all flows. */
export interface UploadMetadata {
  readonly title: string;
  readonly description: string | null;
  /** Linked accounts of the tenant, without duplicates, in the order given. */
  readonly accounts: readonly string[];
  readonly scheduledOn: string | null;
  /** Native options by network, each valid under the schema of its connector. */
  readonly options: Readonly<Record<Network, unknown>>;
  readonly onViolation: 'reject' | 'skip_account';
}

export interface DeclaredFile {
  readonly fileName: string;
  /** Bytes. */
  readonly fileSize: number;
  readonly contentType: string;
  /** Lower-case hex SHA-256 of the whole file, when the client gave one. */
  readonly sha256: string | null;
}

export type SessionState = 'open' | 'completed' | 'aborted';

/** A staged transfer: one S3 multipart upload that is no upload, and no media, yet. */
export interface UploadSession {
  /** Lower-case hex SHA-256 of the session token. */
  readonly tokenHash: string;
  readonly tenantId: string;
  /** The id that the upload will have; its ULID is also that of the file, and in the object's key. */
  readonly uploadId: string;
  readonly fileId: string;
  readonly state: SessionState;
  /** Of the upload that it is for; null: the file is to be media by itself. */
  readonly metadata: UploadMetadata | null;
  readonly file: DeclaredFile;
  readonly objectKey: string;
  readonly multipartId: string;
  /** Bytes of each part but the last. */
  readonly partSize: number;
  readonly partCount: number;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** A part as checked against storage. */
export interface Part {
  readonly partNumber: number;
  /** As S3 gives it, quotes included. */
  readonly eTag: string;
  /** Bytes. */
  readonly size: number;
}

export interface VideoFacts {
  /** `mp4`, `mov`, `3gp`, `webm` or `mkv`. */
  readonly container: string;
  /** Seconds. */
  readonly duration: number;
  /** Pixels, as displayed: rotation applied. */
  readonly width: number;
  readonly height: number;
  /** `h264`, `hevc`, `vp9`, `av1`, `aac`, `opus`, `mp3`, …; where there is no such name, the four characters of the file. */
  readonly videoCodec: string | null;
  readonly audioCodec: string | null;
  /** Frames a second. */
  readonly frameRate: number | null;
}

export type ImageFormat = 'jpeg' | 'png' | 'gif' | 'webp' | 'heic' | 'avif';

export interface ImageFacts {
  readonly format: ImageFormat;
  /** Pixels, as displayed: the Exif orientation of a JPEG and the rotation of a HEIC or AVIF image applied. */
  readonly width: number;
  readonly height: number;
  readonly animated: boolean;
}

/** A file of an upload. */
export interface Media {
  readonly mediaId: string;
  readonly objectKey: string;
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  readonly contentType: string;
  /** Lower-case hex SHA-256 of the whole file: the client's own until inspected, verified then; null if the client gave none. */
  readonly sha256: string | null;
  /** Of a video. Null: not inspected yet, or a container that is not looked into. */
  readonly facts: VideoFacts | null;
  /** Of a photo. Null: not inspected yet. */
  readonly image: ImageFacts | null;
  /** When the file was found to be what was declared; nothing is published before. Null at creation. */
  readonly inspectedAt: string | null;
}

/** The record of a file that storage has, of which any number of uploads may be made. */
export interface StoredMedia {
  readonly mediaId: string;
  readonly tenantId: string;
  readonly objectKey: string;
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  /** As declared. */
  readonly contentType: string;
  readonly sha256: string | null;
  readonly createdAt: string;
  /** Uploads may be made of it until then. */
  readonly usableUntil: string;
  /** It is kept until then, and as long as an upload needs it. */
  readonly keptUntil: string;
  /** Uploads that need it. */
  readonly uses: number;
  /** While storage puts it together; null for a file that came with an upload, where that stands on the upload. */
  readonly assembly: Assembly | null;
  readonly partsDigest: string | null;
  /** When the reconcile job looks at it next; null: it need not. */
  readonly watchAt: string | null;
  /** Since when the file may be removed: nothing can be made of it any more. */
  readonly releasedAt: string | null;
}

/** The multipart upload whose completion was begun but is not yet confirmed; null once the object is there. */
export interface Assembly {
  readonly multipartId: string;
  /** Of the session that was completed: it is open again if storage refuses the parts. */
  readonly sessionTokenHash: string;
  readonly parts: readonly Part[];
}

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
