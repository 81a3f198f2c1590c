import { timestamp } from '../clock.ts';
import { isTerminal, type UploadWithDeliveries } from '../model.ts';
import { needsWork } from '../sequels.ts';
import { changeUpload, deliveriesTo, isUntouched, stateError, wakeNow, type Change, type ChangePorts } from './change.ts';

/**
 * Cancels an upload on all its accounts (null), or on those named: nothing was and nothing will be published on them. One that
 * had failed stays so. Repeating it changes nothing. Throws `upload_state`, which tells on which accounts it is possible,
 * `validation_failed` for an account that the upload does not go to, and what `changeUpload` throws.
 */
export async function cancelUpload(
  ports: ChangePorts,
  found: UploadWithDeliveries,
  { accounts, ifMatch, commit }: Change & { readonly accounts: readonly string[] | null },
): Promise<UploadWithDeliveries> {
  const { moved, now } = await changeUpload(ports, found, { ifMatch }, async (record) => {
    const concerned = deliveriesTo(record, accounts);
    // What has ended without a post does so for good: only a retry revives it, which is another wish.
    if (concerned.every((delivery) => isTerminal(delivery.status) && isUntouched(delivery))) {
      if (commit !== null) await ports.store.commitAlone(commit);
      return { moved: true, now: record };
    }
    const others = record.deliveries.filter((delivery) => !concerned.includes(delivery));
    return ports.store.cancelDeliveries({
      uploadId: record.upload.uploadId,
      revision: record.upload.revision,
      accounts,
      at: timestamp(ports.clock.now()),
      // Then the upload has ended, which is announced now and not at its time.
      wake: others.some(needsWork) ? null : wakeNow(ports),
      commit,
    });
  });
  if (moved) return now;
  const message =
    'It is being published, or was, on some of these accounts: nothing was cancelled. Name the accounts that are still possible under "accounts".';
  throw stateError(ports, now, message, isUntouched);
}
