import { ExecutionAlreadyExists, StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { DeleteMessageCommand, ReceiveMessageCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { executionInput, WORKFLOW_VERSION } from '../core/workflow.ts';

/** What became of the messages of a dead-letter queue. */
export interface Redriven {
  /** Executions that were started, or had been by an earlier run; their messages are gone. */
  readonly started: number;
  /** Messages that are still in the queue, and why. */
  readonly left: readonly { readonly messageId: string; readonly reason: string }[];
}

/** Seconds in which nobody else sees a message that was read: longer than a run takes for ten of them. */
const VISIBILITY_TIMEOUT = 120;
/** Seconds that an empty queue is listened to. AWS asks all of its servers then, so that nothing is overlooked. */
const WAIT = 2;

/**
 * Starts an execution for each message of the trigger's dead-letter queue, at most `limit` of them, and removes the message once
 * that is done. Repeating it is harmless: an execution bears the message's id, and one too many ends when it claims its upload.
 */
export async function redriveTrigger(options: {
  readonly queues: SQSClient;
  readonly stepFunctions: SFNClient;
  readonly queueUrl: string;
  readonly stateMachineArn: string;
  readonly limit: number;
}): Promise<Redriven> {
  const { queues, queueUrl: QueueUrl, limit } = options;
  const left: { messageId: string; reason: string }[] = [];
  let started = 0;
  while (started + left.length < limit) {
    const asked = Math.min(10, limit - started - left.length);
    const receive = { QueueUrl, MaxNumberOfMessages: asked, VisibilityTimeout: VISIBILITY_TIMEOUT, WaitTimeSeconds: WAIT };
    const { Messages: messages = [] } = await queues.send(new ReceiveMessageCommand(receive));
    const unseen = messages.filter(({ MessageId }) => !left.some(({ messageId }) => messageId === MessageId));
    if (unseen.length === 0) break;
    for (const message of unseen) {
      const reason = await start(options, message);
      if (reason === null) started += 1;
      else left.push({ messageId: message.MessageId ?? '', reason });
    }
  }
  return { started, left };
}

/** Null: it is started, and the message removed; otherwise why not. */
async function start(
  { queues, stepFunctions, queueUrl: QueueUrl, stateMachineArn }: Parameters<typeof redriveTrigger>[0],
  { MessageId, ReceiptHandle, Body = '' }: Message,
): Promise<string | null> {
  const input = inputOf(Body);
  if (input === null) return 'it is neither an event of S3 or Step Functions nor an input of the state machine';
  try {
    await stepFunctions.send(new StartExecutionCommand({ stateMachineArn, name: `redrive-${MessageId}`, input }));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!(error instanceof ExecutionAlreadyExists)) return `${error.name}: ${error.message}`;
  }
  await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  return null;
}

const storageEvent = z.object({ id: z.string().optional(), source: z.literal('aws.s3'), detail: z.object({ object: z.object({ key: z.string() }) }) });

/**
 * The input with which EventBridge would have started the execution; null if the text is none of its events. A dead letter
 * holds the event as the rule met it, and what a target would be sent only where nothing transforms it.
 */
export function inputOf(body: string): string | null {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const stored = storageEvent.safeParse(value);
  if (stored.success) return JSON.stringify({ v: WORKFLOW_VERSION, objectKey: stored.data.detail.object.key, id: stored.data.id });
  return executionInput.safeParse(value).success ? body : null;
}
