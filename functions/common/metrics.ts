/**
 * The metrics of the product, by the CloudWatch embedded metric format: a line of the log that says what happened carries the
 * numbers that are counted of it, and CloudWatch reads them out of it. This table says which lines are counted, and how.
 */

interface Measure {
  /**
   * Names of metrics, each with the field of the line that holds its value, and the unit by the field's ending (`Ms`, `Seconds`,
   * else a count); null: lines are counted. A line without the field counts for nothing.
   */
  readonly metrics: Readonly<Record<string, string | null>>;
  /**
   * Fields by whose values a metric is told apart, in each of these combinations; none: all together. Each value makes a metric of its own,
   * which is paid for: only what takes few values, and never a tenant, an account or an upload.
   */
  readonly by: readonly (readonly string[])[];
}

/** By the `message` of the line. How many lines there were of a duration is its statistic `SampleCount`. */
export const measures = {
  /** A request was answered; `shortages`: by `busy`. */
  request: [
    { metrics: { RequestDuration: 'durationMs' }, by: [['route', 'statusClass']] },
    { metrics: { Shortages: 'shortages' }, by: [[]] },
  ],
  /** The request rate could not be looked at, and the request was let through. */
  rate_limiter_failed: [{ metrics: { RateLimiterFailures: null }, by: [[]] }],
  /** The function of a state ended (`outcome` `left`), or threw (`died`); `shortages`: for want of capacity. */
  state_left: [{ metrics: { StateDuration: 'durationMs' }, by: [['state', 'outcome']] }],
  input_not_understood: [{ metrics: { StateDuration: 'durationMs' }, by: [['state', 'outcome']] }],
  state_died: [
    { metrics: { StateDuration: 'durationMs' }, by: [['state', 'outcome']] },
    { metrics: { Shortages: 'shortages' }, by: [[]] },
  ],
  /** The one visible call of an attempt; `outcome`: what the network and the connection said of it. */
  publish_called: [{ metrics: { PublishCallDuration: 'durationMs' }, by: [['network', 'outcome']] }],
  /** A delivery came to its end, or is tried again later; `outcome`: how, by class. */
  delivery_moved: [
    { metrics: { Deliveries: null }, by: [['network', 'outcome'], ['outcome']] },
    { metrics: { DeliveryDuration: 'tookSeconds' }, by: [['network', 'outcome']] },
  ],
  /** A network asked for a pause, or was found not to answer; `scope`: whom that holds back. */
  network_stopped: [{ metrics: { NetworkStops: null }, by: [['network', 'scope']] }],
  /** A delivery waits for what others have met. */
  delivery_held: [{ metrics: { DeliveriesHeld: null }, by: [['network', 'scope']] }],
  /** Once a minute while a network does not answer. */
  network_down: [{ metrics: { NetworkDownTime: 'downSeconds' }, by: [['network'], []] }],
  /** A network that did not answer does again. */
  network_answers_again: [{ metrics: { OutageDuration: 'downSeconds' }, by: [['network']] }],
  /** Two posts were made of one delivery. */
  duplicate_detected: [{ metrics: { DuplicatePosts: null }, by: [[]] }],
  /** The reconcile job could not do what an entry needs, and tries it again later. */
  reconcile_troubled: [{ metrics: { ReconcileTroubles: null }, by: [[]] }],
  /** A run of the reconcile job; `oldestDueAgeSeconds`: the longest for which an upload is due that nobody works on, 0 for none. */
  reconciled: [{ metrics: { OldestDueAge: 'oldestDueAgeSeconds' }, by: [[]] }],
} as const satisfies Readonly<Record<string, readonly Measure[]>>;

type MetricNames<M> = M extends { readonly metrics: infer Metrics } ? keyof Metrics & string : never;
export type MetricName = MetricNames<(typeof measures)[keyof typeof measures][number]>;

const table: ReadonlyMap<string, readonly Measure[]> = new Map(Object.entries(measures));

/** What a line holds besides to be counted: members of its root. Empty if this line is not counted. */
export function metricsOf(
  namespace: string,
  line: { readonly message: string; readonly at: Date; readonly fields: Readonly<Record<string, unknown>> },
): Readonly<Record<string, unknown>> {
  const directives: Record<string, unknown>[] = [];
  const members: Record<string, string | number> = {};
  for (const { metrics, by } of table.get(line.message) ?? []) {
    const values = Object.entries(metrics).flatMap(([name, field]) => {
      const value = field === null ? 1 : line.fields[field];
      return typeof value === 'number' && Number.isFinite(value) ? [{ name, value, unit: unitOf(field) }] : [];
    });
    const sets = by.filter((fields) => fields.every((field) => dimensionOf(line.fields[field]) !== null));
    if (values.length === 0 || sets.length === 0) continue;
    for (const { name, value } of values) members[name] = value;
    for (const field of sets.flat()) members[dimensionName(field)] = dimensionOf(line.fields[field]) ?? '';
    directives.push({
      Namespace: namespace,
      Dimensions: sets.map((fields) => fields.map(dimensionName)),
      Metrics: values.map(({ name, unit }) => ({ Name: name, Unit: unit })),
    });
  }
  return directives.length === 0 ? {} : { ...members, _aws: { Timestamp: line.at.getTime(), CloudWatchMetrics: directives } };
}

/** `statusClass` is the dimension `StatusClass`. */
function dimensionName(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1);
}

/** CloudWatch takes texts of 1 to 250 characters. */
function dimensionOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, 250) : null;
}

function unitOf(field: string | null): 'Milliseconds' | 'Seconds' | 'Count' {
  if (field?.endsWith('Ms') === true) return 'Milliseconds';
  return field?.endsWith('Seconds') === true ? 'Seconds' : 'Count';
}
