import { ArnFormat, CfnOutput, Lazy, Stack, type App } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { MEDIA_PREFIX } from '../core/object-key.ts';
import { times } from '../core/times.ts';
import type { DomainSettings, EnvironmentName } from '../functions/environment.ts';
import { tableSchema } from '../store/schema.ts';
import { createAlarms } from './alarms.ts';
import type { Configuration } from './configuration.ts';
import type { Data } from './data-stack.ts';
import { createUploadTrigger } from './event-rule.ts';
import { createFunction } from './function.ts';
import { functionSettings, type Target } from './functions.ts';
import type { MediaDomain } from './media-domain-stack.ts';
import { docsPage, functionNames, metricsNamespace, outputNames, stackNames, type FunctionName } from './names.ts';
import { createRestApi } from './rest-api.ts';
import { createSchedule } from './schedule.ts';
import { createWorkflows, executionsOf } from './workflows/workflows.ts';

export interface AppStackProps {
  readonly configuration: Configuration;
  readonly data: Data;
  /** Null: none is configured. */
  readonly mediaDomain: MediaDomain | null;
  /** The folder with a bundle for each function. */
  readonly bundles: string;
}

/** The stack of everything that can be made again: functions, API, state machines, rule, alarms. */
export function createAppStack(app: App, { configuration, data, mediaDomain, bundles }: AppStackProps): Stack {
  const prefix = `${configuration.name}-${configuration.stage}`;
  const stack = new Stack(app, 'App', {
    stackName: stackNames(configuration).app,
    description: 'Fanfare: the API and the workflows of a stage.',
  });
  const bus = new EventBus(stack, 'Events', { eventBusName: prefix, description: 'What became of uploads.' });
  // Some functions are run by the machine, and others start it.
  const machine = Lazy.string({ produce: () => upload.arn });
  const accountMachine = Lazy.string({ produce: () => account.arn });
  const apiId = Lazy.string({ produce: () => api.restApiId });
  const vaultArn = Lazy.string({ produce: () => functions['internal-vault'].functionArn });
  const values = { ...environmentOf(stack, configuration, data, bus), MEDIA_DOMAIN: domainOf(stack, configuration, mediaDomain), UPLOAD_MACHINE_ARN: machine, ACCOUNT_MACHINE_ARN: accountMachine, VAULT_NAME: vaultArn, LINKING: linkingOf(stack, configuration, apiId) };
  const targets = {
    ...targetsOf(stack, configuration, data, bus),
    uploadMachine: [machine],
    accountMachine: [accountMachine],
    vault: [vaultArn],
    uploadExecutions: [Lazy.string({ produce: () => executionsOf(stack, upload) })],
  };
  const settings = functionSettings(times[configuration.pace]);
  const functions = {} as Record<FunctionName, LambdaFunction>;
  for (const name of functionNames) {
    functions[name] = createFunction(stack, { name, settings: settings[name], configuration, bundles, values, targets });
  }

  const api = createRestApi(stack, configuration, {
    keys: functions['http-keys'],
    accounts: functions['http-accounts'],
    sessions: functions['http-sessions'],
    'uploads-write': functions['http-uploads-write'],
    'uploads-change': functions['http-uploads-change'],
    'uploads-read': functions['http-uploads-read'],
    docs: functions['http-docs'],
  });
  const { upload, account } = createWorkflows(stack, configuration, {
    claim: functions['workflow-claim'],
    inspect: functions['workflow-inspect'],
    due: functions['workflow-due'],
    transfer: functions['workflow-transfer'],
    publish: functions['workflow-publish'],
    failure: functions['workflow-failure'],
    finish: functions['workflow-finish'],
  });
  const triggerDeadLetters = createUploadTrigger(stack, { bucket: data.bucket, machineArn: upload.arn, tls: configuration.tls });
  const reconcileDeadLetters = createSchedule(stack, 'ReconcileSchedule', {
    job: functions['scheduled-reconcile'],
    description: 'Looks every minute after what is due.',
    tls: configuration.tls,
  });
  const alarmTopic = createAlarms(stack, configuration, {
    namespace: metricsNamespace(configuration),
    api: { name: api.restApiName, stage: configuration.stage },
    triggerDeadLetters,
    reconcileDeadLetters,
    uploadMachineArn: upload.arn,
    accountMachineArn: account.arn,
    functions,
  });

  const outputs: Record<(typeof outputNames.app)[number], string> = {
    ApiId: api.restApiId,
    ApiStage: configuration.stage,
    ApiUrl: addressOf(stack, configuration, api.restApiId),
    UploadStateMachineArn: upload.arn,
    AccountStateMachineArn: account.arn,
    FunctionNames: stack.toJsonString(Object.fromEntries(functionNames.map((name) => [name, functions[name].functionName]))),
    EventBusName: bus.eventBusName,
    AlarmTopicArn: alarmTopic.topicArn,
    DeadLetterQueues: stack.toJsonString({ trigger: triggerDeadLetters.queueUrl, reconcile: reconcileDeadLetters.queueUrl }),
  };
  for (const name of outputNames.app) new CfnOutput(stack, name, { value: outputs[name] });
  return stack;
}

