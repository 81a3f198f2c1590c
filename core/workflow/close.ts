import { timestamp } from '../clock.ts';
import type { UploadWithDeliveries } from '../model.ts';
import type { Ports, UploadFinished } from '../ports/index.ts';
import { deliveryStatus, statusOf } from '../uploads/status.ts';

/**
 * Announces that all deliveries of an upload have ended, and closes it, once a revision. The event goes out first: if the
 * process dies between the two, it goes out again, which listeners must expect anyway; the other way round it would be lost.
 */
export async function closeUpload(
  { store, events, clock, log }: Pick<Ports, 'store' | 'events' | 'clock' | 'log'>,
  record: UploadWithDeliveries,
): Promise<void> {
  const { uploadId, revision, closedRevision } = record.upload;
  if (closedRevision >= revision) return;
  const at = timestamp(clock.now());
  const event = finishedEvent(record, at);
  await events.uploadFinished(event);
  await store.closeUpload({ uploadId, revision, at });
  log.info('upload_finished', { uploadId, tenantId: event.tenantId, revision, status: event.status });
}

/** The event about an upload whose deliveries have all ended. */
export function finishedEvent(record: UploadWithDeliveries, at: string): UploadFinished {
  const { upload, deliveries } = record;
  const status = statusOf(record, at);
  if (status === 'Scheduled' || status === 'Processing') throw new Error(`The upload ${upload.uploadId} is not finished.`);
  return {
    version: 1,
    uploadId: upload.uploadId,
    tenantId: upload.tenantId,
    revision: upload.revision,
    status,
    accounts: deliveries.map((delivery) => ({
      accountId: delivery.accountId,
      network: delivery.network,
      status: deliveryStatus(delivery, upload.scheduledOn, at),
      externalId: delivery.receipt?.externalId ?? null,
      externalUrl: delivery.receipt?.externalUrl ?? null,
      errorCode: delivery.error?.code ?? null,
    })),
  };
}
