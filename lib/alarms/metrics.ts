import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../../functions/common/metrics.ts';

export const FIVE_MINUTES = Duration.minutes(5);

/** A metric that lines of the log carry (`functions/common/metrics.ts`); `dimensions` is one of its combinations there. */
export function ownMetric(
  namespace: string,
  metricName: MetricName,
  options: { readonly statistic?: string; readonly period?: Duration; readonly dimensions?: Readonly<Record<string, string>> } = {},
): Metric {
  const { statistic = Stats.SUM, period = FIVE_MINUTES, dimensions } = options;
  return new Metric({ namespace, metricName, statistic, period, ...(dimensions !== undefined && { dimensionsMap: { ...dimensions } }) });
}

/** Executions of a state machine that ended in this way. */
export function executions(ended: 'ExecutionsFailed' | 'ExecutionsTimedOut', StateMachineArn: string): Metric {
  return new Metric({ namespace: 'AWS/States', metricName: ended, dimensionsMap: { StateMachineArn }, period: FIVE_MINUTES, statistic: Stats.SUM });
}

/** The share of requests to the API that were answered with 5xx: the average of a metric that is 0 or 1 for each request. */
export function serverErrorRate(api: { readonly name: string; readonly stage: string }): Metric {
  return new Metric({
    namespace: 'AWS/ApiGateway',
    metricName: '5XXError',
    dimensionsMap: { ApiName: api.name, Stage: api.stage },
    period: FIVE_MINUTES,
    statistic: Stats.AVERAGE,
  });
}

/** Invocations that Lambda refused, of all functions of the account in this region: they share its concurrency. */
export function throttledInvocations(): Metric {
  return new Metric({ namespace: 'AWS/Lambda', metricName: 'Throttles', period: FIVE_MINUTES, statistic: Stats.SUM });
}
