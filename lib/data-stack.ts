import { CfnOutput, Stack, type App } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IdentitySettings } from '../functions/environment.ts';
import type { Configuration } from './configuration.ts';
import { createIdentity } from './identity.ts';
import { createMediaBucket } from './media-bucket.ts';
import { outputNames, stackNames } from './names.ts';
import { createTable } from './table.ts';
import { createTokenKey } from './token-key.ts';

/** What outlives every deployment of the rest. */
export interface Data {
  readonly stack: Stack;
  readonly table: Table;
  readonly bucket: Bucket;
  readonly tokenKey: Key;
  readonly identity: IdentitySettings;
}

/**
 * The stack of what must not be lost: table, bucket, token key, users. Nothing in it has a name of our choosing, so that it can
 * be replaced beside what it replaces.
 */
export function createDataStack(app: App, configuration: Configuration): Data {
  const stack = new Stack(app, 'Data', {
    stackName: stackNames(configuration).data,
    description: 'Fanfare: the records, files, token key and users of a stage.',
    terminationProtection: configuration.removal === 'retain',
  });
  const table = createTable(stack, configuration);
  const bucket = createMediaBucket(stack, configuration);
  const tokenKey = createTokenKey(stack, configuration);
  const identity = createIdentity(stack, configuration);
  const values: Record<(typeof outputNames.data)[number], string> = {
    TableName: table.tableName,
    BucketName: bucket.bucketName,
    TokenKeyArn: tokenKey.keyArn,
    Issuer: identity.issuer,
  };
  for (const name of outputNames.data) new CfnOutput(stack, name, { value: values[name] });
  return { stack, table, bucket, tokenKey, identity };
}
