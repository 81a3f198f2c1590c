import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { CopyObjectCommand, GetObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient, StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { timestamp } from '../../../core/clock.ts';
import { bareId } from '../../../core/ids.ts';
import { openMemory } from '../../../core/linking/secrets.ts';
import type { Plan, TokenSet, UploadWithDeliveries } from '../../../core/model.ts';
import { objectKey } from '../../../core/object-key.ts';
import { openTokens } from '../../../core/tokens.ts';
import { clientSettings } from '../../../local/aws.ts';
import { linkSandboxAccount } from '../../../local/sandbox-account.ts';
import { dynamoStore } from '../../../store/dynamodb.ts';
import { dueKey, keys } from '../../../store/keys.ts';
import { kmsCipher } from '../../../store/kms-cipher.ts';
import { stack } from './stack.ts';
import { eventually } from './uploads.ts';

/** What only the operator of the stack can do: with the credentials of its AWS account, past the API. */

const aws = clientSettings({ endpoint: stack.awsEndpoint });
const documents = DynamoDBDocumentClient.from(new DynamoDBClient(aws));
const stepFunctions = new SFNClient(aws);
const storage = new S3Client(aws);
const store = dynamoStore({ client: documents, tableName: stack.tableName });
const cipher = kmsCipher({ client: new KMSClient(aws), keyArn: stack.tokenKeyArn });

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Moves a session's end into the past. */
export async function endSession(sessionToken: string): Promise<void> {
  const key = keys.session(hash(sessionToken));
  const past = '2026-01-01T00:00:00Z';
  const { gsi2pk, gsi2sk } = dueKey(past, key);
  await documents.send(
    new UpdateCommand({
      TableName: stack.tableName,
      Key: key,
      UpdateExpression: 'SET expiresAt = :past, gsi2pk = :part, gsi2sk = :due',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':past': past, ':part': gsi2pk, ':due': gsi2sk },
    }),
  );
}

/** Gives the tenant of a key a plan of its own. */
export async function setPlanOf(key: string, plan: Plan): Promise<void> {
  const apiKey = await store.getApiKey(hash(key));
  if (apiKey === null) throw new Error('there is no such key');
  await store.setPlan({ tenantId: apiKey.tenantId, plan, at: timestamp(new Date()) });
}

export async function revokeKey(key: string): Promise<void> {
  const revoked = await store.revokeApiKey(hash(key), timestamp(new Date()));
  if (!revoked) throw new Error('there is no such key');
}

/** Links a new sandbox account to the demo tenant; `accessTokenLife` in seconds. */
export async function linkAccount(network: string, account: { name: string; accessTokenLife?: number }): Promise<string> {
  return (await linkSandboxAccount(stack, network, account)).accountId;
}

/** The tokens of an account, in the clear. */
export async function tokensOf(accountId: string, tenantId = stack.tenantId): Promise<TokenSet> {
  const account = await store.getAccount(tenantId, accountId);
  if (account === null) throw new Error(`there is no ${accountId}`);
  return openTokens(cipher, account);
}

/** The PKCE verifier of a link to whose network a browser was sent, in the clear; null: the network takes none. */
export async function verifierOf(linkId: string): Promise<string | null> {
  const link = await store.getLink(linkId);
  if (link === null || link.stage.at === 'open') throw new Error(`nobody has followed ${linkId}`);
  return (await openMemory(cipher, link, link.stage.visit.memory)).verifier;
}

/** The object of an upload of the demo tenant. */
export function keyOf(uploadId: string): string {
  return objectKey({ tenantId: stack.tenantId, uploadId, contentType: 'video/mp4', fileName: 'clip.mp4' });
}

/** Makes S3 report the same object once more: it is copied onto itself. */
export async function repeatStorageEvent(uploadId: string): Promise<void> {
  const key = keyOf(uploadId);
  await storage.send(
    new CopyObjectCommand({
      Bucket: stack.bucketName,
      Key: key,
      CopySource: `${stack.bucketName}/${key}`,
      MetadataDirective: 'REPLACE',
      ContentType: 'video/mp4',
    }),
  );
}

/** The tags of an upload's object. */
export async function tagsOf(uploadId: string): Promise<Readonly<Record<string, string>>> {
  const { TagSet = [] } = await storage.send(new GetObjectTaggingCommand({ Bucket: stack.bucketName, Key: keyOf(uploadId) }));
  return Object.fromEntries(TagSet.map(({ Key = '', Value = '' }) => [Key, Value]));
}

/** Starts the workflow as the rule would for an event about this upload's object. */
export async function startAgain(uploadId: string): Promise<void> {
  await stepFunctions.send(
    new StartExecutionCommand({
      stateMachineArn: stack.stateMachineArn,
      input: JSON.stringify({ v: 1, objectKey: keyOf(uploadId) }),
    }),
  );
}

/** Stops the execution that works on one account of an upload, as an error that no state can catch would end it. */
export async function stopChild(uploadId: string, accountId: string): Promise<void> {
  const name = `${bareId(uploadId)}-${bareId(accountId)}-`;
  const child = await eventually(async () => {
    const running = await stepFunctions.send(
      new ListExecutionsCommand({ stateMachineArn: stack.accountStateMachineArn, statusFilter: 'RUNNING' }),
    );
    return running.executions?.find((execution) => execution.name?.startsWith(name));
  });
  await stepFunctions.send(new StopExecutionCommand({ executionArn: child.executionArn, error: 'Stopped', cause: 'by a test' }));
}

/** An upload as the table has it. */
export async function recordOf(uploadId: string): Promise<UploadWithDeliveries> {
  const record = await store.getUpload(uploadId);
  if (record === null) throw new Error(`there is no ${uploadId}`);
  return record;
}

/** The execution that has claimed an upload. */
export async function executionOf(uploadId: string): Promise<string> {
  const execution = (await store.getUpload(uploadId))?.upload.claim?.execution;
  if (execution === undefined) throw new Error(`no execution has ${uploadId}`);
  return execution;
}

/** Waits until the execution of an upload waits for its time, and writes nothing any more until then. */
export async function waitsForItsTime(uploadId: string): Promise<void> {
  const executionArn = await eventually(async () => (await recordOf(uploadId)).upload.claim?.execution);
  await eventually(async () => {
    const { events = [] } = await stepFunctions.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 }));
    return events.some(({ type }) => type === 'WaitStateEntered') ? true : undefined;
  });
}

/** Stops the execution of an upload, as an error that no state can catch would end it. */
export async function stopUpload(uploadId: string): Promise<void> {
  const executionArn = await executionOf(uploadId);
  await stepFunctions.send(new StopExecutionCommand({ executionArn, error: 'Stopped', cause: 'by a test' }));
}

/** Kills every process that runs this function of the stack; gives how many there were. */
export async function killFunction(name: string): Promise<number> {
  const physical = stack.functionNames[name];
  if (physical === undefined) throw new Error(`the stack has no function ${name}`);
  let killed = 0;
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/u.test(pid)) continue;
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error) return '';
      throw error;
    });
    const entries = environment.split('\0');
    if (!entries.includes(`AWS_LAMBDA_FUNCTION_NAME=${physical}`)) continue;
    if (!entries.includes(`AWS_ENDPOINT_URL=${stack.awsEndpoint}`)) continue;
    process.kill(Number(pid), 'SIGKILL');
    killed += 1;
  }
  return killed;
}
