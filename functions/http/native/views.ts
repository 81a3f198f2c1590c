import type * as z from 'zod';
import { mediaIdOf } from '../../../core/media/complete.ts';
import type { Delivery, StoredMedia, UploadWithDeliveries } from '../../../core/model.ts';
import type { ResumedSession } from '../../../core/resume.ts';
import type { SignedSession } from '../../../core/sessions.ts';
import { deliveryStatus, statusOf } from '../../../core/uploads/status.ts';
import type { Validation } from '../../../core/uploads/validate.ts';
import type { storedMedia } from './schemas/media.ts';
import type { presignedParts, presignedPut, resumedSession as resumedSessionAnswer } from './schemas/sessions.ts';
import type { createdUpload, uploadList, uploadStatusAnswer } from './schemas/uploads.ts';
import type { validation } from './schemas/validate.ts';

/** How records look in the words of this surface. `now` is a timestamp. */

export function createdUploadView(record: UploadWithDeliveries, now: string): z.input<typeof createdUpload> {
  const { upload, deliveries } = record;
  return {
    uploadId: upload.uploadId,
    status: statusOf(record, now),
    title: upload.title,
    scheduledOn: upload.scheduledOn,
    createdAt: upload.createdAt,
    accounts: deliveries.map((delivery) => ({
      accountId: delivery.accountId,
      status: deliveryStatus(delivery, upload.scheduledOn, now),
    })),
  };
}

export function uploadStatusView(record: UploadWithDeliveries, now: string): z.input<typeof uploadStatusAnswer> {
  const { upload, deliveries } = record;
  const latest = deliveries.map((delivery) => delivery.updatedAt).reduce((a, b) => (a > b ? a : b), upload.updatedAt);
  const inspected = upload.media.find((media) => media.inspectedAt !== null);
  return {
    ...listedUploadView(record, now),
    updatedAt: latest,
    sha256: inspected?.sha256 ?? null,
  };
}

export function listedUploadView(record: UploadWithDeliveries, now: string): z.input<typeof uploadList>['items'][number] {
  const { upload, deliveries } = record;
  return {
    uploadId: upload.uploadId,
    title: upload.title,
    status: statusOf(record, now),
    scheduledOn: upload.scheduledOn,
    createdAt: upload.createdAt,
    accounts: deliveries.map((delivery) => accountView(delivery, upload.scheduledOn, now)),
  };
}

function accountView(delivery: Delivery, scheduledOn: string | null, now: string) {
  const status = deliveryStatus(delivery, scheduledOn, now);
  // While it is tried again, the last trouble is not an outcome.
  const error = status === 'Failed' ? delivery.error : null;
  return {
    accountId: delivery.accountId,
    platform: delivery.network,
    status,
    externalId: delivery.receipt?.externalId ?? null,
    externalUrl: delivery.receipt?.externalUrl ?? null,
    publishedAt: delivery.receipt?.at ?? null,
    errorCode: error?.code ?? null,
    errorMessage: error?.message ?? null,
  };
}

export function validationView({ objections, probed }: Validation): z.input<typeof validation> {
  return {
    valid: objections.length === 0,
    violations: objections.map(({ accountId, network, violation: { code, field, message, value, limit, unit, remedy } }) => {
      return { accountId, network, rule: code, field, message, value, limit, unit, remedy };
    }),
    probed,
  };
}

export function presignedPutView(signed: SignedSession): z.input<typeof presignedPut> {
  const [part] = signed.parts;
  if (part === undefined) throw new Error('A session of one part was signed without a part.');
  return {
    sessionToken: signed.sessionToken,
    fileId: signed.session.fileId,
    uploadUrl: part.url,
    method: 'PUT',
    headers: { 'Content-Type': signed.session.file.contentType },
    expiresAt: signed.expiresAt,
    sessionExpiresAt: signed.session.expiresAt,
  };
}

export function presignedPartsView(signed: SignedSession): z.input<typeof presignedParts> {
  return {
    sessionToken: signed.sessionToken,
    fileId: signed.session.fileId,
    partSize: signed.session.partSize,
    partCount: signed.session.partCount,
    parts: signed.parts.map(({ partNumber, url }) => ({ partNumber, url })),
    nextPartNumber: signed.nextPartNumber,
    expiresAt: signed.expiresAt,
    sessionExpiresAt: signed.session.expiresAt,
  };
}

export function resumedSessionView({ sessionToken, session, arrived, missing }: ResumedSession): z.input<typeof resumedSessionAnswer> {
  const { fileId, state, uploadId, metadata, file, partSize, partCount, expiresAt } = session;
  return {
    sessionToken,
    fileId,
    state,
    uploadId: state === 'completed' && metadata !== null ? uploadId : null,
    mediaId: state === 'completed' ? mediaIdOf(session) : null,
    file,
    partSize,
    partCount,
    arrivedParts: arrived.map(({ partNumber, eTag, size }) => ({ partNumber, eTag, size })),
    missingParts: missing?.parts.map(({ partNumber, url }) => ({ partNumber, url })) ?? [],
    nextPartNumber: missing?.nextPartNumber ?? null,
    expiresAt: missing?.expiresAt ?? null,
    sessionExpiresAt: expiresAt,
  };
}

export function storedMediaView(media: StoredMedia, now: string): z.input<typeof storedMedia> {
  const { mediaId, fileName, size, contentType, sha256, assembly, createdAt, usableUntil, releasedAt } = media;
  const gone = releasedAt !== null || usableUntil <= now;
  return { mediaId, fileName, size, contentType, sha256, state: gone ? 'gone' : assembly === null ? 'ready' : 'assembling', createdAt, usableUntil };
}
