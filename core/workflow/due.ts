import { timestamp } from '../clock.ts';
import type { Ports } from '../ports/index.ts';
import type { Plan, PlanInput } from '../workflow.ts';
import { needsWork, plan, releaseAt } from './plan.ts';

/**
 * After a wait: what the execution does next. Where that is nothing, the upload ended a while ago, and its files are let go.
 * If the process dies before or between them, the state is repeated, and letting go is harmless when repeated.
 */
export async function due(ports: Pick<Ports, 'store' | 'media' | 'events' | 'clock' | 'times' | 'log'>, input: PlanInput): Promise<Plan> {
  const next = await plan(ports, input);
  if (next.next !== 'end') return next;
  const record = await ports.store.getUpload(input.uploadId);
  const mine = record?.upload.claim?.execution === input.execution;
  if (!mine || record.deliveries.some(needsWork) || releaseAt(record, ports.times) > timestamp(ports.clock.now())) return next;
  for (const { objectKey } of record.upload.media) await ports.media.release(objectKey);
  return next;
}
