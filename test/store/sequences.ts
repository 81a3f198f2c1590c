import * as fc from 'fast-check';
import { newAccount, newSession, newUpload, createUpload, at, sealed } from './conformance/records.ts';
import { look, moveNames, moves, type MoveName, type Seen } from './conformance/moves.ts';
import { workerFor, type Worker } from './conformance/worker.ts';
import type { Store } from '../../core/ports/index.ts';

/** What may befall two uploads to the same two accounts. */
export interface World {
  readonly store: Store;
  /** One for each delivery. */
  readonly workers: readonly Worker[];
}

/** The same records, for as many stores as one likes. */
export function newWorld(): (store: Store) => Promise<World> {
  const account = newAccount();
  const { tenantId } = account;
  const accounts = [account, newAccount({ tenantId })];
  const plans = [0, 1].map((n) => {
    const session = newSession({ tenantId });
    return { session, upload: newUpload(session, { createdAt: at(n) }) };
  });
  return async (store) => {
    for (const each of accounts) await store.putAccount(each);
    const workers: Worker[] = [];
    for (const plan of plans) {
      const created = await createUpload(store, { tenantId, accounts, ...plan });
      workers.push(...created.refs.map((ref) => workerFor(store, created, ref)));
    }
    return { store, workers };
  };
}

/** A move of one delivery by somebody who looked so many moves ago. */
export interface Action {
  readonly worker: number;
  readonly move: MoveName;
  readonly lookedBefore: number;
}

// Ways that lead somewhere come more often than those that end everything.
const likely: readonly MoveName[] = ['begin', 'arm', 'arm', 'disarm', 'disarm', 'retry', 'begin', 'arm'];

export const sequences = (maxLength: number): fc.Arbitrary<readonly Action[]> =>
  fc.array(
    fc.record({
      worker: fc.nat(3),
      move: fc.constantFrom(...likely, ...moveNames),
      lookedBefore: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(4)),
    }),
    { maxLength, size: 'max' },
  );

/** Carries out a sequence; `observe` hears of each answer with how all deliveries stand then. */
export async function perform(
  { store, workers }: World,
  actions: readonly Action[],
  observe: (answer: unknown, now: readonly Seen[]) => void | Promise<void>,
): Promise<void> {
  const looks: (readonly Seen[])[] = [];
  const lookAround = async () => {
    const now = await Promise.all(workers.map((worker) => look(store, worker)));
    looks.push(now);
    return now;
  };
  await observe(null, await lookAround());
  for (const { worker: n, move, lookedBefore } of actions) {
    const worker = workers[n];
    const seen = (looks.at(-1 - lookedBefore) ?? looks[0])?.[n];
    if (worker === undefined || seen === undefined) throw new Error('there is no such worker');
    const answer = await moves[move](store, worker, seen);
    await observe({ move, answer }, await lookAround());
  }
}

/** What else the store is asked while deliveries move. */
export const otherCalls = {
  claim: ({ store, workers: [worker] }) => claim(store, worker, 'one', null),
  claimByAnother: ({ store, workers: [worker] }) => claim(store, worker, 'two', null),
  claimBySuccessor: ({ store, workers: [worker] }) => claim(store, worker, 'two', 'one'),
  close: async ({ store, workers: [worker] }) =>
    worker === undefined ? null : store.closeUpload({ uploadId: worker.ref.uploadId, revision: 1, at: at(300) }),
  assembled: async ({ store, workers: [worker] }) => worker && store.markAssembled(worker.ref.uploadId, at(301)),
  inspected: async ({ store, workers: [worker] }) =>
    worker && store.recordInspection({ uploadId: worker.ref.uploadId, execution: 'one', media: [], at: at(302) }),
  account: async ({ store, workers: [worker] }) => worker && store.getAccount(worker.tenantId, worker.ref.accountId),
  tokens: async ({ store, workers: [worker] }) =>
    worker &&
    store.storeTokens({ tenantId: worker.tenantId, accountId: worker.ref.accountId, tokenVersion: 1, tokenEnds: at(99), renewAt: at(98), scopes: ['upload'], tokens: sealed('second') }),
  list: async ({ store, workers: [worker] }) =>
    worker && store.listUploads({ tenantId: worker.tenantId, from: null, to: null, after: null, limit: 1 }),
} satisfies Record<string, (world: World) => Promise<unknown>>;

function claim(store: Store, worker: Worker | undefined, execution: string, predecessor: string | null): Promise<boolean> {
  if (worker === undefined) throw new Error('there is no worker');
  return store.claimUpload({ uploadId: worker.ref.uploadId, claim: { execution, claimedAt: at(303) }, predecessor });
}
