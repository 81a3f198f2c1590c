import type { DeliveryRef, DeliveryStore, Move } from '../../core/ports/store.ts';
import { keys } from '../keys.ts';
import { boundedError, boundedWarnings, bounds, cutCharacters } from '../rules/bounds.ts';
import * as rules from '../rules/moves.ts';
import type { Asked } from '../rules/ruling.ts';
import { endSequels, newSequels } from '../rules/sequels.ts';
import { freeAfter, slimmed } from './aftermath.ts';
import { arm } from './arm.ts';
import { checkpointValue, deliveryOf, endsAs, isOpen, lookedUpAt, sequelValues, slotOf } from './delivery-item.ts';
import { all, append, equals, exists, increase, missing, remove, set, setOnce, setOrRemove, type Change, type Condition } from './expression.ts';
import { peopleMoves } from './people.ts';
import { receipt } from './receipt.ts';
import { isOfSequel, moveSequel, sequelReceipt } from './sequels.ts';
import type { Item, Table } from './table.ts';

/** The moves as conditional writes: what `rules/moves.ts` says, in DynamoDB's words. */
export function deliveryStore(table: Table): DeliveryStore {
  const move =
    <Request extends { readonly at: string }>(write: (request: Request, ref: DeliveryRef) => readonly [Condition, readonly Change[]]) =>
    async (ref: DeliveryRef, request: Request): Promise<Move> => {
      const { moved, item } = await moveItem(table, ref, request.at, write(request, ref));
      if (moved) return { moved, delivery: await slimmed(table, item) };
      return { moved, found: item === null ? null : deliveryOf(item) };
    };

  /** After these the attempt is armed no longer, and the account is free. */
  const moveAndFree =
    <Request extends { readonly at: string; readonly tenantId: string }>(
      write: (request: Request, ref: DeliveryRef) => readonly [Condition, readonly Change[]],
    ) =>
    async (ref: DeliveryRef, request: Request): Promise<Move> => {
      const { moved, item } = await moveItem(table, ref, request.at, write(request, ref));
      if (!moved) return { moved, found: item === null ? null : deliveryOf(item) };
      await freeAfter(table, request.tenantId, item);
      return { moved, delivery: await slimmed(table, item) };
    };

  const saveCheckpoint = move(({ fence, checkpoint, bytesSent }: Asked<'saveCheckpoint'>) => [
    equals('fence', fence),
    [set('checkpoint', checkpointValue(checkpoint)), ...(bytesSent === undefined ? [] : [setOrRemove('bytesSent', bytesSent)])],
  ]);

  const disarm = moveAndFree(({ attempt, kind, evidence, at }: Asked<'disarm'>) => [
    isArmed(attempt),
    [set(['attempt', 'phase'], 'idle'), set(['proofs', slotOf(attempt)], proofOf(attempt, kind, evidence, at))],
  ]);

  return {
    getDelivery: async ({ uploadId, accountId }) => {
      const item = await table.get(keys.delivery(uploadId, accountId));
      return item === null ? null : deliveryOf(item);
    },

    beginStep: move(({ revision, execution, at }: Asked<'beginStep'>) => [
      all(equals('revision', revision), isOpen),
      [increase('fence', 1), set('status', 'dispatching'), set('execution', execution), setOnce('startedAt', at), remove('nextAt')],
    ]),

    saveCheckpoint: (ref, request) => (isOfSequel(request) ? moveSequel(table, ref, (delivery) => rules.saveCheckpoint(delivery, request)) : saveCheckpoint(ref, request)),

    pause: move(({ fence, status, trouble, nextAt, error }: Asked<'pause'>) => [
      all(equals('fence', fence), ...(status === 'uploaded' ? [equals('status', status), equals('decorated', false)] : [isOpen])),
      [
        set('status', status),
        setOrRemove('nextAt', nextAt),
        setOrRemove('error', error === null ? null : boundedError(error)),
        ...(trouble === null ? [] : [increase(['tries', trouble], 1)]),
      ],
    ]),

    arm: (ref, request) => arm(table, ref, request),
    receipt: (ref, request) => (isOfSequel(request) ? sequelReceipt(table, ref, request) : receipt(table, ref, request)),

    disarm: (ref, request) => (isOfSequel(request) ? moveSequel(table, ref, (delivery) => rules.disarm(delivery, request), request.tenantId) : disarm(ref, request)),

    fail: move(({ fence, error }: Asked<'fail'>) => [
      all(equals('fence', fence), equals(['attempt', 'phase'], 'idle'), missing('receipt'), isOpen),
      [...endsAs('failed'), set('error', boundedError(error))],
    ]),

    giveUpLooking: moveAndFree(({ attempt, error, lookUpAt }: Asked<'giveUpLooking'>, ref) => [
      all(isArmed(attempt), isOpen),
      [...endsAs('unknown'), set('error', boundedError(error)), ...lookedUpAt(ref, lookUpAt)],
    ]),

    settleAbsent: move(({ attempt, evidence, error, at }: Asked<'settleAbsent'>, ref) => [
      all(isArmed(attempt), equals('status', 'unknown')),
      [
        set('status', 'failed'),
        set(['attempt', 'phase'], 'idle'),
        set(['proofs', slotOf(attempt)], proofOf(attempt, 'absent', evidence, at)),
        set('error', boundedError(error)),
        ...lookedUpAt(ref, at),
      ],
    ]),

    beginDecorate: move(({ execution, sequels = [] }: Asked<'beginDecorate'>) => [
      exists('receipt'),
      [
        increase('fence', 1),
        ...(execution === undefined ? [] : [set('execution', execution)]),
        ...(sequels.length === 0 ? [] : [setOnce('sequels', sequelValues(newSequels(sequels)))]),
        remove('nextAt'),
      ],
    ]),

    endSequels: (ref, request) => moveSequel(table, ref, (delivery) => endSequels(delivery, request), request.tenantId),

    recordDecoration: move(({ fence, warnings, externalUrl }: Asked<'recordDecoration'>) => [
      all(equals('fence', fence), exists('receipt')),
      [
        append('warnings', boundedWarnings(warnings)),
        ...(externalUrl === null ? [] : [set(['receipt', 'externalUrl'], externalUrl)]),
        set('decorated', true),
        remove('nextAt'),
      ],
    ]),

    ...peopleMoves(table),
  };
}

type MovedItem = { readonly moved: true; readonly item: Item } | { readonly moved: false; readonly item: Item | null };

async function moveItem(
  table: Table,
  { uploadId, accountId }: DeliveryRef,
  at: string,
  [condition, changes]: readonly [Condition, readonly Change[]],
): Promise<MovedItem> {
  const written = await table.update(keys.delivery(uploadId, accountId), condition, [...changes, set('updatedAt', at)]);
  return written.done ? { moved: true, item: written.item } : { moved: false, item: written.found };
}

function isArmed(attempt: number): Condition {
  return all(equals(['attempt', 'phase'], 'armed'), equals(['attempt', 'n'], attempt));
}

function proofOf(attempt: number, kind: string, evidence: string, at: string): Item {
  return { attempt, kind, evidence: cutCharacters(evidence, bounds.evidence), at };
}
