import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric, Stats, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
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

/** How many there were of several metrics together. A metric without data counts as 0. */
export function sumOf(metrics: readonly IMetric[], label: string): MathExpression {
  const named = metrics.map((metric, n) => [`m${n}`, metric] as const);
  return new MathExpression({
    expression: named.map(([name]) => `FILL(${name}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(named),
    label,
    period: FIVE_MINUTES,
  });
}

/** Executions of a state machine that ended without having done their work. */
export function executionsLost(StateMachineArn: string): MathExpression {
  const of = (metricName: string) =>
    new Metric({ namespace: 'AWS/States', metricName, dimensionsMap: { StateMachineArn }, period: FIVE_MINUTES, statistic: Stats.SUM });
  return sumOf([of('ExecutionsFailed'), of('ExecutionsTimedOut'), of('ExecutionsAborted')], 'executions lost');
}

/** Per cent of the requests to the API that were answered with 5xx; 0 below so many requests, of which a single one would be a lot. */
export function serverErrorRate(api: { readonly name: string; readonly stage: string }, fewest: number): MathExpression {
  const of = (metricName: string) =>
    new Metric({
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensionsMap: { ApiName: api.name, Stage: api.stage },
      period: FIVE_MINUTES,
      statistic: Stats.SUM,
    });
  return new MathExpression({
    expression: `IF(requests >= ${fewest}, 100 * errors / requests, 0)`,
    usingMetrics: { errors: of('5XXError'), requests: of('Count') },
    label: 'per cent answered with 5xx',
    period: FIVE_MINUTES,
  });
}
