import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import type { Log } from '../../core/ports/index.ts';
import { jsonLog } from '../common/log.ts';

export type StateHandler<Result> = (event: unknown, context: Pick<Context, 'awsRequestId'>) => Promise<Result>;

/**
 * The Lambda handler of a state: reads its input under the contract of `core/workflow.ts`, calls the use case, and writes one
 * line about what came of it. What is thrown is ours, and is the state machine's to repeat.
 */
export function stateHandler<Input extends object, Result extends object>(
  state: string,
  schema: z.ZodType<Input>,
  run: (input: Input, log: Log) => Promise<Result>,
): StateHandler<Result> {
  return async (event, { awsRequestId }) => {
    const startedAt = performance.now();
    const input = schema.safeParse(event);
    if (!input.success) {
      jsonLog({ requestId: awsRequestId, state }).error('input_not_understood', { issues: input.error.issues });
      throw new TypeError(`The input of ${state} is not as agreed.`, { cause: input.error });
    }
    const log = jsonLog({ requestId: awsRequestId, state, ...input.data });
    const elapsed = (): number => Math.round(performance.now() - startedAt);
    try {
      const result = await run(input.data, log);
      log.info('state_left', { result: briefly(result), ms: elapsed() });
      return result;
    } catch (error) {
      log.error('state_died', { error, ms: elapsed() });
      throw error;
    }
  };
}

/** A result without what repeats the input, and with lists by their length. */
function briefly(result: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(result)
      .filter(([name]) => !REPEATED.has(name))
      .map(([name, value]: [string, unknown]) => [name, Array.isArray(value) ? value.length : value]),
  );
}

const REPEATED: ReadonlySet<string> = new Set(['v', 'uploadId', 'accountId', 'revision']);
