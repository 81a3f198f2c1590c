import * as z from 'zod';
import type { AccountStore } from '../../core/ports/store.ts';
import { accountRange, dueKey, idInIndex, indexKeys, keys, timeRange } from '../keys.ts';
import { LARGEST_READ } from '../rules/limits.ts';
import { accountOf, revocationOf } from './account-item.ts';
import { dueAt } from './due-item.ts';
import { all, any, atMost, differs, equals, exists, increase, missing, remove, set, setOrRemove } from './expression.ts';
import { toJsonText, withoutNulls } from './fields.ts';
import { writeWith } from './idempotency.ts';
import { countLink, ensureProfile } from './links.ts';
import type { Table } from './table.ts';
import { unlinkAccount } from './unlink.ts';

const indexEntry = z.object({ gsi1sk: z.string() });

/** The largest limit that DynamoDB takes. */
const MOST = 2 ** 31 - 1;

export function accountStore(table: Table): AccountStore {
  return {
    putAccount: async (account) => {
      const { tenantId, accountId, network, externalId, profile, renewAt, createdAt } = account;
      const due = renewAt === null ? {} : dueKey(renewAt, keys.account(tenantId, accountId));
      const item = { ...withoutNulls({ ...account, defaults: toJsonText(account.defaults) }), ...due, undecided: {} };
      const made = await table.transact([
        { type: 'create', key: keys.account(tenantId, accountId), item },
        { type: 'create', key: keys.external(tenantId, network, externalId), item: { accountId } },
        countLink(network, externalId, 1),
        ...(profile === null ? [] : [ensureProfile(tenantId, profile, createdAt)]),
      ]);
      return made.done;
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

    listAccounts: async (tenantId) => (await table.query({ partition: keys.account(tenantId, '').pk, ...accountRange })).map(accountOf),

    unlinkAccount: (request) => unlinkAccount(table, request),

    getRevocation: async (tenantId, accountId) => {
      const item = await table.get(keys.revocation(tenantId, accountId));
      return item === null ? null : revocationOf(item);
    },

    dropRevocation: async (tenantId, accountId) => {
      await table.transact([{ type: 'delete', key: keys.revocation(tenantId, accountId), condition: exists('pk') }]);
    },

    listOpenDeliveries: async ({ accountId, limit }) => {
      const { gsi1pk: partition } = indexKeys.openDelivery(accountId, '', '');
      const entries = await table.indexed({ partition, ...timeRange(null, null), limit });
      const refs = entries.map((entry) => ({ uploadId: idInIndex(indexEntry.parse(entry).gsi1sk), accountId }));
      if (refs.length < limit) return { refs, total: refs.length };
      return { refs, total: await table.countIndexed({ partition, ...timeRange(null, null), limit: MOST }) };
    },

    setAccountHealth: async ({ tenantId, accountId, tokenVersion, health, reason, at, name }) => {
      const key = keys.account(tenantId, accountId);
      const concerned = tokenVersion === null ? exists('pk') : equals('tokenVersion', tokenVersion);
      await table.update(key, all(concerned, differs('health', health)), [set('health', health), set('healthSince', at), setOrRemove('healthReason', reason)]);
      if (name !== null) await table.update(key, all(concerned, differs('name', name)), [set('name', name)]);
    },

    setAccountLimits: async ({ tenantId, accountId, limits }) => {
      await table.update(keys.account(tenantId, accountId), exists('pk'), [set('limits', { ...limits })]);
    },

    setAccountDefaults: async ({ tenantId, accountId, from, defaults, commit }) => {
      const changes = [set('defaults', toJsonText(defaults))];
      const write = { type: 'update', key: keys.account(tenantId, accountId), condition: equals('defaults', toJsonText(from)), changes } as const;
      return (await writeWith(table, write, commit)).done;
    },

    lockTokens: async ({ tenantId, accountId, tokenVersion, holder, now, until }) => {
      const free = any(missing('tokenLock'), atMost(['tokenLock', 'until'], now), equals(['tokenLock', 'holder'], holder));
      const condition = all(equals('tokenVersion', tokenVersion), free);
      return (await table.update(keys.account(tenantId, accountId), condition, [set('tokenLock', { holder, until })])).done;
    },

    storeTokens: async ({ tenantId, accountId, tokenVersion, tokens, tokenEnds, renewAt, scopes }) => {
      const key = keys.account(tenantId, accountId);
      const changes = [set('tokens', { ...tokens }), set('scopes', [...scopes]), setOrRemove('tokenEnds', tokenEnds), ...dueAt('renewAt', key, renewAt), increase('tokenVersion', 1), remove('tokenLock')];
      return (await table.update(key, equals('tokenVersion', tokenVersion), changes)).done;
    },

    unlockTokens: async ({ tenantId, accountId, holder }) => {
      await table.update(keys.account(tenantId, accountId), equals(['tokenLock', 'holder'], holder), [remove('tokenLock')]);
    },
  };
}
