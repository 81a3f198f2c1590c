import type {
  Account,
  ApiKey,
  Checkpoint,
  Claim,
  Delivery,
  DeliveryError,
  Media,
  Plan,
  Receipt,
  Sealed,
  StoredMedia,
  Tenant,
  Upload,
  UploadSession,
  UploadWithDeliveries,
} from '../model.ts';

/**
 * The store port. `store/` implements it on DynamoDB and in memory; both run the suite in `test/store/conformance`.
 * Every read that a decision rests on is consistent. Writes that meet a conflict or a throttle are tried again inside,
 * with jitter and a bound, and then throw `StoreBusy`; a refused condition is an answer, never an exception.
 */
export interface Store
  extends TenantStore, KeyStore, RateStore, AccountStore, SessionStore, StoredMediaStore, UploadStore, DeliveryStore, IdempotencyStore, DueStore {}

/** Names a request that carried an `Idempotency-Key`: the tenant, the route's `operationId`, and the key's SHA-256 (lower-case hex). */
export interface IdempotencyRef {
  readonly tenantId: string;
  readonly operationId: string;
  readonly keyHash: string;
}

/** What a repeated request is answered from: never a body, but what a body is rendered from. */
export interface IdempotentResult {
  readonly status: number;
  readonly ids: Readonly<Record<string, string>>;
  /** A secret that was shown once (session token, key), encrypted under the Idempotency-Key itself. */
  readonly sealed: string | null;
}

/**
 * The outcome of a request with an `Idempotency-Key`. A write with an effect takes it and stores both in one transaction, so that
 * there is never the one without the other. Throws `CommitRefused` if the request is not this owner's any more: then nothing
 * was written.
 */
export interface Commit {
  readonly ref: IdempotencyRef;
  readonly owner: string;
  readonly result: IdempotentResult;
  /** Called once it is stored. */
  readonly stored?: () => void;
}

/** Another request with the same key has taken over. */
export class CommitRefused extends Error {
  override readonly name = 'CommitRefused';
}

export interface IdempotencyStore {
  /**
   * Begins a request under its key, or tells what became of it. A record that is over at `now` counts as none; a running one
   * whose owner's time is over is taken over.
   */
  beginIdempotent(request: {
    readonly ref: IdempotencyRef;
    readonly fingerprint: string;
    readonly owner: string;
    readonly now: string;
    readonly ownedUntil: string;
    readonly expiresAt: string;
  }): Promise<
    | { readonly state: 'begun' }
    | { readonly state: 'running' }
    | { readonly state: 'other_request' }
    | { readonly state: 'done'; readonly result: IdempotentResult }
  >;
  /** Stores the result of a request that wrote nothing else. Throws `CommitRefused`. */
  commitAlone(commit: Commit): Promise<void>;
  /** Forgets a request that came to nothing, if it is still this owner's and not done. */
  releaseIdempotent(request: { readonly ref: IdempotencyRef; readonly owner: string }): Promise<void>;
  /** Forgets a request whose effect was taken back, if this is still its result. */
  forgetIdempotent(request: { readonly ref: IdempotencyRef; readonly result: IdempotentResult }): Promise<void>;
}

export interface TenantStore {
  /** Creates the tenant, without a plan of its own, if it is not there yet; gives it. */
  ensureTenant(request: { readonly tenantId: string; readonly at: string }): Promise<Tenant>;
  /** Null takes the plan away: that of the configuration counts. Creates the tenant if it is not there. */
  setPlan(request: { readonly tenantId: string; readonly plan: Plan | null; readonly at: string }): Promise<void>;
  /** Null: nobody of it was here yet. */
  getTenant(tenantId: string): Promise<Tenant | null>;
  /** Deliveries charged to the month (`yyyy-mm`). */
  getQuotaUsed(request: { readonly tenantId: string; readonly month: string }): Promise<number>;
}

export interface KeyStore {
  /**
   * Putting a key again changes nothing. `too_many`: with it, the tenant would have more than `most` keys that are not revoked
   * or over when it is made; also where several are made at once. Throws if another one has its hash.
   */
  putApiKey(key: ApiKey, options?: { readonly most?: number; readonly commit?: Commit | null }): Promise<'put' | 'too_many'>;
  /** One read by hash. */
  getApiKey(keyHash: string): Promise<ApiKey | null>;
  /** The tenant's key of this id. */
  findApiKey(tenantId: string, keyId: string): Promise<ApiKey | null>;
  /** All keys of the tenant, newest first. */
  listApiKeys(tenantId: string): Promise<readonly ApiKey[]>;
  /** The key as it is then; null: no such key. */
  renameApiKey(request: { readonly keyHash: string; readonly name: string | null; readonly commit?: Commit | null }): Promise<ApiKey | null>;
  /** Revoking again changes nothing. False: no such key. */
  revokeApiKey(keyHash: string, at: string, commit?: Commit | null): Promise<boolean>;
  /**
   * Puts `successor`, and lets the key end at `endsAt`, in one transaction. `ended`: the key is revoked, over at `at`, replaced
   * already, or not there. `too_many`: as for `putApiKey`, where a key whose end is not after `at` counts no more.
   */
  rotateApiKey(request: {
    readonly keyHash: string;
    readonly successor: ApiKey;
    readonly at: string;
    readonly endsAt: string;
    readonly most: number;
    readonly commit?: Commit | null;
  }): Promise<'rotated' | 'ended' | 'too_many'>;
}

