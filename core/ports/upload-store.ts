import type { Checkpoint, Claim, Delivery, DeliveryError, Media, Receipt, SequelName, Upload, UploadWithDeliveries } from '../model.ts';
import type { Commit } from './tenant-store.ts';

/** The parts of the store port around uploads: their records, the moves of the publish guard and of people, and what is due. */

export interface CreateUpload {
  readonly upload: Upload;
  readonly deliveries: readonly Delivery[];
  /**
   * Its state goes from open to completed in the same transaction, and the upload's file is recorded as stored. Null: the upload is
   * made of files that are stored, which it needs from then on. What its options name is stored in either case, and needed too.
   */
  readonly sessionTokenHash: string | null;
  /** The month (`yyyy-mm`) whose use goes up by the number of deliveries, to `limit` at most; null: no limit. */
  readonly month: string;
  readonly limit: number | null;
  readonly commit?: Commit | null;
}

/** A place in the order of a tenant's uploads: by time of creation, those of one second by id. */
export interface UploadPlace {
  readonly createdAt: string;
  readonly uploadId: string;
}

export interface ListUploads {
  readonly tenantId: string;
  /** Inclusive bounds on the time of creation. */
  readonly from: string | null;
  readonly to: string | null;
  /** Only what comes after this place, which need not be taken; null: from the newest. */
  readonly after: UploadPlace | null;
  /** At most 1,100. */
  readonly limit: number;
}

export interface UploadStore {
  /**
   * One transaction. `session_moved`: the session is not open any more. `quotaUsed`: the month's limit does not allow it.
   * `mediaGone`: of this file no upload is made any more.
   */
  createUpload(request: CreateUpload): Promise<'created' | 'session_moved' | { readonly quotaUsed: number } | { readonly mediaGone: string }>;
  /**
   * Undoes `createUpload` of a session after storage refused the parts: upload, deliveries, file, charge; the session is open
   * again. `claimed`: too late, also because the object is known to be there.
   */
  takeBackUpload(request: { uploadId: string; sessionTokenHash: string; month: string }): Promise<'taken_back' | 'claimed'>;
  /** The object is there: forgets the part list. Repeating it is harmless. */
  markAssembled(uploadId: string, at: string): Promise<void>;
  getUpload(uploadId: string): Promise<UploadWithDeliveries | null>;
  /**
   * Newest first: places only, by one query of an index that lags a moment behind, so that a place may be of an upload that was
   * taken back.
   */
  listUploads(request: ListUploads): Promise<readonly UploadPlace[]>;
  /**
   * Uploads of the tenant that are still there, created within the inclusive bounds. Without bounds one read of what is counted
   * as uploads come and go; with them it counts index entries: null if there are more than `atMost`.
   */
  countUploads(request: { tenantId: string; from: string | null; to: string | null; atMost: number }): Promise<number | null>;
  /**
   * Claims the upload for an execution: if nobody has it, this execution has it already, or `predecessor` has it. What was
   * wanted by `wake` is thereby done. False: another one has it, or the upload is not there.
   */
  claimUpload(request: { uploadId: string; claim: Claim; predecessor: string | null; watchAt?: string | null }): Promise<boolean>;
  /** Stores what inspection found out, if the execution still holds the claim. */
  recordInspection(request: { uploadId: string; execution: string; media: readonly Media[]; at: string }): Promise<boolean>;
  /**
   * Sets `closedRevision`, if it is lower, the upload is at that revision, and no `wake` waits to be taken up: then nothing is left
   * to look after, and `watchAt` is forgotten. True: this call closed it.
   */
  closeUpload(request: { uploadId: string; revision: number; at: string }): Promise<boolean>;
  /**
   * Sets `releasedAt`, if the execution still holds the claim and the upload is closed at its present revision: then nobody has
   * retried or edited anything since. From then on the upload needs none of its files. True also if it was set before.
   */
  releaseUpload(request: { uploadId: string; execution: string; revision: number; at: string }): Promise<boolean>;
  /** A part of a publish call, stored before it is armed. Writing the same fingerprint again is harmless. */
  putBody(request: { uploadId: string; accountId: string; fingerprint: string; body: unknown }): Promise<void>;
  getBody(request: { uploadId: string; accountId: string; fingerprint: string }): Promise<unknown>;
}

export interface DeliveryRef {
  readonly uploadId: string;
  readonly accountId: string;
}

