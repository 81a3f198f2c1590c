import { claimInput, claimResult, failureInput, plan, planInput, stepInput, stepResult } from '../../../core/workflow.ts';
import type { Contract } from './flow.ts';
import { shapeOf } from './shape.ts';

/** What an execution of the upload machine is started with: by an S3 event, by the API, or by its predecessor. */
const uploadInput = shapeOf(claimInput.shape.input);

/** What the upload machine hands to a child; the child adds its own name. */
const accountInput = shapeOf(stepInput.omit({ execution: true }));

const planning = { input: shapeOf(planInput), output: shapeOf(plan) };
const step = { input: shapeOf(stepInput), output: shapeOf(stepResult) };
const failure = shapeOf(failureInput);

const machines = { '${account}': accountInput, '$$.StateMachine.Id': uploadInput };

export const uploadContract: Contract = {
  input: uploadInput,
  functions: {
    '${claim}': { input: shapeOf(claimInput), output: shapeOf(claimResult) },
    '${inspect}': planning,
    '${due}': planning,
    '${finish}': planning,
    '${failure}': { input: failure, output: shapeOf(plan) },
  },
  machines,
};

export const accountContract: Contract = {
  input: accountInput,
  functions: {
    '${transfer}': step,
    '${publish}': step,
    '${failure}': { input: failure, output: step.output },
  },
  machines,
};