/** Whose requests share a bucket (`core/rate.ts`): those with one key, or those of a tenant's dashboard sessions. */
export type RateSubject = { readonly keyHash: string } | { readonly tenantId: string };

/** `fullAt`, in microseconds since 1970: when the bucket will be full again; null: it was never used. */
export interface RateStore {
  /** `getApiKey`, and in the same read the bucket of the key. */
  getApiKeyWithRate(keyHash: string): Promise<{ readonly apiKey: ApiKey; readonly fullAt: number | null } | null>;
  /** `ensureTenant`, and in the same read the bucket of its sessions. */
  ensureTenantWithRate(request: { readonly tenantId: string; readonly at: string }): Promise<{ readonly tenant: Tenant; readonly fullAt: number | null }>;
  /**
   * Takes a request out of a bucket by one write that is tried once. `idle`: if the bucket is still full at `now`, it is full
   * again at `now + increment`; otherwise, if it is full again at `latest` or before, that time moves on by `increment`. `usedAt`:
   * notes the use of the key. Not taken: with the time as found.
   */
  takeRequest(request: TakeRequest): Promise<{ readonly taken: boolean; readonly fullAt: number | null }>;
}

export interface TakeRequest {
  readonly subject: RateSubject;
  readonly idle: boolean;
  readonly now: number;
  readonly increment: number;
  readonly latest: number;
  readonly usedAt: string | null;
}

export interface AccountStore {
  /** Creates the account; false: one with this id is there. */
  putAccount(account: Account): Promise<boolean>;
  getAccount(tenantId: string, accountId: string): Promise<Account | null>;
  /** Those that exist, in the order asked for. At most 90. */
  getAccounts(tenantId: string, accountIds: readonly string[]): Promise<readonly Account[]>;
  /** All of the tenant, by id. */
  listAccounts(tenantId: string): Promise<readonly Account[]>;
  setAccountHealth(tenantId: string, accountId: string, health: Account['health']): Promise<void>;
  /** Puts `defaults` in place of `from`. False: they are others by now, or the account is not there. */
  setAccountDefaults(request: {
    readonly tenantId: string;
    readonly accountId: string;
    readonly from: Account['defaults'];
    readonly defaults: Account['defaults'];
    readonly commit?: Commit | null;
  }): Promise<boolean>;
  /**
   * Removes the account, unless an upload is being published on it: its lease is free, over at `at`, or of an attempt that is
   * armed no longer. From then on nothing is armed on it.
   */
  unlinkAccount(request: {
    readonly tenantId: string;
    readonly accountId: string;
    readonly at: string;
    readonly commit?: Commit | null;
  }): Promise<'unlinked' | 'unknown' | { readonly busyUntil: string }>;
  /**
   * Deliveries to the account that have not ended, those due last first, `limit` at most, and how many there are. Read from an
   * index, which lags.
   */
  listOpenDeliveries(request: { readonly accountId: string; readonly limit: number }): Promise<{ readonly refs: readonly DeliveryRef[]; readonly total: number }>;
  /**
   * Takes the lock under which tokens are refreshed, if it is free, over at `now` or the holder's own, and the version is still
   * `tokenVersion`.
   */
  lockTokens(request: TokenLock): Promise<boolean>;
  /** Stores new tokens and frees the lock, if the version is still `tokenVersion`; raises the version. */
  storeTokens(request: { tenantId: string; accountId: string; tokenVersion: number; tokens: Sealed }): Promise<boolean>;
  /** Frees the lock if `holder` still has it. */
  unlockTokens(request: { tenantId: string; accountId: string; holder: string }): Promise<void>;
}

export interface TokenLock {
  readonly tenantId: string;
  readonly accountId: string;
  readonly tokenVersion: number;
  readonly holder: string;
  readonly now: string;
  readonly until: string;
}

export interface SessionStore {
  /** Putting a session again changes nothing. Throws if another one has its token. */
  putSession(session: UploadSession, commit?: Commit | null): Promise<void>;
  getSession(tokenHash: string): Promise<UploadSession | null>;
  /** open -> aborted; already aborted counts as done. False: it is completed or not there. */
  abortSession(tokenHash: string, commit?: Commit | null): Promise<boolean>;
}

