import type { Delivery } from '../../core/model.ts';
import { StoreBusy, type ArmMove, type DeliveryRef, type DeliveryStore } from '../../core/ports/store.ts';
import { keys } from '../keys.ts';
import { lastAttempt } from '../../core/sequels.ts';
import { holderOf, type Holder } from '../rules/lease.ts';
import { arm as rule } from '../rules/moves.ts';
import { accountOf, undecidedOf } from './account-item.ts';
import { deliveryOf, isOpen, sequelValues } from './delivery-item.ts';
import { all, any, atMost, equals, exists, missing, set, type Condition } from './expression.ts';
import { freeIfOver } from './lease.ts';
import type { Item, Table } from './table.ts';
import type { Write } from './writes.ts';

type Arm = Parameters<DeliveryStore['arm']>[1];

/** Each further round is the account's holder having changed since the one before. */
const ROUNDS = 3;

/**
 * The transaction of two items. The delivery is read first: a transaction costs twice a write, and the account has to be told
 * the number of the attempt. What was read cannot change under the transaction's condition but by this very worker.
 */
export async function arm(table: Table, ref: DeliveryRef, request: Arm): Promise<ArmMove> {
  let turnedAway: ArmMove | null = null;
  for (let round = 0; round < ROUNDS; round += 1) {
    const item = await table.get(keys.delivery(ref.uploadId, ref.accountId));
    const found = item === null ? null : deliveryOf(item);
    const armed = found === null ? null : rule(found, request);
    if (found === null || armed === null) return { moved: false, found };
    const n = lastAttempt(armed);
    const { sequel = null } = request;
    const arms = sequel === null ? armDelivery(ref, request, n) : armSequel(ref, armed, item?.['stamp']);
    const result = await table.transact([arms, leaseAccount(ref, request, n)]);
    if (result.done) return { moved: true, delivery: armed };
    const [delivery, account] = result.refusals;
    // What was read of a sequel is of another moment: it is ruled anew.
    if (delivery && sequel !== null && delivery.found !== null) continue;
    if (delivery) return { moved: false, found: delivery.found === null ? null : deliveryOf(delivery.found) };
    if (!account || account.found === null) return { moved: false, found };
    const holder = holderIn(account.found, ref, request);
    if (holder === null) continue;
    turnedAway = { moved: false, found, leaseHeldBy: { uploadId: holder.uploadId, until: holder.until } };
    if (!(await freeIfOver(table, request.tenantId, { ...holder, accountId: ref.accountId }))) return turnedAway;
  }
  // Others were faster each time: this one pauses, as if it had met one of them in the middle.
  if (turnedAway !== null) return turnedAway;
  throw new StoreBusy('Too many uploads want to publish on this account at once.');
}

function armDelivery(ref: DeliveryRef, { fence, revision, fingerprint, at }: Arm, n: number): Write {
  return {
    type: 'update',
    key: keys.delivery(ref.uploadId, ref.accountId),
    condition: all(
      equals('fence', fence),
      equals('revision', revision),
      equals(['attempt', 'phase'], 'idle'),
      equals(['attempt', 'n'], n - 1),
      missing('receipt'),
      isOpen,
    ),
    changes: [set('attempt', { phase: 'armed', n, armedAt: at, fingerprint }), set('updatedAt', at)],
  };
}

/** Under what was read: its sequels are one attribute. */
function armSequel({ uploadId, accountId }: DeliveryRef, armed: Delivery, stamp: unknown): Write {
  return {
    type: 'update',
    key: keys.delivery(uploadId, accountId),
    condition: equals('stamp', stamp),
    changes: [set('sequels', sequelValues(armed.sequels)), set('updatedAt', armed.updatedAt)],
  };
}

function leaseAccount({ uploadId, accountId }: DeliveryRef, { tenantId, fingerprint, at, leaseUntil: until }: Arm, attempt: number): Write {
  const entry = ['undecided', fingerprint];
  const free: Condition = any(missing('lease'), equals(['lease', 'uploadId'], uploadId), atMost(['lease', 'until'], at));
  const noTwin: Condition = any(missing(entry), equals([...entry, 'uploadId'], uploadId));
  return {
    type: 'update',
    key: keys.account(tenantId, accountId),
    condition: all(exists('pk'), free, noTwin),
    changes: [set('lease', { uploadId, attempt, fingerprint, until }), set(entry, { uploadId, attempt })],
  };
}

/** Who stands in the way on the account as it was found, and with which attempt. Null: nobody any more. */
function holderIn(item: Item, { uploadId }: DeliveryRef, request: Arm): (Holder & { attempt: number; fingerprint: string }) | null {
  const { lease } = accountOf(item);
  const twin = undecidedOf(item)[request.fingerprint] ?? null;
  const holder = holderOf(lease, twin, { uploadId, at: request.at });
  if (holder === null) return null;
  if (lease?.uploadId === holder.uploadId) return { ...holder, attempt: lease.attempt, fingerprint: lease.fingerprint };
  return { ...holder, attempt: twin?.attempt ?? 0, fingerprint: request.fingerprint };
}
