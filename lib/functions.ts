import type { EnvironmentName } from '../functions/environment.ts';
import type { Times } from '../core/times.ts';
import type { FunctionName } from './names.ts';
import { functionLife } from './workflows/tasks.ts';

/** What a function may touch; `lib/function.ts` turns each into the ARNs of this stage. */
export type Target = 'table' | 'gsi1' | 'gsi2' | 'media' | 'bucket' | 'tokenKey' | 'secrets' | 'domainKey' | 'vault' | 'events' | 'uploadMachine' | 'uploadExecutions' | 'accountMachine';

export interface Grant {
  readonly on: Target;
  readonly actions: readonly string[];
}

export interface FunctionSettings {
  readonly description: string;
  /** MB; a vCPU comes with each 1,769. */
  readonly memory: number;
  /** Seconds. */
  readonly life: number;
  readonly environment: readonly EnvironmentName[];
  readonly grants: readonly Grant[];
}

const MEMORY = 512;
/** One whole vCPU, for TLS and hashing of files that go through it; what it holds at a time is below 256 MB. */
const TRANSFER_MEMORY = 1769;

const HTTP: readonly EnvironmentName[] = ['TABLE_NAME', 'IDENTITY', 'PLAN', 'ERROR_DOCS_URL', 'ORIGINS', 'PACE'];

const table = (...actions: readonly string[]): Grant => ({ on: 'table', actions: actions.map((action) => `dynamodb:${action}`) });
const media = (...actions: readonly string[]): Grant => ({ on: 'media', actions: actions.map((action) => `s3:${action}`) });

/** Without it, S3 answers a question for an object that is not there with 403, as if it were forbidden. */
const tellMissing: Grant = { on: 'bucket', actions: ['s3:ListBucket'] };

const announce: Grant = { on: 'events', actions: ['events:PutEvents'] };

/** Starting an execution of an upload in place of another one, which is then stopped. */
const startAnew: readonly Grant[] = [
  { on: 'uploadMachine', actions: ['states:StartExecution'] },
  { on: 'uploadExecutions', actions: ['states:StopExecution'] },
];

const byDueTime: Grant = { on: 'gsi2', actions: ['dynamodb:Query'] };

const byTenant: Grant = { on: 'gsi1', actions: ['dynamodb:Query'] };

/**
 * Reading the caller's key or tenant and counting the request there, creating the tenant of a first session; beginning, ending and
 * releasing the record of a request with an `Idempotency-Key`.
 */
const authenticate = ['GetItem', 'UpdateItem', 'PutItem'] as const;

/** Asks the vault to do what needs an account's tokens. */
const askVault: Grant = { on: 'vault', actions: ['lambda:InvokeFunction'] };

/** Decrypting and storing tokens, and reading the secrets of the networks' apps. */
const tokens: readonly Grant[] = [
  { on: 'tokenKey', actions: ['kms:Decrypt', 'kms:GenerateDataKey'] },
  { on: 'secrets', actions: ['ssm:GetParameter'] },
];

/** The two functions that run steps read files, decrypt and store tokens, and read the secrets of the networks' apps and the key of the media domain. */
const publishing: readonly Grant[] = [
  media('GetObject'),
  tellMissing,
  ...tokens,
  { on: 'domainKey', actions: ['ssm:GetParameter'] },
];
const PUBLISHING: readonly EnvironmentName[] = ['TABLE_NAME', 'BUCKET_NAME', 'TOKEN_KEY_ARN', 'NETWORKS', 'MEDIA_DOMAIN', 'PACE'];

/**
 * Every function: its size, its life, what it reads from its environment and what it may do. A transaction of DynamoDB needs
 * the permissions of its single actions.
 */
