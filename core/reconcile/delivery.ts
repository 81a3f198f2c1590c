import { timestamp, timestampAfter } from '../clock.ts';
import { bareId } from '../ids.ts';
import { isTerminal, type Delivery } from '../model.ts';
import type { DueEntry } from '../ports/store.ts';
import { nextLookUp } from '../publishing/troubles.ts';
import { needsWork } from '../sequels.ts';
import { finishedEvent } from '../workflow/close.ts';
import { giveUpFollowing } from '../workflow/finish.ts';
import type { Finding, ReconcilePorts } from './ports.ts';
import { isOver } from './watch.ts';

type DeliveryEntry = Extract<DueEntry, { kind: 'delivery' }>;

/**
 * Has the outcome of an `unknown` delivery looked for, in an execution of its own, and tells it once it is known: listeners have
 * heard of another one, or will. Dying between the two writes of either case repeats it, under the same name or as the same event.
 */
export async function reconcileDelivery(ports: ReconcilePorts, entry: DeliveryEntry): Promise<Finding> {
  const { store, events, lookUps, clock, times, log } = ports;
  const { uploadId, accountId } = entry;
  const record = await store.getUpload(uploadId);
  const delivery = record?.deliveries.find((each) => each.accountId === accountId);
  if (!record || delivery === undefined || delivery.lookUpAt !== entry.at) return 'moved_on';
  const { upload, deliveries } = record;
  const { attempt, status, revision } = delivery;
  const now = clock.now();

  if (status === 'unknown' && attempt.phase === 'armed') {
    // Nothing has been written since it was given up.
    if (isOver(Date.parse(delivery.updatedAt), times.lookUpEnds, now)) {
      await store.moveDue(entry, null);
      return 'look_up_over';
    }
    await lookUps.start({ name: lookUpName(entry, revision), uploadId, accountId, revision });
    await store.moveDue(entry, nextLookUp(attempt, now, times));
    return 'looked_up';
  }

  if (status === 'uploaded' && needsWork(delivery)) return bringFollowing(ports, entry, delivery);

  // While others are open, the end of the upload tells of all of them.
  if (upload.closedRevision >= upload.revision && deliveries.every((each) => isTerminal(each.status))) {
    const event = finishedEvent(record, timestamp(now));
    await events.uploadFinished(event);
    log.info('upload_finished_anew', { uploadId, accountId, tenantId: upload.tenantId, revision: upload.revision, status: event.status });
  }
  await store.moveDue(entry, null);
  return 'announced';
}

/**
 * What follows a post that was found late is made by the execution that found it; where that has ended before it, another one goes on.
 * The end is told when nothing is left to follow.
 */
async function bringFollowing(ports: ReconcilePorts, entry: DeliveryEntry, { revision, receipt, nextAt, updatedAt }: Delivery): Promise<Finding> {
  const { store, lookUps, clock, times } = ports;
  const { uploadId, accountId } = entry;
  const now = clock.now();
  const resumes = nextAt ?? timestampAfter(new Date(updatedAt), times.watchPause);
  if (resumes > timestamp(now)) {
    await store.moveDue(entry, resumes);
    return 'at_work';
  }
  if (receipt !== null && isOver(Date.parse(receipt.at), times.stuckEnds, now)) {
    const delivery = await store.getDelivery(entry);
    if (delivery !== null) await giveUpFollowing(ports, delivery);
    await store.moveDue(entry, timestamp(now));
    return 'ended';
  }
  await lookUps.start({ name: lookUpName(entry, revision), uploadId, accountId, revision });
  await store.moveDue(entry, timestampAfter(now, times.watchPause));
  return 'looked_up';
}

/** `<ULID>-<ULID>-r<revision>-u<time>`: at most 80 characters with a revision below 10,000. One for each time at which it is due. */
export function lookUpName({ uploadId, accountId, at }: DeliveryEntry, revision: number): string {
  return `${bareId(uploadId)}-${bareId(accountId)}-r${revision}-u${at.replaceAll(/[^0-9]/gu, '')}`;
}
