import type { Account } from '../../core/model.ts';
import type { AccountStore } from '../../core/ports/store.ts';
import { LARGEST_READ } from '../rules/limits.ts';
import { accountKey, frozen, type Records, type StoredAccount } from './records.ts';

export function accountStore({ accounts }: Records): AccountStore {
  const find = (tenantId: string, accountId: string) => accounts.get(accountKey(tenantId, accountId));
  const keep = (account: StoredAccount) => accounts.set(accountKey(account.tenantId, account.accountId), frozen(account));

  return {
    putAccount: async (account) => {
      if (find(account.tenantId, account.accountId) !== undefined) return false;
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

    setAccountHealth: async (tenantId, accountId, health) => {
      const account = find(tenantId, accountId);
      if (account !== undefined) keep({ ...account, health });
    },

    lockTokens: async ({ tenantId, accountId, tokenVersion, holder, now, until }) => {
      const account = find(tenantId, accountId);
      if (account === undefined || account.tokenVersion !== tokenVersion) return false;
      const { tokenLock } = account;
      if (tokenLock !== null && tokenLock.until > now && tokenLock.holder !== holder) return false;
      keep({ ...account, tokenLock: { holder, until } });
      return true;
    },

    storeTokens: async ({ tenantId, accountId, tokenVersion, tokens }) => {
      const account = find(tenantId, accountId);
      if (account === undefined || account.tokenVersion !== tokenVersion) return false;
      keep({ ...account, tokens, tokenVersion: tokenVersion + 1, tokenLock: null });
      return true;
    },

    unlockTokens: async ({ tenantId, accountId, holder }) => {
      const account = find(tenantId, accountId);
      if (account !== undefined && account.tokenLock?.holder === holder) keep({ ...account, tokenLock: null });
    },
  };
}

function viewOfAccount(stored: StoredAccount): Account {
  const { tokenLock: _, ...account } = stored;
  return Object.freeze(account);
}
