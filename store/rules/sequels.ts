import { attemptsBefore, lastAttempt } from '../../core/sequels.ts';
import type { Delivery, ProofKind, SequelAttempt, SequelName, SequelState } from '../../core/model.ts';
import { boundedWarnings } from './bounds.ts';
import { added, isSamePost, type Brought, type ReceiptRuling } from './receipt.ts';
import { proven, type Asked, type Ruling } from './ruling.ts';

/** The moves of one sequel, by its index: those of the post, but that all before it have their receipts. */

/** As they begin: nothing is prepared, and no attempt was made. */
export function newSequels(names: readonly SequelName[]): readonly SequelState[] {
  return names.map((name) => ({ name, attempt: { phase: 'idle', n: 0 }, checkpoint: null }));
}

export function armSequel(delivery: Delivery, index: number, arm: Pick<Asked<'arm'>, 'fence' | 'revision' | 'fingerprint' | 'at'>): Ruling {
  const { fence, revision, receipt, sequels } = delivery;
  if (fence !== arm.fence || revision !== arm.revision || receipt === null) return null;
  if (sequels[index]?.attempt.phase !== 'idle') return null;
  if (sequels.slice(0, index).some(({ attempt }) => attempt.phase !== 'receipt')) return null;
  const { fingerprint, at } = arm;
  return changed(delivery, index, { attempt: { phase: 'armed', n: lastAttempt(delivery) + 1, armedAt: at, fingerprint } }, at);
}

export function disarmSequel(delivery: Delivery, index: number, disarm: { attempt: number; kind: ProofKind; evidence: string; at: string }): Ruling {
  const { attempt: n, kind, evidence, at } = disarm;
  const attempt = delivery.sequels[index]?.attempt;
  if (attempt?.phase !== 'armed' || attempt.n !== n) return null;
  return { ...changed(delivery, index, { attempt: { phase: 'idle', n } }, at), proofs: proven(delivery.proofs, { attempt: n, kind, evidence, at }) };
}

export function saveSequelCheckpoint(delivery: Delivery, index: number, { fence, checkpoint, at }: Asked<'saveCheckpoint'>): Ruling {
  const attempt = delivery.sequels[index]?.attempt;
  if (delivery.fence !== fence || (attempt?.phase !== 'idle' && attempt?.phase !== 'armed')) return null;
  return changed(delivery, index, { checkpoint }, at);
}

/** As for the post: a fact, kept if the attempt was ever armed, and a duplicate where it contradicts what was believed. */
export function sequelReceipt(delivery: Delivery, index: number, { receipt: brought, lookedUp = false, at }: Brought): ReceiptRuling {
  const { sequels, duplicates } = delivery;
  const attempt = sequels[index]?.attempt;
  if (attempt === undefined) return { kind: 'refused' };
  const before = attemptsBefore(delivery, index);
  const overtaken = lookedUp && attempt.phase === 'armed' && brought.attempt > before && brought.attempt < attempt.n;
  const arrived = overtaken ? { ...brought, attempt: attempt.n } : brought;
  if (arrived.attempt <= before || arrived.attempt > attempt.n) return { kind: 'refused' };
  if (duplicates.some((other) => isSamePost(other, arrived))) return { kind: 'known', duplicate: true };
  if (attempt.phase === 'receipt') {
    if (isSamePost({ ...arrived, attempt: attempt.n, externalId: attempt.externalId }, arrived)) return { kind: 'known', duplicate: false };
    return { kind: 'kept', delivery: { ...delivery, duplicates: added(duplicates, arrived), updatedAt: at }, duplicate: true };
  }
  const open = (attempt.phase === 'armed' || attempt.phase === 'unknown') && attempt.n === arrived.attempt;
  const { externalId, externalUrl } = arrived;
  const received = changed(delivery, index, { attempt: { phase: 'receipt', n: attempt.n, externalId, externalUrl }, checkpoint: null }, at);
  return { kind: 'kept', duplicate: !open, delivery: { ...received, duplicates: open ? duplicates : added(duplicates, arrived), nextAt: null } };
}

/** Those without a receipt are given up. */
export function endSequels(delivery: Delivery, { fence, warning, at }: Asked<'endSequels'>): Ruling {
  if (delivery.fence !== fence || delivery.receipt === null) return null;
  const sequels = delivery.sequels.map(({ name, attempt }) => ({ name, attempt: givenUp(attempt), checkpoint: null }));
  return { ...delivery, sequels, warnings: [...delivery.warnings, ...boundedWarnings([warning])], updatedAt: at };
}

function givenUp(attempt: SequelAttempt): SequelAttempt {
  switch (attempt.phase) {
    case 'idle':
      return { phase: 'missing', n: attempt.n };
    case 'armed':
      return { phase: 'unknown', n: attempt.n };
    default:
      return attempt;
  }
}

function changed(delivery: Delivery, index: number, change: Partial<SequelState>, at: string): Delivery {
  const sequels = delivery.sequels.map((sequel, place) => (place === index ? { ...sequel, ...change } : sequel));
  return { ...delivery, sequels, updatedAt: at };
}
