import { createHash } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DisableRuleCommand, EnableRuleCommand, EventBridgeClient, ListRuleNamesByTargetCommand } from '@aws-sdk/client-eventbridge';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { timestamp } from '../../../core/clock.ts';
import type { UploadSession } from '../../../core/model.ts';
import { clientSettings } from '../../../local/aws.ts';
import { s3Media } from '../../../media/s3.ts';
import { dynamoStore } from '../../../store/dynamodb.ts';
import { dueKey, keys } from '../../../store/keys.ts';
import { stack } from './stack.ts';
import { physicalName } from './worker.ts';

/** The reconcile job of the deployed stack, and the states that it is for, made with the operator's credentials. */

const aws = clientSettings({ endpoint: stack.awsEndpoint });
const documents = DynamoDBDocumentClient.from(new DynamoDBClient(aws));
const store = dynamoStore({ client: documents, tableName: stack.tableName });
const media = s3Media({ client: new S3Client({ ...aws, forcePathStyle: true }), bucket: stack.bucketName });
const lambda = new LambdaClient(aws);
const events = new EventBridgeClient(aws);

const report = z.object({ found: z.record(z.string(), z.int()), left: z.int(), oldestDueAgeSeconds: z.number() });

/** One run of the deployed job, beside those of its timer. */
export async function reconcileNow(): Promise<z.infer<typeof report>> {
  const answer = await lambda.send(new InvokeCommand({ FunctionName: physicalName('scheduled-reconcile'), Payload: '{}' }));
  const payload: unknown = JSON.parse(Buffer.from(answer.Payload ?? []).toString() || 'null');
  if (answer.FunctionError !== undefined) throw new Error(`the job died: ${JSON.stringify(payload)}`);
  return report.parse(payload);
}

/** Switches the rules that start executions of uploads by themselves: those on new files and on executions that ended. */
export async function setRules(state: 'on' | 'off'): Promise<void> {
  const { RuleNames = [] } = await events.send(new ListRuleNamesByTargetCommand({ TargetArn: stack.stateMachineArn }));
  if (RuleNames.length !== 2) throw new Error(`two rules start uploads, not ${RuleNames.length}`);
  for (const Name of RuleNames) await events.send(state === 'on' ? new EnableRuleCommand({ Name }) : new DisableRuleCommand({ Name }));
}

/** Makes an upload one whose time was three days ago, and that is due to be looked at. */
export async function expire(uploadId: string): Promise<void> {
  const key = keys.upload(uploadId);
  const past = timestamp(new Date(Date.now() - 3 * 86_400_000));
  const { gsi2pk, gsi2sk } = dueKey(past, key);
  await documents.send(
    new UpdateCommand({
      TableName: stack.tableName,
      Key: key,
      UpdateExpression: 'SET scheduledOn = :past, createdAt = :past, updatedAt = :past, watchAt = :past, gsi2pk = :part, gsi2sk = :due',
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':past': past, ':part': gsi2pk, ':due': gsi2sk },
    }),
  );
}

/** Makes an account one whose tokens have rested too long. */
export async function letRest({ tenantId, accountId }: { readonly tenantId: string; readonly accountId: string }): Promise<void> {
  const account = await store.getAccount(tenantId, accountId);
  if (account === null || account.renewAt === null) throw new Error('the account may rest for ever');
  await store.moveDue({ kind: 'account', at: account.renewAt, tenantId, accountId }, timestamp(new Date(Date.now() - 60_000)));
}

/** Which version of its tokens an account has, and whether they are waiting to be renewed. */
export async function tokensOf({ tenantId, accountId }: { readonly tenantId: string; readonly accountId: string }): Promise<{ version: number; waiting: boolean }> {
  const account = await store.getAccount(tenantId, accountId);
  if (account === null) throw new Error('there is no such account');
  return { version: account.tokenVersion, waiting: account.renewAt !== null && account.renewAt <= timestamp(new Date()) };
}

async function sessionOf(sessionToken: string): Promise<UploadSession> {
  const session = await store.getSession(createHash('sha256').update(sessionToken).digest('hex'));
  if (session === null) throw new Error('there is no such session');
  return session;
}

/** The id of the upload that was made of a session. */
export async function uploadOf(sessionToken: string): Promise<string> {
  const { state, uploadId } = await sessionOf(sessionToken);
  if (state !== 'completed') throw new Error(`the session is ${state}`);
  return uploadId;
}

/** How many parts storage has of a session; null: it has none, and takes no more. */
export async function partsOf(sessionToken: string): Promise<number | null> {
  return (await media.listParts(await sessionOf(sessionToken)))?.length ?? null;
}
