import type { CreateUpload, UploadStore } from '../../core/ports/store.ts';
import { keys } from '../keys.ts';
import { checkDeliveries } from '../rules/limits.ts';
import { filesOf, storedBefore } from '../rules/media.ts';
import { itemOfDelivery } from './delivery-item.ts';
import { all, any, atMost, exists, increase, missing, type Condition } from './expression.ts';
import { transactWith } from './idempotency.ts';
import { createFile, letFileGo, useFile } from './media.ts';
import { moveSession, sessionOf } from './sessions.ts';
import type { Table } from './table.ts';
import { charge, usedOf } from './tenants.ts';
import { dueOf, itemOfUpload, readUpload } from './upload-item.ts';
import type { Write } from './writes.ts';

/** Session or stored files, upload, totals, the month's use, and a delivery for each account, at most 90: one transaction. */
export async function createUpload(
  table: Table,
  { upload, deliveries, sessionTokenHash: tokenHash, month, limit, commit }: CreateUpload,
): ReturnType<UploadStore['createUpload']> {
  checkDeliveries(deliveries.length);
  const { uploadId } = upload;
  const made = deliveries.map((delivery, position): Write => {
    const key = keys.delivery(uploadId, delivery.accountId);
    return { type: 'create', key, item: itemOfDelivery(delivery, position, dueOf(upload)) };
  });
  const [totals, quota] = use(upload.tenantId, month, 1, deliveries.length);
  const charged = limit === null ? quota : { ...quota, condition: leaves(limit, deliveries.length) };
  const used = storedBefore(upload, tokenHash !== null);
  const session =
    tokenHash === null ? [] : [moveSession({ tokenHash, uploadId, from: 'open', to: 'completed', endsAt: null }), ...filesOf(upload).map(createFile)];
  const writes = [charged, { type: 'create', key: keys.upload(uploadId), item: itemOfUpload(upload) }, totals, ...used.map(useFile), ...session, ...made] as const;
  const result = await transactWith(table, writes, commit);
  if (result.done) return 'created';
  const [quotaRefusal, uploadRefusal, , ...others] = result.refusals;
  if (tokenHash !== null && others[used.length]) return 'session_moved';
  if (uploadRefusal) throw new Error(`The upload ${uploadId} is there already.`);
  const mediaGone = used.find((_mediaId, place) => others[place]);
  if (mediaGone !== undefined) return { mediaGone };
  if (quotaRefusal) return { quotaUsed: quotaRefusal.found === null ? 0 : usedOf(quotaRefusal.found) };
  throw new Error(`A delivery of the upload ${uploadId} is there already.`);
}

/** The same transaction backwards, unless an execution has claimed the upload or its object is known to be there. */
export async function takeBackUpload(
  table: Table,
  { uploadId, sessionTokenHash: tokenHash, month }: Parameters<UploadStore['takeBackUpload']>[0],
): Promise<'taken_back' | 'claimed'> {
  const record = await readUpload(table, uploadId);
  if (record === null) return 'taken_back';
  const { upload, deliveries } = record;
  const session = await table.get(keys.session(tokenHash));
  const endsAt = session === null ? null : sessionOf(session).expiresAt;
  const gone = [
    ...upload.media.map(({ mediaId }) => keys.media(mediaId)),
    ...deliveries.map(({ accountId }) => keys.delivery(uploadId, accountId)),
  ];
  const result = await table.transact([
    { type: 'delete', key: keys.upload(uploadId), condition: all(missing('claim'), exists('assembly')) },
    moveSession({ tokenHash, uploadId, from: 'completed', to: 'open', endsAt }),
    ...use(upload.tenantId, month, -1, -deliveries.length),
    ...gone.map((key): Write => ({ type: 'delete', key, condition: exists('pk') })),
    ...storedBefore(upload, true).map(letFileGo),
  ]);
  if (result.done) return 'taken_back';
  const [refused] = result.refusals;
  if (refused) return refused.found === null ? 'taken_back' : 'claimed';
  throw new Error(`The upload ${uploadId} was not made of this session.`);
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
