import type { Move } from '../ports/index.ts';
import type { Receipt } from '../model.ts';
import { STEP_TRIES } from '../times.ts';
import { attemptAtHand, moved, now, secondsLeft, StepSuperseded, type Step } from './step.ts';
import type { Subject } from './subject.ts';

/** What is known of a post. `lookedUp`: by asking, not as the answer to the call that made it. */
export interface MadePost {
  readonly externalId: string | null;
  readonly externalUrl: string | null;
  readonly lookedUp: boolean;
}

/**
 * Stores that the network has the post: before anything else happens, and tried again until it is stored or the function ends.
 *
 * If the process dies just before this is stored, the attempt stays armed and a confirmer finds the post. In the middle, the
 * item tells. Just after, only what decorates is missing.
 */
export async function keepReceipt(step: Step, post: MadePost): Promise<void> {
  const { ports, ref, delivery } = step;
  const at = now(step);
  const { externalId, externalUrl, lookedUp } = post;
  const receipt: Receipt = { attempt: attemptAtHand(step).n, externalId, externalUrl, at };
  const result = await persistently(step, 'receipt', Infinity, () =>
    ports.store.receipt(ref, { tenantId: delivery.tenantId, sequel: step.sequel, receipt, lookedUp, at: now(step) }),
  );
  if (!result.moved) {
    ports.log.error('receipt_refused', { ...ref, receipt });
    throw new Error(`The receipt of attempt ${receipt.attempt} found no such attempt: ${ref.uploadId}/${ref.accountId}.`);
  }
  if (result.duplicate === true) ports.log.error('duplicate_detected', { ...ref, receipt, kept: result.delivery.receipt });
  step.delivery = result.delivery;
}

/**
 * Stores what the network gave by which an attempt that it accepted can be asked about. If the process dies before this is
 * stored, the attempt stays armed, and is confirmed without it as well as the network allows.
 */
export async function keepCheckpoint(step: Step, { connector }: Pick<Subject, 'connector'>, data: unknown): Promise<void> {
  const { ports, ref, delivery } = step;
  const checkpoint = { version: connector.checkpointVersion, ready: true, data };
  await moved(
    step,
    persistently(step, 'checkpoint', Infinity, () => ports.store.saveCheckpoint(ref, { fence: delivery.fence, sequel: step.sequel, checkpoint, at: now(step) })),
  );
}

/**
 * Stores why the armed attempt has published nothing. If the process dies before this is stored, the attempt stays armed and is
 * confirmed, which takes longer and comes to the same.
 */
export async function disarm(step: Step, kind: 'refused' | 'never_sent' | 'absent', evidence: string): Promise<void> {
  const { ports, ref, delivery } = step;
  const { tenantId, fence } = delivery;
  const attempt = attemptAtHand(step).n;
  const result = await persistently(step, 'disarm', STEP_TRIES, () =>
    ports.store.disarm(ref, { tenantId, sequel: step.sequel, attempt, kind, evidence, at: now(step) }),
  );
  if (result.moved) {
    step.delivery = result.delivery;
    // The proof is a fact and stored by whoever has it; what follows from it is for the worker with the newest fence.
    if (result.delivery.fence !== fence) throw new StepSuperseded(result.delivery);
    return;
  }
  const { found } = result;
  // The answer to the first of two writes was lost.
  const left = found?.fence === fence ? attemptAtHand({ delivery: found, sequel: step.sequel }) : null;
  if (found === null || left?.phase !== 'idle' || left.n !== attempt) throw new StepSuperseded(found);
  step.delivery = found;
}

/** Tries a write again while the function lives, at most `tries` times; then its error is thrown. */
async function persistently<Result extends Move>(
  step: Step,
  move: string,
  tries: number,
  write: () => Promise<Result>,
): Promise<Result> {
  const { ports } = step;
  for (let n = 1; ; n += 1) {
    try {
      return await write();
    } catch (error) {
      ports.log.error('move_not_stored_yet', { ...step.ref, move, error });
      const pause = Math.min(ports.times.stepPause * 2 ** (n - 1), ports.times.receiptReserve / 4) * (0.5 + ports.random() / 2);
      if (n >= tries || secondsLeft(step) <= pause) throw error;
      await ports.sleep(pause);
    }
  }
}
