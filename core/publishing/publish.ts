import { timestampAfter } from '../clock.ts';
import { StoreBusy, type ArmMove } from '../ports/index.ts';
import { lastAttempt } from '../sequels.ts';
import { TokenTrouble } from '../tokens.ts';
import type { StepResult } from '../workflow.ts';
import { hasTimeForCall, visibleCall, type CallTokens, type Verdict } from './call.ts';
import { canonicalJson, fingerprintOf } from '../canonical-json.ts';
import { heldBack } from './held-back.ts';
import { settleThrown, settleTrouble } from './outcome.ts';
import { disarm, keepCheckpoint, keepReceipt } from './record.ts';
import { attemptAtHand, goOn, now, StepSuperseded, waitOverAttempt, type Step } from './step.ts';
import { workOf, type Subject } from './subject.ts';
import { keepArtefact } from './transfer.ts';
import { ownTrouble } from './troubles.ts';

/** What an attempt came to: the step's answer, or null if the delivery has moved on and the step looks at it again. */
export type Progress = StepResult | null;

/**
 * One attempt to make a prepared delivery visible: compose, store what will be sent, arm, the one call, and what came of it.
 */
export async function attemptToPublish(step: Step, subject: Subject): Promise<Progress> {
  const held = await heldBack(step, subject, 'publish');
  if (held !== null) return held;
  const { ports } = step;
  // As it is stored and read back, so that a confirmer sees exactly what was sent.
  const body: unknown = JSON.parse(canonicalJson(subject.connector.compose(workOf(step, subject))));
  const fingerprint = fingerprintOf(body);
  let tokens: CallTokens;
  try {
    await subject.connector.prepareCall?.(workOf(step, subject), body, subject.tools);
    tokens = { accessToken: await subject.tokens.accessToken(), binding: await subject.tokens.binding() };
  } catch (error) {
    return settleThrown(step, subject, error, 'publish');
  }
  await ports.store.putBody({ ...step.ref, fingerprint, body });
  if (!hasTimeForCall(step)) return goOn(step, 'publish');
  const armed = await arm(step, fingerprint);
  if (!armed) return goOn(step, 'publish', ports.times.leaseBusy * (1 + ports.random()));
  const calledAt = ports.clock.now().getTime();
  const verdict = await visibleCall(step, subject, body, tokens);
  const durationMs = ports.clock.now().getTime() - calledAt;
  try {
    return await afterCall(step, subject, verdict);
  } finally {
    // Not before the receipt is stored.
    ports.log.info('publish_called', { ...step.ref, network: subject.connector.network, outcome: verdict.kind, durationMs });
  }
}

/**
 * Writes down that the visible call may be under way. False: another upload holds the account's publish lease. Throws
 * `StepSuperseded` if this worker may not.
 *
 * Irreversible for this worker: from here on only a proof undoes it. If the process dies just before the write, the delivery
 * is idle, and the next step arms. In the middle, the item tells: armed or not. Just after, it is armed though nothing was
 * sent: the confirmer finds nothing, waits over the life of this function, and disarms.
 */
async function arm(step: Step, fingerprint: string): Promise<boolean> {
  const { ports, ref, delivery, input } = step;
  const n = lastAttempt(delivery) + 1;
  const at = ports.clock.now();
  let result: ArmMove;
  try {
    result = await ports.store.arm(ref, {
      tenantId: delivery.tenantId,
      fence: delivery.fence,
      revision: input.revision,
      sequel: step.sequel,
      fingerprint,
      at: now(step),
      leaseUntil: timestampAfter(at, ports.times.lease),
    });
  } catch (error) {
    if (error instanceof StoreBusy) throw error;
    // The answer was lost. A write that is still on its way will find a higher fence, since the next step begins with one.
    const found = await ports.store.getDelivery(ref);
    if (found === null || found.fence !== delivery.fence || attemptAtHand({ delivery: found, sequel: step.sequel }).phase !== 'armed') throw error;
    result = { moved: false, found };
  }
  if (result.moved) {
    step.delivery = result.delivery;
    return true;
  }
  if ('leaseHeldBy' in result) return false;
  const { found } = result;
  // Armed under the fence that only this step was given: the answer to the first of two writes was lost.
  const armed = found?.fence === delivery.fence ? attemptAtHand({ delivery: found, sequel: step.sequel }) : null;
  if (found === null || armed?.phase !== 'armed' || armed.n !== n) throw new StepSuperseded(found);
  step.delivery = found;
  return true;
}

async function afterCall(step: Step, subject: Subject, verdict: Verdict): Promise<Progress> {
  switch (verdict.kind) {
    case 'published':
      await keepReceipt(step, { ...verdict, lookedUp: false });
      return null;
    case 'accepted':
      if (verdict.checkpoint !== undefined) await keepCheckpoint(step, subject, verdict.checkpoint);
      return goOn(step, 'publish', verdict.afterSeconds * step.ports.times.pollScale);
    case 'ambiguous':
      step.ports.log.warn('publish_outcome_open', { ...step.ref, network: subject.connector.network, evidence: verdict.evidence });
      return waitOverAttempt(step, absenceWait(step, subject));
    case 'out_of_time':
      await disarm(step, 'never_sent', 'the time of the function was over');
      return goOn(step, 'publish');
    case 'never_sent':
      await disarm(step, 'never_sent', verdict.evidence);
      if (verdict.cause !== null) return settleThrown(step, subject, verdict.cause, 'publish');
      return settleTrouble(step, subject, UNREACHABLE, 'publish');
    case 'refused': {
      await disarm(step, 'refused', verdict.evidence);
      const next = await keepArtefact(step, subject, verdict);
      if (verdict.trouble.class !== 'auth_expired') return settleTrouble(step, subject, verdict.trouble, next);
      try {
        await subject.tokens.renew();
      } catch (error) {
        if (error instanceof TokenTrouble) return settleTrouble(step, subject, error.trouble, next);
        throw error;
      }
      return null;
    }
  }
}

/**
 * Seconds after which the absence of an attempt's post may be believed, from when it was first seen armed: the worker that
 * armed it is surely over by then, and what it sent can be seen. Shortening any part of this makes double posts possible.
 */
export function absenceWait({ ports: { times } }: Step, { connector }: Pick<Subject, 'connector'>): number {
  return times.publishFunction + times.absenceMargin + connector.visibilityDelay * times.pollScale;
}

const UNREACHABLE = ownTrouble('retryable', 'platform_unavailable', 'The network could not be reached. It is tried again.');
