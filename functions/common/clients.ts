import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SSMClient } from '@aws-sdk/client-ssm';

/**
 * The AWS clients of the functions, made on first use and kept as long as the process. A bundle holds only those that its
 * function asks for (plain functions, so that the bundler can drop the others). Region, credentials and, on a local stage,
 * the endpoint come from the environment, as the SDK reads it.
 *
 * Retries are the SDK's own (exponential, with jitter), and bounded: a request that hangs is cut, since the default is to
 * wait for ever, and a function has a few seconds to answer a person.
 */

/** For small requests to services in the same region: they answer within milliseconds or not at all. */
const SMALL = { maxAttempts: 4, requestHandler: { connectionTimeout: 1_000, requestTimeout: 4_000, throwOnRequestTimeout: true } };

/**
 * For S3: a part or a range of 64 MiB takes a while, and completing an upload may take minutes, in which S3 sends spaces to
 * keep the connection alive. So it is silence that is bounded.
 */
const LARGE = { maxAttempts: 4, requestHandler: { connectionTimeout: 2_000, socketTimeout: 30_000 } };

let dynamo: DynamoDBClient | undefined;
let lambda: LambdaClient | undefined;
let kms: KMSClient | undefined;
let eventBridge: EventBridgeClient | undefined;
let ssm: SSMClient | undefined;
let stepFunctions: SFNClient | undefined;
let s3: S3Client | undefined;

export function dynamoClient(): DynamoDBClient {
  return (dynamo ??= new DynamoDBClient(SMALL));
}

export function kmsClient(): KMSClient {
  return (kms ??= new KMSClient(SMALL));
}

/** For calls of other functions, whose work is waited for: never repeated by itself, since nobody knows how far the first one came. */
export function lambdaClient(): LambdaClient {
  return (lambda ??= new LambdaClient({ maxAttempts: 1, requestHandler: { connectionTimeout: 1_000, requestTimeout: 28_000, throwOnRequestTimeout: true } }));
}

export function eventBridgeClient(): EventBridgeClient {
  return (eventBridge ??= new EventBridgeClient(SMALL));
}

export function ssmClient(): SSMClient {
  return (ssm ??= new SSMClient(SMALL));
}

export function stepFunctionsClient(): SFNClient {
  return (stepFunctions ??= new SFNClient(SMALL));
}

/**
 * With the SDK's default, a presigned URL carries the checksum of an empty body, and S3 refuses every upload through it:
 * checksums only where S3 demands them.
 */
export function s3Client(): S3Client {
  return (s3 ??= new S3Client({
    ...LARGE,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  }));
}
