import type { CreateUpload, UploadStore } from '../../core/ports/store.ts';
import { keys } from '../keys.ts';
import { checkDeliveries } from '../rules/limits.ts';
import { itemOfDelivery } from './delivery-item.ts';
import { listedAt } from './due-item.ts';
import { all, any, atMost, equals, exists, increase, missing, set, type Condition } from './expression.ts';
import { transactWith } from './idempotency.ts';
import { sessionOf } from './sessions.ts';
import type { Table } from './table.ts';
import { charge, usedOf } from './tenants.ts';
import { dueOf, itemOfUpload, readUpload } from './upload-item.ts';
import type { Write } from './writes.ts';

/** Session, upload, totals, the month's use, and a delivery for each account, at most 90: one transaction. */
export async function createUpload(
  table: Table,
  { upload, deliveries, sessionTokenHash, month, limit, commit }: CreateUpload,
): ReturnType<UploadStore['createUpload']> {
  checkDeliveries(deliveries.length);
  const made = deliveries.map((delivery, position): Write => {
    const key = keys.delivery(upload.uploadId, delivery.accountId);
    return { type: 'create', key, item: itemOfDelivery(delivery, position, dueOf(upload)) };
  });
  const [totals, quota] = use(upload.tenantId, month, 1, deliveries.length);
  const writes = [
    move(sessionTokenHash, upload.uploadId, 'open', 'completed', null),
    limit === null ? quota : { ...quota, condition: leaves(limit, deliveries.length) },
    { type: 'create', key: keys.upload(upload.uploadId), item: itemOfUpload(upload) },
    totals,
    ...made,
  ] as const;
  const result = await transactWith(table, writes, commit);
  if (result.done) return 'created';
  const [sessionRefusal, quotaRefusal] = result.refusals;
  if (sessionRefusal) return 'session_moved';
  if (quotaRefusal) return { quotaUsed: quotaRefusal.found === null ? 0 : usedOf(quotaRefusal.found) };
  throw new Error(`The upload ${upload.uploadId} is there already.`);
}

/** The same transaction backwards, unless an execution has claimed the upload or its object is known to be there. */
export async function takeBackUpload(
  table: Table,
  { uploadId, sessionTokenHash, month }: Parameters<UploadStore['takeBackUpload']>[0],
): Promise<'taken_back' | 'claimed'> {
  const record = await readUpload(table, uploadId);
  if (record === null) return 'taken_back';
  const { upload, deliveries } = record;
  const session = await table.get(keys.session(sessionTokenHash));
  const result = await table.transact([
    { type: 'delete', key: keys.upload(uploadId), condition: all(missing('claim'), exists('assembly')) },
    move(sessionTokenHash, uploadId, 'completed', 'open', session === null ? null : sessionOf(session).expiresAt),
    ...use(upload.tenantId, month, -1, -deliveries.length),
    ...deliveries.map(({ accountId }): Write => {
      return { type: 'delete', key: keys.delivery(uploadId, accountId), condition: exists('pk') };
    }),
  ]);
  if (result.done) return 'taken_back';
  const [refused] = result.refusals;
  if (refused) return refused.found === null ? 'taken_back' : 'claimed';
  throw new Error(`The upload ${uploadId} was not made of this session.`);
}

type Movable = 'open' | 'completed';

/** `endsAt`: when the parts of the session have to go; null: there are none any more. */
function move(sessionTokenHash: string, uploadId: string, from: Movable, to: Movable, endsAt: string | null): Write {
  const key = keys.session(sessionTokenHash);
  const condition = all(equals('uploadId', uploadId), equals('state', from));
  return { type: 'update', key, condition, changes: [set('state', to), ...listedAt(key, endsAt)] };
}

/** What the tenant uses: one item for all time, one for the month. Each account is a unit. */
function use(tenantId: string, month: string, uploads: number, deliveries: number) {
  const changes = [increase('uploads', uploads), increase('deliveries', deliveries)];
  return [
    { type: 'update', key: keys.totals(tenantId), condition: null, changes },
    charge(tenantId, month, deliveries),
  ] as const satisfies readonly Write[];
}

/** The condition under which so many more stay within the month's limit. */
function leaves(limit: number, deliveries: number): Condition {
  const most = limit - deliveries;
  return most < 0 ? all(exists('pk'), missing('pk')) : any(missing('used'), atMost('used', most));
}
