import type * as z from 'zod';
import { timestamp } from '../../../core/clock.ts';
import { isTerminal, type Delivery, type Media, type SequelState, type UploadWithDeliveries } from '../../../core/model.ts';
import type { Ports } from '../../../core/ports/index.ts';
import { entityTag, isUntouched } from '../../../core/uploads/change.ts';
import { isEditable } from '../../../core/uploads/edit.ts';
import { deliveryStatus, statusOf } from '../../../core/uploads/status.ts';
import type { uploadDetail } from './schemas/detail.ts';

type Detail = z.input<typeof uploadDetail>;

/** The answer of everything that shows an upload whole: with its entity tag. */
export function detailAnswer({ clock }: Pick<Ports, 'clock'>, record: UploadWithDeliveries) {
  const now = timestamp(clock.now());
  return { status: 200, body: uploadDetailView(record, now), headers: { ETag: entityTag(record, now) } } as const;
}

function uploadDetailView(record: UploadWithDeliveries, now: string): Detail {
  const { upload, deliveries } = record;
  const { uploadId, kind, revision, title, description, options, scheduledOn, createdAt } = upload;
  const updatedAt = deliveries.map((delivery) => delivery.updatedAt).reduce((a, b) => (a > b ? a : b), upload.updatedAt);
  const size = upload.media.reduce((sum, media) => sum + media.size, 0);
  return {
    uploadId,
    kind,
    status: statusOf(record, now),
    revision,
    title,
    description,
    options: { ...options },
    scheduledOn,
    createdAt,
    updatedAt,
    media: upload.media.map(mediaView),
    deliveries: deliveries.map((delivery) => deliveryView(delivery, { scheduledOn, now, size })),
    links: linksOf(record, now),
  };
}

function mediaView({ mediaId, fileName, size, contentType, sha256, facts, image, inspectedAt }: Media): Detail['media'][number] {
  // Until the file was inspected, its checksum is only what the client said.
  return { mediaId, fileName, size, contentType, sha256: inspectedAt === null ? null : sha256, facts, image };
}

function deliveryView(delivery: Delivery, { scheduledOn, now, size }: { scheduledOn: string | null; now: string; size: number }): Detail['deliveries'][number] {
  const { accountId, network, revision, attempt, tries, startedAt, updatedAt, nextAt, bytesSent, receipt, sequels, error, warnings } = delivery;
  return {
    accountId,
    platform: network,
    status: deliveryStatus(delivery, scheduledOn, now),
    phase: phaseOf(delivery),
    revision,
    attempts: attempt.n,
    retries: Object.values(tries).reduce((sum, count) => sum + count, 0),
    startedAt,
    updatedAt,
    publishedAt: receipt?.at ?? null,
    nextAt,
    // The last bytes went with the call that made the post visible, and no checkpoint was stored after that.
    bytesSent: receipt !== null && bytesSent !== null ? size : bytesSent,
    externalId: receipt?.externalId ?? null,
    externalUrl: receipt?.externalUrl ?? null,
    sequels: sequels.map(sequelView),
    error,
    warnings: [...warnings],
  };
}

function sequelView({ name, attempt }: SequelState): Detail['deliveries'][number]['sequels'][number] {
  const { externalId, externalUrl } = attempt.phase === 'receipt' ? attempt : { externalId: null, externalUrl: null };
  return { name, status: SEQUEL_STATUSES[attempt.phase], externalId, externalUrl };
}

const SEQUEL_STATUSES = { idle: 'pending', armed: 'publishing', receipt: 'published', missing: 'missing', unknown: 'unknown' } as const;

function phaseOf({ status, attempt }: Delivery): Detail['deliveries'][number]['phase'] {
  return !isTerminal(status) && attempt.phase === 'armed' ? 'publishing' : status;
}

function linksOf(record: UploadWithDeliveries, now: string): Detail['links'] {
  const { upload, deliveries } = record;
  const self = `/api/upload/${upload.uploadId}`;
  const open = deliveries.filter(({ status }) => !isTerminal(status));
  const failed = deliveries.some(({ status }) => status === 'failed' || status === 'unknown');
  const waits = isEditable(record) && open.length > 0 && statusOf(record, now) === 'Scheduled';
  return {
    self,
    status: `${self}/status`,
    ...(isEditable(record) ? { edit: self } : {}),
    ...(open.some(isUntouched) ? { cancel: `${self}/cancel` } : {}),
    ...(failed && upload.releasedAt === null ? { retry: `${self}/retry` } : {}),
    ...(waits ? { publishNow: `${self}/publish-now` } : {}),
  };
}
