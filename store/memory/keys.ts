import type { ApiKey } from '../../core/model.ts';
import type { KeyStore } from '../../core/ports/store.ts';
import { statusOfKey } from '../../core/keys.ts';
import { byAge } from '../rules/keys.ts';
import { applyCommit, checkCommit } from './idempotency.ts';
import { frozen, type Records } from './records.ts';

export function keyStore(records: Records): KeyStore {
  const { apiKeys } = records;
  const keep = (key: ApiKey): ApiKey => {
    const kept = frozen(key);
    apiKeys.set(key.keyHash, kept);
    return kept;
  };
  const ofTenant = (tenantId: string) => [...apiKeys.values()].filter((key) => key.tenantId === tenantId);
  const liveBeside = ({ tenantId, createdAt }: ApiKey, without: string | null) =>
    ofTenant(tenantId).filter((key) => key.keyHash !== without && statusOfKey(key, createdAt) === 'active').length;

  return {
    putApiKey: async (key, { most = Infinity, commit = null } = {}) => {
      checkCommit(records, commit);
      const found = apiKeys.get(key.keyHash);
      if (found !== undefined && found.keyId !== key.keyId) throw new Error(`Another key than ${key.keyId} has this hash.`);
      if (found !== undefined) return 'put';
      if (liveBeside(key, null) >= most) return 'too_many';
      keep(key);
      applyCommit(records, commit);
      return 'put';
    },

    getApiKey: async (keyHash) => apiKeys.get(keyHash) ?? null,

    findApiKey: async (tenantId, keyId) => ofTenant(tenantId).find((key) => key.keyId === keyId) ?? null,

    listApiKeys: async (tenantId) => byAge(ofTenant(tenantId)),

    renameApiKey: async ({ keyHash, name, commit }) => {
      checkCommit(records, commit);
      const key = apiKeys.get(keyHash);
      if (key === undefined) return null;
      applyCommit(records, commit);
      return keep({ ...key, name });
    },

    revokeApiKey: async (keyHash, at, commit) => {
      checkCommit(records, commit);
      const key = apiKeys.get(keyHash);
      if (key === undefined) return false;
      keep({ ...key, revokedAt: key.revokedAt ?? at });
      applyCommit(records, commit);
      return true;
    },

    rotateApiKey: async ({ keyHash, successor, at, endsAt, most, commit }) => {
      checkCommit(records, commit);
      const key = apiKeys.get(keyHash);
      if (key === undefined || key.replacedBy !== null || statusOfKey(key, at) !== 'active') return 'ended';
      const ends = endsAt <= at;
      if (liveBeside(successor, ends ? keyHash : null) >= most) return 'too_many';
      keep({ ...key, expiresAt: endsAt, replacedBy: successor.keyId });
      keep(successor);
      applyCommit(records, commit);
      return 'rotated';
    },
  };
}
