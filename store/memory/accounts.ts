import { isTerminal, type Account } from '../../core/model.ts';
import type { AccountStore } from '../../core/ports/store.ts';
import { idInIndex, indexKeys } from '../keys.ts';
import { LARGEST_READ } from '../rules/limits.ts';
import { applyCommit, checkCommit } from './idempotency.ts';
import { accountKey, frozen, type Records, type StoredAccount } from './records.ts';

export function accountStore(records: Records): AccountStore {
  const { accounts, revocations } = records;
  const find = (tenantId: string, accountId: string) => accounts.get(accountKey(tenantId, accountId));
  const keep = (account: StoredAccount) => accounts.set(accountKey(account.tenantId, account.accountId), frozen(account));

  return {
    putAccount: async (account) => {
      if (find(account.tenantId, account.accountId) !== undefined || linkedAs(records, account) !== null) return false;
      keep({ ...account, tokenLock: null });
      return true;
    },

    getAccount: async (tenantId, accountId) => {
      const account = find(tenantId, accountId);
      return account === undefined ? null : viewOfAccount(account);
    },

    getAccounts: async (tenantId, accountIds) => {
      if (accountIds.length > LARGEST_READ) throw new RangeError(`At most ${LARGEST_READ} accounts are read at once.`);
      return accountIds.flatMap((accountId) => {
        const account = find(tenantId, accountId);
        return account === undefined ? [] : [viewOfAccount(account)];
      });
    },

    listAccounts: async (tenantId) =>
      [...accounts.values()]
        .filter((account) => account.tenantId === tenantId)
        .toSorted((one, other) => (one.accountId < other.accountId ? -1 : 1))
        .map(viewOfAccount),

    unlinkAccount: async ({ tenantId, accountId, at, revokeAt, commit }) => {
      checkCommit(records, commit);
      const account = find(tenantId, accountId);
      if (account === undefined) return 'unknown';
      if (account.lease !== null && account.lease.until > at) return { busyUntil: account.lease.until };
      accounts.delete(accountKey(tenantId, accountId));
      const { network, externalId, tokens } = account;
      if (revokeAt !== undefined) revocations.set(accountKey(tenantId, accountId), frozen({ tenantId, accountId, network, externalId, tokens, since: at, revokeAt }));
      applyCommit(records, commit);
      return 'unlinked';
    },

    getRevocation: async (tenantId, accountId) => revocations.get(accountKey(tenantId, accountId)) ?? null,
    dropRevocation: async (tenantId, accountId) => void revocations.delete(accountKey(tenantId, accountId)),

    listOpenDeliveries: async ({ accountId, limit }) => {
      const open = [...records.deliveries.values()]
        .flatMap((siblings) => siblings.get(accountId) ?? [])
        .filter(({ status }) => !isTerminal(status))
        .map(({ uploadId }) => indexKeys.openDelivery(accountId, dueAt(records, uploadId), uploadId).gsi1sk)
        .toSorted()
        .toReversed();
      return { refs: open.slice(0, limit).map((sortKey) => ({ uploadId: idInIndex(sortKey), accountId })), total: open.length };
    },

    setAccountHealth: async ({ tenantId, accountId, tokenVersion, health, reason, at, name }) => {
      const account = find(tenantId, accountId);
      if (account === undefined || (tokenVersion !== null && account.tokenVersion !== tokenVersion)) return;
      const changed = account.health === health ? account : { ...account, health, healthSince: at, healthReason: reason };
      keep({ ...changed, name: name ?? account.name });
    },

    setAccountLimits: async ({ tenantId, accountId, limits }) => {
      const account = find(tenantId, accountId);
      if (account !== undefined) keep({ ...account, limits });
    },

    setAccountDefaults: async ({ tenantId, accountId, from, defaults, commit }) => {
      checkCommit(records, commit);
      const account = find(tenantId, accountId);
      if (account === undefined || JSON.stringify(account.defaults) !== JSON.stringify(from)) return false;
      keep({ ...account, defaults });
      applyCommit(records, commit);
      return true;
    },

    lockTokens: async ({ tenantId, accountId, tokenVersion, holder, now, until }) => {
      const account = find(tenantId, accountId);
      if (account === undefined || account.tokenVersion !== tokenVersion) return false;
      const { tokenLock } = account;
      if (tokenLock !== null && tokenLock.until > now && tokenLock.holder !== holder) return false;
      keep({ ...account, tokenLock: { holder, until } });
      return true;
    },

    storeTokens: async ({ tenantId, accountId, tokenVersion, tokens, tokenEnds, renewAt, scopes }) => {
      const account = find(tenantId, accountId);
      if (account === undefined || account.tokenVersion !== tokenVersion) return false;
      keep({ ...account, tokens, tokenEnds, renewAt, scopes, tokenVersion: tokenVersion + 1, tokenLock: null });
      return true;
    },

    unlockTokens: async ({ tenantId, accountId, holder }) => {
      const account = find(tenantId, accountId);
      if (account !== undefined && account.tokenLock?.holder === holder) keep({ ...account, tokenLock: null });
    },
  };
}

/** The tenant's account of the same account of the outside. */
export function linkedAs({ accounts }: Records, { tenantId, network, externalId }: Pick<Account, 'tenantId' | 'network' | 'externalId'>): StoredAccount | null {
  return [...accounts.values()].find((each) => each.tenantId === tenantId && each.network === network && each.externalId === externalId) ?? null;
}

/** When a delivery of the upload is due. */
function dueAt({ uploads }: Records, uploadId: string): string {
  const upload = uploads.get(uploadId);
  return upload?.scheduledOn ?? upload?.createdAt ?? '';
}

export function viewOfAccount(stored: StoredAccount): Account {
  const { tokenLock: _, ...account } = stored;
  return Object.freeze(account);
}
