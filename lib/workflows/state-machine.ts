import { RemovalPolicy } from 'aws-cdk-lib';
import { Policy, PolicyDocument, Role, ServicePrincipal, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnStateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Configuration } from '../configuration.ts';
import type { WorkflowState } from '../names.ts';
import { allow } from '../statement.ts';
import type { StateMachineDefinition } from './asl.ts';

export interface StateMachineProps {
  readonly definition: StateMachineDefinition;
  readonly configuration: Configuration;
  /** Functions that the definition runs. */
  readonly functions: Readonly<Partial<Record<WorkflowState, IFunction>>>;
  /** Further placeholders of the definition. */
  readonly substitutions?: Readonly<Record<string, string>>;
  /** What it may do besides running its functions. */
  readonly statements?: readonly PolicyStatement[];
}

export interface StateMachine {
  readonly machine: CfnStateMachine;
  readonly arn: string;
  readonly role: Role;
}

/** A state machine with its role and a log of its errors, without the data of executions. */
export function createStateMachine(scope: Construct, id: string, props: StateMachineProps): StateMachine {
  const { definition, configuration, functions, substitutions = {}, statements = [] } = props;
  const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('states.amazonaws.com') });
  const invoked = Object.values(functions).map((each) => each.functionArn);
  const work = new Policy(scope, `${id}Policy`, {
    roles: [role],
    document: new PolicyDocument({
      statements: [allow(['lambda:InvokeFunction'], invoked), allow(LOG_DELIVERY, ['*']), ...statements],
    }),
  });
  const log = new LogGroup(scope, `${id}Log`, {
    // Names of this prefix keep the resource policy of log delivery, which all state machines of an account share, short.
    logGroupName: `/aws/vendedlogs/states/${configuration.name}-${configuration.stage}-${id}`,
    retention: configuration.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const machine = new CfnStateMachine(scope, id, {
    stateMachineType: 'STANDARD',
    roleArn: role.roleArn,
    definitionString: JSON.stringify(definition),
    definitionSubstitutions: {
      ...Object.fromEntries(Object.entries(functions).map(([state, each]) => [state, each.functionArn])),
      ...substitutions,
    },
    loggingConfiguration: {
      level: 'ERROR',
      includeExecutionData: false,
      destinations: [{ cloudWatchLogsLogGroup: { logGroupArn: log.logGroupArn } }],
    },
  });
  // Step Functions tries the role's permission to log while it creates the machine.
  machine.node.addDependency(work);
  return { machine, arn: machine.attrArn, role };
}

/** Setting up the delivery of logs: AWS knows no resource for these actions (Step Functions Developer Guide, "Logging"). */
const LOG_DELIVERY = [
  'logs:CreateLogDelivery',
  'logs:GetLogDelivery',
  'logs:UpdateLogDelivery',
  'logs:DeleteLogDelivery',
  'logs:ListLogDeliveries',
  'logs:PutResourcePolicy',
  'logs:DescribeResourcePolicies',
  'logs:DescribeLogGroups',
] as const;
