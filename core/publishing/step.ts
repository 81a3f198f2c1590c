import { timestamp, timestampAfter } from '../clock.ts';
import type { Delivery, DeliveryError } from '../model.ts';
import type { DeliveryRef, MediaReader, Move, Ports } from '../ports/index.ts';
import { attemptOf, needsWork } from '../sequels.ts';
import { MAX_CHILD_WAIT_SECONDS, MAX_STEPS, WORKFLOW_VERSION, type StepInput, type StepResult } from '../workflow.ts';

/** The two functions that run steps. `transfer` lives long and makes nothing visible; `publish` is short and alone may arm. */
export type Role = 'transfer' | 'publish';

/** What a step works with: everything but what concerns uploads as a whole. */
export interface StepPorts extends Omit<Ports, 'events' | 'executions' | 'media'> {
  readonly media: MediaReader;
}

/** One step at work. */
export interface Step {
  readonly ports: StepPorts;
  readonly role: Role;
  readonly input: StepInput;
  readonly ref: DeliveryRef;
  /** When the step began and when the function that runs it is surely over, in milliseconds of the worker's clock. */
  readonly beganAt: number;
  readonly endsAt: number;
  /** As the last move left it; its fence is the one that this step was given. */
  delivery: Delivery;
  /** Whose attempt is at hand: the post's (null), or that of the sequel with this index. */
  sequel: number | null;
  /** Whether this step was given a fence for what follows the post. */
  follows: boolean;
}

/** Another worker has begun a step on this delivery, or a person has moved it: this worker has nothing more to say. */
export class StepSuperseded extends Error {
  override readonly name = 'StepSuperseded';
  readonly found: Delivery | null;

  constructor(found: Delivery | null) {
    super('Another worker or a person has moved this delivery on.');
    this.found = found;
  }
}

export function now(step: Step): string {
  return timestamp(step.ports.clock.now());
}

/** Seconds until the function that runs this step is over. */
export function secondsLeft(step: Step): number {
  return (step.endsAt - step.ports.clock.now().getTime()) / 1000;
}

/** Takes over what a fenced move made of the delivery. Throws `StepSuperseded` if its condition was refused. */
export async function moved(step: Step, move: Promise<Move>): Promise<void> {
  const result = await move;
  if (!result.moved) throw new StepSuperseded(result.found);
  step.delivery = result.delivery;
}

/** What a result repeats of the step's input. */
type StepOf = Pick<StepInput, 'uploadId' | 'accountId' | 'revision' | 'steps'>;

/** The step ends, and nothing is left to do for this revision. */
export function done(input: StepOf): StepResult {
  return resultOf(input, 'done', 0, 0);
}

/** The step ends, and the child goes on with `next` in `seconds`. Writes nothing, unless the child has to end. */
export async function goOn(step: Step, next: Role, seconds = 0): Promise<StepResult> {
  if (childGoesOn(step, seconds)) return resultOf(step.input, next, seconds, 0);
  return pauseThen(step, next, { seconds, status: 'dispatching', trouble: null, error: step.delivery.error });
}

export interface Pause {
  readonly seconds: number;
  readonly status: 'retrying' | 'dispatching';
  /** What is counted in `tries`. */
  readonly trouble: string | null;
  readonly error: DeliveryError | null;
  /** What the machine waited for and may be believed in the next step too. */
  readonly waitedFor?: number;
}

/** The attempt that the step works at: the post's, or that of the sequel at hand. */
export function attemptAtHand({ delivery, sequel }: Pick<Step, 'delivery' | 'sequel'>): ReturnType<typeof attemptOf> {
  return attemptOf(delivery, sequel);
}

/** Records a pause, which leaves what is published as it is; the child waits for it, or ends, and its parent comes back, if it is long or the child is old. */
export async function pauseThen(step: Step, next: Role, pause: Pause): Promise<StepResult> {
  const { ports, ref, delivery } = step;
  const { seconds, trouble } = pause;
  const { status, error } = delivery.status === 'uploaded' ? { status: delivery.status, error: delivery.error } : pause;
  const at = ports.clock.now();
  const write = { fence: delivery.fence, status, trouble, error, nextAt: timestampAfter(at, seconds), at: timestamp(at) };
  await moved(step, ports.store.pause(ref, write));
  return childGoesOn(step, seconds)
    ? resultOf(step.input, next, seconds, pause.waitedFor ?? 0)
    : resultOf(step.input, 'later', 0, 0);
}

/**
 * The step ends, and the machine waits until the absence of this attempt's post may be believed: in one piece, however long,
 * since nobody would know whether a wait that is divided among children was whole.
 */
export async function waitOverAttempt(step: Step, seconds: number): Promise<StepResult> {
  if (step.input.steps + 1 >= MAX_STEPS) return goOn(step, 'publish');
  return resultOf(step.input, 'publish', seconds, attemptAtHand(step).n);
}

/** What a worker answers that has lost its delivery to another one, or to a person. */
export function superseded(step: Step, found: Delivery | null): StepResult {
  const { input, ports, role } = step;
  // The same child began another step: the machine invoked a function twice and listens to only one of them. If it is this
  // one, the child must not end here, or the delivery would lie until the next round.
  const twin =
    found !== null &&
    found.revision === input.revision &&
    found.execution === input.execution &&
    needsWork(found) &&
    childGoesOn(step, ports.times.leaseBusy);
  return twin ? resultOf(input, role, ports.times.leaseBusy, 0) : done(input);
}

function childGoesOn(step: Step, seconds: number): boolean {
  return seconds <= MAX_CHILD_WAIT_SECONDS && step.input.steps + 1 < MAX_STEPS;
}

/** `afterSeconds` is rounded up, since the machine waits whole seconds. */
export function resultOf(input: StepOf, next: StepResult['next'], afterSeconds: number, waitedFor: number): StepResult {
  return {
    v: WORKFLOW_VERSION,
    uploadId: input.uploadId,
    accountId: input.accountId,
    revision: input.revision,
    next,
    afterSeconds: Math.ceil(afterSeconds),
    steps: input.steps + 1,
    waitedFor,
  };
}
