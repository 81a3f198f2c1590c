import * as z from 'zod';
import { scopes, type ApiKey } from '../../core/model.ts';
import type { KeyStore } from '../../core/ports/store.ts';
import { indexKeys, keys } from '../keys.ts';
import { touchesAgain } from '../rules/touch.ts';
import { all, any, below, exists, missing, set, setOnce } from './expression.ts';
import { orNull, time, withoutNulls } from './fields.ts';
import { writeWith } from './idempotency.ts';
import type { Item, Table } from './table.ts';
import type { Write } from './writes.ts';

const keyItem = z.object({
  keyId: z.string(),
  tenantId: z.string(),
  keyHash: z.string(),
  prefix: z.string(),
  name: orNull(z.string()),
  scopes: z.array(z.enum(scopes)),
  createdAt: time,
  expiresAt: orNull(time),
  lastUsedAt: orNull(time),
  revokedAt: orNull(time),
});

function apiKeyOf(item: Item): ApiKey {
  return keyItem.parse(item);
}

export function keyStore(table: Table): KeyStore {
  return {
    putApiKey: async (key, commit) => {
      const index = indexKeys.keyOfTenant(key.tenantId, key.createdAt, key.keyId);
      const write: Write = { type: 'create', key: keys.apiKey(key.keyHash), item: { ...withoutNulls({ ...key }), ...index } };
      const written = await writeWith(table, write, commit);
      const other = written.done || written.found === null ? null : apiKeyOf(written.found);
      if (other !== null && other.keyId !== key.keyId) throw new Error(`Another key than ${key.keyId} has this hash.`);
    },

    getApiKey: async (keyHash) => {
      const item = await table.get(keys.apiKey(keyHash));
      return item === null ? null : apiKeyOf(item);
    },

    revokeApiKey: async (keyHash, at) => {
      const written = await table.update(keys.apiKey(keyHash), exists('pk'), [setOnce('revokedAt', at)]);
      return written.done;
    },

    touchApiKey: async (keyHash, at) => {
      const due = any(missing('lastUsedAt'), below('lastUsedAt', touchesAgain(at)));
      await table.update(keys.apiKey(keyHash), all(exists('pk'), due), [set('lastUsedAt', at)]);
    },
  };
}
