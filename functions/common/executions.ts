import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  StartExecutionCommand,
  StopExecutionCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { Executions } from '../../core/ports/index.ts';

/** The executions of a state machine of Step Functions; an execution is named by its ARN. */
export function stepFunctionsExecutions({ client, machineArn }: { readonly client: SFNClient; readonly machineArn: string }): Executions {
  return {
    start: async ({ name, input }) => {
      try {
        // With the same input, AWS answers for a name that is running as if it had just been started; some emulators refuse.
        await client.send(new StartExecutionCommand({ stateMachineArn: machineArn, name, input: JSON.stringify(input) }));
        return 'started';
      } catch (error) {
        if (error instanceof ExecutionAlreadyExists) return 'already';
        throw error;
      }
    },

    stop: async (execution) => {
      try {
        await client.send(new StopExecutionCommand({ executionArn: execution, error: 'TakenOver', cause: 'Another execution has the upload.' }));
      } catch (error) {
        if (!(error instanceof ExecutionDoesNotExist)) throw error;
      }
    },

    isRunning: async (execution) => {
      try {
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn: execution }));
        return status === 'RUNNING';
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return false;
        throw error;
      }
    },
  };
}
