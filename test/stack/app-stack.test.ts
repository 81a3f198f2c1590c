import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { times } from '../../core/times.ts';
import { claimInput } from '../../core/workflow.ts';
import { environmentSchema } from '../../functions/environment.ts';
import { configurationSchema } from '../../lib/configuration.ts';
import { constructId, functionNames, outputNames } from '../../lib/names.ts';
import { localStage, smokeStage } from '../../local/configuration.ts';
import { platforms } from '../../platforms/registry.ts';
import { standard, synthesize, type Synthesized } from './synthesis.ts';
import { outputsOf, resourcesOf } from './template.ts';

let aws: Synthesized;
let both: readonly ['data' | 'app', Synthesized['app']][];

beforeAll(() => {
  aws = synthesize(standard);
  both = [
    ['data', aws.data],
    ['app', aws.app],
  ];
});

const functionProperties = z.object({
  Architectures: z.array(z.string()),
  Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
  LoggingConfig: z.object({ LogGroup: z.object({ Ref: z.string() }) }),
  MemorySize: z.int(),
  Role: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  Runtime: z.string(),
  Timeout: z.int(),
});

function functionsByName(template = aws.app) {
  const all = [...resourcesOf(template, 'AWS::Lambda::Function')];
  return functionNames.map((name) => {
    const [, found] = all.find(([id]) => new RegExp(`^${constructId(name)}[0-9A-F]{8}$`, 'u').test(id)) ?? [];
    return { name, ...functionProperties.parse(found?.Properties) };
  });
}

describe('both stacks', () => {
  it('stay below 400 resources each', () => {
    for (const [, template] of both) expect(resourcesOf(template).size).toBeLessThan(400);
  });

  it('hold no custom resource', () => {
    for (const [name, template] of both) {
      const custom = [...resourcesOf(template).values()].filter(({ Type }) => /^Custom::|CustomResource$/u.test(Type));
      expect([name, custom]).toEqual([name, []]);
    }
    expect(resourcesOf(aws.app, 'AWS::Lambda::Function').size).toBe(functionNames.length);
  });

  it('keep every log for a time that is set', () => {
    const groups = [...resourcesOf(aws.app, 'AWS::Logs::LogGroup')];
    expect(groups).toHaveLength(functionNames.length + 2);
    for (const [id, { Properties }] of groups) expect([id, Properties['RetentionInDays']]).toEqual([id, 30]);
  });

  it('state the outputs that tools read', () => {
    expect(outputsOf(aws.app)).toEqual([...outputNames.app]);
  });
});

describe('every function', () => {
  it('runs on Node.js 24, with a log group and a role of its own', () => {
    const all = functionsByName();
    expect(new Set(all.map(({ Role }) => Role['Fn::GetAtt'][0])).size).toBe(all.length);
    expect(new Set(all.map(({ LoggingConfig }) => LoggingConfig.LogGroup.Ref)).size).toBe(all.length);
    for (const { name, Runtime, Architectures } of all) expect([name, Runtime, Architectures]).toEqual([name, 'nodejs24.x', ['arm64']]);
  });

  it('lives as long as the table of times says', () => {
    const lives = Object.fromEntries(functionsByName().map(({ name, Timeout }) => [name, Timeout]));
    const { publishFunction, transferFunction, inspectFunction, apiFunction, reconcileFunction, vaultFunction } = times.standard;
    expect(lives).toEqual({
      ...Object.fromEntries(functionNames.map((name) => [name, apiFunction])),
      'workflow-publish': publishFunction,
      'workflow-transfer': transferFunction,
      'workflow-inspect': inspectFunction,
      'scheduled-reconcile': reconcileFunction,
      'internal-vault': vaultFunction,
    });
  });

  it('ends before API Gateway gives up, at 29 seconds', () => {
    for (const { name, Timeout } of functionsByName()) {
      if (name.startsWith('http-')) expect(Timeout).toBeLessThanOrEqual(29);
    }
  });

  it('finds in its environment what it reads, in the form that it reads', () => {
    for (const { name, Environment } of functionsByName()) {
      for (const [entry, value] of Object.entries(Environment.Variables)) {
        if (entry === 'NODE_OPTIONS') continue;
        expect([name, Object.keys(environmentSchema)]).toEqual([name, expect.arrayContaining([entry])]);
        // References to other resources are known only to CloudFormation.
        const schema = Object.entries(environmentSchema).find(([each]) => each === entry)?.[1];
        if (typeof value === 'string') expect([name, entry, schema?.safeParse(value).error]).toEqual([name, entry, undefined]);
      }
    }
  });

  it('has room in its environment, 4 kB on AWS, for every network of this release', () => {
    const every = platforms.map(({ network, defaultEndpoints }) => {
      const clientSecretParameter = `/fanfare/production/${network}/client-secret`;
      return [network, { clientId: 'c'.repeat(80), clientSecretParameter, endpoints: defaultEndpoints }] as const;
    });
    const { app } = synthesize({ networks: Object.fromEntries(every) });
    for (const { name, Environment } of functionsByName(app)) {
      // A reference grows into a name or an ARN of less than 200 characters.
      const size = Object.entries(Environment.Variables).reduce((sum, [entry, value]) => sum + entry.length + (typeof value === 'string' ? value.length : 200), 0);
      expect([name, size < 4_096]).toEqual([name, true]);
    }
  });

  it('has no secret of an app in it, and no place for one: functions get the name of the parameter, on every stage', () => {
    for (const issuer of [null, { url: 'http://127.0.0.1:1', jwksUri: 'http://127.0.0.1:1/jwks' }]) {
      const place = { stage: 'test', sandboxUrl: 'https://sandbox.example.com' };
      const awsEndpoint = 'http://127.0.0.1:4566';
      const { configuration, secrets } = issuer === null ? smokeStage({ ...place, awsEndpoint: null }) : localStage({ ...place, awsEndpoint, issuer });
      const { stage: _stage, ...entries } = configuration;
      const { app, data } = synthesize(entries);
      const told = JSON.stringify([app.toJSON(), data.toJSON()]);
      expect(Object.keys(secrets)).toHaveLength(platforms.length);
      for (const [parameter, secret] of Object.entries(secrets)) expect([parameter, told.includes(parameter), told.includes(secret)]).toEqual([parameter, true, false]);
    }
    const { networks } = standard;
    const clear = { ...networks, youtube: { ...networks?.['youtube'], clientSecret: 'in clear' } };
    expect(configurationSchema.safeParse({ stage: 'test', networks: clear }).error?.issues[0]).toMatchObject({ path: ['networks', 'youtube'], code: 'unrecognized_keys' });
  });

  it('maps stack traces to the source', () => {
    for (const { Environment } of functionsByName()) expect(Environment.Variables['NODE_OPTIONS']).toContain('--enable-source-maps');
  });
});

