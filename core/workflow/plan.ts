import { createHash } from 'node:crypto';
import { timestamp, timestampAfter } from '../clock.ts';
import { bareId } from '../ids.ts';
import type { Delivery, Upload, UploadWithDeliveries } from '../model.ts';
import type { Ports } from '../ports/index.ts';
import { needsWork } from '../sequels.ts';
import type { Times } from '../times.ts';
import { MAX_ROUNDS, MAX_WAIT_DAYS, WORKFLOW_VERSION, type Job, type Plan, type PlanInput } from '../workflow.ts';
import { closeUpload } from './close.ts';

const MAX_WAIT_SECONDS = MAX_WAIT_DAYS * 24 * 60 * 60;

/**
 * What an upload's execution does next, from the record as it is now: what inspection, the end of a wait and the end of a round
 * all come to. Closes the upload once nothing is left to do, and then waits until its files may go.
 */
export async function plan(ports: Pick<Ports, 'store' | 'events' | 'clock' | 'times' | 'log'>, input: PlanInput): Promise<Plan> {
  const { uploadId, execution, round } = input;
  const here = { v: WORKFLOW_VERSION, uploadId, round } as const;
  const record = await ports.store.getUpload(uploadId);
  if (record === null) return { ...here, next: 'end', reason: 'the upload is gone' };
  const { upload, deliveries } = record;
  if (upload.claim?.execution !== execution) return { ...here, next: 'end', reason: 'another execution has the upload' };
  const at = ports.clock.now();
  const now = timestamp(at);
  const open = deliveries.filter(needsWork);
  if (open.length === 0) {
    await closeUpload(ports, record);
    const release = releaseAt(record, ports.times);
    if (release > now) return { ...here, next: 'wait', waitUntil: release };
    return { ...here, next: 'end', reason: 'the upload is finished' };
  }

  // An execution lives a year at most and keeps its definition: one that has waited long makes way for a new one.
  const age = (at.getTime() - Date.parse(upload.claim.claimedAt)) / 1000;
  if (age >= MAX_WAIT_SECONDS) return { ...here, next: 'renew' };
  const due = open.map((delivery) => dueAt(upload, delivery)).toSorted()[0] ?? now;
  if (due > now) {
    const most = timestampAfter(at, MAX_WAIT_SECONDS);
    return { ...here, next: 'wait', waitUntil: due < most ? due : most };
  }
  // Inspection died, or never was: only a new execution begins with it.
  const inspected = upload.media.every((media) => media.inspectedAt !== null);
  if (!inspected || round >= MAX_ROUNDS) return { ...here, next: 'renew' };
  const sent = open.filter((delivery) => dueAt(upload, delivery) <= now);
  for (const delivery of sent) await endPause(ports, delivery, now);
  const jobs = sent.map((delivery) => jobOf(delivery, execution, round + 1));
  return { ...here, round: round + 1, next: 'publish', jobs };
}

/**
 * What is sent out with a child has no pause any more: so, after the round, one that is open without a pause is one whose child
 * died, also if it died before its first step.
 */
async function endPause({ store }: Pick<Ports, 'store'>, delivery: Delivery, at: string): Promise<void> {
  const { uploadId, accountId, fence, error, nextAt } = delivery;
  if (nextAt === null) return;
  const status = delivery.status === 'uploaded' ? delivery.status : 'dispatching';
  const pause = { fence, status, trouble: null, nextAt: null, error, at } as const;
  await store.pause({ uploadId, accountId }, pause);
}

/** From when nobody needs the files of an upload any more: some time after its last delivery has ended. */
export function releaseAt({ upload, deliveries }: UploadWithDeliveries, times: Pick<Times, 'mediaKept'>): string {
  const last = deliveries.map(({ updatedAt }) => updatedAt).toSorted().at(-1) ?? upload.createdAt;
  return timestampAfter(new Date(last), times.mediaKept);
}

/** When this delivery is worked on next: at the time of the upload, and not before its own pause is over. */
export function dueAt(upload: Pick<Upload, 'scheduledOn' | 'createdAt'>, delivery: Pick<Delivery, 'nextAt'>): string {
  const scheduled = upload.scheduledOn ?? upload.createdAt;
  return delivery.nextAt !== null && delivery.nextAt > scheduled ? delivery.nextAt : scheduled;
}

function jobOf({ uploadId, accountId, revision }: Delivery, execution: string, round: number): Job {
  // A name serves once: rounds count within an execution, so a few digits of its own name tell it from its successors.
  const parent = createHash('sha256').update(execution).digest('hex').slice(0, 6);
  const name = `${bareId(uploadId)}-${bareId(accountId)}-r${revision}-k${round}-${parent}`;
  return { uploadId, accountId, revision, name };
}
