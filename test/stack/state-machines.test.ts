import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { problemsOf } from './asl/check.ts';
import { accountContract, uploadContract } from './asl/contract.ts';
import { definitionSchema, scopesOf, type Definition } from './asl/definition.ts';
import { standard, synthesize, type Synthesized } from './synthesis.ts';
import { ownerOf, resourcesOf, statementsByRole, textOf, type Statement } from './template.ts';

const properties = z.object({
  DefinitionString: z.string(),
  DefinitionSubstitutions: z.record(z.string(), z.unknown()),
  RoleArn: z.unknown(),
  StateMachineType: z.literal('STANDARD'),
  LoggingConfiguration: z.object({ Level: z.literal('ERROR'), IncludeExecutionData: z.literal(false) }),
});

interface Machine {
  readonly id: string;
  readonly text: string;
  readonly definition: Definition;
  readonly substitutions: Readonly<Record<string, unknown>>;
  readonly statements: readonly Statement[];
}

let aws: Synthesized;
let upload: Machine;
let account: Machine;

beforeAll(() => {
  aws = synthesize(standard);
  upload = machine('UploadWorkflow');
  account = machine('AccountWorkflow');
});

function machine(id: string): Machine {
  const parsed = properties.parse(resourcesOf(aws.app, 'AWS::StepFunctions::StateMachine').get(id)?.Properties);
  return {
    id,
    text: parsed.DefinitionString,
    definition: definitionSchema.parse(JSON.parse(parsed.DefinitionString)),
    substitutions: parsed.DefinitionSubstitutions,
    statements: statementsByRole(aws.app).get(ownerOf(parsed.RoleArn)) ?? [],
  };
}

/** Each resource that a task of the definition calls, with what its role must allow for it. */
function needs({ definition, substitutions, id }: Machine): readonly string[] {
  const tasks = scopesOf(definition).flatMap((scope) => Object.values(scope.States).filter((state) => state.Type === 'Task'));
  return tasks
    .flatMap(({ Resource, Parameters }) => {
      const name = /^\$\{(\w+)\}$/u.exec(Resource)?.[1];
      if (name !== undefined) return [`lambda:InvokeFunction ${textOf(substitutions[name])}`];
      const target = typeof Parameters === 'object' ? (Parameters['StateMachineArn'] ?? Parameters['StateMachineArn.$']) : undefined;
      const started = target === '$$.StateMachine.Id' ? { 'Fn::GetAtt': [id, 'Arn'] } : substitutions[textOf(target).slice(2, -1)];
      const start = `states:StartExecution ${textOf(started)}`;
      if (Resource === 'arn:aws:states:::states:startExecution') return [start];
      if (Resource !== 'arn:aws:states:::states:startExecution.sync:2') throw new Error(`What does ${Resource} need?`);
      // Waiting for a child (Step Functions Developer Guide, "IAM policies for calling Step Functions").
      const executions = `"execution:" of ${ownerOf(started)}`;
      const rule = 'StepFunctionsGetEventsForStepFunctionsExecutionRule';
      return [
        start,
        ...['states:DescribeExecution', 'states:StopExecution'].map((action) => `${action} ${executions}`),
        ...['events:PutTargets', 'events:PutRule', 'events:DescribeRule'].map((action) => `${action} ${rule}`),
      ];
    })
    .toSorted();
}

/** What a role allows, in the same words. The permission to set up its log stands apart. */
function allowed({ statements }: Machine): readonly string[] {
  return statements
    .filter(({ Action }) => !Action.every((action) => action.startsWith('logs:')))
    .flatMap(({ Action, Resource }) => Action.flatMap((action) => Resource.map((resource) => `${action} ${shortly(resource)}`)))
    .toSorted();
}

function shortly(resource: unknown): string {
  const text = textOf(resource);
  const child = /:execution:",\{"Fn::GetAtt":\["(\w+)","Name"\]\},":\*"/u.exec(text)?.[1];
  if (child !== undefined) return `"execution:" of ${child}`;
  return /:rule\/(\w+)"/u.exec(text)?.[1] ?? text;
}

describe('the state machines as they are deployed', () => {
  it('are sound', () => {
    expect(problemsOf(JSON.parse(upload.text), uploadContract)).toEqual([]);
    expect(problemsOf(JSON.parse(account.text), accountContract)).toEqual([]);
  });

  it.each(['upload', 'account'] as const)('leave no placeholder without its value (%s)', (which) => {
    const { text, substitutions } = which === 'upload' ? upload : account;
    const placeholders = [...text.matchAll(/\$\{(\w+)\}/gu)].map(([, name = '']) => name);
    expect([...new Set(placeholders)].toSorted()).toEqual(Object.keys(substitutions).toSorted());
  });

  it('put the function of each name behind its placeholder', () => {
    for (const { substitutions } of [upload, account]) {
      for (const [name, arn] of Object.entries(substitutions)) {
        const expected = name === 'account' ? /^AccountWorkflow$/u : new RegExp(`^Workflow${name}[0-9a-f]{8}$`, 'iu');
        expect(ownerOf(arn)).toMatch(expected);
      }
    }
  });

  it('may do what their definitions call, and nothing else', () => {
    expect([...new Set(needs(upload))]).toEqual(allowed(upload));
    expect([...new Set(needs(account))]).toEqual(allowed(account));
  });

  it('are created after the permissions that AWS tries while it creates them', () => {
    for (const { id } of [upload, account]) {
      const { DependsOn = [] } = resourcesOf(aws.app).get(id) ?? {};
      expect([DependsOn].flat().some((each) => each.startsWith(`${id}Policy`))).toBe(true);
    }
  });
});
