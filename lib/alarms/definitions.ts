import { Duration } from 'aws-cdk-lib';
import { Stats, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { FunctionName } from '../names.ts';
import { executions, FIVE_MINUTES, ownMetric, serverErrorRate, throttledInvocations } from './metrics.ts';

export interface Watched {
  /** Of the metrics that lines of the log carry. */
  readonly namespace: string;
  readonly api: { readonly name: string; readonly stage: string };
  readonly triggerDeadLetters: IQueue;
  readonly reconcileDeadLetters: IQueue;
  readonly uploadMachineArn: string;
  readonly accountMachineArn: string;
  readonly functions: Readonly<Record<FunctionName, IFunction>>;
}

export interface AlarmDefinition {
  /** Also the construct's name, in other letters. */
  readonly name: string;
  /** The runbook: `docs/runbooks/<page>.md`. */
  readonly page: string;
  /** What it means, in a sentence or two; what to do about it stands on the page. */
  readonly means: string;
  readonly metric: IMetric;
  /** It rings above this … */
  readonly above: number;
  /** … in so many of the last so many periods; 1 of 1 if left out. */
  readonly periods?: { readonly breaching: number; readonly of: number };
  /** Where silence is the worst of all news. */
  readonly missing?: TreatMissingData.BREACHING;
}

/**
 * Everything that calls a person. Each watches one metric: emulators take no expressions over several. Numbers that a few passing errors may reach without harm are above 0.
 */
export function alarmDefinitions(watched: Watched): readonly AlarmDefinition[] {
  const { namespace, functions } = watched;
  const deliveries = (Outcome: string, period: Duration) => ownMetric(namespace, 'Deliveries', { dimensions: { Outcome }, period });
  return [
    {
      name: 'trigger-dead-letters',
      page: 'trigger-dead-letters',
      means: 'Events about new files or ended executions could not start an execution for a day, so their uploads stand still.',
      metric: messagesIn(watched.triggerDeadLetters),
      above: 0,
    },
    {
      name: 'reconcile-dead-letters',
      page: 'reconcile',
      means: 'Runs of the reconcile job could not be started. The next run does their work, if it can be started itself.',
      metric: messagesIn(watched.reconcileDeadLetters),
      above: 0,
    },
    {
      name: 'upload-executions',
      page: 'upload-executions',
      means: 'An execution of an upload ended without finishing it. Another one takes its place, up to three times in a row.',
      metric: executions('ExecutionsFailed', watched.uploadMachineArn),
      above: 0,
    },
    {
      name: 'account-executions',
      page: 'account-executions',
      means: 'The execution of a delivery died of something that it could not catch. The next round of its upload goes on with it.',
      metric: executions('ExecutionsFailed', watched.accountMachineArn),
      above: 0,
    },
    {
      name: 'account-executions-time',
      page: 'account-executions',
      means: 'The execution of a delivery ran out of time, which its steps never need. The next round of its upload goes on with it.',
      metric: executions('ExecutionsTimedOut', watched.accountMachineArn),
      above: 0,
    },
    {
      name: 'duplicate-posts',
      page: 'duplicate-posts',
      means: 'Two posts were made of one delivery, which must never happen.',
      metric: ownMetric(namespace, 'DuplicatePosts'),
      above: 0,
    },
    {
      name: 'network-down',
      page: 'network-down',
      means: 'A network does not answer for more than five minutes: deliveries to it wait, and are tried again for up to a day.',
      metric: ownMetric(namespace, 'NetworkDownTime', { statistic: Stats.MAXIMUM }),
      above: 5 * 60,
    },
    {
      name: 'unknown-outcomes',
      page: 'unknown-outcomes',
      means: 'Several deliveries of the last hour ended with an unknown outcome: nobody knows whether their posts are there.',
      metric: deliveries('unknown', Duration.hours(1)),
      above: 2,
    },
    {
      name: 'internal-failures',
      page: 'internal-failures',
      means: 'Deliveries failed with internal_error: the fault is ours, and nothing of them was published.',
      metric: deliveries('failed_internal', FIVE_MINUTES),
      above: 0,
    },
    ...Object.entries(functions).map(
      ([name, one]): AlarmDefinition => ({
        name: `${name}-errors`,
        page: name.startsWith('scheduled-') ? 'reconcile' : 'function-errors',
        means: `The function ${name} throws, crashes or runs out of time.`,
        metric: one.metricErrors({ period: FIVE_MINUTES }),
        above: 3,
      }),
    ),
    {
      name: 'function-throttles',
      page: 'function-throttles',
      means: "Lambda refuses to run functions: the account's concurrency in this region is used up.",
      metric: throttledInvocations(),
      above: 0,
      periods: { breaching: 2, of: 3 },
    },
    {
      name: 'api-errors',
      page: 'api-errors',
      means: 'For 15 minutes, more than one in a hundred requests to the API is answered with 5xx.',
      metric: serverErrorRate(watched.api),
      above: 0.01,
      periods: { breaching: 3, of: 3 },
    },
    {
      name: 'rate-limiter',
      page: 'rate-limiter',
      means: 'The request rate of keys cannot be looked at. Requests are let through, so nothing holds back a client that sends too many.',
      metric: ownMetric(namespace, 'RateLimiterFailures'),
      above: 0,
    },
    {
      name: 'shortages',
      page: 'shortages',
      means: 'DynamoDB, KMS or another service of AWS takes less than is asked of it: requests are answered with busy, steps are repeated.',
      metric: ownMetric(namespace, 'Shortages'),
      above: 20,
    },
    {
      name: 'reconcile-troubles',
      page: 'reconcile',
      means: 'For half an hour, the reconcile job cannot do what some entries need: an execution does not start, a record cannot be read.',
      metric: ownMetric(namespace, 'ReconcileTroubles', { period: Duration.minutes(15) }),
      above: 0,
      periods: { breaching: 2, of: 2 },
    },
    {
      name: 'oldest-due-upload',
      page: 'oldest-due-upload',
      means: 'An upload is due for more than 15 minutes and nobody works on it; or the job that would say so says nothing.',
      // One upload is looked at every ten minutes or less often, and its age is told only then.
      metric: ownMetric(namespace, 'OldestDueAge', { statistic: Stats.MAXIMUM, period: Duration.minutes(10) }),
      above: 15 * 60,
      missing: TreatMissingData.BREACHING,
    },
  ];
}

function messagesIn(queue: IQueue): IMetric {
  return queue.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: Stats.MAXIMUM });
}
