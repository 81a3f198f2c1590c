import type { Account, ApiKey, Delivery, Tenant, Upload, UploadSession, UploadWithDeliveries } from '../core/model.ts';
import type { ArmMove, DeliveryRef, Move, PeopleMoved, Store } from '../core/ports/index.ts';
import * as moves from './moves.ts';

interface StoredAccount {
  readonly account: Account;
  readonly refreshLock: { readonly holder: string; readonly until: string } | null;
}

interface StoredUpload {
  upload: Upload;
  readonly order: readonly string[];
  readonly deliveries: Map<string, Delivery>;
}

/** The store in memory, by the rules of the table: for tests and simulations. Each call is atomic. */
export function memoryStore(): Store {
  const tenants = new Map<string, Tenant>();
  const keys = new Map<string, ApiKey>();
  const accounts = new Map<string, StoredAccount>();
  const sessions = new Map<string, UploadSession>();
  const uploads = new Map<string, StoredUpload>();
  const bodies = new Map<string, string>();
  const used = new Map<string, number>();

  function record(stored: StoredUpload): UploadWithDeliveries {
    const deliveries = stored.order.flatMap((accountId) => stored.deliveries.get(accountId) ?? []);
    return structuredClone({ upload: stored.upload, deliveries });
  }

  function find({ uploadId, accountId }: DeliveryRef): Delivery | null {
    return uploads.get(uploadId)?.deliveries.get(accountId) ?? null;
  }

  function keep(delivery: Delivery): void {
    uploads.get(delivery.uploadId)?.deliveries.set(delivery.accountId, structuredClone(delivery));
  }

  function move(ref: DeliveryRef, apply: (delivery: Delivery) => Delivery | null): Promise<Move> {
    const found = find(ref);
    const moved = found === null ? null : apply(found);
    if (moved === null) return Promise.resolve({ moved: false, found: structuredClone(found) });
    keep(moved);
    return Promise.resolve({ moved: true, delivery: structuredClone(moved) });
  }

  function freeLease(tenantId: string, ref: DeliveryRef): void {
    const key = accountKey(tenantId, ref.accountId);
    const stored = accounts.get(key);
    if (stored?.account.lease?.uploadId === ref.uploadId) accounts.set(key, { ...stored, account: { ...stored.account, lease: null } });
  }

  /** A move that ends an armed attempt, and with it the lease. */
  function ending(tenantId: string, ref: DeliveryRef, apply: (delivery: Delivery) => Delivery | null): Promise<Move> {
    return move(ref, (delivery) => {
      const ended = apply(delivery);
      if (ended !== null) freeLease(tenantId, ref);
      return ended;
    });
  }

  function peopleMove(uploadId: string, apply: (upload: Upload, deliveries: readonly Delivery[]) => moves.PeopleApplied): Promise<PeopleMoved> {
    const stored = uploads.get(uploadId);
    if (stored === undefined) return Promise.resolve({ moved: false, now: null });
    const before = record(stored);
    const applied = apply(before.upload, before.deliveries);
    if (applied === null) return Promise.resolve({ moved: false, now: before });
    stored.upload = structuredClone(applied.upload);
    for (const delivery of applied.changed) keep(delivery);
    return Promise.resolve({ moved: true, now: record(stored) });
  }

  function changeUpload(uploadId: string, change: (upload: Upload) => Upload | null): Promise<boolean> {
    const stored = uploads.get(uploadId);
    const changed = stored === undefined ? null : change(stored.upload);
    if (stored === undefined || changed === null) return Promise.resolve(false);
    stored.upload = structuredClone(changed);
    return Promise.resolve(true);
  }

  function changeAccount(tenantId: string, accountId: string, change: (stored: StoredAccount) => StoredAccount | null): Promise<boolean> {
    const key = accountKey(tenantId, accountId);
    const stored = accounts.get(key);
    const changed = stored === undefined ? null : change(stored);
    if (changed === null) return Promise.resolve(false);
    accounts.set(key, structuredClone(changed));
    return Promise.resolve(true);
  }

  function within(request: { tenantId: string; from: string | null; to: string | null }): readonly StoredUpload[] {
    return [...uploads.values()]
      .filter(({ upload }) => upload.tenantId === request.tenantId)
      .filter(({ upload }) => request.from === null || upload.createdAt >= request.from)
      .filter(({ upload }) => request.to === null || upload.createdAt <= request.to)
      .toSorted((a, b) => (position(a.upload) < position(b.upload) ? 1 : -1));
  }

  return {
    async ensureTenant(tenant) {
      if (!tenants.has(tenant.tenantId)) tenants.set(tenant.tenantId, structuredClone(tenant));
    },

    async putApiKey(key) {
      keys.set(key.keyHash, structuredClone(key));
    },
    async getApiKey(keyHash) {
      return structuredClone(keys.get(keyHash) ?? null);
    },
    async revokeApiKey(keyHash, at) {
      const key = keys.get(keyHash);
      if (key === undefined) return false;
      keys.set(keyHash, { ...key, revokedAt: key.revokedAt ?? at });
      return true;
    },
    async touchApiKey(keyHash, at) {
      const key = keys.get(keyHash);
      if (key !== undefined && moves.isStale(key.lastUsedAt, at)) keys.set(keyHash, { ...key, lastUsedAt: at });
    },

    async putAccount(account) {
      const key = accountKey(account.tenantId, account.accountId);
      if (accounts.has(key)) return false;
      accounts.set(key, structuredClone({ account, refreshLock: null }));
      return true;
    },
    async getAccount(tenantId, accountId) {
      return structuredClone(accounts.get(accountKey(tenantId, accountId))?.account ?? null);
    },
    async getAccounts(tenantId, accountIds) {
      return structuredClone(accountIds.flatMap((accountId) => accounts.get(accountKey(tenantId, accountId))?.account ?? []));
    },
    async setAccountHealth(tenantId, accountId, health) {
      await changeAccount(tenantId, accountId, (stored) => ({ ...stored, account: { ...stored.account, health } }));
    },
    lockTokens(lock) {
      return changeAccount(lock.tenantId, lock.accountId, (stored) => {
        const held = stored.refreshLock !== null && stored.refreshLock.until > lock.now && stored.refreshLock.holder !== lock.holder;
        if (held || stored.account.tokenVersion !== lock.tokenVersion) return null;
        return { ...stored, refreshLock: { holder: lock.holder, until: lock.until } };
      });
    },
    storeTokens({ tenantId, accountId, tokenVersion, tokens }) {
      return changeAccount(tenantId, accountId, ({ account }) =>
        account.tokenVersion === tokenVersion
          ? { account: { ...account, tokens, tokenVersion: tokenVersion + 1 }, refreshLock: null }
          : null,
      );
    },
    async unlockTokens({ tenantId, accountId, holder }) {
      await changeAccount(tenantId, accountId, (stored) => (stored.refreshLock?.holder === holder ? { ...stored, refreshLock: null } : null));
    },

    async putSession(session) {
      sessions.set(session.tokenHash, structuredClone(session));
    },
    async getSession(tokenHash) {
      return structuredClone(sessions.get(tokenHash) ?? null);
    },
    async abortSession(tokenHash) {
      const session = sessions.get(tokenHash);
      if (session === undefined || session.state === 'completed') return false;
      sessions.set(tokenHash, { ...session, state: 'aborted' });
      return true;
    },

    async createUpload({ upload, deliveries, sessionTokenHash, month }) {
      const session = sessions.get(sessionTokenHash);
      if (session?.state !== 'open' || uploads.has(upload.uploadId)) return 'session_moved';
      sessions.set(sessionTokenHash, { ...session, state: 'completed' });
      const stored: StoredUpload = { upload: structuredClone(upload), order: deliveries.map(({ accountId }) => accountId), deliveries: new Map() };
      uploads.set(upload.uploadId, stored);
      for (const delivery of deliveries) keep(delivery);
      const window = `${upload.tenantId} ${month}`;
      used.set(window, (used.get(window) ?? 0) + deliveries.length);
      return 'created';
    },
    async takeBackUpload({ uploadId, sessionTokenHash, month }) {
      const stored = uploads.get(uploadId);
      const session = sessions.get(sessionTokenHash);
      if (stored === undefined || session === undefined || stored.upload.claim !== null) return 'claimed';
      uploads.delete(uploadId);
      sessions.set(sessionTokenHash, { ...session, state: 'open' });
      const window = `${stored.upload.tenantId} ${month}`;
      used.set(window, (used.get(window) ?? 0) - stored.order.length);
      return 'taken_back';
    },
    async markAssembled(uploadId, at) {
      await changeUpload(uploadId, (upload) => (upload.assembly === null ? null : { ...upload, assembly: null, updatedAt: at }));
    },
    async getUpload(uploadId) {
      const stored = uploads.get(uploadId);
      return stored === undefined ? null : record(stored);
    },
    async listUploads({ after, skip, limit, ...bounds }) {
      const rest = within(bounds).filter(({ upload }) => after === null || position(upload) < after);
      const page = rest.slice(skip, skip + limit);
      const last = page.at(-1);
      return {
        uploads: page.map(record),
        next: last === undefined || rest.length <= skip + limit ? null : position(last.upload),
      };
    },
    async countUploads(request) {
      return within(request).length;
    },
    claimUpload({ uploadId, claim, predecessor }) {
      return changeUpload(uploadId, (upload) => {
        const holder = upload.claim?.execution ?? null;
        if (holder === claim.execution) return upload;
        return holder === null || holder === predecessor ? { ...upload, claim } : null;
      });
    },
    recordInspection({ uploadId, execution, media, at }) {
      return changeUpload(uploadId, (upload) => (upload.claim?.execution === execution ? { ...upload, media, updatedAt: at } : null));
    },
    closeUpload({ uploadId, revision, at }) {
      return changeUpload(uploadId, (upload) =>
        upload.revision === revision && upload.closedRevision < revision ? { ...upload, closedRevision: revision, updatedAt: at } : null,
      );
    },
    async putBody(request) {
      bodies.set(bodyKey(request), JSON.stringify(request.body));
    },
    async getBody(request) {
      const body = bodies.get(bodyKey(request));
      return body === undefined ? null : (JSON.parse(body) as unknown);
    },

    async getDelivery(ref) {
      return structuredClone(find(ref));
    },
    beginStep: (ref, step) => move(ref, (delivery) => moves.beginStep(delivery, step)),
    saveCheckpoint: (ref, save) => move(ref, (delivery) => moves.saveCheckpoint(delivery, save)),
    pause: (ref, pause) => move(ref, (delivery) => moves.pause(delivery, pause)),
    async arm(ref, arm): Promise<ArmMove> {
      const found = find(ref);
      const stored = accounts.get(accountKey(arm.tenantId, ref.accountId));
      const armed = found === null || stored === undefined ? null : moves.arm(found, arm);
      if (found === null || stored === undefined || armed === null) return { moved: false, found: structuredClone(found) };
      const { lease } = stored.account;
      if (moves.isHeldByAnother(lease, ref.uploadId, arm.at)) {
        return { moved: false, found: structuredClone(found), leaseHeldBy: { uploadId: lease.uploadId, until: lease.until } };
      }
      const taken = { uploadId: ref.uploadId, attempt: armed.attempt.n, until: arm.leaseUntil };
      accounts.set(accountKey(arm.tenantId, ref.accountId), { ...stored, account: { ...stored.account, lease: taken } });
      keep(armed);
      return { moved: true, delivery: structuredClone(armed) };
    },
    async receipt(ref, request) {
      let duplicate = false;
      const result = await ending(request.tenantId, ref, (delivery) => {
        const kept = moves.receipt(delivery, request);
        duplicate = kept?.duplicate ?? false;
        return kept?.delivery ?? null;
      });
      return { ...result, duplicate };
    },
    disarm: (ref, disarm) => ending(disarm.tenantId, ref, (delivery) => moves.disarm(delivery, disarm)),
    fail: (ref, fail) => move(ref, (delivery) => moves.fail(delivery, fail)),
    giveUpLooking: (ref, give) => ending(give.tenantId, ref, (delivery) => moves.giveUpLooking(delivery, give)),
    settleAbsent: (ref, settle) => move(ref, (delivery) => moves.settleAbsent(delivery, settle)),
    beginDecorate: (ref, step) => move(ref, (delivery) => moves.beginDecorate(delivery, step)),
    recordDecoration: (ref, decoration) => move(ref, (delivery) => moves.recordDecoration(delivery, decoration)),

    cancelDeliveries: (request) => peopleMove(request.uploadId, (upload, deliveries) => moves.cancel(upload, deliveries, request)),
    rescheduleUpload: (request) => peopleMove(request.uploadId, (upload, deliveries) => moves.reschedule(upload, deliveries, request)),
    retryDeliveries: (request) => peopleMove(request.uploadId, (upload, deliveries) => moves.retry(upload, deliveries, request)),
  };
}

function accountKey(tenantId: string, accountId: string): string {
  return `${tenantId} ${accountId}`;
}

function bodyKey(request: { uploadId: string; accountId: string; fingerprint: string }): string {
  return `${request.uploadId} ${request.accountId} ${request.fingerprint}`;
}

/** Where an upload stands among those of its tenant. */
function position(upload: Upload): string {
  return `${upload.createdAt}#${upload.uploadId}`;
}
