import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import { isShortage } from '../../core/workflow/record-failure.ts';
import { functionLog, type InvocationLog } from '../common/log.ts';

export type StateHandler<Result> = (event: unknown, context: Pick<Context, 'awsRequestId'>) => Promise<Result>;

/**
 * The Lambda handler of a state: reads its input under the contract of `core/workflow.ts`, calls the use case, and writes one
 * line about what came of it. What is thrown is ours, and is the state machine's to repeat.
 */
export function stateHandler<Input extends object, Result extends object>(
  state: string,
  schema: z.ZodType<Input>,
  run: (input: Input, log: InvocationLog) => Promise<Result>,
): StateHandler<Result> {
  const logOf = functionLog();
  return async (event, { awsRequestId }) => {
    const startedAt = performance.now();
    const durationMs = (): number => Math.round(performance.now() - startedAt);
    const input = schema.safeParse(event);
    if (!input.success) {
      const died = { outcome: 'died', durationMs: durationMs(), issues: input.error.issues };
      logOf({ requestId: awsRequestId, state }).error('input_not_understood', died);
      throw new TypeError(`The input of ${state} is not as agreed.`, { cause: input.error });
    }
    const log = logOf({ requestId: awsRequestId, state, ...input.data });
    try {
      const result = await run(input.data, log);
      log.info('state_left', { outcome: 'left', durationMs: durationMs(), result: briefly(result, input.data) });
      return result;
    } catch (error) {
      const shortage = error instanceof Error && isShortage(error.name, error.message);
      log.error('state_died', { outcome: 'died', durationMs: durationMs(), ...(shortage && { shortages: 1 }), error });
      throw error;
    }
  };
}

/** A result without what repeats the input, and with lists by their length. */
function briefly(result: object, input: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(result)
      .filter(([name]) => name !== 'v' && !(REPEATED.has(name) && name in input))
      .map(([name, value]: [string, unknown]) => [name, Array.isArray(value) ? value.length : value]),
  );
}

const REPEATED: ReadonlySet<string> = new Set(['uploadId', 'accountId', 'revision']);
