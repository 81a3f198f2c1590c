import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { MEDIA_PREFIX } from '../core/object-key.ts';
import { WORKFLOW_VERSION } from '../core/workflow.ts';
import { allow } from './statement.ts';

/**
 * A new file starts an execution that looks for its upload, and so does the end of one that did not finish it. Events come at least once: claiming sorts that out. One that could
 * not be delivered within a day is kept in a queue, from which it can be sent again.
 */
export function createUploadTrigger(
  scope: Construct,
  { bucket, machineArn, tls }: { readonly bucket: Bucket; readonly machineArn: string; readonly tls: boolean },
): Queue {
  const deadLetters = new Queue(scope, 'UploadTriggerDeadLetters', {
    retentionPeriod: Duration.days(14),
    enforceSSL: tls,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, 'UploadTriggerRole', {
    assumedBy: new ServicePrincipal('events.amazonaws.com'),
    inlinePolicies: { start: new PolicyDocument({ statements: [allow(['states:StartExecution'], [machineArn])] }) },
  });
  const retryPolicy = { maximumEventAgeInSeconds: Duration.days(1).toSeconds(), maximumRetryAttempts: 185 };
  const rule = new CfnRule(scope, 'UploadTrigger', {
    description: 'Starts an execution for each new file.',
    eventPattern: {
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [bucket.bucketName] }, object: { key: [{ prefix: MEDIA_PREFIX }] } },
    },
    targets: [
      {
        id: 'upload',
        arn: machineArn,
        roleArn: role.roleArn,
        inputTransformer: {
          // The event's id is there to find the event by; LocalStack also names the execution after it, and fails without.
          inputPathsMap: { key: '$.detail.object.key', id: '$.id' },
          // Not quoted: EventBridge puts quotes around a text.
          inputTemplate: `{"v":${WORKFLOW_VERSION},"objectKey":<key>,"id":<id>}`,
        },
        retryPolicy,
        deadLetterConfig: { arn: deadLetters.queueArn },
      },
    ],
  });
  const replacement = new CfnRule(scope, 'UploadReplacement', {
    description: 'Starts an execution in place of one that ended before its upload was finished.',
    eventPattern: {
      source: ['aws.states'],
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [machineArn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    },
    // The event goes on whole: the input of the execution that ended is a text in it, which a template could not quote.
    targets: [{ id: 'upload', arn: machineArn, roleArn: role.roleArn, retryPolicy, deadLetterConfig: { arn: deadLetters.queueArn } }],
  });
  deadLetters.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [deadLetters.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': [rule.attrArn, replacement.attrArn] } },
    }),
  );
  return deadLetters;
}
