import { keepLimits } from '../account-limits.ts';
import type { TransferOutcome, TransferTools } from '../ports/index.ts';
import { STEP_TRIES } from '../times.ts';
import type { StepResult } from '../workflow.ts';
import { heldBack } from './held-back.ts';
import { settleThrown, settleTrouble } from './outcome.ts';
import { workOf, type Subject } from './subject.ts';
import { goOn, moved, now, type Role, type Step } from './step.ts';

/** At most so many calls of the connector in one step: it may ask to go on at once, and not for ever. */
const MAX_TURNS = 1_000;

/**
 * All invisible work: prepare, transfer, poll, until the visible call may be armed. Everything here may be repeated: whenever
 * the process dies, the next step begins with the checkpoint that was stored last, asks the network how far it is, and goes
 * on or begins anew. What may be lost is bytes.
 */
export async function transferRole(step: Step, subject: Subject): Promise<StepResult> {
  const held = await heldBack(step, subject, 'transfer');
  if (held !== null) return held;
  const { ports } = step;
  const tools = toolsOf(step, subject);
  let troubles = 0;
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    let outcome: TransferOutcome;
    try {
      outcome = await subject.connector.transfer(workOf(step, subject), tools);
      if (outcome.kind === 'trouble' && outcome.trouble.class === 'auth_expired') {
        await subject.tokens.renew();
        continue;
      }
    } catch (error) {
      return settleThrown(step, subject, error, 'transfer');
    }
    switch (outcome.kind) {
      case 'ready':
        await saveCheckpoint(step, subject, { data: outcome.checkpoint, ready: true, bytesSent: outcome.bytesSent });
        return goOn(step, 'publish');
      case 'again': {
        const pause = outcome.afterSeconds * ports.times.pollScale;
        if (pause > ports.times.pollInside || !hasTime(step, pause)) return goOn(step, 'transfer', pause);
        await ports.sleep(pause);
        break;
      }
      case 'trouble': {
        const pause = Math.min(ports.times.stepPauseMax, ports.times.stepPause * 2 ** troubles) * ports.random();
        troubles += 1;
        const passing = outcome.trouble.class === 'retryable' && outcome.trouble.until === null;
        if (!passing || troubles >= STEP_TRIES || !hasTime(step, pause)) {
          return settleTrouble(step, subject, outcome.trouble, 'transfer');
        }
        await ports.sleep(pause);
        break;
      }
    }
  }
  return goOn(step, 'transfer');
}

/** Whether another slice or poll may begin `pause` seconds from now. */
function hasTime(step: Step, pause = 0): boolean {
  return step.ports.clock.now().getTime() + pause * 1000 < step.beganAt + step.ports.times.transferStops * 1000;
}

/** Throws `StepSuperseded` if another step has begun. */
export async function saveCheckpoint(step: Step, { connector }: Subject, { data, ready, bytesSent }: Progress): Promise<void> {
  const checkpoint = { version: connector.checkpointVersion, ready, data };
  const sent = bytesSent === undefined ? {} : { bytesSent };
  await moved(step, step.ports.store.saveCheckpoint(step.ref, { fence: step.delivery.fence, sequel: step.sequel, checkpoint, ...sent, at: now(step) }));
}

interface Progress {
  /** The connector's. */
  readonly data: unknown;
  readonly ready: boolean;
  /** Bytes that the network has; undefined: as many as before. */
  readonly bytesSent: number | null | undefined;
}

/**
 * After an attempt that published nothing: notes what becomes of what was prepared, and says which function goes on. If the
 * process dies just before, the next attempt sends what the network refuses, and this is decided again.
 */
export async function keepArtefact(
  step: Step,
  subject: Subject,
  artefact: { readonly artefactLost?: boolean; readonly unfinished?: boolean },
): Promise<Role> {
  if (artefact.artefactLost !== true && artefact.unfinished !== true) return 'publish';
  const lost = artefact.artefactLost === true;
  const data = lost ? null : workOf(step, subject).checkpoint;
  await saveCheckpoint(step, subject, { data, ready: false, bytesSent: lost ? null : undefined });
  return 'transfer';
}

function toolsOf(step: Step, subject: Subject): TransferTools {
  const { ports } = step;
  return {
    ...subject.tools,
    saveCheckpoint: (data, bytesSent) => saveCheckpoint(step, subject, { data, ready: false, bytesSent }),
    keepLimits: async (limits) => void (await keepLimits(ports, subject.account, limits)),
    hasTime: () => hasTime(step),
    sleep: (seconds) => ports.sleep(Math.min(seconds * ports.times.pollScale, ports.times.stepPauseMax)),
  };
}