export function functionSettings(times: Times): Readonly<Record<FunctionName, FunctionSettings>> {
  return {
    'http-keys': {
      description: 'Makes, lists, renames, rotates and revokes API keys.',
      memory: MEMORY,
      life: times.apiFunction,
      environment: HTTP,
      grants: [table(...authenticate, 'BatchGetItem', 'Query')],
    },
    'http-accounts': {
      description: 'Shows networks; links, lists, changes and unlinks accounts.',
      memory: MEMORY,
      life: times.apiFunction,
      environment: [...HTTP, 'UPLOAD_MACHINE_ARN', 'CONFIGURED_NETWORKS', 'VAULT_NAME', 'LINKING'],
      // Unlinking deletes the account, fails what was waiting for it, and lets those uploads close.
      grants: [table(...authenticate, 'BatchGetItem', 'DeleteItem', 'Query'), byTenant, ...startAnew, askVault],
    },
    'http-sessions': {
      description: 'Opens, signs, resumes and aborts upload sessions.',
      memory: MEMORY,
      life: times.apiFunction,
      environment: [...HTTP, 'BUCKET_NAME'],
      // Files that options name are looked at before anything is sent.
      grants: [table(...authenticate, 'BatchGetItem'), media('PutObject', 'GetObject', 'AbortMultipartUpload', 'ListMultipartUploadParts'), tellMissing],
    },
    'http-uploads-write': {
      description: 'Completes uploads, takes forms, and says what would be refused.',
      memory: MEMORY,
      life: times.apiFunction,
      environment: [...HTTP, 'BUCKET_NAME'],
      grants: [
        table(...authenticate, 'BatchGetItem', 'Query', 'DeleteItem'),
        media('PutObject', 'GetObject', 'ListMultipartUploadParts'),
        tellMissing,
      ],
    },
    'http-uploads-change': {
      description: 'Edits, cancels and retries uploads.',
      memory: MEMORY,
      life: times.apiFunction,
      environment: [...HTTP, 'BUCKET_NAME', 'UPLOAD_MACHINE_ARN'],
      // Cancelling named accounts looks at the upload and at the other accounts in its transaction.
      grants: [table(...authenticate, 'BatchGetItem', 'Query', 'ConditionCheckItem'), media('GetObject'), tellMissing, ...startAnew],
    },
    'http-uploads-read': {
      description: 'Shows uploads.',
      memory: MEMORY,
      life: times.apiFunction,
      environment: HTTP,
      grants: [table(...authenticate, 'Query'), byTenant],
    },
    'http-docs': {
      description: 'Shows the OpenAPI document.',
      memory: MEMORY,
      life: times.apiFunction,
      environment: HTTP,
      grants: [],
    },
    'workflow-claim': {
      description: 'Takes an upload for one execution.',
      memory: MEMORY,
      life: functionLife('claim', times),
      environment: ['TABLE_NAME', 'BUCKET_NAME', 'PACE'],
      grants: [table('Query', 'UpdateItem'), media('GetObject'), tellMissing],
    },
    'workflow-inspect': {
      description: 'Looks at the media of an upload.',
      memory: MEMORY,
      life: functionLife('inspect', times),
      environment: ['TABLE_NAME', 'BUCKET_NAME', 'EVENT_BUS_NAME', 'PACE'],
      grants: [table('Query', 'BatchGetItem', 'UpdateItem'), media('GetObject'), tellMissing, announce],
    },
    'workflow-due': {
      description: 'Decides after a wait what an upload does next, and lets its files go in the end.',
      memory: MEMORY,
      life: functionLife('due', times),
      environment: ['TABLE_NAME', 'BUCKET_NAME', 'EVENT_BUS_NAME', 'PACE'],
      // In one transaction the upload says that it needs its files no more, and each file counts one upload fewer.
      grants: [table('GetItem', 'Query', 'UpdateItem'), media('PutObjectTagging'), announce],
    },
    'workflow-transfer': {
      description: 'Does the invisible work of a delivery.',
      memory: TRANSFER_MEMORY,
      life: functionLife('transfer', times),
      environment: PUBLISHING,
      grants: [table('GetItem', 'BatchGetItem', 'Query', 'UpdateItem'), ...publishing],
    },
    'workflow-publish': {
      description: 'Makes a delivery visible, once, and confirms it.',
      memory: MEMORY,
      life: functionLife('publish', times),
      environment: PUBLISHING,
      grants: [table('GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'PutItem'), ...publishing],
    },
    'workflow-failure': {
      description: 'Records a state that died.',
      memory: MEMORY,
      life: functionLife('failure', times),
      environment: ['TABLE_NAME', 'EVENT_BUS_NAME', 'PACE'],
      grants: [table('Query', 'UpdateItem'), announce],
    },
    'workflow-finish': {
      description: 'Ends a round of an upload, and announces its end.',
      memory: MEMORY,
      life: functionLife('finish', times),
      environment: ['TABLE_NAME', 'EVENT_BUS_NAME', 'PACE'],
      grants: [table('Query', 'UpdateItem'), announce],
    },
    'internal-vault': {
      description: "Does for others what needs an account's tokens: linking, choosing, asking, renewing, revoking.",
      memory: MEMORY,
      life: times.vaultFunction,
      environment: ['TABLE_NAME', 'TOKEN_KEY_ARN', 'NETWORKS', 'LINKING', 'PACE'],
      grants: [table('GetItem', 'PutItem', 'UpdateItem'), ...tokens],
    },
    'scheduled-reconcile': {
      description: 'Looks after what a crash, a lost event or an ended execution left behind.',
      memory: MEMORY,
      life: times.reconcileFunction,
      environment: ['TABLE_NAME', 'BUCKET_NAME', 'EVENT_BUS_NAME', 'UPLOAD_MACHINE_ARN', 'ACCOUNT_MACHINE_ARN', 'VAULT_NAME', 'CONFIGURED_NETWORKS', 'PACE'],
      grants: [
        byDueTime,
        askVault,
        table('GetItem', 'BatchGetItem', 'Query', 'UpdateItem', 'DeleteItem'),
        // Completing a file and asking for it; removing the parts of an expired session; letting a file go.
        media('PutObject', 'GetObject', 'AbortMultipartUpload', 'PutObjectTagging'),
        tellMissing,
        announce,
        ...startAnew,
        { on: 'uploadExecutions', actions: ['states:DescribeExecution'] },
        { on: 'accountMachine', actions: ['states:StartExecution'] },
      ],
    },
  };
}
