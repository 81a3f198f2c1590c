import type { LinkStore } from '../../core/ports/store.ts';
import { linkedAs, viewOfAccount } from './accounts.ts';
import { applyCommit, checkCommit } from './idempotency.ts';
import { accountKey, frozen, type Records } from './records.ts';

export function linkStore(records: Records): LinkStore {
  const { accounts, links, redirectOrigins } = records;
  return {
    putLink: async (link, commit) => {
      checkCommit(records, commit);
      if (links.has(link.linkId)) return;
      links.set(link.linkId, frozen(link));
      applyCommit(records, commit);
    },

    getLink: async (linkId) => links.get(linkId) ?? null,

    moveLink: async ({ linkId, version }, stage) => {
      const link = links.get(linkId);
      if (link?.version !== version) return null;
      const moved = frozen({ ...link, stage, version: version + 1 });
      links.set(linkId, moved);
      return moved;
    },

    findLinkedAccount: async (request) => {
      const account = linkedAs(records, request);
      return account === null ? null : viewOfAccount(account);
    },

    countLinked: async ({ network, externalId }) => [...accounts.values()].filter((each) => each.network === network && each.externalId === externalId).length,

    relinkAccount: async ({ tenantId, accountId, tokenVersion, ...changes }) => {
      const account = accounts.get(accountKey(tenantId, accountId));
      if (account?.tokenVersion !== tokenVersion) return false;
      const renewed = { ...account, ...changes, tokenVersion: tokenVersion + 1, tokenLock: null, health: 'active', healthReason: null } as const;
      accounts.set(accountKey(tenantId, accountId), frozen(renewed));
      return true;
    },

    getRedirectOrigins: async (tenantId) => redirectOrigins.get(tenantId) ?? [],

    setRedirectOrigins: async ({ tenantId, origins, commit }) => {
      checkCommit(records, commit);
      redirectOrigins.set(tenantId, frozen([...origins]));
      applyCommit(records, commit);
    },
  };
}
