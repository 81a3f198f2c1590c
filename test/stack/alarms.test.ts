import { readdirSync, readFileSync } from 'node:fs';
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
  ...metric.shape,
  Statistic: z.string(),
  Period: z.int(),
});

let aws: Synthesized;
let alarms: readonly (z.infer<typeof alarmSchema> & { readonly id: string })[];

beforeAll(() => {
  aws = synthesize({ ...standard, alarms: { emails: ['on-call@example.com', 'desk@example.com'] } });
  alarms = [...resourcesOf(aws.app, 'AWS::CloudWatch::Alarm')].map(([id, { Properties }]) => ({ id, ...alarmSchema.parse(Properties) }));
});

const pageOf = (description: string): string => /https:\/\/docs\.example\.com\/runbooks\/([a-z-]+)$/u.exec(description)?.[1] ?? 'none';

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

  it('of our own metrics watches one that a line of the log carries, under dimensions that it carries', () => {
    const namespace = metricsNamespace(aws.configuration);
    const all = Object.values(measures).flat();
    const own = alarms.filter(({ Namespace }) => Namespace === namespace);
    expect(own.length).toBeGreaterThan(5);
    for (const { id, MetricName, Dimensions } of own) {
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
    expect(named('DuplicatePosts')).toMatchObject([{ Namespace: 'Fanfare/fanfare-test', MetricName: 'DuplicatePosts' }]);
    for (const name of ['DuplicatePosts', 'TriggerDeadLetters', 'ReconcileDeadLetters', 'InternalFailures', 'RateLimiter', 'UploadExecutions', 'AccountExecutions']) {
      expect(named(name)).toMatchObject([{ Threshold: 0, DatapointsToAlarm: 1, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' }]);
    }
  });

  it('ring when the age of the oldest due upload is not reported', () => {
    expect(named('OldestDueUpload')).toMatchObject([
      { TreatMissingData: 'breaching', MetricName: 'OldestDueAge', Statistic: 'Maximum', Threshold: 900, Period: 600, DatapointsToAlarm: 1, EvaluationPeriods: 1 },
    ]);
    expect(alarms.filter(({ TreatMissingData }) => TreatMissingData === 'breaching')).toHaveLength(1);
  });

  it('ring when what the reconcile job cannot do stays undone through two of its tries, ten minutes apart', () => {
    expect(named('ReconcileTroubles')).toMatchObject([
      { MetricName: 'ReconcileTroubles', Statistic: 'Sum', Threshold: 0, Period: 900, DatapointsToAlarm: 2, EvaluationPeriods: 2, TreatMissingData: 'notBreaching' },
    ]);
  });

  it('watch the errors of every function, and the throttles of the account that they share', () => {
    const functions = [...resourcesOf(aws.app, 'AWS::Lambda::Function').keys()];
    expect(functions).toHaveLength(functionNames.length);
    const watched = alarms.filter(({ Namespace, MetricName }) => Namespace === 'AWS/Lambda' && MetricName === 'Errors');
    expect(watched.flatMap(({ Dimensions }) => Dimensions.map(({ Value }) => textOf(Value))).toSorted()).toEqual(
      functions.map((id) => `{"Ref":"${id}"}`).toSorted(),
    );
    expect(named('FunctionThrottles')).toMatchObject([{ Namespace: 'AWS/Lambda', MetricName: 'Throttles', Dimensions: [] }]);
  });

  it('watch the executions of both machines', () => {
    const machines = alarms.filter(({ Namespace }) => Namespace === 'AWS/States');
    const names = ['UploadExecutions', 'AccountExecutions', 'AccountExecutionsTime'];
    expect(machines).toEqual(names.flatMap(named));
    expect(machines.map(({ MetricName }) => MetricName)).toEqual(['ExecutionsFailed', 'ExecutionsFailed', 'ExecutionsTimedOut']);
    expect(new Set(machines.map(({ Dimensions }) => textOf(Dimensions))).size).toBe(2);
  });

  it('do not ring for a single answer with 5xx: it has to go on for a quarter of an hour', () => {
    expect(named('ApiErrors')).toMatchObject([{ MetricName: '5XXError', Statistic: 'Average', Threshold: 0.01, DatapointsToAlarm: 3 }]);
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
  });
});
