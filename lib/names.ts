import { routeGroups, type RouteGroup } from '../functions/http/route.ts';

/** Names shared by the stack, the build and everything that runs a deployed stack. */

/** The Lambda functions of the workflow, one a state: `functions/workflow/<state>.ts`. */
export const workflowStates = ['claim', 'inspect', 'due', 'transfer', 'publish', 'failure', 'finish'] as const;
export type WorkflowState = (typeof workflowStates)[number];

/** The Lambda functions that a timer runs: `functions/scheduled/<job>.ts`. */
export const scheduledJobs = ['reconcile'] as const;
export type ScheduledJob = (typeof scheduledJobs)[number];

/** Functions that only other functions call: `functions/internal/<name>.ts`. */
export const internalFunctions = ['vault'] as const;
export type InternalFunction = (typeof internalFunctions)[number];

/** A function's name: also the folder of its bundle, `dist/functions/<name>/index.mjs`, whose export is `handler`. */
export type FunctionName = `http-${RouteGroup}` | `workflow-${WorkflowState}` | `scheduled-${ScheduledJob}` | `internal-${InternalFunction}`;

export const functionNames: readonly FunctionName[] = [
  ...routeGroups.map((group) => `http-${group}` as const),
  ...workflowStates.map((state) => `workflow-${state}` as const),
  ...scheduledJobs.map((job) => `scheduled-${job}` as const),
  ...internalFunctions.map((name) => `internal-${name}` as const),
];

/** Where the source of a function begins, from the project's root. */
export function entryPoint(name: FunctionName): string {
  const [kind = '', ...rest] = name.split('-');
  return `functions/${kind}/${kind === 'http' ? 'groups/' : ''}${rest.join('-')}.ts`;
}

/** The construct of something with a name of ours: `workflow-claim` is `WorkflowClaim`. */
export function constructId(name: string): string {
  return name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

/** Outputs of the stacks, by the names under which tools and tests read them. */
export const outputNames = {
  app: ['ApiId', 'ApiStage', 'ApiUrl', 'UploadStateMachineArn', 'AccountStateMachineArn', 'FunctionNames', 'EventBusName', 'AlarmTopicArn', 'DeadLetterQueues'],
  data: ['TableName', 'BucketName', 'TokenKeyArn', 'Issuer'],
  /** Where a media domain is configured. */
  mediaDomain: ['DistributionId', 'DistributionDomainName'],
} as const;

/** Names of the stacks of a stage. */
export function stackNames({ name, stage }: { readonly name: string; readonly stage: string }) {
  return { data: `${name}-${stage}-data`, mediaDomain: `${name}-${stage}-media-domain`, app: `${name}-${stage}-app` };
}

/** Where CloudWatch keeps the metrics of a stage. */
export function metricsNamespace({ name, stage }: { readonly name: string; readonly stage: string }): string {
  return `Fanfare/${name}-${stage}`;
}

/** The address of a page, or of a folder of pages, under `docs/`; `docsUrl` as in the configuration. */
export function docsPage(docsUrl: string, ...path: readonly string[]): string {
  return [docsUrl, ...path].join('/');
}
