import { monthOf } from '../../core/clock.ts';
import { isTerminal, type Delivery, type Upload, type UploadWithDeliveries } from '../../core/model.ts';
import { StoreBusy, type DeliveryStore, type PeopleMove, type PeopleMoved } from '../../core/ports/store.ts';
import { indexKeys, keys } from '../keys.ts';
import { mayChangeNeeds, needChange, type NeedChange } from '../rules/media.ts';
import type { Ruling } from '../rules/ruling.ts';
import * as people from '../rules/people.ts';
import { endsAs, isOpen, lookedUpAt, opensAs, slotsOf } from './delivery-item.ts';
import { all, equals, exists, increase, missing, remove, set, setOrRemove, type Change, type Condition } from './expression.ts';
import { toJsonText } from './fields.ts';
import { letFileGo, useFile } from './media.ts';
import { transactWith } from './idempotency.ts';
import type { Table } from './table.ts';
import { charge } from './tenants.ts';
import { dueOf, readUpload, watchedAt } from './upload-item.ts';
import type { Write } from './writes.ts';

type PeopleMoves = Pick<DeliveryStore, 'cancelDeliveries' | 'rescheduleUpload' | 'retryDeliveries'>;

/** Each further round is a delivery having been armed, failed or revived in between. */
const ROUNDS = 20;

/** What a person wants of an upload. */
interface Wish extends Pick<PeopleMove, 'uploadId' | 'accounts' | 'at' | 'wake' | 'commit'> {
  /** What becomes of each delivery; null refuses the whole. */
  readonly rule: (delivery: Delivery) => Ruling;
  /** The upload's own part, and the upload as it is afterwards; null refuses the whole. */
  readonly upload: (upload: Upload) => UploadPart | null;
  /** Deliveries that are given back to the month of the upload. */
  readonly refund?: (all: readonly Delivery[], concerned: readonly Delivery[]) => number;
}

interface UploadPart {
  readonly condition: Condition;
  /** None: the upload is only looked at. */
  readonly changes: readonly Change[];
  readonly after: Upload;
  /** Files that it needs from then on, and those that it needs no more. */
  readonly needs?: NeedChange | null;
}

export function peopleMoves(table: Table): PeopleMoves {
  return {
    cancelDeliveries: (request) =>
      together(table, {
        ...request,
        rule: (delivery) => people.cancel(delivery, request.at),
        upload: (upload) => {
          if (upload.revision !== request.revision) return null;
          const changes = request.accounts === null ? [increase('revision', 1), set('updatedAt', request.at)] : [];
          return { condition: equals('revision', request.revision), changes, after: upload };
        },
        refund: people.refundFor,
      }),

    rescheduleUpload: (request) =>
      together(table, {
        ...request,
        accounts: null,
        rule: (delivery) => people.reschedule(delivery, request.at),
        upload: (upload) => {
          if (upload.revision !== request.revision) return null;
          const after = people.edited(upload, request.edit, request.at);
          const needs = needChange(upload, after);
          if (!mayChangeNeeds(upload, needs)) return null;
          const sameRevision = equals('revision', request.revision);
          const condition = needs === null ? sameRevision : all(sameRevision, missing('releasedAt'));
          return { condition, changes: editOf(after), after, needs };
        },
      }),

    retryDeliveries: (request) =>
      together(table, {
        ...request,
        rule: (delivery) => people.retry(delivery, request),
        upload: (upload) => {
          if (upload.releasedAt !== null) return null;
          const changes = [set('closedRevision', 0), set('updatedAt', request.at)];
          return { condition: all(exists('pk'), missing('releasedAt')), changes, after: upload };
        },
      }),
  };
}

/** One transaction over the upload and the deliveries concerned, under what was read of them. */
async function together(table: Table, wish: Wish): Promise<PeopleMoved> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const record = await readUpload(table, wish.uploadId);
    const planned = record === null ? null : writesOf(record, wish);
    if (planned === null) return { moved: false, now: record };
    const { upload, used, deliveries } = planned;
    const result = await transactWith(table, [upload, ...used, ...deliveries], wish.commit);
    if (!result.done) {
      const [uploadRefusal, ...others] = result.refusals;
      const letGo = used.some((_write, place) => others[place]);
      if (!uploadRefusal && letGo) throw new StoreBusy(`A file for the upload ${wish.uploadId} was let go.`);
      continue;
    }
    const now = await readUpload(table, wish.uploadId);
    if (now === null) throw new Error(`The upload ${wish.uploadId} was removed while it was changed.`);
    return { moved: true, now };
  }
  throw new StoreBusy(`The upload ${wish.uploadId} is being changed by others all the time.`);
}

interface Planned {
  readonly upload: Write;
  /** Of the files that it needs from then on; then those of the files that it needs no more. */
  readonly used: readonly Write[];
  readonly deliveries: readonly Write[];
}

/** At most 90 deliveries and changed files, the upload and its month, and the outcome of the request: 93 of 100 items. */
function writesOf({ upload, deliveries }: UploadWithDeliveries, wish: Wish): Planned | null {
  const own = wish.upload(upload);
  const named = wish.accounts === null ? null : new Set(wish.accounts);
  const concerned = deliveries.filter(({ accountId }) => named === null || named.has(accountId));
  if (own === null || concerned.length === 0 || (named !== null && concerned.length !== named.size)) return null;
  const { more, fewer } = own.needs ?? { more: [], fewer: [] };
  const planned = { upload: uploadWrite(upload.uploadId, own, wish), used: [...more.map(useFile), ...fewer.map(letFileGo)] };
  const writes: Write[] = [];
  for (const delivery of concerned) {
    const after = wish.rule(delivery);
    if (after === null) return null;
    writes.push(changeDelivery(delivery, after, own.after));
  }
  const refund = wish.refund?.(deliveries, concerned) ?? 0;
  if (refund === 0) return { ...planned, deliveries: writes };
  const others = deliveries.filter((delivery) => !concerned.includes(delivery));
  return { ...planned, deliveries: [...writes, ...others.map(checkUntouched), charge(upload.tenantId, monthOf(upload.createdAt), -refund)] };
}

function uploadWrite(uploadId: string, { condition, changes }: UploadPart, { wake, at }: Wish): Write {
  const key = keys.upload(uploadId);
  const waking = wake ? [set('wake', at), ...watchedAt(uploadId, wake.watchAt)] : [];
  if (changes.length + waking.length === 0) return { type: 'check', key, condition };
  return { type: 'update', key, condition, changes: [...changes, ...waking] };
}

/** What a refund rests on besides: that nothing of the upload was or is being published. */
function checkUntouched({ uploadId, accountId }: Delivery): Write {
  return { type: 'check', key: keys.delivery(uploadId, accountId), condition: all(equals(['attempt', 'phase'], 'idle'), missing('receipt')) };
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
    ...(after.bytesSent === null ? [remove('bytesSent')] : []),
    remove('startedAt'),
    ...(before.lookUpAt === after.lookUpAt ? [] : lookedUpAt(before, after.lookUpAt)),
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

function editOf(after: Upload): readonly Change[] {
  return [
    set('title', after.title),
    setOrRemove('description', after.description),
    set('options', toJsonText(after.options)),
    set('attachments', after.attachments),
    setOrRemove('scheduledOn', after.scheduledOn),
    set('revision', after.revision),
    set('updatedAt', after.updatedAt),
  ];
}