/** What a move found: `moved` with the delivery as it is now, or refused with the delivery as it was found. */
export type Move =
  | { readonly moved: true; readonly delivery: Delivery }
  | { readonly moved: false; readonly found: Delivery | null };

export type ArmMove = Move | { readonly moved: false; readonly found: Delivery; readonly leaseHeldBy: { uploadId: string; until: string } };

/**
 * The moves of the publish guard: nothing else changes these fields of a delivery. Each is one conditional write (arm is a
 * transaction of two items); the condition stands at the move. Moves of an attempt may be about a sequel, by its index: then its
 * attempt and its checkpoint are meant.
 */
export interface DeliveryStore {
  getDelivery(ref: DeliveryRef): Promise<Delivery | null>;

  /**
   * Condition: the revision is mine, the status is not terminal. Raises the fence, `dispatching`, notes the execution, and the
   * time if it is the first step of its revision; forgets `nextAt`: so a delivery that is open without one is being worked on, or its worker died.
   */
  beginStep(ref: DeliveryRef, step: { revision: number; execution: string; at: string }): Promise<Move>;

  /** Condition: the fence is mine; a sequel has no receipt. `bytesSent`, of the post: what is kept of it stays as it is if left out. */
  saveCheckpoint(
    ref: DeliveryRef,
    save: { fence: number; sequel?: number | null; checkpoint: Checkpoint; bytesSent?: number | null; at: string },
  ): Promise<Move>;

  /**
   * Condition: the fence is mine and the status is not terminal; with `uploaded`, which stays so: it is, and what follows is not
   * done. `trouble`: the class whose count goes up, if any.
   */
  pause(
    ref: DeliveryRef,
    pause: {
      fence: number;
      status: 'retrying' | 'dispatching' | 'uploaded';
      trouble: string | null;
      nextAt: string | null;
      error: DeliveryError | null;
      at: string;
    },
  ): Promise<Move>;

  /**
   * Condition, delivery: fence and revision are mine, idle, no receipt, not terminal. Account: its lease is free, over at
   * `at`, or this delivery's; and no undecided attempt of another upload has the same fingerprint. Effect: armed, attempt n+1,
   * and the lease. Of a sequel: it is idle, and the post and all before it have their receipts.
   */
  arm(
    ref: DeliveryRef,
    arm: { tenantId: string; fence: number; revision: number; sequel?: number | null; fingerprint: string; at: string; leaseUntil: string },
  ): Promise<ArmMove>;

  /**
   * Condition: attempt `n` was armed at some time. Not the fence, not the revision: a receipt is a fact. If `n` had been
   * disarmed or another receipt is there, this one goes to `duplicates`, and `duplicate` is true; the delivery is `uploaded` in
   * any case, since the post is there. The same post again (the same external id) changes nothing. `lookedUp`: the post was found by asking; then it is of the attempt that is armed now, if one
   * is, since the one that asked may have been overtaken by it. Frees the lease.
   */
  receipt(
    ref: DeliveryRef,
    receipt: { tenantId: string; sequel?: number | null; receipt: Receipt; lookedUp?: boolean; at: string },
  ): Promise<Move & { duplicate?: boolean }>;

  /** Condition: armed, attempt `n`. Idle, with the proof; frees the lease. Evidence is cut to 200 characters, the last ten proofs are kept. */
  disarm(
    ref: DeliveryRef,
    disarm: { tenantId: string; sequel?: number | null; attempt: number; kind: 'refused' | 'never_sent' | 'absent'; evidence: string; at: string },
  ): Promise<Move>;

  /** Condition: the fence is mine, idle, no receipt, not terminal. */
  fail(ref: DeliveryRef, fail: { fence: number; error: DeliveryError; at: string }): Promise<Move>;

  /** Condition: armed, attempt `n`, not terminal. `unknown`; frees the lease. From `lookUpAt` on, the reconcile job looks for it. */
  giveUpLooking(
    ref: DeliveryRef,
    give: { tenantId: string; attempt: number; error: DeliveryError; lookUpAt: string | null; at: string },
  ): Promise<Move>;

  /**
   * Condition: `unknown`, armed, attempt `n`: provably absent after all. Disarms with the proof, `failed`. (Found after all is
   * `receipt`.) It is due for the reconcile job at once, which says so to whoever was told otherwise.
   */
  settleAbsent(
    ref: DeliveryRef,
    settle: { attempt: number; evidence: string; error: DeliveryError; at: string },
  ): Promise<Move>;

