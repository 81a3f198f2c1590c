import type { Executions } from '../../../core/ports/index.ts';
import type { ExecutionInput } from '../../../core/workflow.ts';

/** Executions that do nothing: they run until they are stopped. A name serves once, as on Step Functions. */
export interface MemoryExecutions extends Executions {
  readonly started: readonly { readonly name: string; readonly input: ExecutionInput }[];
  readonly stopped: readonly string[];
  /** From now on every start throws, or no more. */
  break(broken: boolean): void;
}

export function memoryExecutions(): MemoryExecutions {
  const started: { readonly name: string; readonly input: ExecutionInput }[] = [];
  const stopped: string[] = [];
  let broken = false;
  return {
    started,
    stopped,
    start: async (request) => {
      if (broken) throw new Error('Step Functions is throttling.');
      if (started.some(({ name }) => name === request.name)) return 'already';
      started.push(request);
      return 'started';
    },
    stop: async (execution) => void stopped.push(execution),
    isRunning: async (execution) => started.some(({ name }) => name === execution) && !stopped.includes(execution),
    break: (now) => {
      broken = now;
    },
  };
}
