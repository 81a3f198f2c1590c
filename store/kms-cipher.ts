import {
  DecryptCommand,
  GenerateDataKeyCommand,
  IncorrectKeyException,
  InvalidCiphertextException,
  type KMSClient,
} from '@aws-sdk/client-kms';
import type { TokenCipher, TokenContext } from '../core/ports/index.ts';
import { bytesOf, openUnder, sealUnder, unreadable } from './envelope.ts';

/** Most bytes of a ciphertext that KMS takes (AWS KMS API reference, Decrypt: CiphertextBlob). */
const LARGEST_BLOB = 6_144;

/**
 * Seals tokens under data keys of a KMS key: each value has its own, encrypted by KMS with tenant and account as encryption
 * context. Opening throws `TokenUnreadable` for a value that was swapped, cut, changed or sealed under another key; what KMS
 * cannot do for other reasons (an outage, a disabled key, a missing permission) is thrown as it is, since it may pass.
 */
export function kmsCipher({ client, keyArn }: { readonly client: KMSClient; readonly keyArn: string }): TokenCipher {
  return {
    seal: async (plaintext, context) => {
      const command = new GenerateDataKeyCommand({ KeyId: keyArn, KeySpec: 'AES_256', EncryptionContext: encryptionContext(context) });
      const key = await client.send(command);
      if (key.Plaintext === undefined || key.CiphertextBlob === undefined) throw new Error('KMS gave no data key.');
      try {
        return sealUnder({ plaintext: key.Plaintext, encrypted: key.CiphertextBlob }, plaintext, context);
      } finally {
        key.Plaintext.fill(0);
      }
    },

    open: async (sealed, context) => {
      const blob = bytesOf(sealed.dataKey);
      if (blob.length < 1 || blob.length > LARGEST_BLOB) throw unreadable();
      const dataKey = await decrypt(client, keyArn, blob, context);
      try {
        return openUnder(dataKey, sealed, context);
      } finally {
        dataKey.fill(0);
      }
    },
  };
}

async function decrypt(client: KMSClient, keyArn: string, blob: Buffer, context: TokenContext): Promise<Uint8Array> {
  try {
    const command = new DecryptCommand({ KeyId: keyArn, CiphertextBlob: blob, EncryptionContext: encryptionContext(context) });
    const { Plaintext } = await client.send(command);
    if (Plaintext === undefined) throw new Error('KMS gave no data key.');
    return Plaintext;
  } catch (error) {
    if (error instanceof InvalidCiphertextException || error instanceof IncorrectKeyException) throw unreadable(error);
    throw error;
  }
}

/** Shown in clear in CloudTrail: ids only. */
function encryptionContext({ tenantId, accountId }: TokenContext): Record<string, string> {
  return { tenantId, accountId };
}
