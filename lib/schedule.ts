import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig, CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/**
 * Runs a function every minute. A run that could not be delivered within one is kept in a queue, to be looked at: the next run
 * does its work. Therefore Lambda drops a run that it cannot begin within a minute, and repeats none; by itself it would keep runs
 * for six hours, and begin all of them at once when it has room again.
 */
export function createSchedule(
  scope: Construct,
  id: string,
  { job, description, tls }: { readonly job: IFunction; readonly description: string; readonly tls: boolean },
): Queue {
  const deadLetters = new Queue(scope, `${id}DeadLetters`, {
    retentionPeriod: Duration.days(14),
    enforceSSL: tls,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const rule = new CfnRule(scope, id, {
    description,
    scheduleExpression: 'rate(1 minute)',
    targets: [
      {
        id: 'job',
        arn: job.functionArn,
        retryPolicy: { maximumEventAgeInSeconds: Duration.minutes(1).toSeconds(), maximumRetryAttempts: 3 },
        deadLetterConfig: { arn: deadLetters.queueArn },
      },
    ],
  });
  new CfnEventInvokeConfig(scope, `${id}Runs`, {
    functionName: job.functionName,
    qualifier: '$LATEST',
    maximumEventAgeInSeconds: Duration.minutes(1).toSeconds(),
    maximumRetryAttempts: 0,
  });
  new CfnPermission(scope, `${id}Permission`, {
    action: 'lambda:InvokeFunction',
    functionName: job.functionArn,
    principal: 'events.amazonaws.com',
    sourceArn: rule.attrArn,
  });
  deadLetters.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sqs:SendMessage'],
      resources: [deadLetters.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
    }),
  );
  return deadLetters;
}
