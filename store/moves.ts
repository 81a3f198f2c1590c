import { isTerminal, type Attempt, type Delivery, type ProofKind, type PublishLease, type Receipt, type Upload } from '../core/model.ts';
import type { DeliveryStore, PeopleMove, UploadEdit } from '../core/ports/index.ts';

/**
 * The moves of the publish guard as functions of a record: the record as it is to be, or null if the condition refuses. Both
 * adapters run these; they only differ in how they make sure that the record is still the one that was read.
 */

const PROOFS = 10;
const EVIDENCE = 200;
const WARNINGS = 10;
/** Bytes, so that a delivery's item stays below 4 kB. */
const PLATFORM_TEXT = 1000;

type Args<Name extends keyof DeliveryStore> = Parameters<DeliveryStore[Name]>[1];
type Applied = Delivery | null;

/** Whether the step that was given this fence may still write. */
function mine(delivery: Delivery, fence: number): boolean {
  return delivery.fence === fence;
}

export function beginStep(delivery: Delivery, step: Args<'beginStep'>): Applied {
  if (delivery.revision !== step.revision || isTerminal(delivery.status)) return null;
  return {
    ...delivery,
    fence: delivery.fence + 1,
    status: 'dispatching',
    execution: step.execution,
    nextAt: null,
    updatedAt: step.at,
  };
}

export function saveCheckpoint(delivery: Delivery, save: Args<'saveCheckpoint'>): Applied {
  if (!mine(delivery, save.fence)) return null;
  return { ...delivery, checkpoint: save.checkpoint, updatedAt: save.at };
}

export function pause(delivery: Delivery, pause: Args<'pause'>): Applied {
  if (!mine(delivery, pause.fence) || isTerminal(delivery.status)) return null;
  const { status, nextAt, error, trouble, at } = pause;
  const tries = trouble === null ? delivery.tries : { ...delivery.tries, [trouble]: (delivery.tries[trouble] ?? 0) + 1 };
  return { ...delivery, status, nextAt, error: error === null ? null : bounded(error), tries, updatedAt: at };
}

export function arm(delivery: Delivery, arm: Args<'arm'>): Applied {
  const { attempt } = delivery;
  const free = attempt.phase === 'idle' && delivery.receipt === null && !isTerminal(delivery.status);
  if (!free || !mine(delivery, arm.fence) || delivery.revision !== arm.revision) return null;
  return {
    ...delivery,
    attempt: { phase: 'armed', n: attempt.n + 1, armedAt: arm.at, fingerprint: arm.fingerprint },
    updatedAt: arm.at,
  };
}

/** `duplicate`: a second receipt, or one for an attempt that had been disarmed. Null: the attempt was never armed. */
export function receipt(delivery: Delivery, request: Args<'receipt'>): { delivery: Delivery; duplicate: boolean } | null {
  const { attempt } = delivery;
  const came = request.receipt;
  if (came.attempt < 1 || came.attempt > attempt.n) return null;
  if (delivery.receipt !== null && samePost(delivery.receipt, came)) return { delivery, duplicate: false };
  if (delivery.duplicates.some((other) => samePost(other, came))) return { delivery, duplicate: true };
  const awaited = attempt.phase === 'armed' && attempt.n === came.attempt;
  const duplicate = delivery.receipt !== null || !awaited;
  const kept = duplicate ? [...delivery.duplicates, came] : delivery.duplicates;
  if (delivery.receipt !== null) return { delivery: { ...delivery, duplicates: kept, updatedAt: request.at }, duplicate };
  return {
    duplicate,
    delivery: {
      ...delivery,
      attempt: attempt.phase === 'idle' ? attempt : { ...attempt, phase: 'receipt' },
      status: 'uploaded',
      receipt: came,
      duplicates: kept,
      nextAt: null,
      error: null,
      updatedAt: request.at,
    },
  };
}

export function disarm(delivery: Delivery, disarm: Args<'disarm'>): Applied {
  if (!isArmed(delivery.attempt, disarm.attempt) || isTerminal(delivery.status)) return null;
  return disarmed(delivery, disarm);
}

export function fail(delivery: Delivery, fail: Args<'fail'>): Applied {
  const idle = delivery.attempt.phase === 'idle' && delivery.receipt === null;
  if (!idle || !mine(delivery, fail.fence) || isTerminal(delivery.status)) return null;
  return { ...delivery, status: 'failed', error: bounded(fail.error), nextAt: null, updatedAt: fail.at };
}

export function giveUpLooking(delivery: Delivery, give: Args<'giveUpLooking'>): Applied {
  if (!isArmed(delivery.attempt, give.attempt) || isTerminal(delivery.status)) return null;
  return { ...delivery, status: 'unknown', error: bounded(give.error), nextAt: null, updatedAt: give.at };
}

export function settleAbsent(delivery: Delivery, settle: Args<'settleAbsent'>): Applied {
  if (!isArmed(delivery.attempt, settle.attempt) || delivery.status !== 'unknown') return null;
  const { attempt, evidence, at } = settle;
  return { ...disarmed(delivery, { attempt, kind: 'absent', evidence, at }), status: 'failed', error: bounded(settle.error) };
}

export function beginDecorate(delivery: Delivery, step: Args<'beginDecorate'>): Applied {
  return delivery.receipt === null ? null : { ...delivery, fence: delivery.fence + 1, updatedAt: step.at };
}

