import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Configuration } from '../configuration.ts';

/**
 * Where alarms go: to the configured addresses, each of which confirms once by a link that AWS sends, and to whatever else the
 * operator subscribes to the topic.
 */
export function createAlarmTopic(scope: Construct, { alarms, tls }: Pick<Configuration, 'alarms' | 'tls'>): Topic {
  const key = new Key(scope, 'AlarmKey', {
    description: 'Encrypts messages about alarms.',
    enableKeyRotation: true,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const cloudWatch = new ServicePrincipal('cloudwatch.amazonaws.com');
  // The key that AWS manages for SNS cannot be given to alarms (Amazon SNS Developer Guide, "Managing encryption keys").
  key.addToResourcePolicy(
    new PolicyStatement({ effect: Effect.ALLOW, principals: [cloudWatch], actions: ['kms:Decrypt', 'kms:GenerateDataKey*'], resources: ['*'] }),
  );
  const topic = new Topic(scope, 'AlarmTopic', { masterKey: key, enforceSSL: tls });
  topic.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.ALLOW,
      principals: [cloudWatch],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  for (const email of alarms.emails) topic.addSubscription(new EmailSubscription(email));
  return topic;
}
