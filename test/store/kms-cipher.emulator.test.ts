import {
  CreateKeyCommand,
  DisabledException,
  IncorrectKeyException,
  InvalidCiphertextException,
  KMSClient,
  KMSInternalException,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TokenUnreadable, type TokenCipher } from '../../core/ports/index.ts';
import { kmsCipher } from '../../store/kms-cipher.ts';
import { cipherConformance } from './cipher.ts';

describe('the cipher on KMS', () => {
  const client = new KMSClient({ maxAttempts: 1 });
  let cipher: TokenCipher;
  let foreign: TokenCipher;
  let keyArn: string;

  const newKey = async (): Promise<string> => {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({ KeyUsage: 'ENCRYPT_DECRYPT' }));
    if (KeyMetadata?.Arn === undefined) throw new Error('no key');
    return KeyMetadata.Arn;
  };

  beforeAll(async () => {
    keyArn = await newKey();
    cipher = kmsCipher({ client, keyArn });
    foreign = kmsCipher({ client, keyArn: await newKey() });
  });
  afterAll(() => client.destroy());

  cipherConformance(
    () => cipher,
    () => foreign,
  );

  const context = { tenantId: 'ten_1', accountId: 'acc_1' };

  it('passes on what is wrong with KMS and not with the value, since it may pass', async () => {
    const sealed = await cipher.seal('secret', context);
    const of = { message: 'injected', $metadata: {} };
    const outages = [
      new KMSInternalException(of),
      new DisabledException(of),
      Object.assign(new Error('timed out'), { name: 'TimeoutError' }),
      Object.assign(new Error('not allowed'), { name: 'AccessDeniedException' }),
    ];
    for (const outage of outages) {
      const broken = kmsCipher({ client: failing(outage), keyArn });
      await expect(broken.open(sealed, context)).rejects.toBe(outage);
      await expect(broken.seal('secret', context)).rejects.toBe(outage);
    }
  });

  it('calls a value unreadable when KMS says that it is', async () => {
    const sealed = await cipher.seal('secret', context);
    const of = { message: 'injected', $metadata: {} };
    for (const verdict of [new InvalidCiphertextException(of), new IncorrectKeyException(of)]) {
      const error = await kmsCipher({ client: failing(verdict), keyArn }).open(sealed, context).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TokenUnreadable);
      expect(error).toMatchObject({ cause: verdict });
    }
  });

  it('asks KMS under this key, with tenant and account as the context', async () => {
    const sent: unknown[] = [];
    const watched = new KMSClient({});
    watched.middlewareStack.add(
      (next) => (args) => {
        sent.push(args.input);
        return next(args);
      },
      { step: 'initialize', name: 'watch' },
    );
    const watching = kmsCipher({ client: watched, keyArn });
    expect(await watching.open(await watching.seal('secret', context), context)).toBe('secret');
    const request = { KeyId: keyArn, EncryptionContext: context };
    expect(sent).toMatchObject([{ ...request, KeySpec: 'AES_256' }, request]);
    watched.destroy();
  });
});

/** A client that fails so. */
function failing(error: Error): KMSClient {
  const broken = new KMSClient({ maxAttempts: 1 });
  const fail = async (): Promise<never> => {
    throw error;
  };
  broken.middlewareStack.add(() => fail, { step: 'finalizeRequest', name: 'failing' });
  return broken;
}
