import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { TokenCipher, TokenContext } from '../core/ports/index.ts';
import { bytesOf, DATA_KEY_BYTES, openUnder, sealUnder, unreadable } from './envelope.ts';

const WRAPPING = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Encrypts as `kmsCipher` does, under a key that lives and dies with this value. Another one cannot open what it sealed. */
export function memoryCipher(): TokenCipher {
  const master = randomBytes(DATA_KEY_BYTES);

  const wrap = (key: Uint8Array, context: TokenContext): Buffer => {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(WRAPPING, master, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(additionalData(context));
    const wrapped = Buffer.concat([cipher.update(key), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), wrapped]);
  };

  const unwrap = (bytes: Buffer, context: TokenContext): Buffer => {
    if (bytes.length !== IV_BYTES + TAG_BYTES + DATA_KEY_BYTES) throw unreadable();
    const decipher = createDecipheriv(WRAPPING, master, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(additionalData(context));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      throw unreadable(cause);
    }
  };

  return {
    seal: async (plaintext, context) => {
      const key = randomBytes(DATA_KEY_BYTES);
      return sealUnder({ plaintext: key, encrypted: wrap(key, context) }, plaintext, context);
    },
    open: async (sealed, context) => openUnder(unwrap(bytesOf(sealed.dataKey), context), sealed, context),
  };
}

function additionalData({ tenantId, accountId }: TokenContext): Buffer {
  return Buffer.from(JSON.stringify(['data key', tenantId, accountId]));
}
