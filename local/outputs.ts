import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import * as z from 'zod';
import type { LocalAws } from './aws.ts';

/** What the two stacks of a deployed stage say about themselves. */
const outputsSchema = z.object({
  ApiId: z.string(),
  ApiStage: z.string(),
  /** With a slash at the end, as CloudFormation makes it. */
  ApiUrl: z.string().transform((url) => url.replace(/\/$/u, '')),
  UploadStateMachineArn: z.string(),
  AccountStateMachineArn: z.string(),
  /** Physical names of the functions by ours. */
  FunctionNames: z.string().transform((text) => z.record(z.string(), z.string()).parse(JSON.parse(text))),
  EventBusName: z.string(),
  AlarmTopicArn: z.string(),
  /** URLs of the queues by our names of them. */
  DeadLetterQueues: z.string().transform((text) => z.record(z.string(), z.string()).parse(JSON.parse(text))),
  TableName: z.string(),
  BucketName: z.string(),
  TokenKeyArn: z.string(),
  Issuer: z.string(),
});
export type Outputs = z.output<typeof outputsSchema>;

/** Reads the outputs of a stage from CloudFormation. Throws one sentence if it is not deployed there. */
export async function readOutputs(client: CloudFormationClient, stacks: { readonly data: string; readonly app: string }): Promise<Outputs> {
  const found = await Promise.all([describe(client, stacks.data), describe(client, stacks.app)]);
  const parsed = outputsSchema.safeParse(Object.assign({}, ...found));
  if (parsed.success) return parsed.data;
  throw new Error(`The stacks ${stacks.data} and ${stacks.app} are not those of this release: ${z.prettifyError(parsed.error)}`);
}

/** Where the API of a stage answers; a path such as `/api/upload` is appended. Emulators serve it under their own address. */
export function apiUrlOf(aws: Pick<LocalAws, 'endpoint'> | null, outputs: Outputs): string {
  return aws === null ? outputs.ApiUrl : `${aws.endpoint}/_aws/execute-api/${outputs.ApiId}/${outputs.ApiStage}`;
}

/** The bucket of a stage; null: its data stack is not there, or has not come as far. */
export async function deployedBucket(client: CloudFormationClient, stacks: { readonly data: string }): Promise<string | null> {
  try {
    return (await describe(client, stacks.data))['BucketName'] ?? null;
  } catch (error) {
    if (error instanceof NotDeployed) return null;
    throw error;
  }
}

/** There is no such stack in this account and region. */
export class NotDeployed extends Error {
  override readonly name = 'NotDeployed';
}

async function describe(client: CloudFormationClient, name: string): Promise<Record<string, string>> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name }));
    return Object.fromEntries((Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ValidationError') {
      throw new NotDeployed(`There is no stack ${name} in this account and region: deploy the stage first (npm run deploy).`, { cause });
    }
    throw cause;
  }
}
