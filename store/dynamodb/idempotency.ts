import * as z from 'zod';
import { CommitRefused, type Commit, type IdempotencyStore } from '../../core/ports/store.ts';
import { keys, type Key } from '../keys.ts';
import { judge, type IdempotencyRecord } from '../rules/idempotency.ts';
import { tableSchema } from '../schema.ts';
import { all, equals, missing, remove, set, type Change, type Condition } from './expression.ts';
import { daysAfter, orNull, time } from './fields.ts';
import type { Item, Table } from './table.ts';
import type { Refusal, Transacted, Write } from './writes.ts';

/** Records are swept a day after their end. */
const KEPT_DAYS = 1;

/** Over, so that it counts as none, and nobody's, so that its late effect is refused: functions may do this that may not delete. */
const RELEASED = [set('owner', 'nobody'), set('expiresAt', '1970-01-01T00:00:00Z')];

const result = z.object({ status: z.int(), ids: z.record(z.string(), z.string()), sealed: z.string().nullable() });
const idempotencyItem = z.object({
  fingerprint: z.string(),
  owner: z.string(),
  ownedUntil: time,
  expiresAt: time,
  result: orNull(result),
});

function recordOf(item: Item): IdempotencyRecord {
  return idempotencyItem.parse(item);
}

export function idempotencyStore(table: Table): IdempotencyStore {
  return {
    beginIdempotent: async (request) => {
      const { ref, fingerprint, owner, ownedUntil, expiresAt } = request;
      const key = keys.idempotency(ref);
      const record = { fingerprint, owner, ownedUntil, expiresAt, [tableSchema.timeToLive]: daysAfter(expiresAt, KEPT_DAYS) };
      const created = await table.create(key, record);
      if (created.done) return { state: 'begun' };
      if (created.found === null) return { state: 'running' };
      const found = recordOf(created.found);
      const judged = judge(found, request);
      if (judged.state !== 'take_over') return judged;
      const asFound = all(equals('owner', found.owner), equals('ownedUntil', found.ownedUntil));
      const changes = [...Object.entries(record).map(([name, value]) => set(name, value)), remove('result')];
      const taken = await table.update(key, asFound, changes);
      return { state: taken.done ? 'begun' : 'running' };
    },

    commitAlone: async (commit) => {
      const { key, condition, changes } = commitUpdate(commit);
      const written = await table.update(key, condition, changes);
      if (!written.done) throw new CommitRefused();
      commit.stored?.();
    },

    releaseIdempotent: async ({ ref, owner }) => {
      await table.update(keys.idempotency(ref), isOwned(owner), RELEASED);
    },

    forgetIdempotent: async ({ ref, result }) => {
      await table.update(keys.idempotency(ref), equals('result', { ...result }), RELEASED);
    },
  };
}

/** The writes of an effect, and with them the outcome of the request that caused it. Throws `CommitRefused`. */
export async function transactWith(table: Table, writes: readonly Write[], commit: Commit | null | undefined): Promise<Transacted> {
  if (commit === null || commit === undefined) return table.transact(writes);
  const result = await table.transact([...writes, { type: 'update', ...commitUpdate(commit) }]);
  if (result.done) {
    commit.stored?.();
    return result;
  }
  if (result.refusals.at(-1) !== null) throw new CommitRefused();
  return { done: false, refusals: result.refusals.slice(0, -1) };
}

/** One write of an effect, and with it the outcome of the request that caused it. Throws `CommitRefused`. */
export async function writeWith(table: Table, write: Write, commit: Commit | null | undefined): Promise<{ readonly done: true } | ({ readonly done: false } & Refusal)> {
  if (commit === null || commit === undefined) {
    if (write.type === 'create') return table.create(write.key, write.item);
    if (write.type === 'update' && write.condition !== null) return table.update(write.key, write.condition, write.changes);
  }
  const result = await transactWith(table, [write], commit);
  return result.done ? result : { done: false, found: result.refusals[0]?.found ?? null };
}

function commitUpdate({ ref, owner, result }: Commit): { readonly key: Key; readonly condition: Condition; readonly changes: readonly Change[] } {
  return { key: keys.idempotency(ref), condition: isOwned(owner), changes: [set('result', { ...result })] };
}

function isOwned(owner: string): Condition {
  return all(equals('owner', owner), missing('result'));
}
