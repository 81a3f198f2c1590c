import { sign, type KeyObject } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import type { MediaStore } from '../core/ports/index.ts';
import { checkExpiry, LONGEST_EXPIRY } from './checks.ts';
import { pathOfKey } from './uri.ts';

export interface MediaDomain {
  /** Where the distribution answers, by https. */
  readonly host: string;
  /** CloudFront's id of the public key. */
  readonly keyPairId: string;
  /** Its private half, RSA; asked for at each URL. */
  readonly privateKey: () => Promise<KeyObject>;
  readonly clock: Clock;
}

/**
 * URLs of the media domain, a CloudFront distribution in front of the bucket, in place of those that S3 takes: they do not die
 * with a function's credentials, and HEAD works on them. Signed with a canned policy:
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html
 */
export function domainUrls({ host, keyPairId, privateKey, clock }: MediaDomain): MediaStore['signGet'] {
  return async ({ objectKey, expiresIn }) => {
    checkExpiry(expiresIn, LONGEST_EXPIRY);
    const url = `https://${host}/${pathOfKey(objectKey)}`;
    // CloudFront counts in whole seconds: rounded up, or the last one would be missing.
    const expires = Math.ceil(clock.now().getTime() / 1000) + expiresIn;
    // CloudFront puts the policy together itself and compares it byte by byte: this order, and no white space.
    const policy = JSON.stringify({ Statement: [{ Resource: url, Condition: { DateLessThan: { 'AWS:EpochTime': expires } } }] });
    const signature = sign('RSA-SHA1', Buffer.from(policy), await privateKey()).toString('base64');
    return `${url}?Expires=${expires}&Signature=${forQuery(signature)}&Key-Pair-Id=${keyPairId}`;
  };
}

/** Base64 with other signs for the three that a query string reserves, as the page above lists them. */
function forQuery(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');
}
