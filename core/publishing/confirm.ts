import type { DeliveryError } from '../model.ts';
import type { ConfirmOutcome, Trouble } from '../ports/index.ts';
import { attemptsBefore } from '../sequels.ts';
import { TokenTrouble } from '../tokens.ts';
import { attemptAtHand, done, goOn, moved, now, pauseThen, waitOverAttempt, type Step } from './step.ts';
import { endSequels, settleTrouble } from './outcome.ts';
import { absenceWait, type Progress } from './publish.ts';
import { disarm, keepReceipt } from './record.ts';
import { checkpointFits, workOf, type Subject } from './subject.ts';
import { noteStop } from './stops.ts';
import { keepArtefact } from './transfer.ts';
import { errorOf, ownError, ownTrouble, unknownOutcome } from './troubles.ts';

/**
 * Finds out what became of an armed attempt: by whichever step finds one. Found counts at once. Absent counts only if the
 * state machine has waited over this very attempt, for longer than the worker that armed it can have lived and its request can
 * have been under way. The wait is a duration that the machine keeps: clocks are not compared.
 */
export async function confirm(step: Step, subject: Subject): Promise<Progress> {
  const attempt = attemptAtHand(step);
  const answer = await ask(step, subject);
  if (answer.kind === 'found') {
    await keepReceipt(step, { ...answer, lookedUp: true });
    return null;
  }
  step.ports.log.info('publish_looked_up', { ...step.ref, attempt: attempt.n, answer: answer.kind, evidence: answer.evidence });
  if (step.input.waitedFor !== attempt.n) return waitOverAttempt(step, absenceWait(step, subject));
  if (answer.kind === 'undecided') return lookAgain(step, answer.trouble);

  const before = attemptsBefore(step.delivery, step.sequel);
  const again = step.delivery.proofs.some((proof) => proof.kind === 'absent' && proof.attempt > before);
  // If the process dies between the two writes, a lost artefact is published once more: the network refuses it.
  await disarm(step, 'absent', answer.evidence);
  const next = await keepArtefact(step, subject, answer);
  if (answer.trouble !== undefined) return settleTrouble(step, subject, answer.trouble, next);
  if (again) return settleTrouble(step, subject, UNANSWERED, next);
  return next === 'publish' ? null : goOn(step, next);
}

/** For an attempt that nobody can ask about (the account is unlinked, the network is gone from this release). */
export function confirmBlindly(step: Step): Promise<Progress> {
  return lookAgain(step, null);
}

/**
 * Looks once more for the outcome of an attempt that was given up as `unknown`, for the reconcile job. The rules are those of
 * `confirm`: found counts at once, absent only after the wait over this attempt. A step of a delivery that has ended has no
 * fence: what it writes are facts, each under the condition that the delivery is still `unknown` in this attempt.
 */
export async function lookUpUnknown(step: Step, subject: Subject): Promise<Progress> {
  const { ports, ref, delivery, input } = step;
  const { n } = delivery.attempt;
  const answer = await ask(step, subject);
  if (answer.kind === 'found') {
    await keepReceipt(step, { ...answer, lookedUp: true });
    // If the process dies before this, the job comes to the same at its next look-up.
    if (step.delivery.lookUpAt !== null) await ports.store.moveDue({ kind: 'delivery', at: step.delivery.lookUpAt, ...ref }, now(step));
    return null;
  }
  ports.log.info('unknown_looked_up', { ...ref, attempt: n, answer: answer.kind, evidence: answer.evidence });
  if (answer.kind === 'undecided') return done(input);
  if (input.waitedFor !== n) return waitOverAttempt(step, absenceWait(step, subject));
  const error = answer.trouble === undefined ? NOT_THERE : errorOf(answer.trouble);
  await ports.store.settleAbsent(ref, { attempt: n, evidence: answer.evidence, error, at: now(step) });
  return done(input);
}

/** One look-up; a rejected token is renewed once. */
async function ask(step: Step, subject: Subject): Promise<Exclude<ConfirmOutcome, { kind: 'undecided' }> | Undecided> {
  const attempt = attemptAtHand(step);
  if (attempt.phase !== 'armed') throw new Error(`Attempt ${attempt.n} is ${attempt.phase}: there is nothing to confirm.`);
  // What another release prepared cannot be asked about by what is written in it, and it may well have been published.
  if (!checkpointFits(step, subject.connector)) return { kind: 'undecided', evidence: 'prepared by another release', trouble: null };
  const { fingerprint, armedAt, n } = attempt;
  const body = await step.ports.store.getBody({ ...step.ref, fingerprint });
  for (;;) {
    try {
      const answer = await subject.connector.confirm(workOf(step, subject), body, { n, armedAt }, subject.tools);
      if (answer.kind !== 'undecided' || answer.trouble?.class !== 'auth_expired') return answer;
      await subject.tokens.renew();
    } catch (error) {
      if (!(error instanceof TokenTrouble)) throw error;
      return { kind: 'undecided', evidence: error.message, trouble: error.trouble };
    }
  }
}

type Undecided = Extract<ConfirmOutcome, { kind: 'undecided' }>;

/** Pauses before the next look-up, or gives up: then only a person, or the reconcile job, decides. */
async function lookAgain(step: Step, trouble: Trouble | null): Promise<Progress> {
  const { ports, ref, delivery, input } = step;
  const { n } = attemptAtHand(step);
  const counted = `look_up_${n}`;
  const own = ports.times.lookUps[delivery.tries[counted] ?? 0];
  if (own === undefined) {
    if (step.sequel !== null) return endSequels(step, UNKNOWN);
    await moved(step, ports.store.giveUpLooking(ref, unknownOutcome(delivery, ports)));
    return done(input);
  }
  if (trouble !== null) await noteStop(step, trouble, own);
  const asked = trouble?.until ? (trouble.until.getTime() - ports.clock.now().getTime()) / 1000 : 0;
  return pauseThen(step, 'publish', {
    seconds: Math.max(own, Math.min(asked, ports.times.outage)),
    status: 'retrying',
    trouble: counted,
    error: CONFIRMING,
    waitedFor: input.waitedFor,
  });
}

const CONFIRMING: DeliveryError = ownError(
  'outcome_unknown',
  'The network has not said yet whether the post was made. It is being asked whether the post is there; nothing is repeated before.',
);

const UNKNOWN: DeliveryError = ownError('outcome_unknown', 'The network did not tell whether it was made. Look at the account.');

const NOT_THERE: DeliveryError = ownError(
  'platform_unavailable',
  'The network did not answer when the post was sent, and the post is not there. Retry it.',
);

const UNANSWERED = ownTrouble(
  'retryable',
  'platform_unavailable',
  'The network did not answer when the post was sent, and the post is not there. It is tried again.',
);
