import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Sealed } from '../core/model.ts';
import { TokenUnreadable, type TokenContext } from '../core/ports/index.ts';

/**
 * The inner half of envelope encryption: AES-256-GCM under a data key, with the context as additional data, so that a value
 * that was moved to another account does not open. Sizes as NIST SP 800-38D recommends them.
 */
const ALGORITHM = 'aes-256-gcm';
export const DATA_KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A data key with what stands for it in storage: itself, encrypted under a key that never leaves its keeper. */
export interface DataKey {
  readonly plaintext: Uint8Array;
  readonly encrypted: Uint8Array;
}

/** Encrypts a text under a data key that is used for nothing else. */
export function sealUnder(dataKey: DataKey, plaintext: string, context: TokenContext): Sealed {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, dataKey.plaintext, iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(context));
  const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
  return {
    v: 1,
    dataKey: Buffer.from(dataKey.encrypted).toString('base64'),
    iv: iv.toString('base64'),
    ciphertext: ciphertext.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
  };
}

/** Decrypts what `sealUnder` made. Throws `TokenUnreadable` for anything else. */
export function openUnder(dataKey: Uint8Array, sealed: Sealed, context: TokenContext): string {
  const iv = bytesOf(sealed.iv);
  const tag = bytesOf(sealed.tag);
  const ciphertext = bytesOf(sealed.ciphertext);
  // A tag that was cut would be accepted at its own length.
  if (dataKey.length !== DATA_KEY_BYTES || iv.length !== IV_BYTES || tag.length !== TAG_BYTES) throw unreadable();
  const decipher = createDecipheriv(ALGORITHM, dataKey, iv, { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData(context));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw unreadable(cause);
  }
}

/** The bytes of a base64 text. Throws `TokenUnreadable` if it is not exactly what encoding them gives. */
export function bytesOf(base64: string): Buffer {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64) throw unreadable();
  return bytes;
}

export function unreadable(cause?: unknown): TokenUnreadable {
  const message = 'These tokens were not sealed for this account under this key, or were changed since.';
  return new TokenUnreadable(message, cause === undefined ? undefined : { cause });
}

function additionalData({ tenantId, accountId }: TokenContext): Buffer {
  return Buffer.from(JSON.stringify([1, tenantId, accountId]));
}
