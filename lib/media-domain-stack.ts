import { CfnOutput, Stack, type App } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachedMethods,
  CachePolicy,
  CfnPublicKey,
  Distribution,
  HttpVersion,
  KeyGroup,
  PriceClass,
  S3OriginAccessControl,
  Signing,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { S3BucketOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { createPublicKey } from 'node:crypto';
import { fingerprintOf } from '../media/public-key.ts';
import type { Configuration } from './configuration.ts';
import type { Data } from './data-stack.ts';
import type { MediaDomainSettings } from './media-domain-settings.ts';
import { outputNames, stackNames } from './names.ts';

const PRICE_CLASSES: Readonly<Record<MediaDomainSettings['priceClass'], PriceClass>> = {
  '100': PriceClass.PRICE_CLASS_100,
  '200': PriceClass.PRICE_CLASS_200,
  all: PriceClass.PRICE_CLASS_ALL,
};

/** What the functions have to know of the domain. */
export interface MediaDomain {
  readonly stack: Stack;
  readonly host: string;
  readonly keyPairId: string;
  /** Of the public key: `fingerprintOf`. */
  readonly keyFingerprint: string;
}

/**
 * The optional stack of the domain from which networks fetch files: a CloudFront distribution in front of the media bucket
 * that serves nothing without a signature. No emulator has its keys, hence a stack of its own. Who may read the bucket is said
 * where the bucket is (`lib/media-bucket.ts`). CloudFront wants names that are unique in the account.
 */
export function createMediaDomainStack(app: App, configuration: Configuration, settings: MediaDomainSettings, data: Pick<Data, 'bucket'>): MediaDomain {
  const prefix = `${configuration.name}-${configuration.stage}-media`;
  const stack = new Stack(app, 'MediaDomain', {
    stackName: stackNames(configuration).mediaDomain,
    description: 'Fanfare: the domain from which networks fetch files.',
  });
  const [current, ...former] = [settings.publicKey, ...settings.formerPublicKeys].map((pem) => createKey(stack, prefix, pem));
  if (current === undefined) throw new Error('The media domain has no key.');
  const keys = [current, ...former].map(({ key }) => key);

  // By its name: CloudFront is to know the bucket, and the bucket's policy is not to know this stack, which stands on it.
  const bucket = Bucket.fromBucketName(stack, 'Bucket', data.bucket.bucketName);
  const access = new S3OriginAccessControl(stack, 'Access', { originAccessControlName: prefix, signing: Signing.SIGV4_ALWAYS });
  const { domainName, certificateArn } = settings;
  const distribution = new Distribution(stack, 'Distribution', {
    comment: prefix,
    defaultBehavior: {
      origin: S3BucketOrigin.withBucketDefaults(bucket, { originAccessControlId: access.originAccessControlId }),
      trustedKeyGroups: [new KeyGroup(stack, 'Keys', { keyGroupName: prefix, items: keys })],
      viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
      allowedMethods: AllowedMethods.ALLOW_GET_HEAD,
      cachedMethods: CachedMethods.CACHE_GET_HEAD,
      // A file is fetched a few times at most, and is to be gone when it is deleted. This policy passes nothing of a query
      // to the bucket; CloudFront takes the signature's own parameters away by itself.
      cachePolicy: CachePolicy.CACHING_DISABLED,
      compress: false,
    },
    priceClass: PRICE_CLASSES[settings.priceClass],
    httpVersion: HttpVersion.HTTP2_AND_3,
    // Access logs would hold addresses that still work.
    enableLogging: false,
    ...(domainName === null || certificateArn === null
      ? {}
      : { domainNames: [domainName], certificate: Certificate.fromCertificateArn(stack, 'Certificate', certificateArn) }),
  });

  const values: Record<(typeof outputNames.mediaDomain)[number], string> = {
    DistributionId: distribution.distributionId,
    DistributionDomainName: distribution.distributionDomainName,
  };
  for (const name of outputNames.mediaDomain) new CfnOutput(stack, name, { value: values[name] });
  // All of them, not only the one in use: while a key is replaced, this stack is deployed before the one that still imports the
  // former key, and CloudFormation takes no export away that is in use.
  for (const { ref } of keys) stack.exportValue(ref);
  stack.exportValue(distribution.distributionDomainName);
  return {
    stack,
    host: domainName ?? distribution.distributionDomainName,
    keyPairId: current.key.ref,
    keyFingerprint: current.fingerprint,
  };
}

/**
 * CloudFront changes no key: another one is another resource, with another name. Without the CDK's construct, whose caller
 * reference is the same in every stage, so that two stages could not share a key.
 */
function createKey(stack: Stack, prefix: string, pem: string): { readonly key: CfnPublicKey; readonly fingerprint: string } {
  const fingerprint = fingerprintOf(createPublicKey(pem));
  const id = fingerprint.slice(0, 16);
  const name = `${prefix}-${id}`;
  return { key: new CfnPublicKey(stack, `Key${id}`, { publicKeyConfig: { name, callerReference: name, encodedKey: pem } }), fingerprint };
}
