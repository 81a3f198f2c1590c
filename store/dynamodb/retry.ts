import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { StoreBusy } from '../../core/ports/store.ts';

/** What a retry rests on. */
export interface Patience {
  /** In [0, 1). */
  random(): number;
  /** Seconds. */
  sleep(seconds: number): Promise<void>;
  /** Seconds for which a request that meets conflicts or throttling is tried again. */
  readonly seconds: number;
}

/** The first pause is at most so long, each further one at most twice as long, up to the longest. Seconds. */
const FIRST_PAUSE = 0.02;
const LONGEST_PAUSE = 0.5;
/** With pauses near nothing, the bound on time alone would let thousands of requests through. */
const MAX_TRIES = 40;

/**
 * Runs a request, again with full jitter while DynamoDB refuses it for the moment, then throws `StoreBusy`. Such a request
 * wrote nothing. Anything else is thrown as it is.
 */
export async function patiently<Result>(patience: Patience, request: () => Promise<Result>): Promise<Result> {
  const began = performance.now();
  let slept = 0;
  for (let tries = 1; ; tries += 1) {
    try {
      return await request();
    } catch (error) {
      if (!isForTheMoment(error)) throw error;
      const pause = patience.random() * Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (tries - 1));
      const spent = Math.max(slept, (performance.now() - began) / 1000);
      if (tries >= MAX_TRIES || spent + pause > patience.seconds) {
        throw new StoreBusy('The table did not take the request in time: it met conflicts or throttling.', { cause: error });
      }
      slept += pause;
      await patience.sleep(pause);
    }
  }
}

/**
 * Errors that name a passing state of the table (Amazon DynamoDB Developer Guide, "Error handling" and "Transactions: how it
 * works"). `TransactionConflictException` is what a single write meets while a transaction holds the item.
 */
const PASSING: ReadonlySet<string> = new Set([
  'TransactionConflictException',
  'TransactionInProgressException',
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
]);

/** A batch came back without anything read: DynamoDB's way to throttle one. */
export class NothingRead extends Error {
  override readonly name = 'NothingRead';
}

/** Reasons for which a transaction was cancelled that pass. */
const PASSING_REASONS: ReadonlySet<string> = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

function isForTheMoment(error: unknown): boolean {
  if (error instanceof TransactionCanceledException) {
    const codes = (error.CancellationReasons ?? []).flatMap(({ Code }) => (Code === undefined || Code === 'None' ? [] : [Code]));
    return codes.length > 0 && codes.every((code) => PASSING_REASONS.has(code));
  }
  return error instanceof NothingRead || (error instanceof Error && PASSING.has(error.name));
}
