import { isTerminal, type Delivery, type Upload, type UploadWithDeliveries } from '../../core/model.ts';
import { StoreBusy, type DeliveryStore, type PeopleMoved } from '../../core/ports/store.ts';
import { indexKeys, keys } from '../keys.ts';
import type { Ruling } from '../rules/moves.ts';
import * as people from '../rules/people.ts';
import { endsAs, isOpen, opensAs, slotsOf } from './delivery-item.ts';
import { all, equals, exists, increase, missing, remove, set, setOrRemove, type Change, type Condition } from './expression.ts';
import { toJsonText } from './fields.ts';
import type { Table } from './table.ts';
import { dueOf, readUpload } from './upload-item.ts';
import type { Write } from './writes.ts';

type PeopleMoves = Pick<DeliveryStore, 'cancelDeliveries' | 'rescheduleUpload' | 'retryDeliveries'>;

/** Each further round is a delivery having been armed, failed or revived in between. */
const ROUNDS = 20;

/** What a person wants of an upload. */
interface Wish {
  readonly uploadId: string;
  /** Null: all. */
  readonly accounts: readonly string[] | null;
  /** What becomes of each delivery; null refuses the whole. */
  readonly rule: (delivery: Delivery) => Ruling;
  /** The upload's own part, and the upload as it is afterwards; null refuses the whole. */
  readonly upload: (upload: Upload) => { readonly write: Write; readonly after: Upload } | null;
}

export function peopleMoves(table: Table): PeopleMoves {
  return {
    cancelDeliveries: ({ uploadId, revision, accounts, at }) =>
      together(table, {
        uploadId,
        accounts,
        rule: (delivery) => people.cancel(delivery, at),
        upload: (upload) => {
          if (upload.revision !== revision) return null;
          const condition = equals('revision', revision);
          const key = keys.upload(uploadId);
          if (accounts !== null) return { write: { type: 'check', key, condition }, after: upload };
          return { write: { type: 'update', key, condition, changes: [increase('revision', 1), set('updatedAt', at)] }, after: upload };
        },
      }),

    rescheduleUpload: ({ uploadId, revision, edit, at }) =>
      together(table, {
        uploadId,
        accounts: null,
        rule: (delivery) => people.reschedule(delivery, at),
        upload: (upload) => {
          if (upload.revision !== revision) return null;
          const after = people.edited(upload, edit, at);
          return { write: editUpload(after, revision), after };
        },
      }),

    retryDeliveries: ({ uploadId, accounts, force, by, at }) =>
      together(table, {
        uploadId,
        accounts,
        rule: (delivery) => people.retry(delivery, { force, by, at }),
        upload: (upload) => {
          const changes = [set('closedRevision', 0), set('updatedAt', at)];
          return { write: { type: 'update', key: keys.upload(uploadId), condition: exists('pk'), changes }, after: upload };
        },
      }),
  };
}

/** One transaction over the upload and the deliveries concerned, under what was read of them. */
async function together(table: Table, wish: Wish): Promise<PeopleMoved> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const record = await readUpload(table, wish.uploadId);
    const writes = record === null ? null : writesOf(record, wish);
    if (writes === null) return { moved: false, now: record };
    const result = await table.transact(writes);
    if (!result.done) continue;
    const now = await readUpload(table, wish.uploadId);
    if (now === null) throw new Error(`The upload ${wish.uploadId} was removed while it was changed.`);
    return { moved: true, now };
  }
  throw new StoreBusy(`The upload ${wish.uploadId} is being changed by others all the time.`);
}

function writesOf({ upload, deliveries }: UploadWithDeliveries, wish: Wish): readonly Write[] | null {
  const own = wish.upload(upload);
  const named = wish.accounts === null ? null : new Set(wish.accounts);
  const concerned = deliveries.filter(({ accountId }) => named === null || named.has(accountId));
  if (own === null || concerned.length === 0 || (named !== null && concerned.length !== named.size)) return null;
  const writes: Write[] = [own.write];
  for (const delivery of concerned) {
    const after = wish.rule(delivery);
    if (after === null) return null;
    writes.push(changeDelivery(delivery, after, own.after));
  }
  return writes;
}

/** What the rule rests on must still be so: that nothing was or is being published, and how it had ended. */
function changeDelivery(before: Delivery, after: Delivery, upload: Upload): Write {
  const { uploadId, accountId, attempt, status } = before;
  const condition: Condition = all(
    isTerminal(status) ? equals('status', status) : isOpen,
    equals(['attempt', 'phase'], attempt.phase),
    equals(['attempt', 'n'], attempt.n),
    missing('receipt'),
  );
  const changes: readonly Change[] = [
    ...statusOf(before, after, upload),
    increase('revision', 1),
    increase('fence', 1),
    set('tries', {}),
    setOrRemove('error', after.error),
    ...(after.checkpoint === null ? [remove('checkpoint')] : []),
    ...(attempt.phase === after.attempt.phase ? [] : [set(['attempt', 'phase'], after.attempt.phase)]),
    ...(before.proofs === after.proofs ? [] : [set('proofs', slotsOf(after.proofs))]),
    set('updatedAt', after.updatedAt),
  ];
  return { type: 'update', key: keys.delivery(uploadId, accountId), condition, changes };
}

function statusOf(before: Delivery, after: Delivery, upload: Upload): readonly Change[] {
  if (after.status === 'pending') return opensAs('pending', indexKeys.openDelivery(before.accountId, dueOf(upload), before.uploadId));
  return endsAs(after.status);
}

function editUpload(after: Upload, revision: number): Write {
  return {
    type: 'update',
    key: keys.upload(after.uploadId),
    condition: equals('revision', revision),
    changes: [
      set('title', after.title),
      setOrRemove('description', after.description),
      set('options', toJsonText(after.options)),
      setOrRemove('scheduledOn', after.scheduledOn),
      set('revision', after.revision),
      set('updatedAt', after.updatedAt),
    ],
  };
}
