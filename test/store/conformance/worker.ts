import type { Delivery } from '../../../core/model.ts';
import type { ArmMove, DeliveryRef, Move, Store } from '../../../core/ports/index.ts';
import { at, type Created, createUpload, error, first, hashOf } from './records.ts';

/** One delivery, moved as a step would move it; a move's details are given only where a test is about them. */
export interface Worker {
  readonly ref: DeliveryRef;
  readonly tenantId: string;
  readonly created: Created;
  now(): Promise<Delivery>;
  begin(revision?: number): Promise<Move>;
  save(fence: number, data?: unknown): Promise<Move>;
  pause(fence: number, trouble?: string | null): Promise<Move>;
  arm(fence: number, change?: { revision?: number; fingerprint?: string; seconds?: number }): Promise<ArmMove>;
  receipt(attempt: number, externalId?: string | null, lookedUp?: boolean): ReturnType<Store['receipt']>;
  disarm(attempt: number, kind?: 'refused' | 'never_sent' | 'absent'): Promise<Move>;
  fail(fence: number): Promise<Move>;
  giveUp(attempt: number): Promise<Move>;
  settleAbsent(attempt: number): Promise<Move>;
  beginDecorate(): Promise<Move>;
  decorate(fence: number, externalUrl?: string | null): Promise<Move>;
  /** Moves that must succeed, from a new delivery on; the fence or the attempt to go on with. */
  begun(): Promise<number>;
  armed(): Promise<{ readonly fence: number; readonly attempt: number }>;
}

/** Seconds for which a lease is held, counted from `arm`. */
export const LEASE = 900;

export function workerFor(store: Store, created: Created, ref: DeliveryRef = first(created.refs)): Worker {
  const { tenantId } = created;
  const worker: Worker = {
    ref,
    tenantId,
    created,
    now: async () => {
      const delivery = await store.getDelivery(ref);
      if (delivery === null) throw new Error('the delivery is gone');
      return delivery;
    },
    begin: (revision = 1) => store.beginStep(ref, { revision, execution: `execution-${revision}`, at: at(100) }),
    save: (fence, data = { offset: 1 }) =>
      store.saveCheckpoint(ref, { fence, checkpoint: { version: 1, ready: true, data }, at: at(101) }),
    pause: (fence, trouble = 'retryable') =>
      store.pause(ref, { fence, status: 'retrying', trouble, nextAt: at(160), error: error(), at: at(102) }),
    arm: (fence, { revision = 1, fingerprint = hashOf(ref.uploadId), seconds = 103 } = {}) =>
      store.arm(ref, { tenantId, fence, revision, fingerprint, at: at(seconds), leaseUntil: at(seconds + LEASE) }),
    receipt: (attempt, externalId = `post-${attempt}`, lookedUp = false) => {
      const receipt = { attempt, externalId, externalUrl: null, at: at(104) };
      return store.receipt(ref, { tenantId, receipt, lookedUp, at: at(105) });
    },
    disarm: (attempt, kind = 'absent') => store.disarm(ref, { tenantId, attempt, kind, evidence: 'it is not there', at: at(106) }),
    fail: (fence) => store.fail(ref, { fence, error: error(), at: at(107) }),
    giveUp: (attempt) => store.giveUpLooking(ref, { tenantId, attempt, error: { ...error(), code: 'outcome_unknown' }, lookUpAt: at(600), at: at(108) }),
    settleAbsent: (attempt) => store.settleAbsent(ref, { attempt, evidence: 'it never came', error: error(), at: at(109) }),
    beginDecorate: () => store.beginDecorate(ref, { at: at(110) }),
    decorate: (fence, externalUrl = 'https://alpha.example/p/1') =>
      store.recordDecoration(ref, { fence, warnings: ['No thumbnail.'], externalUrl, at: at(111) }),
    begun: async () => {
      const { revision } = await worker.now();
      return mustMove(await worker.begin(revision)).fence;
    },
    armed: async () => {
      const { revision } = await worker.now();
      const fence = await worker.begun();
      return { fence, attempt: mustMove(await worker.arm(fence, { revision })).attempt.n };
    },
  };
  return worker;
}

/** A new upload to one account, and its worker. */
export async function newWorker(store: Store): Promise<Worker> {
  return workerFor(store, await createUpload(store));
}

export function mustMove(move: Move): Delivery {
  if (!move.moved) throw new Error(`the move was refused: ${JSON.stringify(move.found)}`);
  return move.delivery;
}
