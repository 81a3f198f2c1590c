import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { alarmDefinitions, type Watched } from './alarms/definitions.ts';
import { createAlarmTopic } from './alarms/topic.ts';
import type { Configuration } from './configuration.ts';
import { constructId, docsPage } from './names.ts';

/** The alarms, each of which says what it means, names its runbook and goes to one topic. */
export function createAlarms(scope: Construct, configuration: Configuration, watched: Watched): Topic {
  const topic = createAlarmTopic(scope, configuration);
  for (const { name, page, means, metric, above, periods, missing } of alarmDefinitions(watched)) {
    const alarm = new Alarm(scope, `${constructId(name)}Alarm`, {
      alarmDescription: `${means} What to do: ${docsPage(configuration.docsUrl, 'runbooks', page)}`,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      datapointsToAlarm: periods?.breaching ?? 1,
      evaluationPeriods: periods?.of ?? 1,
      treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(topic));
  }
  return topic;
}
