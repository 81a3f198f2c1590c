import type { Delivery } from '../../core/model.ts';
import { StoreBusy } from '../../core/ports/store.ts';
import { keys } from '../keys.ts';
import { slim } from '../rules/bounds.ts';
import { deliveryOf, slotsOf } from './delivery-item.ts';
import { equals, remove, set, setOrRemove } from './expression.ts';
import { free, freeAccount, type ArmedAttempt } from './lease.ts';
import type { Item, Table } from './table.ts';

/**
 * Frees the account that the post's last attempt held, unless the table is busy: the move itself is stored, and is not reported late
 * or not at all because of this. Whoever arms next on the account then finds that the attempt is over.
 */
export async function freeAfter(table: Table, tenantId: string, item: Item): Promise<void> {
  await unlessBusy(() => freeAccount(table, tenantId, item));
}

/** The same, for an attempt of a sequel. */
export async function freeQuietly(table: Table, tenantId: string, attempt: ArmedAttempt): Promise<void> {
  await unlessBusy(() => free(table, keys.account(tenantId, attempt.accountId), attempt));
}

async function unlessBusy(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof StoreBusy)) throw error;
  }
}

/** The delivery of an item that was just written, with its texts cut if it has grown too large. */
export async function slimmed(table: Table, item: Item): Promise<Delivery> {
  const delivery = deliveryOf(item);
  const slimmer = slim(delivery);
  if (slimmer === delivery) return delivery;
  // Refused if somebody has written since: then their write has found the item too large, and has cut it.
  await table.update(keys.delivery(delivery.uploadId, delivery.accountId), equals('stamp', item['stamp']), [
    set('proofs', slotsOf(slimmer.proofs)),
    setOrRemove('error', slimmer.error),
    set('warnings', slimmer.warnings),
    ...(slimmer.checkpoint === delivery.checkpoint ? [] : [remove('checkpoint')]),
  ]);
  return slimmer;
}
