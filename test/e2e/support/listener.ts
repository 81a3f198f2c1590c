import { DeleteRuleCommand, EventBridgeClient, PutRuleCommand, PutTargetsCommand, RemoveTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, DeleteQueueCommand, GetQueueAttributesCommand, ReceiveMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { clientSettings } from '../../../local/aws.ts';
import { stack } from './stack.ts';
import { eventually } from './uploads.ts';

const settings = clientSettings({ endpoint: stack.awsEndpoint });
const queues = new SQSClient(settings);
const events = new EventBridgeClient(settings);

const envelope = z.object({ detail: z.object({ uploadId: z.string() }).loose() }).loose();
export type FinishedEvent = z.infer<typeof envelope>;

/** What a rule of somebody else's, with a queue of theirs, hears on the bus of the stack. */
export interface Listener {
  /** The event about an upload, with its envelope; waits for it. */
  about(uploadId: string): Promise<FinishedEvent>;
  close(): Promise<void>;
}

export async function listen(): Promise<Listener> {
  const name = `listener-${process.pid}`;
  const bus = { EventBusName: stack.eventBusName };
  const received = new Map<string, FinishedEvent>();
  const { QueueUrl = '' } = await queues.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await queues.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  const QueueArn = Attributes?.['QueueArn'] ?? '';
  const { RuleArn } = await events.send(new PutRuleCommand({ Name: name, ...bus, EventPattern: JSON.stringify({ source: ['fanfare'], 'detail-type': ['Upload Finished'] }) }));
  const statement = { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: QueueArn, Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } } };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await queues.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await events.send(new PutTargetsCommand({ Rule: name, ...bus, Targets: [{ Id: 'queue', Arn: QueueArn }] }));

  return {
    about: (uploadId) =>
      eventually(async () => {
        const { Messages = [] } = await queues.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }));
        for (const { Body = '' } of Messages) {
          const event = envelope.parse(JSON.parse(Body));
          received.set(event.detail.uploadId, event);
        }
        return received.get(uploadId);
      }),

    async close() {
      await events.send(new RemoveTargetsCommand({ Rule: name, ...bus, Ids: ['queue'] }));
      await events.send(new DeleteRuleCommand({ Name: name, ...bus }));
      await queues.send(new DeleteQueueCommand({ QueueUrl }));
    },
  };
}
