import { describe, expect, it } from 'vitest';
import type { Store } from '../../../core/ports/index.ts';
import { at, newApiKey, newId } from './records.ts';

export function keyConformance(store: () => Store): void {
  describe('keys and tenants', () => {
    it('gives a key back as it was put, and nothing for another hash', async () => {
      const key = newApiKey();
      const nameless = newApiKey({ name: null });
      await store().putApiKey(key);
      await store().putApiKey(nameless);
      expect(await store().getApiKey(key.keyHash)).toEqual(key);
      expect(await store().getApiKey(nameless.keyHash)).toEqual(nameless);
      expect(await store().getApiKey(newApiKey().keyHash)).toBeNull();
    });

    it('puts a key once: again changes nothing, and another one never takes its place', async () => {
      const key = newApiKey();
      await store().putApiKey(key);
      await store().revokeApiKey(key.keyHash, at(1));
      await store().putApiKey(key);
      await expect(store().putApiKey(newApiKey({ keyHash: key.keyHash }))).rejects.toThrow('Another key');
      expect(await store().getApiKey(key.keyHash)).toEqual({ ...key, revokedAt: at(1) });
    });

    it('revokes once, and says whether there is such a key', async () => {
      const key = newApiKey();
      await store().putApiKey(key);
      expect(await store().revokeApiKey(key.keyHash, at(1))).toBe(true);
      expect(await store().revokeApiKey(key.keyHash, at(2))).toBe(true);
      expect(await store().getApiKey(key.keyHash)).toEqual({ ...key, revokedAt: at(1) });
      expect(await store().revokeApiKey(newApiKey().keyHash, at(1))).toBe(false);
    });

    it('notes the use of a key at most once an hour', async () => {
      const key = newApiKey();
      await store().putApiKey(key);
      const used = async (seconds: number) => {
        await store().touchApiKey(key.keyHash, at(seconds));
        return (await store().getApiKey(key.keyHash))?.lastUsedAt;
      };
      expect(await used(0)).toBe(at(0));
      expect(await used(3_599)).toBe(at(0));
      expect(await used(3_600)).toBe(at(0));
      expect(await used(3_601)).toBe(at(3_601));
      // A clock that runs behind does not take the later time back.
      expect(await used(10)).toBe(at(3_601));
    });

    it('does not make a key by noting its use', async () => {
      const { keyHash } = newApiKey();
      await store().touchApiKey(keyHash, at(0));
      expect(await store().getApiKey(keyHash)).toBeNull();
    });

    it('creates a tenant as often as asked', async () => {
      const tenantId = `ten_${newId()}`;
      const tenant = { tenantId, createdAt: at(0), plan: null };
      expect(await store().ensureTenant({ tenantId, at: at(0) })).toEqual(tenant);
      expect(await store().ensureTenant({ tenantId, at: at(9) })).toEqual(tenant);
    });
  });
}
