import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { times } from '../../core/times.ts';
import { standard, synthesize, type Synthesized } from './synthesis.ts';
import { ownerOf, resourcesOf, statementsByRole, textOf } from './template.ts';

let aws: Synthesized;

beforeAll(() => {
  aws = synthesize(standard);
});

const rule = z.object({
  ScheduleExpression: z.string(),
  Targets: z.tuple([
    z.object({
      Arn: z.unknown(),
      DeadLetterConfig: z.object({ Arn: z.unknown() }),
      RetryPolicy: z.object({ MaximumEventAgeInSeconds: z.int(), MaximumRetryAttempts: z.int() }),
    }),
  ]),
});
const permission = z.object({ FunctionName: z.unknown(), Principal: z.string(), SourceArn: z.unknown() });

function schedule() {
  const [found, ...others] = [...resourcesOf(aws.app, 'AWS::Events::Rule')].filter(([, { Properties }]) => 'ScheduleExpression' in Properties);
  if (found === undefined || others.length > 0) throw new Error('There is not exactly one schedule.');
  const { ScheduleExpression, Targets } = rule.parse(found[1].Properties);
  return { id: found[0], expression: ScheduleExpression, target: Targets[0] };
}

describe('the reconcile job', () => {
  it('runs every minute, and is over by the next', () => {
    const { expression, target } = schedule();
    expect(expression).toBe('rate(1 minute)');
    expect(ownerOf(target.Arn)).toMatch(/^ScheduledReconcile[0-9A-F]{8}$/u);
    for (const row of Object.values(times)) expect(row.reconcileFunction).toBeLessThan(60);
  });

  it('is run by its rule, and by nothing else', () => {
    const permissions = [...resourcesOf(aws.app, 'AWS::Lambda::Permission').values()].map(({ Properties }) => permission.parse(Properties));
    const own = permissions.filter(({ FunctionName }) => ownerOf(FunctionName).startsWith('ScheduledReconcile'));
    expect(own).toMatchObject([{ Principal: 'events.amazonaws.com' }]);
    expect(ownerOf(own[0]?.SourceArn)).toBe(schedule().id);
  });

  it('is not run late: what could not be delivered within a minute is kept in a queue of its own', () => {
    const { target } = schedule();
    expect(target.RetryPolicy).toEqual({ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 3 });
    expect(ownerOf(target.DeadLetterConfig.Arn)).toMatch(/^ReconcileScheduleDeadLetters/u);
  });

  it('is not made up for by Lambda, which would keep runs for hours and begin them all at once', () => {
    const [runs, ...others] = [...resourcesOf(aws.app, 'AWS::Lambda::EventInvokeConfig').values()].map(({ Properties }) => Properties);
    expect(others).toEqual([]);
    expect(runs).toMatchObject({ Qualifier: '$LATEST', MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 });
    expect(textOf(runs?.['FunctionName'])).toMatch(/^\{"Ref":"ScheduledReconcile[0-9A-F]{8}"\}$/u);
  });

  it('starts executions of both machines, and decrypts nothing', () => {
    const [, statements = []] = [...statementsByRole(aws.app)].find(([id]) => id.startsWith('ScheduledReconcileRole')) ?? [];
    const started = statements.filter(({ Action }) => Action.includes('states:StartExecution')).flatMap(({ Resource }) => Resource.map(textOf));
    expect(started).toEqual([expect.stringContaining('UploadWorkflow'), expect.stringContaining('AccountWorkflow')]);
    expect(statements.flatMap(({ Action }) => Action).filter((action) => /^kms:|^ssm:/u.test(action))).toEqual([]);
  });
});
