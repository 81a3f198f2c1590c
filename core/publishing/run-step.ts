import { timestamp } from '../clock.ts';
import type { DeliveryError } from '../model.ts';
import type { StepInput, StepResult } from '../workflow.ts';
import { confirm, confirmBlindly, lookUpUnknown } from './confirm.ts';
import { failWith } from './outcome.ts';
import { obstacleFor, withToldLimits } from './obstacle.ts';
import { attemptToPublish, type Progress } from './publish.ts';
import { followPost, transferSequel } from './sequels.ts';
import { done, goOn, resultOf, StepSuperseded, superseded, type Role, type Step, type StepPorts } from './step.ts';
import { checkpointFits, subjectOf, type Subject } from './subject.ts';
import { transferRole } from './transfer.ts';

/**
 * One bounded piece of work for one delivery, in one of the two functions that run steps. It may be run again at any time, also
 * at the same time: every write carries the fence that this step was given, or is a fact. What a network says is an answer;
 * thrown is only what is wrong on our side, and the state machine then runs the step again.
 */
export async function runStep(ports: StepPorts, role: Role, input: StepInput): Promise<StepResult> {
  const beganAt = ports.clock.now().getTime();
  const life = role === 'transfer' ? ports.times.transferFunction : ports.times.publishFunction;
  const ref = { uploadId: input.uploadId, accountId: input.accountId };
  const { revision, execution } = input;
  const begun = await ports.store.beginStep(ref, { revision, execution, at: timestamp(ports.clock.now()) });
  const delivery = begun.moved ? begun.delivery : begun.found;
  if (delivery === null || delivery.revision !== revision) return done(input);
  const ended = !begun.moved && delivery.status !== 'uploaded' && delivery.status !== 'unknown';
  if (ended) return done(input);

  const step: Step = { ports, role, input, ref, beganAt, endsAt: beganAt + life * 1000, delivery, sequel: null, follows: false };
  try {
    return await (role === 'transfer' ? transferStep(step) : publishStep(step));
  } catch (error) {
    if (error instanceof StepSuperseded) return superseded(step, error.found);
    throw error;
  }
}

async function transferStep(step: Step): Promise<StepResult> {
  // Everything after the invisible work belongs to the other function, confirming too.
  const { decorated, receipt, attempt, status } = step.delivery;
  if (decorated) return done(step.input);
  if (status === 'unknown') return resultOf(step.input, 'publish', 0, step.input.waitedFor);
  if (receipt === null && attempt.phase === 'armed') return goOn(step, 'publish');
  const subject = await subjectOf(step);
  if ('code' in subject) return receipt === null ? failWith(step, subject) : goOn(step, 'publish');
  try {
    if (receipt !== null) return await transferSequel(step, subject);
    const known = await withToldLimits(step, subject);
    if ('next' in known) return known;
    const obstacle = obstacleFor(known);
    if (obstacle !== null) return await failWith(step, obstacle);
    return await (isReady(step, known) ? goOn(step, 'publish') : transferRole(step, known));
  } finally {
    await subject.gate.tell();
  }
}

/** Looks at the delivery anew after each thing that moved it, until the step has an answer. */
async function publishStep(step: Step): Promise<StepResult> {
  const subject = await subjectOf(step);
  try {
    for (let turn = 0; turn < MAX_TURNS; turn += 1) {
      const progress = await publishTurn(step, subject);
      if (progress !== null) return progress;
    }
    return await goOn(step, 'publish');
  } finally {
    // Only now: before, what came of the visible call had to be stored.
    if (!('code' in subject)) await subject.gate.tell();
  }
}

/** Of one step: confirm, publish, publish once more with a renewed token, decorate; or a few sequels. */
const MAX_TURNS = 6;

async function publishTurn(step: Step, subject: Subject | DeliveryError): Promise<Progress> {
  const { delivery } = step;
  const known = 'code' in subject ? null : subject;
  // Before the phase: a receipt that came for an attempt that had been disarmed does not change the phase.
  if (delivery.receipt !== null) return followPost(step, subject);
  if (delivery.status === 'unknown') return known === null ? done(step.input) : lookUpUnknown(step, known);
  if (delivery.attempt.phase === 'armed') return known === null ? confirmBlindly(step) : confirm(step, known);
  if ('code' in subject) return failWith(step, subject);
  const obstacle = obstacleFor(subject);
  if (obstacle !== null) return failWith(step, obstacle);
  return isReady(step, subject) ? attemptToPublish(step, subject) : goOn(step, 'transfer');
}

function isReady(step: Step, { connector }: Subject): boolean {
  return step.delivery.checkpoint?.ready === true && checkpointFits(step, connector);
}
