import type { Account, ApiKey, Plan, Revocation, StoredMedia, Tenant, UploadSession } from '../model.ts';
import type { DeliveryRef } from './upload-store.ts';

/** The parts of the store port around a tenant: who calls and how often, linked accounts, and files on their way and stored. */

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
  /** Creates the account, and its profile; false: one with this id is there, or one of the tenant for the same account of the outside. */
  putAccount(account: Account): Promise<boolean>;
  getAccount(tenantId: string, accountId: string): Promise<Account | null>;
  /** Those that exist, in the order asked for. At most 90. */
  getAccounts(tenantId: string, accountIds: readonly string[]): Promise<readonly Account[]>;
  /** All of the tenant, by id. */
  listAccounts(tenantId: string): Promise<readonly Account[]>;
  /**
   * Notes how an account stands since `at`, unless it stands so already, or its tokens are not those of `tokenVersion` (null:
   * whichever they are). `name`: its name by now; null: as before.
   */
  setAccountHealth(request: HealthChange): Promise<void>;
  /** Puts what a network told of the account in place of what it told before. Harmless if the account is not there. */
  setAccountLimits(request: { readonly tenantId: string; readonly accountId: string; readonly limits: Account['limits'] }): Promise<void>;
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
   * armed no longer. From then on nothing is armed on it. `revokeAt`: its tokens are kept apart, as `Revocation`; left out: they
   * are forgotten with it.
   */
  unlinkAccount(request: {
    readonly tenantId: string;
    readonly accountId: string;
    readonly at: string;
    readonly revokeAt?: string;
    readonly commit?: Commit | null;
  }): Promise<'unlinked' | 'unknown' | { readonly busyUntil: string }>;
  /** The tokens that are to be ended of an account that was unlinked; null: there are none, or not any more. */
  getRevocation(tenantId: string, accountId: string): Promise<Revocation | null>;
  /** Forgets them for good. */
  dropRevocation(tenantId: string, accountId: string): Promise<void>;
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
  storeTokens(request: Pick<Account, 'tenantId' | 'accountId' | 'tokenVersion' | 'tokens' | 'tokenEnds' | 'renewAt' | 'scopes'>): Promise<boolean>;
  /** Frees the lock if `holder` still has it. */
  unlockTokens(request: { tenantId: string; accountId: string; holder: string }): Promise<void>;
}

export interface HealthChange extends Pick<Account, 'tenantId' | 'accountId' | 'health'> {
  readonly tokenVersion: number | null;
  /** For people; null: nothing is wrong. */
  readonly reason: string | null;
  readonly at: string;
  readonly name: string | null;
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
