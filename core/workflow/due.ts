import { timestamp } from '../clock.ts';
import type { Ports } from '../ports/index.ts';
import type { Plan, PlanInput } from '../workflow.ts';
import { needsWork } from '../sequels.ts';
import { plan, releaseAt } from './plan.ts';

/**
 * After a wait: what the execution does next. Where that is nothing, the upload ended a while ago, and its files are let go that
 * nothing else needs.
 * First the upload says so, unless a person has retried or edited it since the record was read: a retry and that write exclude
 * each other, so that nothing is revived whose files are going. If the process dies after it, the state is repeated, and letting
 * go is harmless when repeated.
 */
export async function due(ports: Pick<Ports, 'store' | 'media' | 'events' | 'clock' | 'times' | 'log'>, input: PlanInput): Promise<Plan> {
  const next = await plan(ports, input);
  if (next.next !== 'end') return next;
  const record = await ports.store.getUpload(input.uploadId);
  const { uploadId, execution } = input;
  const at = timestamp(ports.clock.now());
  const mine = record?.upload.claim?.execution === execution;
  if (!mine || record.deliveries.some(needsWork) || releaseAt(record, ports.times) > at) return next;
  if (!(await ports.store.releaseUpload({ uploadId, execution, revision: record.upload.revision, at }))) return next;
  for (const { mediaId, objectKey } of [...record.upload.media, ...record.upload.attachments]) {
    if ((await ports.store.releaseMedia({ mediaId, at })) === 'released') await ports.media.release(objectKey);
  }
  return next;
}
