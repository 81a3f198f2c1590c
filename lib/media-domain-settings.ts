import { createPublicKey, type KeyObject } from 'node:crypto';
import * as z from 'zod';

/** CloudFront takes no more keys in a group (its quotas, "Public keys in a single key group"). */
const MOST_KEYS = 5;

/** A public key that CloudFront takes for RSA-SHA1: 2,048 bits, in PEM. What it gives is always written in the same way. */
const publicKey = z.string().transform((text, context): string => {
  const pem = text.trim();
  // Node.js would take a private key too.
  const key = pem.startsWith('-----BEGIN PUBLIC KEY-----') ? keyIn(pem) : null;
  if (key?.asymmetricKeyType === 'rsa' && key.asymmetricKeyDetails?.modulusLength === 2048) {
    return key.export({ type: 'spki', format: 'pem' }).toString();
  }
  context.addIssue({ code: 'custom', message: 'a public RSA key of 2048 bits in PEM, from -----BEGIN PUBLIC KEY----- on' });
  return z.NEVER;
});

function keyIn(pem: string): KeyObject | null {
  try {
    return createPublicKey(pem);
  } catch (error) {
    if (error instanceof Error) return null;
    throw error;
  }
}

/** The optional domain from which networks fetch files: a stack of its own (`lib/media-domain-stack.ts`). */
export const mediaDomainSchema = z
  .strictObject({
    /** The key against which CloudFront checks the addresses. */
    publicKey,
    /** Its private half, in PEM: an SSM SecureString parameter, never in the template. */
    privateKeyParameter: z.string().min(1),
    /** Keys that signed before, and still hold while addresses signed with them are about. */
    formerPublicKeys: z.array(publicKey).max(MOST_KEYS - 1).default([]),
    /** A name of the operator's own; null: the distribution's, below cloudfront.net. Its DNS record points to the distribution. */
    domainName: z.hostname().nullable().default(null),
    /** Of that name; CloudFront takes certificates from this region alone. */
    certificateArn: z
      .string()
      .regex(/^arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate\/[\w-]+$/u, 'the ARN of a certificate in us-east-1')
      .nullable()
      .default(null),
    /** From where in the world it serves: networks fetch from few places, most of them in North America and Europe. */
    priceClass: z.enum(['100', '200', 'all']).default('100'),
    /** The output DistributionId of the first deployment: the bucket is then read by that distribution and no other. */
    distributionId: z
      .string()
      .regex(/^E[A-Z0-9]{5,30}$/u, 'the output DistributionId of the media-domain stack')
      .nullable()
      .default(null),
  })
  .refine(({ domainName, certificateArn }) => (domainName === null) === (certificateArn === null), {
    message: 'a domainName needs a certificateArn, and the other way round',
  })
  .refine(({ publicKey: current, formerPublicKeys }) => new Set([current, ...formerPublicKeys]).size === formerPublicKeys.length + 1, {
    message: 'each key once',
    path: ['formerPublicKeys'],
  });
export type MediaDomainSettings = z.output<typeof mediaDomainSchema>;
