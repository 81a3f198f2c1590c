import { isTerminal, type Checkpoint, type Delivery, type DeliveryError, type ProofKind } from '../../core/model.ts';
import { boundedError, boundedWarnings } from './bounds.ts';
import { proven, type Asked, type Ruling } from './ruling.ts';
import { armSequel, disarmSequel, newSequels, saveSequelCheckpoint } from './sequels.ts';

/**
 * The moves of one delivery as rules: the condition of each and what it makes of the delivery; null where the condition
 * refuses. The adapter in memory runs them as they are; the one on DynamoDB says the same in expressions, and the
 * conformance suite holds the two together.
 */

export function beginStep(delivery: Delivery, step: Asked<'beginStep'>): Ruling {
  if (delivery.revision !== step.revision || isTerminal(delivery.status)) return null;
  const { execution, at: updatedAt } = step;
  const startedAt = delivery.startedAt ?? step.at;
  return { ...delivery, fence: delivery.fence + 1, status: 'dispatching', execution, startedAt, nextAt: null, updatedAt };
}

export function saveCheckpoint(delivery: Delivery, save: Asked<'saveCheckpoint'>): Ruling {
  const { sequel = null } = save;
  const checkpoint = plainCheckpoint(save.checkpoint);
  if (sequel !== null) return saveSequelCheckpoint(delivery, sequel, { ...save, checkpoint });
  if (delivery.fence !== save.fence) return null;
  const bytesSent = save.bytesSent === undefined ? delivery.bytesSent : save.bytesSent;
  return { ...delivery, checkpoint, bytesSent, updatedAt: save.at };
}

export function pause(delivery: Delivery, pause: Asked<'pause'>): Ruling {
  const open = pause.status === 'uploaded' ? delivery.status === 'uploaded' && !delivery.decorated : !isTerminal(delivery.status);
  if (delivery.fence !== pause.fence || !open) return null;
  const { status, trouble, nextAt, at: updatedAt } = pause;
  const tries = trouble === null ? delivery.tries : { ...delivery.tries, [trouble]: (delivery.tries[trouble] ?? 0) + 1 };
  return { ...delivery, status, tries, nextAt, error: boundedOrNull(pause.error), updatedAt };
}

/** The delivery's half of arm; the account's half is in `lease.ts`. */
export function arm(delivery: Delivery, arm: Asked<'arm'>): Ruling {
  const { sequel = null } = arm;
  if (sequel !== null) return armSequel(delivery, sequel, arm);
  const { attempt, receipt, status } = delivery;
  if (delivery.fence !== arm.fence || delivery.revision !== arm.revision) return null;
  if (attempt.phase !== 'idle' || receipt !== null || isTerminal(status)) return null;
  const { fingerprint, at } = arm;
  return { ...delivery, attempt: { phase: 'armed', n: attempt.n + 1, armedAt: at, fingerprint }, updatedAt: at };
}

export function disarm(delivery: Delivery, disarm: Asked<'disarm'>): Ruling {
  const { sequel = null } = disarm;
  if (sequel !== null) return disarmSequel(delivery, sequel, disarm);
  if (!isArmed(delivery, disarm.attempt)) return null;
  return disarmed(delivery, disarm.kind, disarm.evidence, disarm.at);
}

export function fail(delivery: Delivery, fail: Asked<'fail'>): Ruling {
  const { fence, attempt, receipt, status } = delivery;
  if (fence !== fail.fence || attempt.phase !== 'idle' || receipt !== null || isTerminal(status)) return null;
  return { ...delivery, status: 'failed', error: boundedError(fail.error), nextAt: null, updatedAt: fail.at };
}

export function giveUpLooking(delivery: Delivery, give: Asked<'giveUpLooking'>): Ruling {
  if (!isArmed(delivery, give.attempt) || isTerminal(delivery.status)) return null;
  return { ...delivery, status: 'unknown', error: boundedError(give.error), nextAt: null, lookUpAt: give.lookUpAt, updatedAt: give.at };
}

export function settleAbsent(delivery: Delivery, settle: Asked<'settleAbsent'>): Ruling {
  if (!isArmed(delivery, settle.attempt) || delivery.status !== 'unknown') return null;
  const idle = disarmed(delivery, 'absent', settle.evidence, settle.at);
  return { ...idle, status: 'failed', error: boundedError(settle.error), lookUpAt: settle.at };
}

export function beginDecorate(delivery: Delivery, step: Asked<'beginDecorate'>): Ruling {
  if (delivery.receipt === null) return null;
  const { fence, sequels } = delivery;
  const { execution = delivery.execution, sequels: names = [], at: updatedAt } = step;
  return { ...delivery, fence: fence + 1, execution, sequels: sequels.length === 0 ? newSequels(names) : sequels, nextAt: null, updatedAt };
}

export function recordDecoration(delivery: Delivery, decoration: Asked<'recordDecoration'>): Ruling {
  const { receipt, warnings } = delivery;
  if (receipt === null || delivery.fence !== decoration.fence) return null;
  return {
    ...delivery,
    receipt: { ...receipt, externalUrl: decoration.externalUrl ?? receipt.externalUrl },
    warnings: [...warnings, ...boundedWarnings(decoration.warnings)],
    decorated: true,
    nextAt: null,
    updatedAt: decoration.at,
  };
}

/** The attempt is idle again, with the proof of why it published nothing. */
export function disarmed(delivery: Delivery, kind: ProofKind, evidence: string, at: string): Delivery {
  const { n } = delivery.attempt;
  return { ...delivery, attempt: { phase: 'idle', n }, proofs: proven(delivery.proofs, { attempt: n, kind, evidence, at }), updatedAt: at };
}

/** What a connector saves is JSON, and comes back as such. */
export function plainCheckpoint({ version, ready, data }: Checkpoint): Checkpoint {
  return { version, ready, data: plainJson(data) };
}

/** As it would be read back from JSON; what JSON cannot carry is null. */
export function plainJson(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined ? null : JSON.parse(text);
}

function isArmed({ attempt }: Delivery, n: number): boolean {
  return attempt.phase === 'armed' && attempt.n === n;
}

function boundedOrNull(error: DeliveryError | null): DeliveryError | null {
  return error === null ? null : boundedError(error);
}
