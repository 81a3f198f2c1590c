import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { MediaStore } from '../../core/ports/index.ts';
import { domainUrls } from '../../media/domain.ts';
import { fingerprintOf } from '../../media/public-key.ts';
import type { DomainSettings } from '../environment.ts';
import type { ReadSecret } from './secrets.ts';

/** URLs of the configured media domain. The private key is read with the first one, and then kept as long as the process. */
export function keyedUrls(
  { host, keyPairId, keyFingerprint, privateKeyParameter }: DomainSettings,
  { secret, clock }: { readonly secret: ReadSecret; readonly clock: Clock },
): MediaStore['signGet'] {
  let known: Promise<KeyObject> | undefined;

  async function readKey(): Promise<KeyObject> {
    const key = keyIn(await secret(privateKeyParameter), privateKeyParameter);
    // CloudFront would refuse every URL, and a network would say no more than that it could not fetch the file.
    if (fingerprintOf(createPublicKey(key)) === keyFingerprint) return key;
    throw new Error(`The key in ${privateKeyParameter} does not belong to mediaDomain.publicKey of the configuration: put the right one there.`);
  }

  async function privateKey(): Promise<KeyObject> {
    known ??= readKey();
    try {
      return await known;
    } catch (error) {
      // A key that was not there once may be there the next time.
      known = undefined;
      throw error;
    }
  }

  return domainUrls({ host, keyPairId, privateKey, clock });
}

function keyIn(pem: string, parameter: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw new Error(`The parameter ${parameter} holds no private key in PEM: put one there.`, { cause });
  }
}
