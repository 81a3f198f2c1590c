import type { DeliveryRef } from '../../core/ports/store.ts';
import { armedAttempt } from '../../core/sequels.ts';
import { keys, type Key } from '../keys.ts';
import { undecidedOf } from './account-item.ts';
import { deliveryOf, lastArmedOf } from './delivery-item.ts';
import { all, atMost, equals, remove } from './expression.ts';
import type { Item, Table } from './table.ts';

/** An attempt as its account knows it. */
export interface ArmedAttempt extends DeliveryRef {
  readonly attempt: number;
  readonly fingerprint: string;
}

/**
 * Lets the account go that the last armed attempt of this delivery held, if it still does. Called whenever that attempt is
 * armed no longer. It is a write of its own, since a receipt must never wait for the account's item: if the process dies in
 * between, the next arm on the account finds out (`freeIfOver`).
 */
export async function freeAccount(table: Table, tenantId: string, delivery: Item): Promise<void> {
  const armed = lastArmedOf(delivery);
  if (armed === null) return;
  const { uploadId, accountId } = deliveryOf(delivery);
  await free(table, keys.account(tenantId, accountId), { uploadId, accountId, attempt: armed.n, fingerprint: armed.fingerprint });
}

/**
 * Whether the attempt that stands in the way on an account is armed no longer, so that only word of it was left behind; frees
 * the account then. Both items are read as they stand at one moment, since arm writes both.
 */
export async function freeIfOver(table: Table, tenantId: string, holder: ArmedAttempt): Promise<boolean> {
  const { uploadId, accountId, attempt } = holder;
  const account = keys.account(tenantId, accountId);
  const [, item] = await table.getTogether([account, keys.delivery(uploadId, accountId)]);
  const delivery = item === null || item === undefined ? null : deliveryOf(item);
  if (delivery !== null && armedAttempt(delivery)?.n === attempt) return false;
  await free(table, account, holder);
  return true;
}

/** Lets the account go, as far as this attempt holds it. */
export async function free(table: Table, account: Key, { uploadId, attempt, fingerprint }: ArmedAttempt): Promise<void> {
  const entry = ['undecided', fingerprint];
  const hasLease = all(equals(['lease', 'uploadId'], uploadId), atMost(['lease', 'attempt'], attempt));
  const freed = await table.update(account, hasLease, [remove('lease'), remove(entry)]);
  if (freed.done || freed.found === null || undecidedOf(freed.found)[fingerprint]?.uploadId !== uploadId) return;
  // Its lease was over, and another upload has taken it.
  const isUndecided = all(equals([...entry, 'uploadId'], uploadId), atMost([...entry, 'attempt'], attempt));
  await table.update(account, isUndecided, [remove(entry)]);
}
