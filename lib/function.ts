import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { join } from 'node:path';
import type { EnvironmentName } from '../functions/environment.ts';
import type { Configuration } from './configuration.ts';
import type { FunctionSettings, Target } from './functions.ts';
import { constructId, type FunctionName } from './names.ts';
import { allow } from './statement.ts';

export interface FunctionProps {
  readonly name: FunctionName;
  readonly settings: FunctionSettings;
  readonly configuration: Configuration;
  /** The folder with a folder for each function. */
  readonly bundles: string;
  readonly values: Readonly<Record<EnvironmentName, string>>;
  readonly targets: Readonly<Record<Target, readonly string[]>>;
}

/** A function with its log group and a role of its own, which may do what its settings grant and nothing else. */
export function createFunction(scope: Construct, props: FunctionProps): LambdaFunction {
  const { name, settings, values } = props;
  const id = constructId(name);
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: props.configuration.logRetentionDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, `${id}Role`, {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    inlinePolicies: { work: policyOf(props, logGroup.logGroupArn) },
  });
  return new LambdaFunction(scope, id, {
    description: settings.description,
    runtime: Runtime.NODEJS_24_X,
    // A fifth cheaper than x86, and nothing in the bundles is compiled.
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    code: Code.fromAsset(join(props.bundles, name)),
    memorySize: settings.memory,
    timeout: Duration.seconds(settings.life),
    role,
    logGroup,
    environment: {
      ...Object.fromEntries(settings.environment.map((entry) => [entry, values[entry]])),
      METRICS_NAMESPACE: values.METRICS_NAMESPACE,
      // A dependency still calls url.parse, and Node would say so in each cold start's log.
      NODE_OPTIONS: '--enable-source-maps --disable-warning=DEP0169',
    },
  });
}

function policyOf({ settings, targets }: FunctionProps, logGroupArn: string): PolicyDocument {
  const statements = settings.grants
    // Without configured networks and a media domain there are no secrets, and a statement needs a resource.
    .filter(({ on }) => targets[on].length > 0)
    .map(({ on, actions }) => allow(actions, targets[on]));
  return new PolicyDocument({
    statements: [allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logGroupArn]), ...statements],
  });
}
