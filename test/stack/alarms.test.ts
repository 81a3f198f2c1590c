import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { measures } from '../../functions/common/metrics.ts';
import { functionNames, metricsNamespace } from '../../lib/names.ts';
import { standard, synthesize, type Synthesized } from './synthesis.ts';
import { onlyResource, ownerOf, policyDocument, resourcesOf, textOf } from './template.ts';

const root = join(import.meta.dirname, '../..');
const runbooks = join(root, 'docs/runbooks');

const dimensions = z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]);
const metric = z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensions });
const alarmSchema = z.object({
  AlarmActions: z.tuple([z.object({ Ref: z.string() })]),
  AlarmDescription: z.string(),
  ComparisonOperator: z.literal('GreaterThanThreshold'),
  DatapointsToAlarm: z.int(),
  EvaluationPeriods: z.int(),
  Threshold: z.number(),
  TreatMissingData: z.string(),
  ...metric.partial().shape,
  Metrics: z.array(z.object({ Expression: z.string().optional(), MetricStat: z.object({ Metric: metric }).optional() })).optional(),
});

let aws: Synthesized;
let alarms: readonly (z.infer<typeof alarmSchema> & { readonly id: string })[];

beforeAll(() => {
  aws = synthesize({ ...standard, alarms: { emails: ['on-call@example.com', 'desk@example.com'] } });
  alarms = [...resourcesOf(aws.app, 'AWS::CloudWatch::Alarm')].map(([id, { Properties }]) => ({ id, ...alarmSchema.parse(Properties) }));
});

const pageOf = (description: string): string => /https:\/\/docs\.example\.com\/runbooks\/([a-z-]+)$/u.exec(description)?.[1] ?? 'none';

/** `namespace name` of everything that an alarm looks at. */
function watchedBy(alarm: (typeof alarms)[number]): readonly string[] {
  const single = alarm.MetricName === undefined ? [] : [metric.parse(alarm)];
  const several = (alarm.Metrics ?? []).flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric]));
  return [...single, ...several].map(({ Namespace, MetricName }) => `${Namespace} ${MetricName}`);
}

const named = (name: string) => alarms.filter(({ id }) => id.startsWith(`${name}Alarm`));

describe('every alarm', () => {
  it('goes to the topic, and says what it means and where to read on', () => {
    const topic = onlyResource(aws.app, 'AWS::SNS::Topic');
    expect(alarms.length).toBeGreaterThan(10);
    for (const { id, AlarmActions, AlarmDescription } of alarms) {
      expect([id, AlarmActions]).toEqual([id, [{ Ref: topic.id }]]);
      expect([id, AlarmDescription]).toEqual([id, expect.stringMatching(/^[A-Z].{40,}\. What to do: https:/u)]);
    }
  });

  it('has a runbook, and no runbook is without an alarm', () => {
    const pages = alarms.map(({ AlarmDescription }) => `${pageOf(AlarmDescription)}.md`);
    expect([...new Set(pages)].toSorted()).toEqual(readdirSync(runbooks).toSorted());
  });

  it('stays within ten metrics, as many as CloudWatch takes', () => {
    for (const alarm of alarms) expect([alarm.id, watchedBy(alarm).length <= 10]).toEqual([alarm.id, true]);
  });

  it('of our own metrics watches one that a line of the log carries, under dimensions that it carries', () => {
    const namespace = metricsNamespace(aws.configuration);
    const all = Object.values(measures).flat();
    const own = alarms.filter(({ Namespace }) => Namespace === namespace);
    expect(own.length).toBeGreaterThan(5);
    for (const { id, MetricName = '', Dimensions } of own) {
      const wanted = Dimensions.map(({ Name }) => Name);
      const carried = all
        .filter(({ metrics }) => Object.hasOwn(metrics, MetricName))
        .flatMap(({ by }) => by.map((fields) => fields.map((field: string) => field.charAt(0).toUpperCase() + field.slice(1))));
      expect([id, carried]).toEqual([id, expect.arrayContaining([wanted])]);
    }
  });
});

