import type { DeliveryError } from '../model.ts';
import { MediaGone, type Trouble } from '../ports/index.ts';
import { TokenTrouble } from '../tokens.ts';
import type { StepResult } from '../workflow.ts';
import type { Subject } from './subject.ts';
import { done, moved, now, pauseThen, type Role, type Step } from './step.ts';
import { countedSince, decide, errorOf, ownError } from './troubles.ts';

/** Ends the delivery as `failed`. Only an idle attempt can fail: what is armed is confirmed first. */
export async function failWith(step: Step, error: DeliveryError): Promise<StepResult> {
  await moved(step, step.ports.store.fail(step.ref, { fence: step.delivery.fence, error, at: now(step) }));
  return done(step.input);
}

/**
 * Turns a trouble into what happens next to an idle delivery: a pause, after which `next` runs, or the end. That a token was
 * rejected arrives here only when renewing it did not help.
 */
export async function settleTrouble(step: Step, subject: Subject, trouble: Trouble, next: Role): Promise<StepResult> {
  const { ports, delivery } = step;
  const decision = decide(trouble, {
    times: ports.times,
    now: ports.clock.now(),
    since: countedSince(subject.upload),
    tries: delivery.tries[trouble.class] ?? 0,
  });
  switch (decision.kind) {
    case 'wait': {
      const pause = { seconds: decision.seconds, status: 'retrying', trouble: trouble.class, error: errorOf(trouble) } as const;
      return pauseThen(step, next, pause);
    }
    case 'renew_token':
    case 'relink':
      await subject.tokens.giveUp();
      return failWith(step, { ...errorOf(trouble), code: 'reauth_required' });
    case 'fail':
      return failWith(step, errorOf(trouble));
  }
}

/** Turns what a connector let through into what happens next. What is neither the network's nor the file's is thrown on. */
export async function settleThrown(step: Step, subject: Subject, error: unknown, next: Role): Promise<StepResult> {
  if (error instanceof TokenTrouble) return settleTrouble(step, subject, error.trouble, next);
  if (error instanceof MediaGone) return failWith(step, MEDIA_GONE);
  throw error;
}

const MEDIA_GONE = ownError('media_rejected', 'The file is not stored any more. Send it again as a new upload.');
