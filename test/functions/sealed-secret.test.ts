import { describe, expect, it } from 'vitest';
import { openSecret, sealSecret, SecretUnreadable } from '../../functions/common/sealed-secret.ts';

describe('a sealed secret', () => {
  const place = { tenantId: 'ten_1', operationId: 'presignPut' };
  const sealed = sealSecret('st_secret', 'key', place);

  it('is opened with the same key in the same place', () => {
    expect(openSecret(sealed, 'key', place)).toBe('st_secret');
    expect(sealSecret('st_secret', 'key', place)).not.toBe(sealed);
  });

  it('is refused with another key, and in the place of another tenant or route', () => {
    expect(() => openSecret(sealed, 'other', place)).toThrow(SecretUnreadable);
    expect(() => openSecret(sealed, 'key', { ...place, tenantId: 'ten_2' })).toThrow(SecretUnreadable);
    expect(() => openSecret(sealed, 'key', { ...place, operationId: 'generateApiKey' })).toThrow(SecretUnreadable);
  });

  it('is refused when it was cut, or changed anywhere', () => {
    const bytes = Buffer.from(sealed, 'base64url');
    for (let end = 0; end < bytes.length; end += 1) {
      expect(() => openSecret(bytes.subarray(0, end).toString('base64url'), 'key', place)).toThrow(SecretUnreadable);
      const changed = Buffer.from(bytes);
      changed[end] = (changed[end] ?? 0) ^ 1;
      expect(() => openSecret(changed.toString('base64url'), 'key', place)).toThrow(SecretUnreadable);
    }
  });
});
