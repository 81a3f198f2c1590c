import type { Delivery } from '../../../core/model.ts';
import type { Store } from '../../../core/ports/index.ts';
import { at } from './records.ts';
import { ends } from './steps.ts';
import type { Worker } from './worker.ts';

/** A move by somebody who last saw the delivery, and its upload, like this. */
export interface Seen {
  readonly delivery: Delivery;
  /** Of the upload. */
  readonly revision: number;
}

type MoveByName = (store: Store, worker: Worker, seen: Seen) => Promise<{ readonly moved: boolean }>;

const names = ({ ref }: Worker) => [ref.accountId];

/** Every move of the guard. */
export const moves = {
  begin: (_, worker, { delivery }) => worker.begin(delivery.revision),
  save: (_, worker, { delivery }) => worker.save(delivery.fence),
  pause: (_, worker, { delivery }) => worker.pause(delivery.fence),
  arm: (_, worker, { delivery: { fence, revision } }) => worker.arm(fence, { revision }),
  receipt: (_, worker, { delivery }) => worker.receipt(delivery.attempt.n),
  receiptOfAnotherPost: (_, worker, { delivery }) => worker.receipt(delivery.attempt.n, 'another'),
  receiptOfTheFirst: (_, worker) => worker.receipt(1, 'the first'),
  lookedUp: (_, worker, { delivery }) => worker.receipt(delivery.attempt.n, 'found', true),
  disarm: (_, worker, { delivery }) => worker.disarm(delivery.attempt.n),
  fail: (_, worker, { delivery }) => worker.fail(delivery.fence),
  giveUp: (_, worker, { delivery }) => worker.giveUp(delivery.attempt.n),
  settleAbsent: (_, worker, { delivery }) => worker.settleAbsent(delivery.attempt.n),
  beginDecorate: (_, worker) => worker.beginDecorate(),
  decorate: (_, worker, { delivery }) => worker.decorate(delivery.fence),
  cancel: (store, { ref }, { revision }) => store.cancelDeliveries({ uploadId: ref.uploadId, revision, accounts: null, at: at(200) }),
  cancelNamed: (store, worker, { revision }) =>
    store.cancelDeliveries({ uploadId: worker.ref.uploadId, revision, accounts: names(worker), at: at(200) }),
  reschedule: (store, { ref }, { revision }) =>
    store.rescheduleUpload({ uploadId: ref.uploadId, revision, edit: { title: 'Later', scheduledOn: at(9_000) }, at: at(200) }),
  retry: (store, worker) =>
    store.retryDeliveries({ uploadId: worker.ref.uploadId, accounts: names(worker), force: false, by: 'ten_1', at: at(200) }),
  force: (store, worker) =>
    store.retryDeliveries({ uploadId: worker.ref.uploadId, accounts: names(worker), force: true, by: 'ten_1', at: at(200) }),
} satisfies Record<string, MoveByName>;

export type MoveName = keyof typeof moves;

export const moveNames = Object.keys(moves).filter((name): name is MoveName => name in moves);

/** Where a delivery can stand when something befalls it. */
export const states = {
  new: async () => undefined,
  begun: async (_, worker) => {
    await worker.begun();
  },
  armed: async (_, worker) => {
    await worker.armed();
  },
  disarmed: async (_, worker) => {
    await worker.disarm((await worker.armed()).attempt);
  },
  armedAgain: async (_, worker) => {
    await worker.disarm((await worker.armed()).attempt);
    await worker.armed();
  },
  ...ends,
} satisfies Record<string, (store: Store, worker: Worker) => Promise<void>>;

export type StateName = keyof typeof states;

export const stateNames = Object.keys(states).filter((name): name is StateName => name in states);

/** How things stand now. */
export async function look(store: Store, worker: Worker): Promise<Seen> {
  const record = await store.getUpload(worker.ref.uploadId);
  const delivery = record?.deliveries.find(({ accountId }) => accountId === worker.ref.accountId);
  if (record === null || delivery === undefined) throw new Error('the upload is gone');
  return { delivery, revision: record.upload.revision };
}
