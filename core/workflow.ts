import * as z from 'zod';

/**
 * The contract between the state machines and the functions they call. Running executions keep the definition they began
 * with but call the newest functions, so every message carries `v`; functions accept the last two versions, and no state's
 * function is removed or renamed within one release.
 */
export const WORKFLOW_VERSION = 1;

const version = z.literal(WORKFLOW_VERSION);
const count = z.int().min(0);
const seconds = z.int().min(0);

/**
 * The input of an upload's execution, by who started it: an event of S3 names the object; an event of Step Functions names the
 * execution that ended, whose own input it holds as text; every other starter names the upload. `predecessor`: the execution
 * from which a renewed one takes over.
 */
export const executionInput = z.union([
  z.object({ v: version, objectKey: z.string() }),
  z.object({ v: version, uploadId: z.string(), predecessor: z.string().nullable() }),
  z.object({ source: z.literal('aws.states'), detail: z.object({ executionArn: z.string(), input: z.string() }) }),
]);
export type ExecutionInput = z.infer<typeof executionInput>;

/** Input of `claim`: the execution's own input, whole. */
export const claimInput = z.object({ execution: z.string(), input: executionInput });
export type ClaimInput = z.infer<typeof claimInput>;

/** Output of `claim`. `end`: another execution has it, or there is nothing to do (yet). */
export const claimResult = z.discriminatedUnion('next', [
  z.object({ v: version, next: z.literal('inspect'), uploadId: z.string(), round: count }),
  z.object({ v: version, next: z.literal('end'), reason: z.string() }),
]);
export type ClaimResult = z.infer<typeof claimResult>;

/** Input of `inspect`, `due` and `finish`. `round` counts the Maps that this execution has run. */
export const planInput = z.object({
  v: version,
  uploadId: z.string(),
  round: count,
  execution: z.string(),
});
export type PlanInput = z.infer<typeof planInput>;

/**
 * One iteration of the Map. `name` is the name of the child execution, unique for ever (a closed name cannot be started
 * again, also not after a renewal) and at most 80 characters: `<ulid>-<ulid>-r<revision>-k<round>-<6 hex of the parent>`.
 */
export const job = z.object({ uploadId: z.string(), accountId: z.string(), revision: z.int(), name: z.string() }).readonly();
export type Job = z.infer<typeof job>;

const planned = z.object({ v: version, uploadId: z.string(), round: count });

/**
 * Output of `inspect`, `due` and `finish`: what the upload's execution does next.
 * `wait`: until `waitUntil` (at most 30 days ahead), then `due`. `publish`: map over `jobs`, then `finish`.
 * `renew`: start the machine anew for this upload and end. `end`: nothing is left to do for this execution.
 */
export const plan = z.discriminatedUnion('next', [
  planned.extend({ next: z.literal('wait'), waitUntil: z.iso.datetime() }),
  planned.extend({ next: z.literal('publish'), jobs: z.array(job).readonly() }),
  planned.extend({ next: z.literal('renew') }),
  planned.extend({ next: z.literal('end'), reason: z.string() }),
]);
export type Plan = z.infer<typeof plan>;

/** Input of `transfer` and `publish`: one step for one delivery. `steps` counts the steps of this child execution. */
export const stepInput = z.object({
  v: version,
  uploadId: z.string(),
  accountId: z.string(),
  revision: z.int(),
  execution: z.string(),
  steps: count,
  /**
   * The attempt over whose armed state the state machine has just waited, for the whole time after which absence may be
   * believed; 0: none. Handed out by a confirming step, brought back by the machine after its Wait state.
   */
  waitedFor: count,
});
export type StepInput = z.infer<typeof stepInput>;

/**
 * Output of a step: the machine waits `afterSeconds` (0: at once; at most 5 minutes, but for the wait over an armed attempt, which
 * is never divided) and then runs the function `next`.
 * `later`: the child ends, and the parent comes back at the delivery's `nextAt`. `done`: nothing is left for this revision.
 */
export const stepResult = z.object({
  v: version,
  uploadId: z.string(),
  accountId: z.string(),
  revision: z.int(),
  next: z.enum(['transfer', 'publish', 'later', 'done']),
  afterSeconds: seconds,
  steps: count,
  waitedFor: count,
});
export type StepResult = z.infer<typeof stepResult>;

/**
 * Input of `failure`: what a `Catch` hands over when a state died for good. With `accountId` it was a step of that delivery
 * (the answer is a `StepResult`); without, a state of the whole upload (the answer is a `Plan`). `error` and `cause` are the
 * state machine's own words.
 */
export const failureInput = z.union([
  stepInput.omit({ waitedFor: true }).extend({ error: z.string(), cause: z.string() }),
  planInput.extend({ accountId: z.never().optional(), error: z.string(), cause: z.string() }),
]);
export type FailureInput = z.infer<typeof failureInput>;

/** At most this many steps in one child execution, then it ends with `later` (an execution's history holds 25,000 events). */
export const MAX_STEPS = 500;
/** At most this many Maps in one execution of an upload, then it starts itself anew: 90 accounts x 8 events x 20 = 14,400 of 25,000. */
export const MAX_ROUNDS = 20;
/** Seconds that a child waits at most between two steps; further away it ends with `later`. */
export const MAX_CHILD_WAIT_SECONDS = 300;
/** So many executions of an upload that ended before it was finished are replaced in a row; the next one is left to the operator. */
export const MAX_REPLACEMENTS = 3;
/** Days that the upload's machine waits at most before it reads the record again. */
export const MAX_WAIT_DAYS = 30;
