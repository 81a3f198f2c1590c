import type { Delivery } from '../../core/model.ts';
import { StoreBusy, type DeliveryRef, type DeliveryStore, type Move } from '../../core/ports/store.ts';
import { keys } from '../keys.ts';
import type { Asked, Ruling } from '../rules/ruling.ts';
import { sequelReceipt as receiptRule } from '../rules/sequels.ts';
import { freeQuietly, slimmed } from './aftermath.ts';
import { deliveryOf, sequelValues, slotsOf } from './delivery-item.ts';
import { equals, set, setOrRemove, type Change } from './expression.ts';
import type { Table } from './table.ts';

/**
 * The moves of a sequel. Sequels are rare and one attribute of the item: what was read decides by the rules, and the write demands
 * that it is still so.
 */

/** Each further round is somebody having written in between. */
const ROUNDS = 20;

/** Whether a move is about a sequel. */
export function isOfSequel<Request extends { readonly sequel?: number | null }>(request: Request): request is Request & { readonly sequel: number } {
  return typeof request.sequel === 'number';
}

/** `tenantId`: whose account is free afterwards, if the sequel was armed and is so no longer. */
export async function moveSequel(table: Table, ref: DeliveryRef, rule: (delivery: Delivery) => Ruling, tenantId: string | null = null): Promise<Move> {
  const key = keys.delivery(ref.uploadId, ref.accountId);
  for (let round = 0; round < ROUNDS; round += 1) {
    const item = await table.get(key);
    const before = item === null ? null : deliveryOf(item);
    const after = before === null ? null : rule(before);
    if (item === null || before === null || after === null) return { moved: false, found: before };
    const written = await table.update(key, equals('stamp', item['stamp']), changesTo(before, after));
    if (!written.done) continue;
    const held = before.sequels.map(({ attempt }) => attempt).find(({ phase }) => phase === 'armed');
    if (tenantId !== null && held?.phase === 'armed') await freeQuietly(table, tenantId, { ...ref, attempt: held.n, fingerprint: held.fingerprint });
    return { moved: true, delivery: await slimmed(table, written.item) };
  }
  throw new StoreBusy(`A move of ${ref.uploadId}/${ref.accountId} met too many other writes.`);
}

export async function sequelReceipt(table: Table, ref: DeliveryRef, request: Asked<'receipt'> & { readonly sequel: number }): ReturnType<DeliveryStore['receipt']> {
  let duplicate = false;
  const move = await moveSequel(
    table,
    ref,
    (delivery) => {
      const ruling = receiptRule(delivery, request.sequel, request);
      if (ruling.kind === 'refused') return null;
      duplicate = ruling.duplicate;
      return ruling.kind === 'known' ? delivery : ruling.delivery;
    },
    request.tenantId,
  );
  return move.moved ? { ...move, duplicate } : move;
}

function changesTo(before: Delivery, after: Delivery): readonly Change[] {
  return [
    set('sequels', sequelValues(after.sequels)),
    ...(before.warnings === after.warnings ? [] : [set('warnings', after.warnings)]),
    ...(before.proofs === after.proofs ? [] : [set('proofs', slotsOf(after.proofs))]),
    ...(before.duplicates === after.duplicates ? [] : [set('duplicates', after.duplicates)]),
    ...(before.nextAt === after.nextAt ? [] : [setOrRemove('nextAt', after.nextAt)]),
    set('updatedAt', after.updatedAt),
  ];
}
