import { timestamp, timestampAfter } from '../clock.ts';
import { FanfareError } from '../errors.ts';
import { isTerminal, type Delivery, type DeliveryError, type UploadWithDeliveries } from '../model.ts';
import type { DueEntry } from '../ports/store.ts';
import { INTERNAL_ERROR, ownError, unknownOutcome } from '../publishing/troubles.ts';
import { assembleUpload } from '../uploads/complete.ts';
import { closeUpload } from '../workflow/close.ts';
import { giveUpFollowing } from '../workflow/finish.ts';
import { needsWork } from '../sequels.ts';
import { startUpload } from '../workflow/start.ts';
import type { Finding, Looked, ReconcilePorts } from './ports.ts';
import { dueSince, isOver, isStuck, nextWatch } from './watch.ts';

type UploadEntry = Extract<DueEntry, { kind: 'upload' }>;

/** Cases in which an upload was found without what should work on it: an execution, or storage that puts its file together. */
const UNATTENDED: ReadonlySet<Finding> = new Set<Finding>(['started', 'replaced', 'woken', 'assembling']);

/** Sees to it that an upload comes to its end: what is still missing for that, by its state, and when it is looked at again. */
export async function reconcileUpload(ports: ReconcilePorts, entry: UploadEntry): Promise<Looked> {
  const record = await ports.store.getUpload(entry.uploadId);
  // The index lags, and whoever moved the upload has said when it is looked at next.
  if (record === null || record.upload.watchAt !== entry.at) return { finding: 'moved_on', unattendedSeconds: 0 };
  const late = (ports.clock.now().getTime() - dueSince(record.upload)) / 1000;
  const finding = await bring(ports, entry, record);
  return { finding, unattendedSeconds: UNATTENDED.has(finding) ? Math.max(0, late) : 0 };
}

async function bring(ports: ReconcilePorts, entry: UploadEntry, record: UploadWithDeliveries): Promise<Finding> {
  const { upload, deliveries } = record;
  if (upload.closedRevision >= upload.revision && !deliveries.some(needsWork)) {
    await ports.store.moveDue(entry, null);
    return 'nothing_left';
  }
  if (upload.assembly !== null) return assemble(ports, entry, record);
  if (deliveries.some((delivery) => isEnding(ports, record, delivery))) return end(ports, entry, record, INTERNAL_ERROR);
  return start(ports, entry, record);
}

/** What a crash left between the transaction and storage. The event about the object starts the workflow; if it is lost, the next look does. */
async function assemble(ports: ReconcilePorts, entry: UploadEntry, record: UploadWithDeliveries): Promise<Finding> {
  const { store, clock, times, log } = ports;
  const { upload } = record;
  let assembled: boolean;
  try {
    assembled = (await assembleUpload(ports, record)).assembled;
  } catch (error) {
    if (!(error instanceof FanfareError) || error.code !== 'part_mismatch') throw error;
    log.warn('upload_taken_back', { uploadId: upload.uploadId, tenantId: upload.tenantId, error });
    return 'taken_back';
  }
  const now = clock.now();
  if (assembled) {
    await store.moveDue(entry, timestampAfter(now, times.watchNew));
    return 'assembled';
  }
  if (isOver(Date.parse(upload.createdAt), times.assemblyEnds, now)) return end(ports, entry, record, NOT_ASSEMBLED);
  await store.moveDue(entry, nextWatch(upload, now, times));
  return 'assembling';
}

const NOT_ASSEMBLED = ownError('media_rejected', 'Storage did not put the file together. Send it again as a new upload.');

function isEnding({ clock, times }: ReconcilePorts, { upload }: UploadWithDeliveries, delivery: Delivery): boolean {
  return needsWork(delivery) && isStuck(upload, delivery, clock.now(), times);
}

/**
 * Ends what has been open far beyond every limit of the workflow, by the moves of the guard: nothing was made visible of an idle
 * delivery, and of an armed one nobody knows. Each move is refused where a step has moved on meanwhile. Then announces the end,
 * if nothing else is open.
 */
async function end(ports: ReconcilePorts, entry: UploadEntry, record: UploadWithDeliveries, error: DeliveryError): Promise<Finding> {
  const { store, clock, times, log } = ports;
  const { uploadId, assembly } = record.upload;
  for (const delivery of record.deliveries) {
    if (assembly === null ? isEnding(ports, record, delivery) : !isTerminal(delivery.status)) await endDelivery(ports, delivery, error);
  }
  const now = await store.getUpload(uploadId);
  if (now !== null && !now.deliveries.some(needsWork)) await closeUpload(ports, now);
  else await store.moveDue(entry, nextWatch(record.upload, clock.now(), times));
  log.error('upload_was_stuck', { uploadId, tenantId: record.upload.tenantId, code: error.code });
  return 'ended';
}

async function endDelivery(ports: ReconcilePorts, delivery: Delivery, error: DeliveryError): Promise<void> {
  const { store, clock } = ports;
  const ref = { uploadId: delivery.uploadId, accountId: delivery.accountId };
  if (delivery.status === 'uploaded') return giveUpFollowing(ports, delivery);
  if (delivery.attempt.phase === 'armed') await store.giveUpLooking(ref, unknownOutcome(delivery, ports));
  else await store.fail(ref, { fence: delivery.fence, error, at: timestamp(clock.now()) });
}

/**
 * Starts an execution where none is at work, or where a person asked for one that did not come. The name is made of the time
 * at which this look was due, so that a run which is repeated starts no second one, and the next look may start another.
 */
async function start(ports: ReconcilePorts, entry: UploadEntry, record: UploadWithDeliveries): Promise<Finding> {
  const { store, executions, clock, times, log } = ports;
  const { upload } = record;
  const { uploadId, claim, wake } = upload;
  const now = clock.now();
  if (wake !== null && !isOver(Date.parse(wake), times.wakeGrace, now)) {
    await store.moveDue(entry, timestampAfter(new Date(wake), times.wakeGrace));
    return 'at_work';
  }
  const finding = wake !== null ? 'woken' : claim === null ? 'started' : (await executions.isRunning(claim.execution)) ? 'at_work' : 'replaced';
  if (finding !== 'at_work') {
    await startUpload(ports, record, entry.at);
    log.warn('upload_started_by_reconcile', { uploadId, tenantId: upload.tenantId, finding, predecessor: claim?.execution ?? null });
  }
  await store.moveDue(entry, nextWatch(upload, now, times));
  return finding;
}
