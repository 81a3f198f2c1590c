import type { Times } from '../../core/times.ts';
import type { WorkflowState } from '../names.ts';
import type { Catcher, Retrier, Task, Template } from './asl.ts';

/** Seconds that a task gets beyond the life of its function: so the function ends first, and a repetition meets no living one. */
const TASK_MARGIN = 30;

/**
 * Lambda or Step Functions cannot take the call now: throttling, or trouble of the service itself. Pauses of 2, 4, ... 256 s, then
 * 31 of 300 s: at most 510 + 31 x 300 = 9,810 s (2.7 hours), half of it on average under full jitter. What takes longer is caught,
 * and the `failure` function puts the delivery off for up to a day. 39 attempts are 117 of the 25,000 events of a history.
 *
 * Repeating is safe although such a call may have run: a step that begins again finds what the guard wrote.
 */
const UNAVAILABLE = { IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 39, MaxDelaySeconds: 300, JitterStrategy: 'FULL' } as const;

/** Anything else, a function that died for example: pauses of 2, 4 and 8 s at most. */
const ANY: Retrier = {
  ErrorEquals: ['States.ALL'],
  IntervalSeconds: 2,
  BackoffRate: 2,
  MaxAttempts: 3,
  MaxDelaySeconds: 60,
  JitterStrategy: 'FULL',
};

/**
 * For `transfer`, whose life is 15 minutes: at worst four lives with their margin and the pauses between,
 * 4 x 930 + 14 = 3,734 s (about an hour), before the step is recorded as dead. Each repetition goes on at the stored checkpoint.
 * For `publish`: 4 x 120 + 14 = 494 s. A repetition that finds the attempt armed confirms it, and never publishes blindly.
 */
const FUNCTION_RETRY: readonly Retrier[] = [
  {
    ErrorEquals: [
      'Lambda.TooManyRequestsException',
      'Lambda.ServiceException',
      'Lambda.AWSLambdaException',
      'Lambda.SdkClientException',
      'Lambda.ClientExecutionTimeoutException',
    ],
    ...UNAVAILABLE,
  },
  ANY,
];

/**
 * A start that is repeated under its name finds the running execution again, should its answer have been lost. One that has
 * ended in failure cannot be started again: the repetitions, 1 and 2 s later, are then refused, and caught.
 */
export const START_RETRY: readonly Retrier[] = [
  {
    ErrorEquals: [
      'StepFunctions.ExecutionLimitExceededException',
      'StepFunctions.ThrottlingException',
      'StepFunctions.ServiceException',
      'StepFunctions.SdkClientException',
    ],
    ...UNAVAILABLE,
  },
  { ...ANY, IntervalSeconds: 1, MaxAttempts: 2 },
];

/** Every error goes to `next`, put beside the fields of the state's input, so that they are still known there. */
export function catchTo(next: string): readonly Catcher[] {
  return [{ ErrorEquals: ['States.ALL'], ResultPath: '$.failure', Next: next }];
}

/** Every error ends the execution. */
export function failWith(next: string): readonly Catcher[] {
  return [{ ErrorEquals: ['States.ALL'], Next: next }];
}

/**
 * What a `Catch` has put at `$.failure`, as the `failure` function takes it. The cause is passed on as the whole error output,
 * since its field `Cause` is missing after a time-out.
 */
export const caught = { 'error.$': '$.failure.Error', 'cause.$': 'States.JsonToString($.failure)' } as const;

/** A state that runs the function of that state and takes its answer for its output. */
export function functionTask(
  state: WorkflowState,
  life: number,
  task: { readonly Comment?: string; readonly Parameters: Template; readonly Catch: readonly Catcher[]; readonly Next: string },
): Task {
  return {
    Type: 'Task',
    ...task,
    Resource: functionPlaceholder(state),
    TimeoutSeconds: life + TASK_MARGIN,
    Retry: FUNCTION_RETRY,
  };
}

/** Stands for the ARN of a state's function until the stack is deployed. */
export function functionPlaceholder(state: WorkflowState): string {
  return `\${${state}}`;
}

/** Seconds that the function of a state lives. */
export function functionLife(state: WorkflowState, times: Times): number {
  switch (state) {
    case 'inspect':
      return times.inspectFunction;
    case 'transfer':
      return times.transferFunction;
    case 'publish':
      return times.publishFunction;
    case 'claim':
    case 'due':
    case 'failure':
    case 'finish':
      return times.apiFunction;
  }
}
