import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { IdempotencyRef } from '../../core/ports/index.ts';

/**
 * Secrets that are shown once, kept so that only the request that made them can have them again: AES-256-GCM under a key that
 * HKDF-SHA-256 (RFC 5869) derives from the Idempotency-Key, of which the table knows the hash alone. The salt binds it to tenant
 * and route. A text is base64url of nonce, tag and ciphertext.
 */
const NONCE = 12;
const TAG = 16;
const INFO = 'fanfare idempotent secret v1';

type Place = Pick<IdempotencyRef, 'tenantId' | 'operationId'>;

/** The text was swapped, cut or made under another key. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';
}

export function sealSecret(secret: string, idempotencyKey: string, place: Place): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', derivedKey(idempotencyKey, place), nonce, { authTagLength: TAG });
  const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64url');
}

/** Throws `SecretUnreadable`. */
export function openSecret(sealed: string, idempotencyKey: string, place: Place): string {
  const bytes = Buffer.from(sealed, 'base64url');
  try {
    const nonce = bytes.subarray(0, NONCE);
    const decipher = createDecipheriv('aes-256-gcm', derivedKey(idempotencyKey, place), nonce, { authTagLength: TAG });
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new SecretUnreadable('A stored secret cannot be read.', { cause });
  }
}

function derivedKey(idempotencyKey: string, { tenantId, operationId }: Place): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', idempotencyKey, `${tenantId}#${operationId}`, INFO, 32));
}
