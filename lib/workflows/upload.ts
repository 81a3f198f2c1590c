import type { Times } from '../../core/times.ts';
import { WORKFLOW_VERSION } from '../../core/workflow.ts';
import { ACCOUNT_LIFE } from './account.ts';
import type { StateMachineDefinition, Task, Template } from './asl.ts';
import { catchTo, caught, failWith, functionLife, functionTask, START_RETRY } from './tasks.ts';

/** Accounts that are published to at the same time: what an inline Map runs side by side (AWS: up to 40). */
const MAX_CONCURRENCY = 40;

/** Seconds that a parent waits for its child: longer than the child lives, so that the child ends first and by itself. */
const CHILD_TIMEOUT = ACCOUNT_LIFE + 5 * 60;

/** Shown in the console as the execution that started this one. */
const STARTED_BY = { 'AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$': '$$.Execution.Id' } as const;

/** Stands for the ARN of the account machine until the stack is deployed. */
export const ACCOUNT_MACHINE_PLACEHOLDER = '${account}';

/**
 * The life of one upload: claim it, inspect its media, wait until it is due, publish to each account in an execution of its
 * own, finish the round. `inspect`, `due`, `finish` and `failure` all answer with a plan, which one Choice follows.
 */
export function uploadDefinition(times: Times): StateMachineDefinition {
  const upload: Template = {
    v: WORKFLOW_VERSION,
    'uploadId.$': '$.uploadId',
    'round.$': '$.round',
    'execution.$': '$$.Execution.Id',
  };
  const planning = (state: 'inspect' | 'due' | 'finish'): Task =>
    functionTask(state, functionLife(state, times), { Parameters: upload, Catch: catchTo('Abandon'), Next: 'Plan' });
  return {
    Comment: 'Publishes one upload to its accounts when it is due.',
    StartAt: 'Claim',
    States: {
      Claim: functionTask('claim', functionLife('claim', times), {
        Comment: 'Of all executions for this upload one goes on; the input names an S3 object or the upload.',
        Parameters: { 'execution.$': '$$.Execution.Id', 'input.$': '$' },
        Catch: failWith('NotClaimed'),
        Next: 'Claimed',
      }),
      Claimed: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.next', StringEquals: 'inspect', Next: 'Inspect' },
          { Variable: '$.next', StringEquals: 'end', Next: 'Ended' },
        ],
        Default: 'UnknownAnswer',
      },
      Inspect: planning('inspect'),
      Plan: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.next', StringEquals: 'publish', Next: 'PublishToAccounts' },
          { Variable: '$.next', StringEquals: 'wait', Next: 'WaitUntilDue' },
          { Variable: '$.next', StringEquals: 'end', Next: 'Ended' },
          { Variable: '$.next', StringEquals: 'renew', Next: 'Renew' },
        ],
        Default: 'UnknownAnswer',
      },
      WaitUntilDue: { Type: 'Wait', TimestampPath: '$.waitUntil', Next: 'Due' },
      Due: planning('due'),
      PublishToAccounts: {
        Type: 'Map',
        ItemsPath: '$.jobs',
        MaxConcurrency: MAX_CONCURRENCY,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'INLINE' },
          StartAt: 'PublishToAccount',
          States: {
            PublishToAccount: publishToAccount,
            AccountEnded: {
              Type: 'Pass',
              Comment: 'The child died of what it could not catch. Its brothers go on; finish reads from the table what is left to do.',
              End: true,
            },
          },
        },
        // What came of the children stands in the table: a Map over 90 accounts must not fail for the size of their results.
        ResultPath: null,
        Catch: catchTo('Abandon'),
        Next: 'Finish',
      },
      Finish: planning('finish'),
      Renew: renew,
      Abandon: functionTask('failure', functionLife('failure', times), {
        Comment: 'The state before it died for good. What is recorded decides how to go on.',
        Parameters: { ...upload, ...caught },
        Catch: failWith('FailureNotRecorded'),
        Next: 'Plan',
      }),
      Ended: { Type: 'Succeed' },
      NotClaimed: {
        Type: 'Fail',
        Error: 'NotClaimed',
        Cause: 'The upload could not be claimed: the function died, or the store did not take the claim. Nothing was begun.',
      },
      NotRenewed: {
        Type: 'Fail',
        Error: 'NotRenewed',
        Cause: 'The execution that takes over could not be started. The upload is still claimed by this one.',
      },
      FailureNotRecorded: {
        Type: 'Fail',
        Error: 'FailureNotRecorded',
        Cause: 'A state died, and recording that died too. The upload is still claimed by this execution.',
      },
      UnknownAnswer: {
        Type: 'Fail',
        Error: 'UnknownAnswer',
        Cause: 'A function gave an answer that this definition does not know. The upload is still claimed by this execution.',
      },
    },
  };
}

const publishToAccount: Task = {
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution.sync:2',
  Parameters: {
    StateMachineArn: ACCOUNT_MACHINE_PLACEHOLDER,
    'Name.$': '$.name',
    Input: {
      v: WORKFLOW_VERSION,
      'uploadId.$': '$.uploadId',
      'accountId.$': '$.accountId',
      'revision.$': '$.revision',
      steps: 0,
      waitedFor: 0,
      ...STARTED_BY,
    },
  },
  TimeoutSeconds: CHILD_TIMEOUT,
  Retry: START_RETRY,
  Catch: catchTo('AccountEnded'),
  ResultPath: null,
  End: true,
};

/** The successor claims the upload from this execution; of two successors, after a repeated start, one gets it. */
const renew: Task = {
  Type: 'Task',
  Resource: 'arn:aws:states:::states:startExecution',
  Parameters: {
    'StateMachineArn.$': '$$.StateMachine.Id',
    Input: {
      v: WORKFLOW_VERSION,
      'uploadId.$': '$.uploadId',
      'predecessor.$': '$$.Execution.Id',
      ...STARTED_BY,
    },
  },
  TimeoutSeconds: 60,
  Retry: START_RETRY,
  Catch: failWith('NotRenewed'),
  Next: 'Ended',
};
