import { isDeepStrictEqual } from 'node:util';
import { CommitRefused, type Commit, type IdempotencyRef, type IdempotencyStore } from '../../core/ports/store.ts';
import { judge } from '../rules/idempotency.ts';
import { frozen, type Records } from './records.ts';

export function idempotencyStore(records: Records): IdempotencyStore {
  const { idempotency } = records;
  return {
    beginIdempotent: async (request) => {
      const { ref, fingerprint, owner, ownedUntil, expiresAt } = request;
      const found = idempotency.get(keyOf(ref));
      const judged = found === undefined ? ({ state: 'take_over' } as const) : judge(found, request);
      if (judged.state !== 'take_over') return judged;
      idempotency.set(keyOf(ref), frozen({ fingerprint, owner, ownedUntil, expiresAt, result: null }));
      return { state: 'begun' };
    },

    commitAlone: async (commit) => {
      checkCommit(records, commit);
      applyCommit(records, commit);
    },

    releaseIdempotent: async ({ ref, owner }) => {
      const found = idempotency.get(keyOf(ref));
      if (found?.owner === owner && found.result === null) idempotency.delete(keyOf(ref));
    },

    forgetIdempotent: async ({ ref, result }) => {
      const found = idempotency.get(keyOf(ref));
      if (isDeepStrictEqual(found?.result, result)) idempotency.delete(keyOf(ref));
    },
  };
}

/** Throws `CommitRefused`; before anything of the effect is written. */
export function checkCommit({ idempotency }: Records, commit: Commit | null | undefined): void {
  if (commit === null || commit === undefined) return;
  const found = idempotency.get(keyOf(commit.ref));
  if (found?.owner !== commit.owner || found.result !== null) throw new CommitRefused();
}

/** Together with the effect. */
export function applyCommit({ idempotency }: Records, commit: Commit | null | undefined): void {
  if (commit === null || commit === undefined) return;
  const found = idempotency.get(keyOf(commit.ref));
  if (found !== undefined) idempotency.set(keyOf(commit.ref), frozen({ ...found, result: commit.result }));
  commit.stored?.();
}

function keyOf({ tenantId, operationId, keyHash }: IdempotencyRef): string {
  return `${tenantId}#${operationId}#${keyHash}`;
}
