import { timestamp, timestampAfter } from '../clock.ts';
import type { Delivery } from '../model.ts';
import type { Ports } from '../ports/index.ts';
import { AFTER, warningOf } from '../publishing/outcome.ts';
import { INTERNAL_ERROR, ownError, unknownOutcome } from '../publishing/troubles.ts';
import { needsWork } from '../sequels.ts';
import type { Plan, PlanInput } from '../workflow.ts';
import { dueAt, plan } from './plan.ts';

type FinishPorts = Pick<Ports, 'store' | 'events' | 'clock' | 'times' | 'log'>;

/** So many children of a delivery may die without a word before it is ended. */
export const MAX_DEATHS = 3;

/**
 * After a round: picks up what its children have left behind, as the table shows it, then says what the execution does next.
 * A child that ends by itself leaves a terminal delivery, or one that says when to go on.
 */
export async function finish(ports: FinishPorts, input: PlanInput): Promise<Plan> {
  const record = await ports.store.getUpload(input.uploadId);
  if (record?.upload.claim?.execution === input.execution) {
    const now = timestamp(ports.clock.now());
    for (const delivery of record.deliveries) {
      if (needsWork(delivery) && delivery.nextAt === null && dueAt(record.upload, delivery) <= now) await sweep(ports, delivery);
    }
  }
  return plan(ports, input);
}

/** Its child died in the middle of a step or before the first: another round, and in the end what is true of it. */
async function sweep({ store, clock, times, log }: FinishPorts, delivery: Delivery): Promise<void> {
  const ref = { uploadId: delivery.uploadId, accountId: delivery.accountId };
  const { fence, attempt } = delivery;
  const at = timestamp(clock.now());
  const published = delivery.status === 'uploaded';
  // What follows a post has its own count.
  const trouble = published ? `${AFTER}${DEATH}` : DEATH;
  const deaths = (delivery.tries[trouble] ?? 0) + 1;
  log.warn('child_died', { ...ref, deaths, phase: attempt.phase });
  // Each move is refused if the child lives after all and has moved on: then it goes its way.
  if (deaths < MAX_DEATHS) {
    const nextAt = timestampAfter(clock.now(), times.retries[deaths - 1] ?? times.outage);
    await store.pause(ref, { fence, status: published ? 'uploaded' : 'retrying', trouble, nextAt, error: delivery.error, at });
  } else if (published) {
    await giveUpFollowing({ store, clock }, delivery);
  } else if (attempt.phase === 'armed') {
    await store.giveUpLooking(ref, unknownOutcome(delivery, { clock, times }));
  } else {
    await store.fail(ref, { fence, error: INTERNAL_ERROR, at });
  }
}

const DEATH = 'child_died';

/** The post is there, and what was to follow it is not: an end all the same. Each move is refused if a step has moved on. */
export async function giveUpFollowing({ store, clock }: Pick<Ports, 'store' | 'clock'>, delivery: Delivery): Promise<void> {
  const { uploadId, accountId, tenantId, fence, sequels } = delivery;
  const at = timestamp(clock.now());
  const open = sequels.some(({ attempt: { phase } }) => phase === 'idle' || phase === 'armed');
  if (open) await store.endSequels({ uploadId, accountId }, { tenantId, fence, warning: warningOf(sequels, INTERRUPTED), at });
  const warnings = open ? [] : ['The post is live; what follows it was given up.'];
  await store.recordDecoration({ uploadId, accountId }, { fence, warnings, externalUrl: null, at });
}

const INTERRUPTED = ownError('internal_error', 'Publishing was interrupted on our side.');
