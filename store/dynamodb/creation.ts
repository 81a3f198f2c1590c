import type { UploadStore } from '../../core/ports/store.ts';
import { keys } from '../keys.ts';
import { checkDeliveries } from '../rules/limits.ts';
import { itemOfDelivery } from './delivery-item.ts';
import { all, equals, exists, increase, missing, set } from './expression.ts';
import type { Table } from './table.ts';
import { dueOf, itemOfUpload, readUpload } from './upload-item.ts';
import type { Write } from './writes.ts';

/** Session, upload, totals, the month's use, and a delivery for each account, at most 90: one transaction. */
export async function createUpload(
  table: Table,
  { upload, deliveries, sessionTokenHash, month }: Parameters<UploadStore['createUpload']>[0],
): Promise<'created' | 'session_moved'> {
  checkDeliveries(deliveries.length);
  const made = deliveries.map((delivery, position): Write => {
    const key = keys.delivery(upload.uploadId, delivery.accountId);
    return { type: 'create', key, item: itemOfDelivery(delivery, position, dueOf(upload)) };
  });
  const result = await table.transact([
    move(sessionTokenHash, upload.uploadId, 'open', 'completed'),
    { type: 'create', key: keys.upload(upload.uploadId), item: itemOfUpload(upload) },
    ...use(upload.tenantId, month, 1, deliveries.length),
    ...made,
  ]);
  if (result.done) return 'created';
  if (result.refusals[0] !== null) return 'session_moved';
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
  const result = await table.transact([
    { type: 'delete', key: keys.upload(uploadId), condition: all(missing('claim'), exists('assembly')) },
    move(sessionTokenHash, uploadId, 'completed', 'open'),
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

function move(sessionTokenHash: string, uploadId: string, from: 'open' | 'completed', to: 'open' | 'completed'): Write {
  const condition = all(equals('uploadId', uploadId), equals('state', from));
  return { type: 'update', key: keys.session(sessionTokenHash), condition, changes: [set('state', to)] };
}

/** What the tenant uses: one item for all time, one for the month. Each account is a unit. */
function use(tenantId: string, month: string, uploads: number, deliveries: number): readonly Write[] {
  const changes = [increase('uploads', uploads), increase('deliveries', deliveries)];
  return [
    { type: 'update', key: keys.totals(tenantId), condition: null, changes },
    { type: 'update', key: keys.quota(tenantId, month), condition: null, changes: [increase('used', deliveries)] },
  ];
}
