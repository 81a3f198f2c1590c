import { StoreBusy, type DeliveryRef, type DeliveryStore } from '../../core/ports/store.ts';
import type { Delivery } from '../../core/model.ts';
import { keys } from '../keys.ts';
import { receipt as rule } from '../rules/receipt.ts';
import { freeAfter, slimmed } from './aftermath.ts';
import { deliveryOf, endsAs } from './delivery-item.ts';
import { all, equals, missing, remove, set, type Change } from './expression.ts';
import type { Item, Table } from './table.ts';

type Received = Awaited<ReturnType<DeliveryStore['receipt']>>;

/** Each further round is somebody having written in between. */
const ROUNDS = 20;

/**
 * One write, where the attempt is armed as it should be. Otherwise what was found decides, and the write demands that it is
 * still so.
 */
export async function receipt(
  table: Table,
  ref: DeliveryRef,
  request: Parameters<DeliveryStore['receipt']>[1],
): Promise<Received> {
  const { tenantId, receipt: arrived, at } = request;
  const key = keys.delivery(ref.uploadId, ref.accountId);
  const kept = async (item: Item, duplicate: boolean): Promise<Received> => {
    await freeAfter(table, tenantId, item);
    return { moved: true, delivery: await slimmed(table, item), duplicate };
  };

  const isAwaited = all(equals(['attempt', 'phase'], 'armed'), equals(['attempt', 'n'], arrived.attempt), missing('receipt'));
  let written = await table.update(key, isAwaited, [
    ...publishes(),
    set(['attempt', 'phase'], 'receipt'),
    set('receipt', { ...arrived }),
    set('updatedAt', at),
  ]);
  if (written.done) return kept(written.item, false);
  for (let round = 0; round < ROUNDS; round += 1) {
    const { found } = written;
    if (found === null) return { moved: false, found: null };
    const before = deliveryOf(found);
    const ruling = rule(before, request);
    if (ruling.kind === 'refused') return { moved: false, found: before };
    if (ruling.kind === 'known') return kept(found, ruling.duplicate);
    written = await table.update(key, equals('stamp', found['stamp']), [...changesTo(before, ruling.delivery), set('updatedAt', at)]);
    if (written.done) return kept(written.item, ruling.duplicate);
  }
  throw new StoreBusy(`The receipt for ${ref.uploadId}/${ref.accountId} met too many other writes.`);
}

function publishes(): readonly Change[] {
  return [...endsAs('uploaded'), remove('error')];
}

function changesTo(before: Delivery, after: Delivery): readonly Change[] {
  const duplicates = set('duplicates', after.duplicates);
  if (before.receipt !== null) return [duplicates];
  const phase = before.attempt.phase === 'idle' ? [] : [set(['attempt', 'phase'], 'receipt')];
  return [...publishes(), set('receipt', { ...after.receipt }), ...phase, duplicates];
}
