import { timestamp } from '../clock.ts';
import { errorAt, type FanfareError } from '../errors.ts';
import type { Delivery, UploadWithDeliveries } from '../model.ts';
import { changeUpload, deliveriesTo, stateError, wakeNow, type Change, type ChangePorts } from './change.ts';

export interface Retry extends Change {
  /** Null: all that can be. */
  readonly accounts: readonly string[] | null;
  /** Also what may have been published, since nobody could say: it may be published twice. */
  readonly force: boolean;
  /** Who asks, for the proof that closes such an attempt. */
  readonly by: string;
}

/**
 * Publishes again what failed. Throws `upload_state` where there is nothing to retry, or one of the accounts named cannot be;
 * `media_gone` once the files are released, which is some days after the upload ended; `validation_failed` for an account that
 * the upload does not go to; and what `changeUpload` throws.
 *
 * The release of the files is a write on the upload that demands that it is closed; this move opens it, and demands that its
 * files are not released. So of the two at once one is refused, and nothing is revived whose files are going.
 */
export async function retryUpload(ports: ChangePorts, found: UploadWithDeliveries, retry: Retry): Promise<UploadWithDeliveries> {
  const { accounts, force, by, ifMatch, commit } = retry;
  const revivable = ({ status }: Delivery): boolean => status === 'failed' || (force && status === 'unknown');
  const { moved, now } = await changeUpload(ports, found, { ifMatch }, async (record) => {
    const concerned = deliveriesTo(record, accounts);
    const revived = accounts === null ? concerned.filter(revivable) : concerned;
    if (revived.length === 0 || !revived.every(revivable)) return { moved: false, now: record };
    await checkFiles(ports, record);
    return ports.store.retryDeliveries({
      uploadId: record.upload.uploadId,
      accounts: revived.map(({ accountId }) => accountId),
      force,
      by,
      at: timestamp(ports.clock.now()),
      wake: wakeNow(ports),
      commit,
    });
  });
  if (moved) return now;
  if (now.upload.releasedAt !== null && now.deliveries.some(revivable)) throw filesGone();
  const unknown = !force && deliveriesTo(now, accounts).some(({ status }) => status === 'unknown');
  const message = unknown
    ? 'Of some accounts it is not known whether the post was made: look there first, and repeat it with "force" only if it is missing. Nothing was retried.'
    : 'On these accounts nothing has failed that could be retried.';
  throw stateError(ports, now, message, revivable);
}

/** That all files are there still. */
async function checkFiles({ media }: Pick<ChangePorts, 'media'>, { upload }: UploadWithDeliveries): Promise<void> {
  if (upload.releasedAt !== null) throw filesGone();
  const found = await Promise.all([...upload.media, ...upload.attachments].map(({ objectKey }) => media.head(objectKey)));
  if (found.includes(null)) throw filesGone();
}

function filesGone(): FanfareError {
  return errorAt('media_gone', 'uploadId', 'media_gone', 'The files of this upload are not kept any more: send them again as a new upload.');
}
