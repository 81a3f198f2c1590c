import {
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
  type DynamoDBClientConfig,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * What can befall a request. `conflict`, `throttle`, `in_progress`: refused for the moment. `unsent`: it never arrived.
 * `lost`: it was carried out, and the answer got lost.
 */
export type Fault = 'conflict' | 'throttle' | 'in_progress' | 'unsent' | 'lost';

/** A request on its way, at one of its tries. */
export interface Call {
  /** `UpdateItem`, `TransactWriteItems`, … */
  readonly operation: string;
  /** As it is sent. */
  readonly body: string;
}

/** Lets faults befall the requests of a client, inside the SDK's own retry. */
export function injectFaults(client: DynamoDBDocumentClient, faultOf: (call: Call) => Fault | undefined): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const operation = (context.commandName ?? '').replace(/Command$/u, '');
      const fault = faultOf({ operation, body: JSON.stringify(args.input) });
      if (fault === 'lost') await next(args);
      if (fault !== undefined) throw failure(fault, operation);
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'faults' },
  );
}

function failure(fault: Fault, operation: string): Error {
  const of = { message: 'injected', $metadata: {} };
  switch (fault) {
    case 'conflict':
      return operation.startsWith('Transact')
        ? new TransactionCanceledException({ ...of, CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }] })
        : new TransactionConflictException(of);
    case 'throttle':
      return operation.startsWith('Transact')
        ? new TransactionCanceledException({ ...of, CancellationReasons: [{ Code: 'ThrottlingError' }, { Code: 'None' }] })
        : new ProvisionedThroughputExceededException(of);
    case 'in_progress':
      return new TransactionInProgressException({ ...of, Message: 'injected' });
    case 'unsent':
    case 'lost':
      return Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  }
}

/** The first try of each request meets the fault, the second does not. */
export function onceEach(fault: Fault): (call: Call) => Fault | undefined {
  const met = new Set<string>();
  return ({ body }) => {
    if (met.has(body)) return undefined;
    met.add(body);
    return fault;
  };
}

/**
 * The SDK's retry of what was lost on the way, as often as asked, without its pauses and without its budget, which runs out
 * where every request is lost.
 */
export function retries(tries: number): DynamoDBClientConfig {
  return {
    retryStrategy: {
      acquireInitialRetryToken: async () => token(0),
      refreshRetryTokenForRetry: async (used, { errorType }) => {
        const next = used.getRetryCount() + 1;
        if (errorType !== 'TRANSIENT' || next >= tries) throw new Error('no further try');
        return token(next);
      },
      recordSuccess: () => undefined,
    },
  };
}

function token(count: number) {
  return { getRetryCount: () => count, getRetryDelay: () => 0 };
}