function environmentOf(
  stack: Stack,
  { name, stage, pace, plan, networks, docsUrl, origins }: Configuration,
  { table, bucket, tokenKey, identity }: Data,
  bus: EventBus,
): Omit<Record<EnvironmentName, string>, 'MEDIA_DOMAIN' | 'UPLOAD_MACHINE_ARN' | 'ACCOUNT_MACHINE_ARN' | 'VAULT_NAME' | 'LINKING'> {
  return {
    TABLE_NAME: table.tableName,
    BUCKET_NAME: bucket.bucketName,
    TOKEN_KEY_ARN: tokenKey.keyArn,
    EVENT_BUS_NAME: bus.eventBusName,
    PACE: pace,
    IDENTITY: stack.toJsonString(identity),
    PLAN: JSON.stringify(plan),
    NETWORKS: JSON.stringify(networks),
    CONFIGURED_NETWORKS: JSON.stringify(Object.keys(networks)),
    METRICS_NAMESPACE: metricsNamespace({ name, stage }),
    ERROR_DOCS_URL: docsPage(docsUrl, 'errors'),
    ORIGINS: JSON.stringify(origins),
  };
}

/** Where AWS serves the API. */
function addressOf(stack: Stack, { stage }: Configuration, apiId: string): string {
  return `https://${apiId}.execute-api.${stack.region}.${stack.urlSuffix}/${stage}`;
}

function linkingOf(stack: Stack, configuration: Configuration, apiId: string): string {
  const { publicUrl, loopbackRedirects } = configuration;
  return stack.toJsonString({ publicUrl: publicUrl?.replace('{apiId}', apiId) ?? addressOf(stack, configuration, apiId), loopbackRedirects });
}

function domainOf(stack: Stack, { mediaDomain: settings }: Configuration, domain: MediaDomain | null): string {
  if (settings === null || domain === null) return JSON.stringify(null);
  const { host, keyPairId, keyFingerprint } = domain;
  return stack.toJsonString({ host, keyPairId, keyFingerprint, privateKeyParameter: settings.privateKeyParameter } satisfies DomainSettings);
}

function targetsOf(stack: Stack, { networks, mediaDomain }: Configuration, { table, bucket, tokenKey }: Data, bus: EventBus): Omit<Record<Target, string[]>, 'uploadMachine' | 'uploadExecutions' | 'accountMachine' | 'vault'> {
  const parameterArn = (name: string): string =>
    stack.formatArn({
      service: 'ssm',
      resource: 'parameter',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
      resourceName: name.replace(/^\//u, ''),
    });
  return {
    table: [table.tableArn],
    gsi1: [`${table.tableArn}/index/${tableSchema.indexes.gsi1.name}`],
    gsi2: [`${table.tableArn}/index/${tableSchema.indexes.gsi2.name}`],
    media: [bucket.arnForObjects(`${MEDIA_PREFIX}*`)],
    bucket: [bucket.bucketArn],
    tokenKey: [tokenKey.keyArn],
    secrets: Object.values(networks).map(({ clientSecretParameter }) => parameterArn(clientSecretParameter)),
    domainKey: mediaDomain === null ? [] : [parameterArn(mediaDomain.privateKeyParameter)],
    events: [bus.eventBusArn],
  };
}
