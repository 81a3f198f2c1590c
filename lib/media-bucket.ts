import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption, CfnBucket, HttpMethods, ObjectOwnership } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { retention } from '../core/retention.ts';
import type { Configuration } from './configuration.ts';

/** The private bucket of staged and stored files. Browsers send parts to it by presigned URLs and read the parts' ETags. */
export function createMediaBucket(scope: Construct, { removal, tls, origins }: Configuration): Bucket {
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
  return bucket;
}
