import { isTerminal, type Delivery } from '../../../core/model.ts';

/** What is true of every delivery at any time, and between any two looks at it, whatever was done in between. */
export function brokenPromises(before: Delivery | null, now: Delivery): readonly string[] {
  const broken: string[] = [];
  const promise = (name: string, kept: boolean) => {
    if (!kept) broken.push(name);
  };
  const { attempt, receipt, status, proofs } = now;

  promise('uploaded exactly if there is a receipt', (status === 'uploaded') === (receipt !== null));
  promise('the phase receipt has a receipt', attempt.phase !== 'receipt' || receipt !== null);
  promise('what failed or was cancelled is not armed', !['failed', 'cancelled'].includes(status) || attempt.phase === 'idle');
  promise('a receipt belongs to an attempt that was armed', receipt === null || (receipt.attempt >= 1 && receipt.attempt <= attempt.n));
  promise('an ended delivery is not come back to', !isTerminal(status) || now.nextAt === null);
  promise('a duplicate is never without a receipt', now.duplicates.length === 0 || receipt !== null);

  const closed = attempt.phase === 'idle' ? attempt.n : attempt.n - 1;
  const expected = Array.from({ length: closed }, (_, n) => n + 1).slice(-10);
  const proven = proofs.map((proof) => proof.attempt);
  promise('every attempt before is closed by a proof, or by a receipt', receipt !== null || proven.join() === expected.join());
  promise('under 4 kB', Buffer.byteLength(JSON.stringify(now)) < 4_096);
  if (before === null) return broken;

  promise('a fence never falls', now.fence >= before.fence);
  promise('a revision never falls', now.revision >= before.revision);
  promise('attempts are numbered one after the other', now.attempt.n === before.attempt.n || now.attempt.n === before.attempt.n + 1);
  const armedAnew = now.attempt.n > before.attempt.n;
  promise('an attempt is armed only after the one before was closed', !armedAnew || before.attempt.phase === 'idle');
  promise('nothing is armed after a receipt', !armedAnew || before.receipt === null);
  promise('nothing that has ended is armed', !armedAnew || !isTerminal(before.status));
  promise('a receipt is never removed or changed', before.receipt === null || isKept(before.receipt, now.receipt));
  promise('a duplicate is never removed', before.duplicates.every((one, n) => isKept(one, now.duplicates[n] ?? null)));
  promise('what was cancelled is only ever corrected', before.status !== 'cancelled' || ['cancelled', 'uploaded'].includes(status));
  promise('what is uploaded stays so', before.status !== 'uploaded' || status === 'uploaded');
  promise('an end is left only under a higher revision, or for the truth', isLeftRightly(before, now));
  return broken;
}

function isKept(before: Exclude<Delivery['receipt'], null>, now: Delivery['receipt']): boolean {
  return now !== null && now.attempt === before.attempt && now.externalId === before.externalId && now.at === before.at;
}

function isLeftRightly(before: Delivery, now: Delivery): boolean {
  if (!isTerminal(before.status) || before.status === now.status) return true;
  const settled = before.status === 'unknown' && now.status === 'failed';
  return now.status === 'uploaded' || settled || now.revision > before.revision;
}
