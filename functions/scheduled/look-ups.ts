import { ExecutionAlreadyExists, StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { LookUps } from '../../core/reconcile/ports.ts';
import { WORKFLOW_VERSION } from '../../core/workflow.ts';

/** Executions of the state machine of one delivery: its steps alone may ask a network. */
export function stepFunctionsLookUps({ client, machineArn }: { readonly client: SFNClient; readonly machineArn: string }): LookUps {
  return {
    start: async ({ name, uploadId, accountId, revision }) => {
      const input = JSON.stringify({ v: WORKFLOW_VERSION, uploadId, accountId, revision, steps: 0, waitedFor: 0 });
      try {
        await client.send(new StartExecutionCommand({ stateMachineArn: machineArn, name, input }));
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },
  };
}
