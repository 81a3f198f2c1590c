import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, HttpMethods, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { MEDIA_PREFIX } from '../core/object-key.ts';
import { retention } from '../core/retention.ts';
import type { Configuration } from './configuration.ts';
import type { MediaDomainSettings } from './media-domain-settings.ts';

/** The private bucket of staged and stored files. Browsers send parts to it by presigned URLs and read the parts' ETags. */
export function createMediaBucket(scope: Construct, { removal, tls, origins, mediaDomain }: Configuration): Bucket {
  const { tag, days } = retention.released;
  const bucket = new Bucket(scope, 'Media', {
    encryption: BucketEncryption.S3_MANAGED,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    enforceSSL: tls,
    cors: [
      {
        allowedMethods: [HttpMethods.PUT],
        allowedOrigins: [...origins],
        // What may be sent is decided by the signature of the URL, not here.
        allowedHeaders: ['*'],
        exposedHeaders: ['ETag'],
        maxAge: Duration.hours(1).toSeconds(),
      },
    ],
    lifecycleRules: [
      { id: 'incomplete', abortIncompleteMultipartUploadAfter: Duration.days(retention.incompleteUpload) },
      { id: 'released', tagFilters: { [tag.key]: tag.value }, expiration: Duration.days(days) },
      { id: 'everything', expiration: Duration.days(retention.everything) },
    ],
    removalPolicy: removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  // On the resource itself: the construct's own switch is a custom resource, with a function of its own, for the same setting.
  const { defaultChild } = bucket.node;
  if (!(defaultChild instanceof CfnBucket)) throw new Error('The bucket construct holds no bucket.');
  defaultChild.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
  if (mediaDomain !== null) bucket.addToResourcePolicy(readByDomain(bucket, mediaDomain));
  return bucket;
}

/**
 * Lets the distribution of the media domain read staged and stored files. Its stack stands on this one, so this one cannot refer
 * to it: before the first deployment nobody knows the distribution's id. Until the configuration names it, the statement holds
 * for the distributions of this account, which only its administrators can make; from then on for that one alone.
 */
function readByDomain(bucket: Bucket, { distributionId }: MediaDomainSettings): PolicyStatement {
  const { account, partition } = Stack.of(bucket);
  const distributions = `arn:${partition}:cloudfront::${account}:distribution/`;
  return new PolicyStatement({
    principals: [new ServicePrincipal('cloudfront.amazonaws.com')],
    actions: ['s3:GetObject'],
    resources: [bucket.arnForObjects(`${MEDIA_PREFIX}*`)],
    conditions:
      distributionId === null
        ? { ArnLike: { 'AWS:SourceArn': `${distributions}*` } }
        : { StringEquals: { 'AWS:SourceArn': `${distributions}${distributionId}` } },
  });
}
