import { monthOf } from '../../core/clock.ts';
import type { Delivery, Upload } from '../../core/model.ts';
import { StoreBusy, type DeliveryStore, type PeopleMove, type PeopleMoved } from '../../core/ports/store.ts';
import { slim } from '../rules/bounds.ts';
import { mayChangeNeeds, needChange } from '../rules/media.ts';
import type { Ruling } from '../rules/ruling.ts';
import * as people from '../rules/people.ts';
import { applyCommit, checkCommit } from './idempotency.ts';
import { useFiles } from './media.ts';
import { frozen, keepDelivery, quotaKey, type Records } from './records.ts';
import { recordOf } from './uploads.ts';

type PeopleMoves = Pick<DeliveryStore, 'cancelDeliveries' | 'rescheduleUpload' | 'retryDeliveries'>;

/** What a person wants of an upload. */
interface Wish extends Pick<PeopleMove, 'uploadId' | 'accounts' | 'at' | 'wake' | 'commit'> {
  /** What becomes of each delivery; null refuses the whole. */
  readonly rule: (delivery: Delivery) => Ruling;
  /** The upload as it is afterwards; null refuses the whole. */
  readonly next: (upload: Upload) => Upload | null;
  /** Deliveries that are given back to the month of the upload. */
  readonly refund?: (all: readonly Delivery[], concerned: readonly Delivery[]) => number;
}

export function peopleMoves(records: Records): PeopleMoves {
  const { uploads, deliveries, media, quotas } = records;

  /** All of it or nothing: the deliveries named (null: all) under the rule, then the upload, the month and the request's outcome. */
  const together = ({ uploadId, accounts, at, wake, commit, rule, next, refund }: Wish): PeopleMoved => {
    const upload = uploads.get(uploadId);
    const siblings = deliveries.get(uploadId);
    const nextUpload = upload === undefined ? null : next(upload);
    const concerned = accounts === null ? [...(siblings?.values() ?? [])] : [...new Set(accounts)].map((accountId) => siblings?.get(accountId));
    const ruled = concerned.map((delivery) => (delivery === undefined ? null : rule(delivery)));
    if (nextUpload === null || ruled.length === 0 || ruled.includes(null)) {
      return { moved: false, now: recordOf(records, uploadId) };
    }
    checkCommit(records, commit);
    const needs = upload === undefined ? null : needChange(upload, nextUpload);
    if (needs?.more.some((mediaId) => media.get(mediaId)?.releasedAt !== null) === true) throw new StoreBusy(`A file for the upload ${uploadId} was let go.`);
    useFiles(records, needs?.more ?? [], 1);
    useFiles(records, needs?.fewer ?? [], -1);
    const givenBack = refund?.([...(siblings?.values() ?? [])], concerned.filter((delivery) => delivery !== undefined)) ?? 0;
    if (givenBack > 0) {
      const quota = quotaKey(nextUpload.tenantId, monthOf(nextUpload.createdAt));
      quotas.set(quota, (quotas.get(quota) ?? 0) - givenBack);
    }
    for (const delivery of ruled) if (delivery !== null) keepDelivery(records, slim(delivery));
    uploads.set(uploadId, frozen(wake ? { ...nextUpload, wake: at, watchAt: wake.watchAt } : nextUpload));
    applyCommit(records, commit);
    const now = recordOf(records, uploadId);
    return now === null ? { moved: false, now } : { moved: true, now };
  };

  return {
    cancelDeliveries: async (request) =>
      together({
        ...request,
        rule: (delivery) => people.cancel(delivery, request.at),
        next: (upload) => {
          if (upload.revision !== request.revision) return null;
          return request.accounts === null ? { ...upload, revision: request.revision + 1, updatedAt: request.at } : upload;
        },
        refund: people.refundFor,
      }),

    rescheduleUpload: async (request) =>
      together({
        ...request,
        accounts: null,
        rule: (delivery) => people.reschedule(delivery, request.at),
        next: (upload) => {
          const after = people.edited(upload, request.edit, request.at);
          return upload.revision === request.revision && mayChangeNeeds(upload, needChange(upload, after)) ? after : null;
        },
      }),

    retryDeliveries: async (request) =>
      together({
        ...request,
        rule: (delivery) => people.retry(delivery, request),
        next: (upload) => (upload.releasedAt === null ? { ...upload, closedRevision: 0, updatedAt: request.at } : null),
      }),
  };
}
