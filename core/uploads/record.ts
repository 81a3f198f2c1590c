import { monthOf, timestamp, timestampAfter } from '../clock.ts';
import { errorAt, type FanfareError } from '../errors.ts';
import type { Assembly, Kind, Media, Upload, UploadMetadata, UploadWithDeliveries } from '../model.ts';
import type { Commit } from '../ports/store.ts';
import { monthlyLimit, quotaExceeded } from '../quota.ts';
import { newDelivery } from './delivery.ts';
import type { UploadPorts } from './ports.ts';
import type { Preflight } from './preflight.ts';

/** What a new upload is made of, checked. */
export interface NewUpload {
  readonly uploadId: string;
  readonly tenantId: string;
  readonly kind: Kind;
  readonly metadata: UploadMetadata;
  readonly media: readonly Media[];
  /** Null: its files are there. */
  readonly assembly: Assembly | null;
  readonly partsDigest: string | null;
  readonly checked: Preflight;
  readonly now: Date;
}

/** The records of a new upload: itself, and a delivery for each account. */
export function newUpload({ times }: Pick<UploadPorts, 'times'>, made: NewUpload): UploadWithDeliveries {
  const { uploadId, tenantId, kind, metadata, media, assembly, partsDigest, checked, now } = made;
  const upload: Upload = {
    uploadId,
    tenantId,
    kind,
    title: metadata.title,
    description: metadata.description,
    options: metadata.options,
    scheduledOn: metadata.scheduledOn,
    createdAt: timestamp(now),
    updatedAt: timestamp(now),
    revision: 1,
    media,
    attachments: checked.attachments,
    assembly,
    partsDigest,
    claim: null,
    closedRevision: 0,
    wake: null,
    watchAt: timestampAfter(now, times.watchNew),
    releasedAt: null,
  };
  return { upload, deliveries: checked.accounts.map((account) => newDelivery(upload, account, checked.rejected.get(account.accountId) ?? null)) };
}

/**
 * Writes a new upload in one transaction, within the month's limit of its tenant. Throws `quota_exceeded`, and `media_gone` if one
 * of its files was let go.
 */
export async function storeUpload(
  ports: UploadPorts,
  { upload, deliveries }: UploadWithDeliveries,
  { sessionTokenHash, commit }: { readonly sessionTokenHash: string | null; readonly commit: Commit | null },
): Promise<'created' | 'session_moved'> {
  const at = upload.createdAt;
  const limit = await monthlyLimit(ports, { tenantId: upload.tenantId, at });
  const created = await ports.store.createUpload({ upload, deliveries, sessionTokenHash, month: monthOf(at), limit, commit });
  if (typeof created !== 'object') return created;
  if ('quotaUsed' in created) throw quotaExceeded({ limit, used: created.quotaUsed, requested: deliveries.length }, new Date(at));
  throw mediaGone(created.mediaGone);
}

/** For a file of which no upload can be made any more. */
export function mediaGone(mediaId: string): FanfareError {
  const message = `The file ${mediaId} is not kept any more: send it again with POST /api/media.`;
  return errorAt('media_gone', 'media', 'media_gone', message);
}