describe('the trigger', () => {
  const rule = z.object({
    EventPattern: z.object({ source: z.tuple([z.string()]) }).loose(),
    Targets: z.tuple([
      z.object({
        Arn: z.unknown(),
        DeadLetterConfig: z.object({ Arn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }) }),
        InputTransformer: z.object({ InputPathsMap: z.record(z.string(), z.string()), InputTemplate: z.string() }).optional(),
        RetryPolicy: z.object({ MaximumEventAgeInSeconds: z.int(), MaximumRetryAttempts: z.int() }),
      }),
    ]),
  });

  const rules = () =>
    [...resourcesOf(aws.app, 'AWS::Events::Rule')]
      .filter(([, { Properties }]) => 'EventPattern' in Properties)
      .map(([id, { Properties }]) => ({ id, ...rule.parse(Properties) }));
  const ruleOn = (source: string) => {
    const found = rules().find(({ EventPattern }) => EventPattern.source[0] === source);
    if (found === undefined) throw new Error(`There is no rule on events of ${source}.`);
    return found;
  };

  it('hears of new files of this bucket below the prefix of staged files', () => {
    const { EventPattern } = ruleOn('aws.s3');
    expect(EventPattern).toMatchObject({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { object: { key: [{ prefix: 'in/' }] }, bucket: { name: [expect.objectContaining({})] } },
    });
  });

  it('starts an execution with what claim takes', () => {
    const [{ InputTransformer }] = ruleOn('aws.s3').Targets;
    expect(InputTransformer?.InputPathsMap).toEqual({ key: '$.detail.object.key', id: '$.id' });
    const input: unknown = JSON.parse((InputTransformer?.InputTemplate ?? '').replace('<key>', '"in/ten/01J8ZC/1.mp4"').replace('<id>', '"6a7e8feb"'));
    expect(claimInput.parse({ execution: 'one', input }).input).toEqual({ v: 1, objectKey: 'in/ten/01J8ZC/1.mp4' });
  });

  it('hears of executions of uploads that ended without success, and hands the event over whole', () => {
    const { EventPattern, Targets } = ruleOn('aws.states');
    expect(EventPattern).toMatchObject({
      'detail-type': ['Step Functions Execution Status Change'],
      detail: { stateMachineArn: [Targets[0].Arn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    });
    expect(Targets[0].InputTransformer).toBeUndefined();
    const input = { source: 'aws.states', detail: { executionArn: 'arn', input: '{"v":1,"objectKey":"in/ten/01J8ZC/1.mp4"}' } };
    expect(claimInput.parse({ execution: 'two', input: { id: '6a7e8feb', ...input } }).input).toEqual(input);
  });

  it('keeps an event that could not be delivered, and EventBridge alone may put it there', () => {
    const [queue = ''] = [...resourcesOf(aws.app, 'AWS::SQS::Queue').keys()].filter((id) => id.startsWith('UploadTrigger'));
    for (const { Targets } of rules()) {
      expect(Targets[0].DeadLetterConfig.Arn['Fn::GetAtt'][0]).toBe(queue);
      expect(Targets[0].RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 });
    }
    aws.app.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          {
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': rules().map(({ id }) => ({ 'Fn::GetAtt': [id, 'Arn'] })) } },
          },
        ],
      },
    });
  });
});
