import type { Delivery, DeliveryError } from '../model.ts';
import { MediaGone, type Trouble } from '../ports/index.ts';
import { redactText } from '../redact.ts';
import { TokenTrouble } from '../tokens.ts';
import type { StepResult } from '../workflow.ts';
import type { Subject } from './subject.ts';
import { done, goOn, moved, now, pauseThen, type Role, type Step } from './step.ts';
import { noteStop } from './stops.ts';
import { countedSince, decide, errorOf, ownError } from './troubles.ts';

/**
 * Ends the delivery as `failed`, or what follows its post. Only an idle attempt can fail: what is armed is confirmed first.
 */
export async function failWith(step: Step, error: DeliveryError): Promise<StepResult> {
  if (step.sequel !== null) return endSequels(step, error);
  await moved(step, step.ports.store.fail(step.ref, { fence: step.delivery.fence, error, at: now(step) }));
  return done(step.input);
}

/**
 * Gives up the sequel at hand, and all that was to follow it: it would answer what is not there. The post is not touched; a warning
 * says what is missing, or may be there.
 */
export async function endSequels(step: Step, error: DeliveryError): Promise<StepResult> {
  const { ports, ref, delivery } = step;
  const warning = redactText(warningOf(delivery.sequels, error), 300);
  await moved(step, ports.store.endSequels(ref, { tenantId: delivery.tenantId, fence: delivery.fence, warning, at: now(step) }));
  ports.log.warn('sequels_given_up', { ...ref, network: delivery.network, code: error.code });
  return goOn(step, 'publish');
}

/** What of the sequels is not there, and why. */
export function warningOf(sequels: Delivery['sequels'], { message, platformMessage }: DeliveryError): string {
  const named = (phase: 'idle' | 'armed'): string =>
    sequels.filter(({ attempt }) => attempt.phase === phase).map(({ name }) => (name === 'comment' ? 'the first comment' : `part ${name.slice('part_'.length)}`)).join(', ');
  const [missing, open] = [named('idle'), named('armed')];
  const what = [open === '' ? '' : `${open} may be there or not`, missing === '' ? '' : `not published: ${missing}`].filter((part) => part !== '').join('; ');
  return `The post is live; ${what}. ${[message, platformMessage ?? ''].filter((part) => part !== '').join(' ')}`;
}

/**
 * Turns a trouble into what happens next to an idle delivery: a pause, after which `next` runs, or the end. That a token was
 * rejected arrives here only when renewing it did not help.
 */
export async function settleTrouble(step: Step, subject: Subject, trouble: Trouble, next: Role): Promise<StepResult> {
  const { ports, delivery } = step;
  const counted = step.sequel === null ? trouble.class : `${AFTER}${trouble.class}`;
  const decision = decide(trouble, {
    times: ports.times,
    now: ports.clock.now(),
    since: waitsSince(step, subject),
    tries: delivery.tries[counted] ?? 0,
  });
  await noteStop(step, trouble, decision.kind === 'wait' ? decision.seconds : ports.times.outage);
  switch (decision.kind) {
    case 'wait': {
      const pause = { seconds: decision.seconds, status: 'retrying', trouble: counted, error: errorOf(trouble) } as const;
      return pauseThen(step, next, pause);
    }
    case 'renew_token':
    case 'relink':
      await subject.tokens.giveUp(trouble.message);
      return failWith(step, { ...errorOf(trouble), code: 'reauth_required' });
    case 'fail':
      return failWith(step, errorOf(trouble));
  }
}

/** From when the time is counted after which it is over. What follows the post has the whole time for itself, from when the post was there. */
export function waitsSince({ sequel, delivery: { receipt } }: Step, { upload }: Pick<Subject, 'upload'>): Date {
  return sequel === null || receipt === null ? countedSince(upload) : new Date(receipt.at);
}

/** Before the troubles that are counted by themselves after the post. */
export const AFTER = 'after_';

/** Turns what a connector let through into what happens next. What is neither the network's nor the file's is thrown on. */
export async function settleThrown(step: Step, subject: Subject, error: unknown, next: Role): Promise<StepResult> {
  if (error instanceof TokenTrouble) return settleTrouble(step, subject, error.trouble, next);
  if (error instanceof MediaGone) return failWith(step, MEDIA_GONE);
  throw error;
}

const MEDIA_GONE = ownError('media_rejected', 'The file is not stored any more. Send it again as a new upload.');
