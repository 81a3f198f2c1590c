import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLog } from '../../functions/common/log.ts';
import { measures, metricsOf } from '../../functions/common/metrics.ts';
import { embeddedMetrics } from './support/embedded-metrics.ts';

const at = new Date('2026-04-01T10:00:00Z');
const membersOf = (message: string, fields: Readonly<Record<string, unknown>>) => metricsOf('Fanfare/test', { message, at, fields });

/** Fields that a metric could be told apart by, if nobody looked: each value would be a metric of its own. */
const UNBOUNDED = /tenant|account|upload|request|execution|key|title|id$/iu;

describe('a line that is counted', () => {
  it('holds its metrics in the embedded format, beside what it says anyway', () => {
    const lines: string[] = [];
    const log = jsonLog({ requestId: 'r' }, { write: (line) => lines.push(line), namespace: 'Fanfare/test' });
    log.info('request', { route: 'GET /uploads', statusClass: '2xx', durationMs: 12 });
    const [line] = lines.map((text): unknown => JSON.parse(text));
    expect(line).toMatchObject({ message: 'request', requestId: 'r', Route: 'GET /uploads', StatusClass: '2xx', RequestDuration: 12 });
    expect(embeddedMetrics.parse(line)._aws.CloudWatchMetrics).toEqual([
      { Namespace: 'Fanfare/test', Dimensions: [['Route', 'StatusClass']], Metrics: [{ Name: 'RequestDuration', Unit: 'Milliseconds' }] },
    ]);
  });

  it('counts by each combination and all together', () => {
    expect(membersOf('delivery_moved', { network: 'youtube', outcome: 'published', tookSeconds: 3 })).toEqual({
      Network: 'youtube',
      Outcome: 'published',
      Deliveries: 1,
      DeliveryDuration: 3,
      _aws: {
        Timestamp: at.getTime(),
        CloudWatchMetrics: [
          { Namespace: 'Fanfare/test', Dimensions: [['Network', 'Outcome'], ['Outcome']], Metrics: [{ Name: 'Deliveries', Unit: 'Count' }] },
          { Namespace: 'Fanfare/test', Dimensions: [['Network', 'Outcome']], Metrics: [{ Name: 'DeliveryDuration', Unit: 'Seconds' }] },
        ],
      },
    });
  });

  it('counts what it can where a field is missing', () => {
    expect(membersOf('delivery_moved', { outcome: 'published', tookSeconds: 3 })).toMatchObject({
      _aws: { CloudWatchMetrics: [{ Dimensions: [['Outcome']], Metrics: [{ Name: 'Deliveries', Unit: 'Count' }] }] },
    });
    expect(membersOf('reconciled', {})).toEqual({});
    expect(membersOf('reconciled', { oldestDueAgeSeconds: Number.NaN })).toEqual({});
  });

  it('holds an age of nothing as 0, since the absence of the metric is an alarm', () => {
    expect(membersOf('reconciled', { oldestDueAgeSeconds: 0 })).toMatchObject({ OldestDueAge: 0, _aws: { CloudWatchMetrics: [{ Dimensions: [[]] }] } });
  });

  it('is in the documented shape whatever its fields hold', () => {
    const value = fc.oneof(fc.string({ maxLength: 400 }), fc.double(), fc.constant(null), fc.boolean(), fc.array(fc.string()));
    const names = [...new Set(Object.values(measures).flat().flatMap(({ metrics, by }) => [...Object.values(metrics), ...by.flat()]))];
    const fields = fc.dictionary(fc.constantFrom(...names.filter((name) => name !== null)), value);
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(measures)), fields, (message, given) => {
        const members = JSON.parse(JSON.stringify(membersOf(message, given))) as Record<string, unknown>;
        if (Object.keys(members).length > 0) embeddedMetrics.parse(members);
      }),
    );
  });
});

describe('any other line', () => {
  it('holds no metrics', () => {
    expect(membersOf('state_entered', { state: 'due', durationMs: 1 })).toEqual({});
    expect(membersOf('constructor', {})).toEqual({});
  });

  it('holds none where there is no namespace', () => {
    const lines: string[] = [];
    jsonLog({}, { write: (line) => lines.push(line) }).error('duplicate_detected');
    expect(lines.join('')).not.toContain('_aws');
  });
});

describe('the table of metrics', () => {
  it('tells nothing apart by a tenant, an account or anything else without end', () => {
    const fields = Object.values(measures).flat().flatMap(({ by }) => by.flat());
    expect(fields.length).toBeGreaterThan(0);
    expect(fields.filter((field) => UNBOUNDED.test(field))).toEqual([]);
  });

  it('gives a name to one metric only within a line', () => {
    for (const [message, all] of Object.entries(measures)) {
      const names = all.flatMap(({ metrics }) => Object.keys(metrics));
      expect([message, new Set(names).size]).toEqual([message, names.length]);
    }
  });
});
