import { ExecutionAlreadyExists, StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { executionInput, WORKFLOW_VERSION } from '../core/workflow.ts';

/** What became of the messages of a dead-letter queue. */
export interface Redriven {
  /** Messages that were dealt with, and are gone. */
  readonly done: number;
  /** Messages that are still in the queue, and why. */
  readonly left: readonly { readonly messageId: string; readonly reason: string }[];
}

/** Deals with a message, whose removal follows; repeating it has to be harmless. Gives the reason if it could not. */
export type Redrive = (message: { readonly messageId: string; readonly body: string }) => Promise<string | null>;

/** Seconds in which nobody else sees a message that was read: longer than a run takes for ten of them. */
const VISIBILITY_TIMEOUT = 120;
/** Seconds that an empty queue is listened to. AWS asks all of its servers then, so that nothing is overlooked. */
const WAIT = 2;

/** Deals with the messages of a queue, at most `limit` of them, and removes each once that is done. */
export async function workThrough(queues: SQSClient, queue: { readonly url: string; readonly limit: number }, redrive: Redrive): Promise<Redriven> {
  const { url: QueueUrl, limit } = queue;
  const left: { messageId: string; reason: string }[] = [];
  let done = 0;
  while (done + left.length < limit) {
    const asked = Math.min(10, limit - done - left.length);
    const receive = { QueueUrl, MaxNumberOfMessages: asked, VisibilityTimeout: VISIBILITY_TIMEOUT, WaitTimeSeconds: WAIT };
    const { Messages: messages = [] } = await queues.send(new ReceiveMessageCommand(receive));
    const unseen = messages.filter(({ MessageId }) => !left.some(({ messageId }) => messageId === MessageId));
    if (unseen.length === 0) break;
    for (const { MessageId: messageId = '', Body: body = '', ReceiptHandle } of unseen) {
      const reason = await redrive({ messageId, body });
      if (reason === null) {
        await queues.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        done += 1;
      } else left.push({ messageId, reason });
    }
  }
  return { done, left };
}

/**
 * Of the trigger's queue: starts an execution for each message. The execution bears the message's id, so none is started twice,
 * and one too many ends when it claims its upload.
 */
export function startExecutions(client: SFNClient, stateMachineArn: string): Redrive {
  return async ({ messageId, body }) => {
    const input = inputOf(body);
    if (input === null) return 'it is neither an event of S3 or Step Functions nor an input of the state machine';
    try {
      await client.send(new StartExecutionCommand({ stateMachineArn, name: `redrive-${messageId}`, input }));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!(error instanceof ExecutionAlreadyExists)) return `${error.name}: ${error.message}`;
    }
    return null;
  };
}

/** Of the schedule's queue: a run that was missed has nothing to be made up for, since each looks at everything that is due. */
export const forget: Redrive = () => Promise.resolve(null);

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
