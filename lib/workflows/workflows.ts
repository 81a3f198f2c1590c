import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Policy, PolicyDocument } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { times } from '../../core/times.ts';
import type { Configuration } from '../configuration.ts';
import type { WorkflowState } from '../names.ts';
import { allow } from '../statement.ts';
import { accountDefinition } from './account.ts';
import { createStateMachine, type StateMachine } from './state-machine.ts';
import { uploadDefinition } from './upload.ts';

export interface Workflows {
  readonly upload: StateMachine;
  readonly account: StateMachine;
}

/** The machine of an upload, which starts one of an account for each delivery, and that one. */
export function createWorkflows(
  scope: Construct,
  configuration: Configuration,
  functions: Readonly<Record<WorkflowState, IFunction>>,
): Workflows {
  const pace = times[configuration.pace];
  const { transfer, publish, failure, claim, inspect, due, finish } = functions;
  const account = createStateMachine(scope, 'AccountWorkflow', {
    configuration,
    definition: accountDefinition(pace),
    functions: { transfer, publish, failure },
  });
  const upload = createStateMachine(scope, 'UploadWorkflow', {
    configuration,
    definition: uploadDefinition(pace),
    functions: { claim, inspect, due, finish, failure },
    substitutions: { account: account.arn },
    statements: [
      allow(['states:StartExecution'], [account.arn]),
      allow(['states:DescribeExecution', 'states:StopExecution'], [executionsOf(scope, account)]),
      // Step Functions hears of the end of a child through a rule that it keeps under this name in every account.
      allow(['events:PutTargets', 'events:PutRule', 'events:DescribeRule'], [childRule(scope)]),
    ],
  });
  // A policy of its own, since it names the machine, which needs the rest of its policies to be created.
  new Policy(scope, 'UploadWorkflowRenewal', {
    roles: [upload.role],
    document: new PolicyDocument({ statements: [allow(['states:StartExecution'], [upload.arn])] }),
  });
  return { upload, account };
}

/** The ARN of all executions of a machine. */
export function executionsOf(scope: Construct, { machine }: StateMachine): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: 'execution',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: `${machine.attrName}:*`,
  });
}

function childRule(scope: Construct): string {
  return Stack.of(scope).formatArn({
    service: 'events',
    resource: 'rule',
    resourceName: 'StepFunctionsGetEventsForStepFunctionsExecutionRule',
  });
}
