import type { StepResult } from '../workflow.ts';
import { failWith, waitsSince } from './outcome.ts';
import { pauseThen, type Role, type Step } from './step.ts';
import type { Subject } from './subject.ts';
import { ownError } from './troubles.ts';

/**
 * Pauses a delivery, before anything is asked of the network, while others have found that it would be in vain; null: it may go
 * on. What it waits for is not its own trouble and counts for none of its tries; it waits as long as it would for one of its own.
 */
export async function heldBack(step: Step, subject: Subject, next: Role): Promise<StepResult | null> {
  const { ports, ref } = step;
  const { clock, times, log, random } = ports;
  const hold = await subject.gate.hold();
  if (hold === null) return null;
  const now = clock.now().getTime();
  const error = ownError(hold.code, hold.message);
  const lasted = (now - waitsSince(step, subject).getTime()) / 1000;
  if (lasted >= times.outageEnds) return failWith(step, error);
  const left = Math.min((Date.parse(hold.until) - now) / 1000, times.outageEnds + times.outage);
  // All who wait would otherwise come back in the same second.
  const seconds = Math.max(times.leaseBusy, left) + random() * Math.min(left / 4, times.stopSpread);
  log.info('delivery_held', { ...ref, network: subject.connector.network, scope: hold.scope, reason: hold.code, until: hold.until });
  return pauseThen(step, next, { seconds, status: 'retrying', trouble: null, error });
}