export interface StoredMediaStore {
  /** One transaction: the session goes from open to completed. `session_moved`: it is not open any more. */
  createMedia(request: {
    readonly media: StoredMedia;
    readonly sessionTokenHash: string;
    readonly commit?: Commit | null;
  }): Promise<'created' | 'session_moved'>;
  /** Undoes `createMedia` after storage refused the parts; the session is open again. `kept`: the object is known to be there. */
  takeBackMedia(request: { readonly mediaId: string; readonly sessionTokenHash: string }): Promise<'taken_back' | 'kept'>;
  /** The object is there: forgets the part list; reconcile looks at it at `watchAt`. Repeating it is harmless. */
  markMediaAssembled(request: { readonly mediaId: string; readonly watchAt: string }): Promise<void>;
  getMedia(mediaId: string): Promise<StoredMedia | null>;
  /** Those that exist, in the order asked for. At most 90. */
  getMediaFiles(mediaIds: readonly string[]): Promise<readonly StoredMedia[]>;
  /**
   * Sets `releasedAt`, if no upload needs the file and it need not be kept any longer. From then on no upload is made of it.
   * `released`: also if it was before, or there is no such record.
   */
  releaseMedia(request: { readonly mediaId: string; readonly at: string }): Promise<'released' | 'needed'>;
}

export interface CreateUpload {
  readonly upload: Upload;
  readonly deliveries: readonly Delivery[];
  /**
   * Its state goes from open to completed in the same transaction, and the upload's file is recorded as stored. Null: the upload is
   * made of files that are stored, which it needs from then on.
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
 * transaction of two items); the condition stands at the move.
 */
export interface DeliveryStore {
  getDelivery(ref: DeliveryRef): Promise<Delivery | null>;

  /**
   * Condition: the revision is mine, the status is not terminal. Raises the fence, `dispatching`, notes the execution, and the
   * time if it is the first step of its revision; forgets `nextAt`: so a delivery that is open without one is being worked on, or its worker died.
   */
  beginStep(ref: DeliveryRef, step: { revision: number; execution: string; at: string }): Promise<Move>;

  /** Condition: the fence is mine. `bytesSent`: what is kept of it stays as it is if left out. */
  saveCheckpoint(ref: DeliveryRef, save: { fence: number; checkpoint: Checkpoint; bytesSent?: number | null; at: string }): Promise<Move>;

  /** Condition: the fence is mine and the status is not terminal. `trouble`: the class whose count goes up, if any. */
  pause(
    ref: DeliveryRef,
    pause: {
      fence: number;
      status: 'retrying' | 'dispatching';
      trouble: string | null;
      nextAt: string | null;
      error: DeliveryError | null;
      at: string;
    },
  ): Promise<Move>;

  /**
   * Condition, delivery: fence and revision are mine, idle, no receipt, not terminal. Account: its lease is free, over at
   * `at`, or this delivery's; and no undecided attempt of another upload has the same fingerprint. Effect: armed, attempt n+1,
   * and the lease.
   */
  arm(
    ref: DeliveryRef,
    arm: { tenantId: string; fence: number; revision: number; fingerprint: string; at: string; leaseUntil: string },
  ): Promise<ArmMove>;

  /**
   * Condition: attempt `n` was armed at some time. Not the fence, not the revision: a receipt is a fact. If `n` had been
   * disarmed or another receipt is there, this one goes to `duplicates`, and `duplicate` is true; the delivery is `uploaded` in
   * any case, since the post is there. The same post again (the same external id) changes nothing. `lookedUp`: the post was found by asking; then it is of the attempt that is armed now, if one
   * is, since the one that asked may have been overtaken by it. Frees the lease.
   */
  receipt(
    ref: DeliveryRef,
    receipt: { tenantId: string; receipt: Receipt; lookedUp?: boolean; at: string },
  ): Promise<Move & { duplicate?: boolean }>;

  /** Condition: armed, attempt `n`. Idle, with the proof; frees the lease. Evidence is cut to 200 characters, the last ten proofs are kept. */
  disarm(
    ref: DeliveryRef,
    disarm: { tenantId: string; attempt: number; kind: 'refused' | 'never_sent' | 'absent'; evidence: string; at: string },
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

  /** Condition: there is a receipt. Raises the fence. */
  beginDecorate(ref: DeliveryRef, step: { at: string }): Promise<Move>;

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
  /** An edit also forgets the checkpoints of those deliveries: what was prepared holds the text as it was. */
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
  | { readonly kind: 'media'; readonly at: string; readonly mediaId: string };

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

/** The store could not take the request within its bound (conflicts, throttling). It is safe to ask again. */
export class StoreBusy extends Error {
  override readonly name = 'StoreBusy';
}
