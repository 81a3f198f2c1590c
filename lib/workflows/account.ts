import type { Times } from '../../core/times.ts';
import { WORKFLOW_VERSION } from '../../core/workflow.ts';
import type { StateMachineDefinition, Template } from './asl.ts';
import { catchTo, caught, failWith, functionLife, functionTask } from './tasks.ts';

/**
 * Seconds that a child execution lives at most: it ends by itself after 500 steps, each of at most 15 minutes and followed by a
 * pause of at most 5, 500 x 1,200 = 600,000 s. This ends only what hangs; the next round goes on at the checkpoint.
 */
export const ACCOUNT_LIFE = 7 * 24 * 60 * 60;

/**
 * The steps of one delivery. Each answers which function runs next and after how many seconds; the machine knows nothing else.
 * The fields of the answer are those of the next step's input, so that whatever dies is recorded on the right delivery.
 */
export function accountDefinition(times: Times): StateMachineDefinition {
  const delivery: Template = {
    v: WORKFLOW_VERSION,
    'uploadId.$': '$.uploadId',
    'accountId.$': '$.accountId',
    'revision.$': '$.revision',
    'execution.$': '$$.Execution.Id',
    'steps.$': '$.steps',
  };
  const step = (role: 'transfer' | 'publish') =>
    functionTask(role, functionLife(role, times), {
      Parameters: { ...delivery, 'waitedFor.$': '$.waitedFor' },
      Catch: catchTo('RecordFailure'),
      Next: 'AfterStep',
    });
  const run = [
    { Variable: '$.next', StringEquals: 'transfer', Next: 'Transfer' },
    { Variable: '$.next', StringEquals: 'publish', Next: 'Publish' },
  ] as const;
  return {
    Comment: 'Publishes one upload to one account, step by step.',
    StartAt: 'Transfer',
    TimeoutSeconds: ACCOUNT_LIFE,
    States: {
      Transfer: step('transfer'),
      Publish: step('publish'),
      AfterStep: {
        Type: 'Choice',
        Choices: [
          { Variable: '$.next', StringEquals: 'done', Next: 'Ended' },
          { Variable: '$.next', StringEquals: 'later', Next: 'Ended' },
          { Variable: '$.afterSeconds', NumericGreaterThan: 0, Next: 'Pause' },
          ...run,
        ],
        Default: 'UnknownAnswer',
      },
      Pause: { Type: 'Wait', SecondsPath: '$.afterSeconds', Next: 'AfterPause' },
      AfterPause: { Type: 'Choice', Choices: run, Default: 'UnknownAnswer' },
      RecordFailure: functionTask('failure', functionLife('failure', times), {
        Comment: 'The state before it died for good. An armed attempt is confirmed from here, any other is tried again later.',
        Parameters: { ...delivery, ...caught },
        Catch: failWith('FailureNotRecorded'),
        Next: 'AfterStep',
      }),
      Ended: { Type: 'Succeed' },
      FailureNotRecorded: {
        Type: 'Fail',
        Error: 'FailureNotRecorded',
        Cause: 'A step died, and recording that died too. The finish of the round finds the delivery and sends another child.',
      },
      UnknownAnswer: {
        Type: 'Fail',
        Error: 'UnknownAnswer',
        Cause: 'A function gave an answer that this definition does not know. The finish of the round sends another child.',
      },
    },
  };
}
