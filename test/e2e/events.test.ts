import { readFileSync } from 'node:fs';
import { DeleteRuleCommand, EventBridgeClient, PutRuleCommand, PutTargetsCommand, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { clientSettings } from '../../local/aws.ts';
import { accounts, stack } from './support/stack.ts';
import { accountOf, eventually, publish, settled } from './support/uploads.ts';

/** What a rule of somebody else's, with a queue of theirs, hears on the bus of the stack. */

const settings = clientSettings({ endpoint: stack.awsEndpoint });
const queues = new SQSClient(settings);
const events = new EventBridgeClient(settings);
const name = `listener-${process.pid}`;
const bus = { EventBusName: stack.eventBusName };
const received = new Map<string, unknown>();
let QueueUrl = '';

const envelope = z.object({ detail: z.object({ uploadId: z.string() }).loose() }).loose();

beforeAll(async () => {
  const created = await queues.send(new CreateQueueCommand({ QueueName: name }));
  QueueUrl = created.QueueUrl ?? '';
  const { Attributes } = await queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const QueueArn = Attributes?.['QueueArn'] ?? '';
  const { RuleArn } = await events.send(new PutRuleCommand({ Name: name, ...bus, EventPattern: JSON.stringify({ source: ['fanfare'], 'detail-type': ['Upload Finished'] }) }));
  const statement = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: QueueArn, Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } } };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await queues.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await events.send(new PutTargetsCommand({ Rule: name, ...bus, Targets: [{ Id: 'queue', Arn: QueueArn }] }));
});

afterAll(async () => {
  await events.send(new RemoveTargetsCommand({ Rule: name, ...bus, Ids: ['queue'] }));
  await events.send(new DeleteRuleCommand({ Name: name, ...bus }));
  await queues.send(new DeleteQueueCommand({ QueueUrl }));
});

/** The event about an upload, with its envelope. */
function eventAbout(uploadId: string): Promise<unknown> {
  return eventually(async () => {
    const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
    for (const { Body = '' } of Messages) {
      const event = envelope.parse(JSON.parse(Body));
      received.set(event.detail.uploadId, event);
    }
    return received.get(uploadId);
  });
}

/** The example on the page of the event. */
function documented() {
  const page = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');
  const [, example = ''] = /```json\n(\{\n[\s\S]*?\n\})\n```/u.exec(page) ?? [];
  const account = z.record(z.string(), z.unknown());
  return z.object({ source: z.string(), 'detail-type': z.string(), detail: z.object({ accounts: z.array(account) }).loose() }).parse(JSON.parse(example));
}

function expectDocumentedShape(event: unknown): void {
  const { detail, ...rest } = documented();
  expect(event).toMatchObject(rest);
  const got = z.object({ detail: z.object({ accounts: z.array(z.record(z.string(), z.unknown())) }).loose() }).parse(event).detail;
  expect(Object.keys(got).toSorted()).toEqual(Object.keys(detail).toSorted());
  for (const account of got.accounts) expect(Object.keys(account).toSorted()).toEqual(Object.keys(detail.accounts[0] ?? {}).toSorted());
}

describe('the event of a finished upload', () => {
  it('reaches a listener in the documented shape, with the posts that were made', async () => {
    const { uploadId } = await publish();
    const status = await settled(uploadId);
    const event = await eventAbout(uploadId);
    expectDocumentedShape(event);
    expect(event).toMatchObject({
      detail: {
        version: 1,
        uploadId,
        tenantId: stack.tenantId,
        revision: 1,
        status: 'Uploaded',
        accounts: Object.entries(accounts).map(([network, accountId]) => ({
          accountId,
          network,
          status: 'Uploaded',
          externalId: accountOf(status, network).externalId,
          errorCode: null,
        })),
      },
    });
  });

  it('says of a failed one why, for each account', async () => {
    const { uploadId } = await publish({}, Buffer.from('this is not a video, whatever its name says'.repeat(100)));
    const event = await eventAbout(uploadId);
    expectDocumentedShape(event);
    const failed = { status: 'Failed', externalId: null, externalUrl: null, errorCode: 'media_rejected' };
    expect(event).toMatchObject({ detail: { uploadId, status: 'Failed', accounts: Object.keys(accounts).map((network) => ({ network, ...failed })) } });
  });
});