  /** Condition: there is a receipt. Raises the fence, notes the execution and what follows, if that was not noted before; forgets `nextAt`. */
  beginDecorate(ref: DeliveryRef, step: { execution?: string; sequels?: readonly SequelName[]; at: string }): Promise<Move>;

  /**
   * Condition: the fence is mine, there is a receipt. Gives up the sequels that have no receipt: one that is armed is `unknown`, and
   * frees the lease, all others are `missing`. Adds the warning that says so.
   */
  endSequels(ref: DeliveryRef, end: { tenantId: string; fence: number; warning: string; at: string }): Promise<Move>;

  /** Condition: the fence is mine, there is a receipt. Adds warnings, sets the permalink if one is given; done for good. */
  recordDecoration(
    ref: DeliveryRef,
    decoration: { fence: number; warnings: readonly string[]; externalUrl: string | null; at: string },
  ): Promise<Move>;

  /**
   * People's moves. Condition: the upload's revision is the one that the caller saw, and each delivery concerned is idle,
   * without receipt and not published. Deliveries that had failed stay so. One transaction: raises the revision of the
   * upload and of the deliveries concerned (all of them, or those of `accounts`, then not of the upload). Each also raises the
   * fence of those deliveries, so that no write of a step that began before can follow, and begins their `tries` anew.
   * A cancel while no delivery of the upload is published or armed gives back to the month of creation what it cancels.
   */
  cancelDeliveries(request: PeopleMove): Promise<PeopleMoved>;
  /**
   * An edit also forgets the checkpoints of those deliveries: what was prepared holds the text as it was. Of the files that its
   * options name, it needs those of the edit from then on, and the others no more; throws `StoreBusy` if one of them was let go.
   */
  rescheduleUpload(request: Omit<PeopleMove, 'accounts'> & { edit: UploadEdit }): Promise<PeopleMoved>;
  /**
   * Condition: each is `failed`, or with `force` `unknown`, and the files were not released. Revives them under a higher revision of their own, and opens the
   * upload again (`closedRevision` 0), so that its end is announced anew.
   */
  retryDeliveries(
    request: Omit<PeopleMove, 'revision' | 'accounts'> & { accounts: readonly string[]; force: boolean; by: string },
  ): Promise<PeopleMoved>;
}

/** Something that has to be looked at by itself, at `at`. */
export type DueEntry =
  /** `watchAt`. */
  | { readonly kind: 'upload'; readonly at: string; readonly uploadId: string }
  /** `lookUpAt`. */
  | ({ readonly kind: 'delivery'; readonly at: string } & DeliveryRef)
  /** An open or aborted session, at its end. */
  | { readonly kind: 'session'; readonly at: string; readonly tokenHash: string }
  /** `watchAt` of a stored file. */
  | { readonly kind: 'media'; readonly at: string; readonly mediaId: string }
  /** `revokeAt` of a `Revocation`. */
  | { readonly kind: 'revocation'; readonly at: string; readonly tenantId: string; readonly accountId: string }
  /** `renewAt`. */
  | { readonly kind: 'account'; readonly at: string; readonly tenantId: string; readonly accountId: string };

export interface DueStore {
  /**
   * What is due at `now`, the longest due first, at most `limit`. Read from an index, which lags: what is decided about an entry
   * is decided by its own record.
   */
  listDue(request: { readonly now: string; readonly limit: number }): Promise<readonly DueEntry[]>;
  /** Puts an entry off, or with null takes it out. False: it is not there any more, or due at another time than `entry.at`. */
  moveDue(entry: DueEntry, at: string | null): Promise<boolean>;
}

export interface UploadEdit {
  readonly title?: string;
  readonly description?: string | null;
  readonly options?: Readonly<Record<string, unknown>>;
  /** The files that these options name. */
  readonly attachments?: readonly Media[];
  readonly scheduledOn?: string | null;
}

export interface PeopleMove {
  readonly uploadId: string;
  readonly revision: number;
  /** Null: the whole upload. */
  readonly accounts: readonly string[] | null;
  readonly at: string;
  /** Asks for an execution that looks at the upload now, and for reconcile to see to it at `watchAt`; null: none is needed. */
  readonly wake?: { readonly watchAt: string } | null;
  readonly commit?: Commit | null;
}

export type PeopleMoved =
  | { readonly moved: true; readonly now: UploadWithDeliveries }
  | { readonly moved: false; readonly now: UploadWithDeliveries | null };
