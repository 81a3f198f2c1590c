import type { Account, Delivery } from '../../core/model.ts';
import type { DeliveryRef, DeliveryStore, Move } from '../../core/ports/store.ts';
import { armedAttempt, lastAttempt } from '../../core/sequels.ts';
import { slim } from '../rules/bounds.ts';
import { holderOf, type UndecidedAttempt } from '../rules/lease.ts';
import * as moves from '../rules/moves.ts';
import { receipt as rulingOnReceipt } from '../rules/receipt.ts';
import type { Ruling } from '../rules/ruling.ts';
import { endSequels, sequelReceipt } from '../rules/sequels.ts';
import { peopleMoves } from './people.ts';
import { accountKey, findDelivery, frozen, keepDelivery, type Records } from './records.ts';

export function deliveryStore(records: Records): DeliveryStore {
  const { accounts } = records;

  /** A move that concerns one delivery alone. */
  const move =
    <Request>(rule: (delivery: Delivery, request: Request) => Ruling) =>
    async (ref: DeliveryRef, request: Request): Promise<Move> => {
      const found = findDelivery(records, ref);
      const next = found === null ? null : rule(found, request);
      return next === null ? refused(found) : moved(keepDelivery(records, slim(next)));
    };

  /** A move after which the attempt, if it moved, holds the account no longer. */
  const moveAndFree =
    <Request extends { readonly tenantId: string }>(rule: (delivery: Delivery, request: Request) => Ruling) =>
    async (ref: DeliveryRef, request: Request): Promise<Move> => {
      const result = await move(rule)(ref, request);
      if (result.moved) freeLease(request.tenantId, ref);
      return result;
    };

  const freeLease = (tenantId: string, ref: DeliveryRef): void => {
    const account = accounts.get(accountKey(tenantId, ref.accountId));
    if (account?.lease?.uploadId === ref.uploadId) keepLease(account, null);
  };

  const keepLease = (account: Account, lease: Account['lease']): void => {
    const key = accountKey(account.tenantId, account.accountId);
    const stored = accounts.get(key);
    if (stored !== undefined) accounts.set(key, frozen({ ...stored, lease }));
  };

  /** Another upload's attempt on the account that is armed with the same body, and about which nobody has given up. */
  const undecidedWith = (ref: DeliveryRef, fingerprint: string): UndecidedAttempt | null => {
    for (const siblings of records.deliveries.values()) {
      const other = siblings.get(ref.accountId);
      if (other === undefined || other.uploadId === ref.uploadId) continue;
      const armed = armedAttempt(other);
      if (armed?.fingerprint === fingerprint) return { uploadId: other.uploadId, attempt: armed.n };
    }
    return null;
  };

  return {
    getDelivery: async (ref) => findDelivery(records, ref),

    beginStep: move(moves.beginStep),
    saveCheckpoint: move(moves.saveCheckpoint),
    pause: move(moves.pause),
    fail: move(moves.fail),
    settleAbsent: move(moves.settleAbsent),
    beginDecorate: move(moves.beginDecorate),
    endSequels: moveAndFree(endSequels),
    recordDecoration: move(moves.recordDecoration),
    disarm: moveAndFree(moves.disarm),
    giveUpLooking: moveAndFree(moves.giveUpLooking),

    arm: async (ref, request) => {
      const found = findDelivery(records, ref);
      const armed = found === null ? null : moves.arm(found, request);
      const account = accounts.get(accountKey(request.tenantId, ref.accountId));
      if (found === null || armed === null || account === undefined) return refused(found);
      const asker = { uploadId: ref.uploadId, at: request.at };
      const holder = holderOf(account.lease, undecidedWith(ref, request.fingerprint), asker);
      if (holder !== null) return { moved: false, found: found, leaseHeldBy: holder };
      const { fingerprint, leaseUntil: until } = request;
      keepLease(account, { uploadId: ref.uploadId, attempt: lastAttempt(armed), fingerprint, until });
      return moved(keepDelivery(records, armed));
    },

    receipt: async (ref, request) => {
      const found = findDelivery(records, ref);
      const { sequel = null } = request;
      const ruling = found === null ? null : sequel === null ? rulingOnReceipt(found, request) : sequelReceipt(found, sequel, request);
      if (found === null || ruling === null || ruling.kind === 'refused') return refused(found);
      const kept = ruling.kind === 'known' ? found : keepDelivery(records, slim(ruling.delivery));
      freeLease(request.tenantId, ref);
      return { moved: true, delivery: kept, duplicate: ruling.duplicate };
    },

    ...peopleMoves(records),
  };
}

function moved(delivery: Delivery): Move {
  return { moved: true, delivery: delivery };
}

function refused(found: Delivery | null): Move & { readonly moved: false } {
  return { moved: false, found };
}
