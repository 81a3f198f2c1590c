import { createHash, type KeyObject } from 'node:crypto';

/** Tells public keys apart: SHA-256 of the key's DER (SubjectPublicKeyInfo), in lower-case hex. */
export function fingerprintOf(publicKey: KeyObject): string {
  return createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('hex');
}
