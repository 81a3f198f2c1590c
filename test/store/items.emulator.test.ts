import { GetItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Store } from '../../core/ports/index.ts';
import { dynamoStore } from '../../store/dynamodb.ts';
import { keys } from '../../store/keys.ts';
import { at, createUpload, hashOf, newApiKey, newSession } from './conformance/records.ts';
import { mustMove, newWorker, workerFor, type Worker } from './conformance/worker.ts';
import { createTable, type TestTable } from './table.ts';

/** What stands in the table itself: for the index, for the sweep, for the bill. */
describe('the items of the table', () => {
  let table: TestTable;
  let store: Store;

  beforeAll(async () => {
    table = await createTable();
    store = dynamoStore(table);
  });
  afterAll(() => table.drop());

  const raw = async (key: { pk: string; sk: string }): Promise<Record<string, AttributeValue>> => {
    const Key = { pk: { S: key.pk }, sk: { S: key.sk } };
    const { Item } = await table.client.send(new GetItemCommand({ TableName: table.tableName, Key, ConsistentRead: true }));
    if (Item === undefined) throw new Error(`there is no ${key.pk} ${key.sk}`);
    return Item;
  };
  const rawDelivery = ({ ref }: Worker) => raw(keys.delivery(ref.uploadId, ref.accountId));

  it('are swept 30 days after a session has ended, and otherwise never', async () => {
    const session = newSession();
    await store.putSession(session);
    const { ttl } = await raw(keys.session(session.tokenHash));
    expect(ttl).toEqual({ N: String(Date.parse(session.expiresAt) / 1000 + 30 * 86_400) });
    const worker = await newWorker(store);
    expect(await rawDelivery(worker)).not.toHaveProperty('ttl');
    expect(await raw(keys.upload(worker.ref.uploadId))).not.toHaveProperty('ttl');
  });

  it('of keys can be found by tenant and id, and uploads listed by tenant and time', async () => {
    const key = newApiKey();
    await store.putApiKey(key);
    expect(await raw(keys.keyOfTenant(key.tenantId, key.keyId))).toMatchObject({ keyHash: { S: key.keyHash } });
    const { upload } = await createUpload(store);
    expect(await raw(keys.upload(upload.uploadId))).toMatchObject({
      gsi1pk: { S: `TENANT#${upload.tenantId}#UPLOADS` },
      gsi1sk: { S: `${at(60)}#${upload.uploadId}` },
    });
  });

  it('of deliveries are in the index of their account while they are open, at the time when they are due', async () => {
    const worker = await newWorker(store);
    const { uploadId, accountId } = worker.ref;
    const open = (due: string) => ({ gsi1pk: { S: `ACCOUNT#${accountId}#OPEN` }, gsi1sk: { S: `${due}#${uploadId}` } });
    expect(await rawDelivery(worker)).toMatchObject(open(at(60)));
    await store.rescheduleUpload({ uploadId, revision: 1, edit: { scheduledOn: at(9_000) }, at: at(1) });
    expect(await rawDelivery(worker)).toMatchObject(open(at(9_000)));
    const { fence, attempt } = await worker.armed();
    expect(await rawDelivery(worker)).toMatchObject(open(at(9_000)));
    await worker.disarm(attempt);
    mustMove(await worker.fail(fence));
    expect(await rawDelivery(worker)).not.toHaveProperty('gsi1pk');
    await store.retryDeliveries({ uploadId, accounts: [accountId], force: false, by: 'x', at: at(2) });
    expect(await rawDelivery(worker)).toMatchObject(open(at(9_000)));
    await worker.receipt((await worker.armed()).attempt);
    expect(await rawDelivery(worker)).not.toHaveProperty('gsi1sk');
  });

  it('count what a tenant uses, in all and in a month, and count it back', async () => {
    const first = await createUpload(store, { accounts: 3 });
    const { tenantId, upload, session } = first;
    await createUpload(store, { tenantId, accounts: 2 });
    expect(await raw(keys.totals(tenantId))).toMatchObject({ uploads: { N: '2' }, deliveries: { N: '5' } });
    expect(await raw(keys.quota(tenantId, '2026-04'))).toMatchObject({ used: { N: '5' } });
    const takeBack = { uploadId: upload.uploadId, sessionTokenHash: session.tokenHash, month: '2026-04' };
    await Promise.all([store.takeBackUpload(takeBack), store.takeBackUpload(takeBack)]);
    expect(await raw(keys.totals(tenantId))).toMatchObject({ uploads: { N: '1' }, deliveries: { N: '2' } });
    expect(await raw(keys.quota(tenantId, '2026-04'))).toMatchObject({ used: { N: '2' } });
  });

  it('of an account forget attempts that are decided', async () => {
    for (const end of ['receipt', 'disarm', 'giveUp'] as const) {
      const worker = await newWorker(store);
      const account = keys.account(worker.tenantId, worker.ref.accountId);
      const { attempt } = await worker.armed();
      expect((await raw(account))['undecided']?.M).toHaveProperty(hashOf(worker.ref.uploadId));
      await worker[end](attempt);
      expect(await raw(account)).toMatchObject({ undecided: { M: {} } });
      expect((await raw(account))['undecided']?.M).toEqual({});
      expect(await raw(account)).not.toHaveProperty('lease');
    }
  });

  it('of deliveries stay under 4 kB, as DynamoDB counts, with every field at its longest', async () => {
    const worker = await newWorker(store);
    const text = '👍'.repeat(3_000);
    const error = { code: 'internal_error', message: text, platformCode: text, platformMessage: text } as const;
    const execution = `arn:aws:states:ap-southeast-2:123456789012:execution:${'m'.repeat(80)}:${'n'.repeat(80)}`;
    let largest = 0;
    for (let n = 1; n <= 12; n += 1) {
      const { fence } = mustMove(await store.beginStep(worker.ref, { revision: 1, execution, at: at(n) }));
      mustMove(await worker.save(fence, 'c'.repeat(1_450)));
      mustMove(await store.pause(worker.ref, { fence, status: 'retrying', trouble: `look_up_${n}`, nextAt: at(n), error, at: at(n) }));
      const armed = mustMove(await worker.arm(fence));
      const disarm = { tenantId: worker.tenantId, attempt: armed.attempt.n, kind: 'never_sent', evidence: text, at: at(n) } as const;
      mustMove(await store.disarm(worker.ref, disarm));
      largest = Math.max(largest, sizeOf(await rawDelivery(worker)));
    }
    expect(largest).toBeGreaterThan(3_000);
    expect(largest).toBeLessThan(4_096);
  });

  it('hold no key that keys.ts does not know, and every write its stamp', async () => {
    const worker = await newWorker(store);
    await worker.armed();
    await store.ensureTenant({ tenantId: worker.tenantId, at: at(0) });
    await store.putBody({ ...worker.ref, fingerprint: hashOf('body'), body: 'text' });
    const { Items = [] } = await table.client.send(new ScanCommand({ TableName: table.tableName }));
    const kinds = new Set(Items.map((item) => `${String(item['pk']).split('#')[0]} ${String(item['sk']).split('#')[0]}`));
    expect([...kinds].toSorted((a, b) => a.localeCompare(b))).toEqual([
      'EXTERNAL EXTERNAL',
      'KEY KEY',
      'MEDIA MEDIA',
      'SESSION SESSION',
      'TENANT ACCOUNT',
      'TENANT EXTERNAL',
      'TENANT KEY',
      'TENANT KEYS',
      'TENANT QUOTA',
      'TENANT TENANT',
      'TENANT TOTALS',
      'UPLOAD BODY',
      'UPLOAD DELIVERY',
      'UPLOAD UPLOAD',
    ]);
    for (const item of Items) expect(item).toHaveProperty('stamp');
  });

  it('of an upload are read over several pages', async () => {
    const created = await createUpload(store, { accounts: 90 });
    // 90 x 14 kB: more than the megabyte of a page.
    const data = 'd'.repeat(14_000);
    await Promise.all(
      created.refs.map(async (ref) => {
        const worker = workerFor(store, created, ref);
        mustMove(await worker.save(await worker.begun(), data));
      }),
    );
    const record = await store.getUpload(created.upload.uploadId);
    expect(record?.deliveries.map(({ accountId }) => accountId)).toEqual(created.refs.map(({ accountId }) => accountId));
    for (const { checkpoint } of record?.deliveries ?? []) expect(checkpoint?.data).toBe(data);
  });

  it('are asked for again if DynamoDB gave only a part of a batch, or none of it', async () => {
    const { tenantId, accounts } = await createUpload(store, { accounts: 5 });
    const client = table.clientWith({});
    let batches = 0;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const result = await next(args);
        if (context.commandName !== 'BatchGetItemCommand') return result;
        batches += 1;
        const output: { Responses?: Record<string, { pk?: unknown; sk?: unknown }[]> } = Object(result.output);
        const items = output.Responses?.[table.tableName] ?? [];
        const given = batches === 1 ? [] : items.slice(0, 2);
        const left = items.slice(given.length).map(({ pk, sk }) => ({ pk, sk }));
        const unread = left.length === 0 ? {} : { [table.tableName]: { Keys: left, ConsistentRead: true } };
        Object.assign(output, { Responses: { [table.tableName]: given }, UnprocessedKeys: unread });
        return result;
      },
      { step: 'finalizeRequest', priority: 'low', name: 'parts' },
    );
    const sparing = dynamoStore({ client, tableName: table.tableName, sleep: () => Promise.resolve() });
    const asked = accounts.map(({ accountId }) => accountId);
    expect((await sparing.getAccounts(tenantId, asked)).map(({ accountId }) => accountId)).toEqual(asked);
    expect(batches).toBe(4);
  });
});

/** Bytes of an item (Amazon DynamoDB Developer Guide, "DynamoDB item sizes and formats"). */
function sizeOf(item: Record<string, AttributeValue>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOfValue(value), 0);
}

function sizeOfValue(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.N !== undefined) return Math.ceil(value.N.length / 2) + 1;
  if (value.M !== undefined) return 3 + Object.keys(value.M).length + sizeOf(value.M);
  if (value.L !== undefined) return 3 + value.L.length + value.L.reduce((sum, each) => sum + sizeOfValue(each), 0);
  return 1;
}
