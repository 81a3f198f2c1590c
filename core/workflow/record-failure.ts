import * as z from 'zod';
import { timestamp, timestampAfter } from '../clock.ts';
import { isTerminal, type Delivery, type Upload } from '../model.ts';
import type { Ports } from '../ports/index.ts';
import { done, resultOf } from '../publishing/step.ts';
import { countedSince, INTERNAL_ERROR, ownError, pauseAfter, unknownOutcome } from '../publishing/troubles.ts';
import { MAX_CHILD_WAIT_SECONDS, MAX_STEPS, type FailureInput, type Plan, type StepResult } from '../workflow.ts';
import { dueAt, plan } from './plan.ts';

type FailurePorts = Pick<Ports, 'store' | 'events' | 'clock' | 'times' | 'log'>;

/**
 * What follows when a state died for good, its retries spent: it was something of ours, since what a network says is never
 * thrown. A passing shortage is waited out for a day; anything else is tried a few more times. An armed attempt is never
 * failed: its step goes back to confirming.
 */
export async function recordFailure(ports: FailurePorts, input: FailureInput): Promise<StepResult | Plan> {
  const busy = isShortage(input.error, input.cause);
  const record = await ports.store.getUpload(input.uploadId);
  if (input.accountId === undefined) {
    if (record?.upload.claim?.execution === input.execution) {
      const now = timestamp(ports.clock.now());
      for (const delivery of record.deliveries) {
        // What is scheduled for later waits for its time anyway.
        if (!isTerminal(delivery.status) && dueAt(record.upload, delivery) <= now) await putOff(ports, record.upload, delivery, busy);
      }
    }
    return plan(ports, input);
  }

  const { accountId, revision, steps } = input;
  const delivery = record?.deliveries.find((each) => each.accountId === accountId);
  if (record === null || delivery === undefined || delivery.revision !== revision || isTerminal(delivery.status)) return done(input);
  const seconds = await putOff(ports, record.upload, delivery, busy);
  if (seconds === null) return done(input);
  if (seconds > MAX_CHILD_WAIT_SECONDS || steps + 1 >= MAX_STEPS) return resultOf(input, 'later', 0, 0);
  return resultOf(input, delivery.attempt.phase === 'armed' ? 'publish' : 'transfer', seconds, 0);
}

/** Seconds until the delivery is tried again; null: it has ended, or another worker has moved it on. */
async function putOff(ports: FailurePorts, upload: Upload, delivery: Delivery, busy: boolean): Promise<number | null> {
  const { store, clock, times, log } = ports;
  const ref = { uploadId: delivery.uploadId, accountId: delivery.accountId };
  const { fence, attempt } = delivery;
  const now = clock.now();
  const at = timestamp(now);
  const trouble = busy ? 'shortage' : 'internal';
  const tries = delivery.tries[trouble] ?? 0;
  const seconds = busy
    ? pauseAfter({ times, now, since: countedSince(upload), tries }, null)
    : (times.retries[tries] ?? null);
  log.error('step_died', { ...ref, trouble, tries, phase: attempt.phase, pause: seconds });
  if (seconds !== null) {
    const error = attempt.phase === 'armed' ? delivery.error : DELAYED;
    const nextAt = timestampAfter(now, seconds);
    const paused = await store.pause(ref, { fence, status: 'retrying', trouble, nextAt, error, at });
    return paused.moved ? seconds : null;
  }
  if (attempt.phase === 'armed') await store.giveUpLooking(ref, unknownOutcome(delivery, { clock, times }));
  else await store.fail(ref, { fence, error: INTERNAL_ERROR, at });
  return null;
}

const DELAYED = ownError('internal_error', 'Publishing was interrupted on our side, and nothing was published. It is tried again.');

/**
 * Whether the state machine's words name a shortage that passes by itself: throttling or a service of AWS that is down. The
 * names are those of Lambda, DynamoDB, S3, KMS and Step Functions; some emulators give only the text, so both are searched.
 */
export function isShortage(error: string, cause: string): boolean {
  return SHORTAGE.test(error) || SHORTAGE.test(wordsOf(cause));
}

const SHORTAGE =
  /Throttl|TooManyRequests|StoreBusy|ProvisionedThroughputExceeded|RequestLimitExceeded|ExecutionLimitExceeded|TransactionConflict|Service(?:Unavailable|Exception)|InternalServerError|SlowDown|SdkClientException|TimeoutError|ECONN(?:RESET|REFUSED)/u;

/** A state's error output (`Error`, `Cause`), whose cause is in turn what Lambda says of a thrown error. */
const errorOutput = z.object({
  Error: z.string().optional(),
  Cause: z.string().optional(),
  errorType: z.string().optional(),
  errorMessage: z.string().optional(),
});

/** A cause without its stack trace: frames of the SDK bear names of errors (`decorateServiceException`) whatever was thrown. */
function wordsOf(cause: string): string {
  const output = errorOutput.safeParse(parsed(cause));
  if (!output.success) return cause.replaceAll(/^\s+at .*$/gmu, '');
  const { Error: name = '', Cause: inner = '', errorType = '', errorMessage = '' } = output.data;
  return [name, errorType, errorMessage, inner === '' ? '' : wordsOf(inner)].join(' ');
}

/** The JSON of a text; undefined for any other text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
