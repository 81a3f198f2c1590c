import { timestamp, timestampAfter } from '../clock.ts';
import { isTerminal, type Delivery } from '../model.ts';
import type { Ports } from '../ports/index.ts';
import { INTERNAL_ERROR, unknownOutcome } from '../publishing/troubles.ts';
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
      if (!isTerminal(delivery.status) && delivery.nextAt === null && dueAt(record.upload, delivery) <= now) {
        await sweep(ports, delivery);
      }
      if (delivery.status === 'uploaded' && !delivery.decorated && input.round >= MAX_DEATHS) await giveUpDecorating(ports, delivery);
    }
  }
  return plan(ports, input);
}

/** Its child died in the middle of a step or before the first: another round, and in the end what is true of it. */
async function sweep({ store, clock, times, log }: FinishPorts, delivery: Delivery): Promise<void> {
  const ref = { uploadId: delivery.uploadId, accountId: delivery.accountId };
  const { fence, attempt } = delivery;
  const at = timestamp(clock.now());
  const deaths = (delivery.tries[DEATH] ?? 0) + 1;
  log.warn('child_died', { ...ref, deaths, phase: attempt.phase });
  // Each move is refused if the child lives after all and has moved on: then it goes its way.
  if (deaths < MAX_DEATHS) {
    const nextAt = timestampAfter(clock.now(), times.retries[deaths - 1] ?? times.outage);
    await store.pause(ref, { fence, status: 'retrying', trouble: DEATH, nextAt, error: delivery.error, at });
  } else if (attempt.phase === 'armed') {
    await store.giveUpLooking(ref, unknownOutcome(delivery, { clock, times }));
  } else {
    await store.fail(ref, { fence, error: INTERNAL_ERROR, at });
  }
}

const DEATH = 'child_died';

/** The post is there, and what was to follow it is not: an end all the same. */
export async function giveUpDecorating({ store, clock }: Pick<Ports, 'store' | 'clock'>, delivery: Delivery): Promise<void> {
  const warnings = ['The post is live; what follows it was given up.'];
  await store.recordDecoration(
    { uploadId: delivery.uploadId, accountId: delivery.accountId },
    { fence: delivery.fence, warnings, externalUrl: null, at: timestamp(clock.now()) },
  );
}
