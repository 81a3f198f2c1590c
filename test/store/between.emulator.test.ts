import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../core/ports/index.ts';
import { dynamoStore } from '../../store/dynamodb.ts';
import { at, createUpload } from './conformance/records.ts';
import { mustMove, newWorker, workerFor, type Worker } from './conformance/worker.ts';
import { createTable, type TestTable } from './table.ts';

/** Moves that read before they write: what happens in between must be found by the condition of the write. */
describe('between the read and the write of a move', () => {
  let table: TestTable;
  let quiet: Store;

  beforeAll(async () => {
    table = await createTable();
    quiet = dynamoStore(table);
  });
  afterAll(() => table.drop());

  /** A store to which something happens just before its first transaction is sent. */
  const interrupted = (event: () => Promise<unknown>): Store => {
    const client = table.clientWith({});
    let happened = false;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context.commandName === 'TransactWriteItemsCommand' && !happened) {
          happened = true;
          await event();
        }
        return next(args);
      },
      { step: 'initialize', name: 'interruption' },
    );
    return dynamoStore({ client, tableName: table.tableName });
  };
  const leaseOf = async ({ tenantId, ref }: Worker) => (await quiet.getAccount(tenantId, ref.accountId))?.lease;

  const events: Readonly<Record<string, (worker: Worker, fence: number) => Promise<unknown>>> = {
    'another step begins': (worker) => worker.begin(),
    'a person cancels': (worker) => cancel(quiet, worker),
    'a person edits': ({ ref }) => quiet.rescheduleUpload({ uploadId: ref.uploadId, revision: 1, edit: { title: 'New' }, at: at(200) }),
    'another worker of the same step arms': (worker, fence) => worker.arm(fence),
    'another worker of the same step fails': (worker, fence) => worker.fail(fence),
    'the post of the attempt before turns up': (worker) => worker.receipt(1),
  };

  for (const [name, event] of Object.entries(events)) {
    it(`${name}: nothing is armed, and the account stays as it was`, async () => {
      const worker = await newWorker(quiet);
      const { fence, attempt } = await worker.armed();
      await worker.disarm(attempt);
      let after: unknown;
      const store = interrupted(async () => {
        await event(worker, fence);
        after = [await worker.now(), await leaseOf(worker)];
      });
      const move = await workerFor(store, worker.created).arm(fence);
      expect(move).toEqual({ moved: false, found: await worker.now() });
      expect(after).toEqual([await worker.now(), await leaseOf(worker)]);
    });
  }

  it('another upload arms on the account: this one does not', async () => {
    const one = await createUpload(quiet);
    const other = workerFor(quiet, await createUpload(quiet, { tenantId: one.tenantId, accounts: one.accounts }));
    const worker = workerFor(quiet, one);
    const fence = await worker.begun();
    const store = interrupted(() => other.armed());
    const found = await worker.now();
    expect(await workerFor(store, one).arm(fence)).toMatchObject({ moved: false, found, leaseHeldBy: { uploadId: other.ref.uploadId } });
    expect(await worker.now()).toEqual(found);
  });

  it('an attempt is armed: a person cancels nothing', async () => {
    const worker = await newWorker(quiet);
    const store = interrupted(() => worker.armed());
    const { moved, now } = await cancel(store, worker);
    expect(moved).toBe(false);
    expect(now?.deliveries).toEqual([await worker.now()]);
    expect(await worker.now()).toMatchObject({ status: 'dispatching', revision: 1, attempt: { phase: 'armed' } });
  });

  it('a step begins and saves: a person cancels all the same, and what has failed stays so', async () => {
    const created = await createUpload(quiet, { accounts: 2 });
    const [one, other] = created.refs.map((ref) => workerFor(quiet, created, ref));
    if (one === undefined || other === undefined) throw new Error('there are not two');
    const store = interrupted(async () => {
      mustMove(await one.save(await one.begun()));
      mustMove(await other.fail(await other.begun()));
    });
    expect(await cancel(store, one)).toMatchObject({ moved: true });
    expect(await one.now()).toMatchObject({ status: 'cancelled', revision: 2, fence: 2 });
    expect(await other.now()).toMatchObject({ status: 'failed', revision: 2, fence: 2 });
  });

  it('another person edits: this one is told, and changes nothing', async () => {
    const worker = await newWorker(quiet);
    const { uploadId, accountId } = worker.ref;
    const edit = (store: Store, title: string) => store.rescheduleUpload({ uploadId, revision: 1, edit: { title }, at: at(200) });
    const store = interrupted(() => edit(quiet, 'First'));
    expect(await edit(store, 'Second')).toMatchObject({ moved: false, now: { upload: { title: 'First', revision: 2 } } });
    const named = interrupted(() =>
      quiet.rescheduleUpload({ uploadId, revision: 2, edit: { title: 'Third' }, at: at(201) }),
    );
    const cancelled = await named.cancelDeliveries({ uploadId, revision: 2, accounts: [accountId], at: at(202) });
    expect(cancelled).toMatchObject({ moved: false, now: { upload: { revision: 3 }, deliveries: [{ status: 'pending' }] } });
  });

  it('what is to be retried is retried by another, or its post turns up: once is enough', async () => {
    for (const event of [(worker: Worker) => retry(quiet, worker), (worker: Worker) => worker.receipt(1)]) {
      const worker = await newWorker(quiet);
      await worker.giveUp((await worker.armed()).attempt);
      expect(await retry(interrupted(() => event(worker)), worker)).toMatchObject({ moved: false });
      expect((await worker.now()).revision).toBeLessThanOrEqual(2);
    }
  });

  it('an execution claims the upload: it is not taken back', async () => {
    const { upload, session } = await createUpload(quiet, { accounts: 2 });
    const { uploadId } = upload;
    const store = interrupted(() => quiet.claimUpload({ uploadId, claim: { execution: 'one', claimedAt: at(61) }, predecessor: null }));
    expect(await store.takeBackUpload({ uploadId, sessionTokenHash: session.tokenHash, month: '2026-04' })).toBe('claimed');
    expect((await quiet.getUpload(uploadId))?.deliveries).toHaveLength(2);
  });
});

function cancel(store: Store, { ref }: Worker): ReturnType<Store['cancelDeliveries']> {
  return store.cancelDeliveries({ uploadId: ref.uploadId, revision: 1, accounts: null, at: at(200) });
}

function retry(store: Store, { ref }: Worker): ReturnType<Store['retryDeliveries']> {
  return store.retryDeliveries({ uploadId: ref.uploadId, accounts: [ref.accountId], force: true, by: 'ten_1', at: at(200) });
}