describe('the alarms', () => {
  it('watch what must never happen from the first time', () => {
    expect(watchedBy(named('DuplicatePosts')[0]!)).toEqual(['Fanfare/fanfare-test DuplicatePosts']);
    for (const name of ['DuplicatePosts', 'TriggerDeadLetters', 'InternalFailures', 'RateLimiter', 'UploadExecutions', 'AccountExecutions']) {
      expect(named(name)).toMatchObject([{ Threshold: 0, DatapointsToAlarm: 1, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' }]);
    }
  });

  it('ring when the age of the oldest due upload is not reported', () => {
    expect(named('OldestDueUpload')).toMatchObject([{ TreatMissingData: 'breaching', MetricName: 'OldestDueAge' }]);
    expect(alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching')).toHaveLength(1);
  });

  it('watch the errors and the throttles of every function', () => {
    const names = [...resourcesOf(aws.app, 'AWS::Lambda::Function').keys()];
    expect(names).toHaveLength(functionNames.length);
    const stats = alarms.flatMap(({ Metrics = [] }) => Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric])));
    for (const metricName of ['Errors', 'Throttles']) {
      const watched = stats.filter(({ MetricName }) => MetricName === metricName).map(({ Dimensions }) => textOf(Dimensions));
      for (const name of names) expect([name, watched.some((text) => text.includes(`"${name}"`))]).toEqual([name, true]);
    }
  });

  it('watch every end of an execution that is no success, of both machines', () => {
    const lost = ['AWS/States ExecutionsFailed', 'AWS/States ExecutionsTimedOut', 'AWS/States ExecutionsAborted'];
    expect([...named('UploadExecutions'), ...named('AccountExecutions')].map(watchedBy)).toEqual([lost, lost]);
  });

  it('do not ring for a single error among few requests', () => {
    const [api] = named('ApiErrors');
    expect(api?.Metrics?.map(({ Expression }) => Expression)).toContain('IF(requests >= 50, 100 * errors / requests, 0)');
  });
});

describe('the topic of the alarms', () => {
  it('is encrypted under a key that CloudWatch may use, and takes nothing without TLS', () => {
    const topic = onlyResource(aws.app, 'AWS::SNS::Topic');
    const key = onlyResource(aws.app, 'AWS::KMS::Key');
    expect(ownerOf(topic.properties['KmsMasterKeyId'])).toBe(key.id);
    const service = { Service: 'cloudwatch.amazonaws.com' };
    expect(policyDocument.parse(key.properties['KeyPolicy']).Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Allow', Principal: service, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'] }),
    );
    const { Statement } = policyDocument.parse(onlyResource(aws.app, 'AWS::SNS::TopicPolicy').properties['PolicyDocument']);
    expect(Statement).toContainEqual(
      expect.objectContaining({ Effect: 'Allow', Principal: service, Action: ['sns:Publish'], Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } }),
    );
    expect(Statement).toContainEqual(expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }));
  });

  it('tells the configured addresses, and nobody if there are none', () => {
    const told = [...resourcesOf(aws.app, 'AWS::SNS::Subscription').values()].map(({ Properties }) => [Properties['Protocol'], Properties['Endpoint']]);
    expect(told).toEqual([['email', 'on-call@example.com'], ['email', 'desk@example.com']]);
    expect(resourcesOf(synthesize(standard).app, 'AWS::SNS::Subscription').size).toBe(0);
  });
});

describe('a runbook', () => {
  it.each(readdirSync(runbooks))('says what it means, what to look at and what to do: %s', (file) => {
    const text = readFileSync(join(runbooks, file), 'utf8');
    expect(text).toMatch(/^# \S.+\n\n\S[\s\S]{100,}\n## Look at\n[\s\S]+\n## Do\n/u);
    for (const [, target = ''] of text.matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/gu)) expect([target, existsSync(join(runbooks, target))]).toEqual([target, true]);
    for (const [, name = ''] of text.matchAll(/\b(?:lines|log_group) ((?:http|workflow)-[a-z-]+)/gu)) expect(functionNames).toContain(name);
  });
});
