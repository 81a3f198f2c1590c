import * as z from 'zod';
import { limits } from '../../core/limits.ts';
import { scopes, type ApiKey } from '../../core/model.ts';
import { StoreBusy, type Commit, type KeyStore } from '../../core/ports/store.ts';
import { keyRange, keys } from '../keys.ts';
import { statusOfKey } from '../../core/keys.ts';
import { byAge } from '../rules/keys.ts';
import { tableSchema } from '../schema.ts';
import { above, all, any, equals, exists, increase, missing, set, setOnce, setOrRemove, type Change } from './expression.ts';
import { daysAfter, orNull, time, withoutNulls } from './fields.ts';
import { transactWith, writeWith } from './idempotency.ts';
import { LARGEST_BATCH } from './reads.ts';
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
  replacedBy: orNull(z.string()),
});

/** By the id of a key, and in the partition of its tenant: so that lists and look-ups see what was just written. */
const pointerItem = z.object({ keyHash: z.string() });

const ringItem = z.object({ made: z.int() });

/** Each further round is another key of the tenant having been made in between. */
const ROUNDS = 20;

export function apiKeyOf(item: Item): ApiKey {
  return keyItem.parse(item);
}

export function keyStore(table: Table): KeyStore {
  const read = async (keyHash: string): Promise<ApiKey | null> => {
    const item = await table.get(keys.apiKey(keyHash));
    return item === null ? null : apiKeyOf(item);
  };

  const list = async (tenantId: string): Promise<readonly ApiKey[]> => {
    const pointers = await table.query({ partition: keys.tenant(tenantId).pk, ...keyRange });
    const items = pointers.map((item) => keys.apiKey(pointerItem.parse(item).keyHash));
    const batches = Array.from({ length: Math.ceil(items.length / LARGEST_BATCH) }, (_, n) => items.slice(n * LARGEST_BATCH, (n + 1) * LARGEST_BATCH));
    const found = await Promise.all(batches.map((batch) => table.getBatch(batch)));
    return byAge(found.flat().map(apiKeyOf));
  };

  /**
   * Stores a new key together with `writes`. The number of keys ever made is in the transaction, so that none of those that are
   * counted against `most` can be made in between. `without`: a key that counts no more.
   */
  const make = async (
    key: ApiKey,
    writes: readonly Write[],
    { most, without, commit }: { readonly most: number; readonly without: string | null; readonly commit: Commit | null | undefined },
  ): Promise<{ readonly done: true } | { readonly done: false; readonly reason: 'too_many' | 'exists' | 'refused' }> => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const ring = await table.get(keys.keyRing(key.tenantId));
      if (most !== Infinity) {
        const live = (await list(key.tenantId)).filter(({ keyHash, ...each }) => keyHash !== without && statusOfKey(each, key.createdAt) === 'active');
        if (live.length >= most) return { done: false, reason: 'too_many' };
      }
      const asSeen = ring === null ? missing('pk') : equals('made', ringItem.parse(ring).made);
      const result = await transactWith(
        table,
        [
          { type: 'create', key: keys.apiKey(key.keyHash), item: { ...withoutNulls({ ...key }), ...sweptAfter(key.expiresAt) } },
          { type: 'create', key: keys.keyOfTenant(key.tenantId, key.keyId), item: { keyHash: key.keyHash, ...sweptAfter(key.expiresAt) } },
          { type: 'update', key: keys.keyRing(key.tenantId), condition: asSeen, changes: [increase('made', 1)] },
          ...writes,
        ],
        commit,
      );
      if (result.done) return result;
      const [isThere, , , ...others] = result.refusals;
      if (isThere) return { done: false, reason: 'exists' };
      if (others.some((refusal) => refusal !== null)) return { done: false, reason: 'refused' };
    }
    throw new StoreBusy('Too many keys of this tenant are made at once.');
  };

  return {
    putApiKey: async (key, { most = Infinity, commit = null } = {}) => {
      const made = await make(key, [], { most, without: null, commit });
      if (made.done) return 'put';
      if (made.reason === 'too_many') return 'too_many';
      if ((await read(key.keyHash))?.keyId !== key.keyId) throw new Error(`Another key than ${key.keyId} has this hash.`);
      return 'put';
    },

    getApiKey: read,

    findApiKey: async (tenantId, keyId) => {
      const pointer = await table.get(keys.keyOfTenant(tenantId, keyId));
      return pointer === null ? null : read(pointerItem.parse(pointer).keyHash);
    },

    listApiKeys: list,

    renameApiKey: async ({ keyHash, name, commit }) => {
      const write = { type: 'update', key: keys.apiKey(keyHash), condition: exists('pk'), changes: [setOrRemove('name', name)] } as const;
      const written = await writeWith(table, write, commit);
      return written.done ? read(keyHash) : null;
    },

    revokeApiKey: async (keyHash, at, commit) => {
      const key = await read(keyHash);
      if (key === null) return false;
      const swept = sweepingAfter(at);
      const result = await transactWith(
        table,
        [
          { type: 'update', key: keys.apiKey(keyHash), condition: exists('pk'), changes: [setOnce('revokedAt', at), ...swept] },
          { type: 'update', key: keys.keyOfTenant(key.tenantId, key.keyId), condition: exists('pk'), changes: swept },
        ],
        commit,
      );
      return result.done;
    },

    rotateApiKey: async ({ keyHash, successor, at, endsAt, most, commit }) => {
      const key = await read(keyHash);
      if (key === null) return 'ended';
      const swept = sweepingAfter(endsAt);
      const goesOn = all(exists('pk'), missing('revokedAt'), missing('replacedBy'), any(missing('expiresAt'), above('expiresAt', at)));
      const ends: Write = {
        type: 'update',
        key: keys.apiKey(keyHash),
        condition: goesOn,
        changes: [set('expiresAt', endsAt), set('replacedBy', successor.keyId), ...swept],
      };
      const pointer: Write = { type: 'update', key: keys.keyOfTenant(key.tenantId, key.keyId), condition: exists('pk'), changes: swept };
      if (key.replacedBy !== null || statusOfKey(key, at) !== 'active') return 'ended';
      const made = await make(successor, [ends, pointer], { most, without: endsAt <= at ? keyHash : null, commit });
      if (made.done) return 'rotated';
      if (made.reason === 'exists') throw new Error(`There is a key already with the hash of ${successor.keyId}.`);
      return made.reason === 'refused' ? 'ended' : 'too_many';
    },
  };
}

/** A key that has ended is listed for a while longer, and then swept. */
function sweptAfter(end: string | null): Item {
  return end === null ? {} : { [tableSchema.timeToLive]: daysAfter(end, limits.endedKeysKept) };
}

function sweepingAfter(end: string): readonly Change[] {
  return [set(tableSchema.timeToLive, daysAfter(end, limits.endedKeysKept))];
}
