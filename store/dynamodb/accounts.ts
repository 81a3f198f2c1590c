import * as z from 'zod';
import type { Account } from '../../core/model.ts';
import type { AccountStore } from '../../core/ports/store.ts';
import { keys } from '../keys.ts';
import type { UndecidedAttempt } from '../rules/lease.ts';
import { LARGEST_READ } from '../rules/limits.ts';
import { all, any, atMost, equals, exists, increase, missing, remove, set } from './expression.ts';
import { optionsText, orNull, time, toJsonText, withoutNulls } from './fields.ts';
import type { Item, Table } from './table.ts';

const sealed = z.object({ v: z.literal(1), dataKey: z.string(), iv: z.string(), ciphertext: z.string(), tag: z.string() });
const lease = z.object({ uploadId: z.string(), attempt: z.int(), fingerprint: z.string(), until: time });

const accountItem = z.object({
  accountId: z.string(),
  tenantId: z.string(),
  network: z.string(),
  externalId: z.string(),
  name: z.string(),
  health: z.enum(['active', 'reauth_required', 'revoked']),
  limits: z.record(z.string(), z.number()),
  defaults: optionsText,
  tokens: sealed,
  tokenVersion: z.int(),
  lease: orNull(lease),
  createdAt: time,
});

/** Armed attempts on the account about which nobody has decided yet, by the fingerprint of what they send. */
const undecidedItem = z.object({ undecided: z.record(z.string(), z.object({ uploadId: z.string(), attempt: z.int() })) });

export function accountOf(item: Item): Account {
  return accountItem.parse(item);
}

export function undecidedOf(item: Item): Readonly<Record<string, UndecidedAttempt>> {
  return undecidedItem.parse(item).undecided;
}

export function accountStore(table: Table): AccountStore {
  return {
    putAccount: async (account) => {
      const item = { ...withoutNulls({ ...account, defaults: toJsonText(account.defaults) }), undecided: {} };
      return (await table.create(keys.account(account.tenantId, account.accountId), item)).done;
    },

    getAccount: async (tenantId, accountId) => {
      const item = await table.get(keys.account(tenantId, accountId));
      return item === null ? null : accountOf(item);
    },

    getAccounts: async (tenantId, accountIds) => {
      if (accountIds.length > LARGEST_READ) throw new RangeError(`At most ${LARGEST_READ} accounts are read at once.`);
      const items = await table.getBatch([...new Set(accountIds)].map((accountId) => keys.account(tenantId, accountId)));
      const accounts = new Map(items.map(accountOf).map((account) => [account.accountId, account]));
      return accountIds.flatMap((accountId) => accounts.get(accountId) ?? []);
    },

    setAccountHealth: async (tenantId, accountId, health) => {
      await table.update(keys.account(tenantId, accountId), exists('pk'), [set('health', health)]);
    },

    lockTokens: async ({ tenantId, accountId, tokenVersion, holder, now, until }) => {
      const free = any(missing('tokenLock'), atMost(['tokenLock', 'until'], now), equals(['tokenLock', 'holder'], holder));
      const condition = all(equals('tokenVersion', tokenVersion), free);
      return (await table.update(keys.account(tenantId, accountId), condition, [set('tokenLock', { holder, until })])).done;
    },

    storeTokens: async ({ tenantId, accountId, tokenVersion, tokens }) => {
      const changes = [set('tokens', { ...tokens }), increase('tokenVersion', 1), remove('tokenLock')];
      return (await table.update(keys.account(tenantId, accountId), equals('tokenVersion', tokenVersion), changes)).done;
    },

    unlockTokens: async ({ tenantId, accountId, holder }) => {
      await table.update(keys.account(tenantId, accountId), equals(['tokenLock', 'holder'], holder), [remove('tokenLock')]);
    },
  };
}
