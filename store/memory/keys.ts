import type { KeyStore } from '../../core/ports/store.ts';
import { touchesAgain } from '../rules/touch.ts';
import { applyCommit, checkCommit } from './idempotency.ts';
import { frozen, type Records } from './records.ts';

export function keyStore(records: Records): KeyStore {
  const { apiKeys } = records;
  return {
    putApiKey: async (key, commit) => {
      checkCommit(records, commit);
      const found = apiKeys.get(key.keyHash);
      if (found === undefined) apiKeys.set(key.keyHash, frozen(key));
      else if (found.keyId !== key.keyId) throw new Error(`Another key than ${key.keyId} has this hash.`);
      applyCommit(records, commit);
    },

    getApiKey: async (keyHash) => apiKeys.get(keyHash) ?? null,

    revokeApiKey: async (keyHash, at) => {
      const key = apiKeys.get(keyHash);
      if (key === undefined) return false;
      apiKeys.set(keyHash, frozen({ ...key, revokedAt: key.revokedAt ?? at }));
      return true;
    },

    touchApiKey: async (keyHash, at) => {
      const key = apiKeys.get(keyHash);
      if (key === undefined) return;
      if (key.lastUsedAt === null || key.lastUsedAt < touchesAgain(at)) apiKeys.set(keyHash, frozen({ ...key, lastUsedAt: at }));
    },
  };
}
