import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface Watched {
  /** `<name>-<stage>`: stages of one account are told apart by it. */
  readonly prefix: string;
  readonly triggerDeadLetters: IQueue;
  readonly uploadMachineArn: string;
  readonly accountMachineArn: string;
  /** The log of the function that stores receipts. */
  readonly publishLog: ILogGroup;
}

const PERIOD = Duration.minutes(5);

/** Alarms on what must never happen. Each says in its description what it means and what to do. */
export function createAlarms(scope: Construct, watched: Watched): void {
  const rising = (id: string, metric: IMetric, alarmDescription: string): Alarm =>
    new Alarm(scope, id, {
      metric,
      alarmDescription,
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  rising(
    'TriggerDeadLettersAlarm',
    watched.triggerDeadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: Stats.MAXIMUM }),
    'Events about new files or ended executions could not start an execution for a day, so their uploads stand still. ' +
      'Look at the attributes of a message for the reason, remove it, then start an execution with the input of each message.',
  );
  rising(
    'UploadExecutionsAlarm',
    failedExecutions(watched.uploadMachineArn),
    'An execution of an upload failed. Another one takes its place, up to three times in a row; then nothing goes on with that upload ' +
      'by itself. Open the failed execution: the name of its error says which state died. If none took its place, start one with ' +
      '{"v":1,"uploadId":"...","predecessor":"<ARN of the failed execution>"}.',
  );
  rising(
    'AccountExecutionsAlarm',
    failedExecutions(watched.accountMachineArn),
    'The execution of a delivery died of something that it could not catch. The next round of its upload goes on with it, up to ' +
      'three times. Open the failed execution to see why; a repeated one is a fault of ours.',
  );
  rising(
    'DuplicatePostAlarm',
    duplicates(scope, watched),
    'Two posts were made of one delivery, which must never happen. Search the log of the publish function for duplicate_detected: ' +
      'the line names the upload, the account and both posts. Ask the owner which one to delete, and report it as a fault.',
  );
}

function failedExecutions(stateMachineArn: string): Metric {
  return new Metric({
    namespace: 'AWS/States',
    metricName: 'ExecutionsFailed',
    dimensionsMap: { StateMachineArn: stateMachineArn },
    period: PERIOD,
    statistic: Stats.SUM,
  });
}

/** Counts the line that the publish guard writes when a receipt meets another one. */
function duplicates(scope: Construct, { prefix, publishLog }: Watched): Metric {
  return new MetricFilter(scope, 'DuplicatePosts', {
    logGroup: publishLog,
    filterPattern: FilterPattern.stringValue('$.message', '=', 'duplicate_detected'),
    metricNamespace: `Fanfare/${prefix}`,
    metricName: 'DuplicatePosts',
    metricValue: '1',
  }).metric({ period: PERIOD, statistic: Stats.SUM });
}
