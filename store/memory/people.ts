import type { Delivery, Upload } from '../../core/model.ts';
import type { DeliveryStore, PeopleMoved } from '../../core/ports/store.ts';
import { slim } from '../rules/bounds.ts';
import type { Ruling } from '../rules/moves.ts';
import * as people from '../rules/people.ts';
import { frozen, keepDelivery, type Records } from './records.ts';
import { recordOf } from './uploads.ts';

type PeopleMoves = Pick<DeliveryStore, 'cancelDeliveries' | 'rescheduleUpload' | 'retryDeliveries'>;

export function peopleMoves(records: Records): PeopleMoves {
  const { uploads, deliveries } = records;

  /** All of it or nothing: the deliveries named (null: all) under `rule`, and then the upload. */
  const together = (
    uploadId: string,
    accounts: readonly string[] | null,
    rule: (delivery: Delivery) => Ruling,
    next: (upload: Upload) => Upload | null,
  ): PeopleMoved => {
    const upload = uploads.get(uploadId);
    const siblings = deliveries.get(uploadId);
    const nextUpload = upload === undefined ? null : next(upload);
    const concerned = accounts === null ? [...(siblings?.keys() ?? [])] : [...new Set(accounts)];
    const ruled = concerned.map((accountId) => {
      const delivery = siblings?.get(accountId);
      return delivery === undefined ? null : rule(delivery);
    });
    if (nextUpload === null || ruled.length === 0 || ruled.includes(null)) {
      return { moved: false, now: recordOf(records, uploadId) };
    }
    for (const delivery of ruled) if (delivery !== null) keepDelivery(records, slim(delivery));
    uploads.set(uploadId, frozen(nextUpload));
    const now = recordOf(records, uploadId);
    return now === null ? { moved: false, now } : { moved: true, now };
  };

  return {
    cancelDeliveries: async ({ uploadId, revision, accounts, at }) =>
      together(
        uploadId,
        accounts,
        (delivery) => people.cancel(delivery, at),
        (upload) => {
          if (upload.revision !== revision) return null;
          return accounts === null ? { ...upload, revision: revision + 1, updatedAt: at } : upload;
        },
      ),

    rescheduleUpload: async ({ uploadId, revision, edit, at }) =>
      together(
        uploadId,
        null,
        (delivery) => people.reschedule(delivery, at),
        (upload) => (upload.revision === revision ? people.edited(upload, edit, at) : null),
      ),

    retryDeliveries: async ({ uploadId, accounts, force, by, at }) =>
      together(
        uploadId,
        accounts,
        (delivery) => people.retry(delivery, { force, by, at }),
        (upload) => ({ ...upload, closedRevision: 0, updatedAt: at }),
      ),
  };
}
