import type { Delivery, DeliveryErrorCode } from '../../core/model.ts';
import type { Log, Move, Store } from '../../core/ports/index.ts';
import type { InvocationLog } from './log.ts';

/**
 * The store with a line in the log for each delivery that comes to its end, or is put off after a trouble: whoever moves it, and
 * whatever for, it is counted here. Nothing else is different.
 */
export function countedStore(store: Store, log: Log): Store {
  const moved = <Moved extends Move>(move: Moved, outcome: (delivery: Delivery) => string | null): Moved => {
    const line = move.moved ? lineOf(move.delivery, outcome(move.delivery)) : null;
    if (line !== null) log.info('delivery_moved', line);
    return move;
  };
  return {
    ...store,
    pause: async (ref, pause) => moved(await store.pause(ref, pause), () => (pause.trouble === null ? null : putOffOutcome(pause.trouble))),
    receipt: async (ref, receipt) => {
      const received = await store.receipt(ref, receipt);
      // What follows the post ends no delivery.
      if (typeof receipt.sequel === 'number') return received;
      return moved(received, () => (receipt.lookedUp === true ? 'published_found' : 'published'));
    },
    fail: async (ref, fail) => moved(await store.fail(ref, fail), failed),
    settleAbsent: async (ref, settle) => moved(await store.settleAbsent(ref, settle), failed),
    giveUpLooking: async (ref, give) => moved(await store.giveUpLooking(ref, give), () => 'unknown'),
  };
}

/** The same for an invocation that is about one upload: what its records name (tenant, network) is in all lines from then on. */
export function observedStore(store: Store, log: InvocationLog): Store {
  return {
    ...countedStore(store, log),
    getUpload: async (uploadId) => {
      const record = await store.getUpload(uploadId);
      if (record !== null) log.know({ uploadId, tenantId: record.upload.tenantId });
      return record;
    },
    beginStep: async (ref, step) => {
      const move = await store.beginStep(ref, step);
      const delivery = move.moved ? move.delivery : move.found;
      if (delivery !== null) log.know({ tenantId: delivery.tenantId, network: delivery.network });
      return move;
    },
  };
}

function lineOf(delivery: Delivery, outcome: string | null): Readonly<Record<string, unknown>> | null {
  if (outcome === null) return null;
  const { uploadId, accountId, tenantId, network, revision, startedAt, updatedAt } = delivery;
  const ended = !outcome.startsWith('retried');
  const tookSeconds = ended && startedAt !== null ? (Date.parse(updatedAt) - Date.parse(startedAt)) / 1000 : null;
  return { uploadId, accountId, tenantId, network, revision, outcome, tookSeconds, errorCode: delivery.error?.code ?? null };
}

/** Troubles that are met once for each attempt bear its number; as an outcome they are one. */
function putOffOutcome(trouble: string): string {
  return trouble.startsWith('look_up_') ? 'retried_look_up' : `retried_${trouble}`;
}

function failed(delivery: Delivery): string {
  return `failed_${delivery.error === null ? 'internal' : FAILURE_CLASSES[delivery.error.code]}`;
}

/** Whom a failure is to be looked for at: what was sent, the link to the account, the network, or ourselves. */
const FAILURE_CLASSES: Readonly<Record<DeliveryErrorCode, 'content' | 'account' | 'network' | 'unknown' | 'internal'>> = {
  media_rejected: 'content',
  metadata_rejected: 'content',
  duplicate_content: 'content',
  reauth_required: 'account',
  permission_denied: 'account',
  account_unlinked: 'account',
  rate_limited: 'network',
  quota_exhausted: 'network',
  platform_unavailable: 'network',
  outcome_unknown: 'unknown',
  internal_error: 'internal',
};