export function recordDecoration(delivery: Delivery, decoration: Args<'recordDecoration'>): Applied {
  if (delivery.receipt === null || !mine(delivery, decoration.fence)) return null;
  const externalUrl = decoration.externalUrl ?? delivery.receipt.externalUrl;
  return {
    ...delivery,
    warnings: [...delivery.warnings, ...decoration.warnings.map((warning) => warning.slice(0, EVIDENCE))].slice(0, WARNINGS),
    receipt: { ...delivery.receipt, externalUrl },
    decorated: true,
    updatedAt: decoration.at,
  };
}

/** What a move of people makes of an upload: the new upload, and those deliveries that change. Null: it is refused. */
export type PeopleApplied = { readonly upload: Upload; readonly changed: readonly Delivery[] } | null;

export function cancel(upload: Upload, deliveries: readonly Delivery[], move: PeopleMove): PeopleApplied {
  if (upload.revision !== move.revision) return null;
  const named = namedOf(deliveries, move.accounts);
  if (named === null || !named.every(untouched)) return null;
  const changed = named
    .filter((delivery) => delivery.status !== 'failed')
    .map((delivery) => revised(delivery, { status: 'cancelled', at: move.at }));
  const revision = move.accounts === null ? upload.revision + 1 : upload.revision;
  return { upload: { ...upload, revision, updatedAt: move.at }, changed };
}

export function reschedule(
  upload: Upload,
  deliveries: readonly Delivery[],
  move: { revision: number; edit: UploadEdit; at: string },
): PeopleApplied {
  if (upload.revision !== move.revision || !deliveries.every(untouched)) return null;
  const changed = deliveries
    .filter((delivery) => delivery.status !== 'failed' && delivery.status !== 'cancelled')
    // What was prepared holds the text as it was.
    .map((delivery) => ({ ...revised(delivery, { status: 'pending', at: move.at }), checkpoint: null }));
  return { upload: { ...upload, ...move.edit, revision: upload.revision + 1, updatedAt: move.at }, changed };
}

export function retry(
  upload: Upload,
  deliveries: readonly Delivery[],
  move: { accounts: readonly string[]; force: boolean; by: string; at: string },
): PeopleApplied {
  const named = namedOf(deliveries, move.accounts);
  const revivable = (delivery: Delivery) => delivery.status === 'failed' || (move.force && delivery.status === 'unknown');
  if (named === null || named.length === 0 || !named.every(revivable)) return null;
  const changed = named.map((delivery) => {
    const { attempt } = delivery;
    const closed =
      attempt.phase === 'armed'
        ? disarmed(delivery, { attempt: attempt.n, kind: 'forced', evidence: `repeated by ${move.by}`, at: move.at })
        : delivery;
    return { ...revised(closed, { status: 'pending', at: move.at }), error: null };
  });
  return { upload: { ...upload, closedRevision: 0, updatedAt: move.at }, changed };
}

function isArmed(attempt: Attempt, n: number): boolean {
  return attempt.phase === 'armed' && attempt.n === n;
}

/** Nothing of it was or may have been published. */
function untouched(delivery: Delivery): boolean {
  return delivery.attempt.phase === 'idle' && delivery.receipt === null && delivery.status !== 'unknown';
}

function namedOf(deliveries: readonly Delivery[], accounts: readonly string[] | null): readonly Delivery[] | null {
  if (accounts === null) return deliveries;
  const named = deliveries.filter((delivery) => accounts.includes(delivery.accountId));
  return named.length === new Set(accounts).size ? named : null;
}

/** Under a higher revision and fence: no write of a step that began before can follow. */
function revised(delivery: Delivery, { status, at }: { status: 'pending' | 'cancelled'; at: string }): Delivery {
  return { ...delivery, status, revision: delivery.revision + 1, fence: delivery.fence + 1, tries: {}, nextAt: null, updatedAt: at };
}

function disarmed(
  delivery: Delivery,
  proof: { attempt: number; kind: ProofKind; evidence: string; at: string },
): Delivery {
  const kept = { ...proof, evidence: proof.evidence.slice(0, EVIDENCE) };
  return {
    ...delivery,
    attempt: { phase: 'idle', n: delivery.attempt.n },
    proofs: [...delivery.proofs, kept].slice(-PROOFS),
    updatedAt: proof.at,
  };
}

function samePost(a: Receipt, b: Receipt): boolean {
  return a.attempt === b.attempt && a.externalId === b.externalId;
}

function bounded(error: NonNullable<Delivery['error']>): NonNullable<Delivery['error']> {
  return {
    ...error,
    message: error.message.slice(0, PLATFORM_TEXT),
    platformCode: error.platformCode === null ? null : error.platformCode.slice(0, EVIDENCE),
    platformMessage: error.platformMessage === null ? null : error.platformMessage.slice(0, PLATFORM_TEXT),
  };
}

/** Whether another upload may be making a visible call on the account now. */
export function isHeldByAnother(lease: PublishLease | null, uploadId: string, at: string): lease is PublishLease {
  return lease !== null && lease.until > at && lease.uploadId !== uploadId;
}

/** Whether a key's last use was noted more than an hour before `at`. */
export function isStale(lastUsedAt: string | null, at: string): boolean {
  return lastUsedAt === null || Date.parse(at) - Date.parse(lastUsedAt) > 3_600_000;
}
