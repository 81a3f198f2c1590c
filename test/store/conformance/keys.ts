import { describe, expect, it } from 'vitest';
import type { ApiKey } from '../../../core/model.ts';
import type { Store } from '../../../core/ports/index.ts';
import { at, newApiKey, newId } from './records.ts';

export function keyConformance(store: () => Store): void {
  const put = async (change: Partial<ApiKey> = {}): Promise<ApiKey> => {
    const key = newApiKey(change);
    expect(await store().putApiKey(key)).toBe('put');
    return key;
  };
  const read = ({ keyHash }: ApiKey) => store().getApiKey(keyHash);

  describe('keys', () => {
    it('are given back as they were put, by hash and by id, and nothing for another', async () => {
      const key = await put();
      const bare = await put({ name: null, scopes: ['upload:read'], expiresAt: at(60) });
      for (const each of [key, bare]) {
        expect(await read(each)).toEqual(each);
        expect(await store().findApiKey(each.tenantId, each.keyId)).toEqual(each);
      }
      expect(await store().getApiKey(newApiKey().keyHash)).toBeNull();
      expect(await store().findApiKey(key.tenantId, `key_${newId()}`)).toBeNull();
      expect(await store().findApiKey(bare.tenantId, key.keyId)).toBeNull();
    });

    it('are put once: again changes nothing, and another one never takes their place', async () => {
      const key = await put();
      await store().revokeApiKey(key.keyHash, at(1));
      expect(await store().putApiKey(key)).toBe('put');
      await expect(store().putApiKey(newApiKey({ keyHash: key.keyHash }))).rejects.toThrow('Another key');
      expect(await read(key)).toEqual({ ...key, revokedAt: at(1) });
    });

    it('are listed newest first, at once, to their own tenant only', async () => {
      const tenantId = `ten_${newId()}`;
      const second = await put({ tenantId, createdAt: at(5), keyId: 'key_A' });
      const first = await put({ tenantId, createdAt: at(5), keyId: 'key_B' });
      const third = await put({ tenantId, createdAt: at(4), keyId: 'key_C' });
      await put();
      expect(await store().listApiKeys(tenantId)).toEqual([first, second, third]);
      expect(await store().listApiKeys(`ten_${newId()}`)).toEqual([]);
    });

    it('are listed all, also when they are more than one batch', async () => {
      const tenantId = `ten_${newId()}`;
      const made: ApiKey[] = [];
      for (let n = 0; n < 101; n += 1) made.push(await put({ tenantId, createdAt: at(n) }));
      expect(await store().listApiKeys(tenantId)).toEqual(made.toReversed());
    });

    it('can be renamed, also to no name', async () => {
      const key = await put();
      expect(await store().renameApiKey({ keyHash: key.keyHash, name: 'Other' })).toEqual({ ...key, name: 'Other' });
      expect(await store().renameApiKey({ keyHash: key.keyHash, name: null })).toEqual({ ...key, name: null });
      expect(await read(key)).toEqual({ ...key, name: null });
      expect(await store().renameApiKey({ keyHash: newApiKey().keyHash, name: 'Other' })).toBeNull();
    });

    it('are revoked once, and it is said whether there is such a key', async () => {
      const key = await put();
      expect(await store().revokeApiKey(key.keyHash, at(1))).toBe(true);
      expect(await store().revokeApiKey(key.keyHash, at(2))).toBe(true);
      expect(await read(key)).toEqual({ ...key, revokedAt: at(1) });
      expect(await store().revokeApiKey(newApiKey().keyHash, at(1))).toBe(false);
    });

    it('are at most so many that open anything: revoked ones and those that are over do not count', async () => {
      const tenantId = `ten_${newId()}`;
      const make = (change: Partial<ApiKey> = {}) => store().putApiKey(newApiKey({ tenantId, createdAt: at(10), ...change }), { most: 2 });
      await put({ tenantId, expiresAt: at(10) });
      const revoked = await put({ tenantId });
      await store().revokeApiKey(revoked.keyHash, at(1));
      expect(await make()).toBe('put');
      expect(await make({ expiresAt: at(11) })).toBe('put');
      expect(await make()).toBe('too_many');
      expect(await store().listApiKeys(tenantId)).toHaveLength(4);
      expect(await make({ createdAt: at(11) })).toBe('put');
      expect(await store().putApiKey(newApiKey(), { most: 2 })).toBe('put');
    });

    it('are never more than that, though 10 are made at once', async () => {
      const tenantId = `ten_${newId()}`;
      const made = await Promise.all(Array.from({ length: 10 }, () => store().putApiKey(newApiKey({ tenantId }), { most: 4 })));
      expect(made.filter((result) => result === 'put')).toHaveLength(4);
      expect(await store().listApiKeys(tenantId)).toHaveLength(4);
    });
  });

  describe('the rotation of a key', () => {
    it('puts the new one and lets the old one end, both or none', async () => {
      const old = await put();
      const request = rotation(old);
      expect(await store().rotateApiKey(request)).toBe('rotated');
      expect(await read(old)).toEqual({ ...old, expiresAt: at(100), replacedBy: request.successor.keyId });
      expect(await read(request.successor)).toEqual(request.successor);
      expect(await store().listApiKeys(old.tenantId)).toHaveLength(2);
    });

    it('is refused for a key that is revoked, over, rotated before or not there, and puts nothing then', async () => {
      const revoked = await put();
      await store().revokeApiKey(revoked.keyHash, at(1));
      const rotated = await put();
      await store().rotateApiKey(rotation(rotated));
      for (const old of [revoked, rotated, await put({ expiresAt: at(10) }), newApiKey()]) {
        const request = rotation(old);
        expect(await store().rotateApiKey(request)).toBe('ended');
        expect(await read(request.successor)).toBeNull();
      }
    });

    it('happens once, though 10 ask at once', async () => {
      const old = await put();
      const results = await Promise.all(Array.from({ length: 10 }, () => store().rotateApiKey(rotation(old))));
      expect(results.filter((result) => result === 'rotated')).toHaveLength(1);
      expect(new Set(results)).toEqual(new Set(['rotated', 'ended']));
      expect(await store().listApiKeys(old.tenantId)).toHaveLength(2);
    });

    it('keeps to the number of keys, where an old one that ends at once makes room', async () => {
      const old = await put();
      expect(await store().rotateApiKey({ ...rotation(old), most: 1 })).toBe('too_many');
      expect(await read(old)).toEqual(old);
      expect(await store().rotateApiKey({ ...rotation(old), endsAt: at(10), most: 1 })).toBe('rotated');
    });
  });
}

/** A rotation of `old` into a new key of its tenant. */
function rotation(old: ApiKey) {
  return {
    keyHash: old.keyHash,
    successor: newApiKey({ tenantId: old.tenantId, createdAt: at(10) }),
    at: at(10),
    endsAt: at(100),
    most: 5,
  };
}
