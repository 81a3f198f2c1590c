import { monthOf, timestamp, timestampAfter } from '../clock.ts';
import { FanfareError } from '../errors.ts';
import { bareId } from '../ids.ts';
import type { Upload, UploadSession, UploadWithDeliveries } from '../model.ts';
import type { Commit } from '../ports/store.ts';
import { checkParts, partsDigest } from '../parts.ts';
import type { NamedPart } from '../parts.ts';
import { monthlyLimit, quotaExceeded } from '../quota.ts';
import { expired, findSession, hasEnded, hasExpired, notOpen } from '../sessions.ts';
import { newDelivery } from './delivery.ts';
import type { UploadPorts } from './ports.ts';
import { preflight } from './preflight.ts';

export interface CompleteUpload {
  readonly sessionToken: string;
  readonly parts: readonly NamedPart[];
}

/** `assembled` false: storage is still putting the file together, which goes on by itself. */
export interface CompletedUpload {
  readonly record: UploadWithDeliveries;
  readonly assembled: boolean;
}

/** What the transaction that creates the upload has to store along with it. */
export type CommitFor = (uploadId: string) => Commit | null;

/** How often the session is looked at again when it moved under our hands: another completion, or one taken back. */
const LOOKS = 3;

/**
 * Makes a session an upload: checks the parts, writes the upload in one transaction, then has storage assemble the file,
 * whose event starts the workflow. Repeating it is harmless at every point: it goes on where the first call stopped and
 * returns the same record. Throws `not_found`, `session_state`, `session_expired`, `validation_failed`, `part_mismatch`,
 * `quota_exceeded`; the session then stays as it is.
 */
export async function completeUpload(
  ports: UploadPorts,
  tenantId: string,
  request: CompleteUpload,
  commitFor: CommitFor = () => null,
): Promise<CompletedUpload> {
  for (let look = 0; look < LOOKS; look += 1) {
    const session = await findSession(ports, tenantId, request.sessionToken);
    const record = session.state === 'open' ? await createUpload(ports, session, request.parts, commitFor) : await existing(ports, session, request.parts);
    if (record !== null) return assembleUpload(ports, record);
  }
  throw new FanfareError('busy', 'This session is being completed by another request: try again.', { retryAfter: 1 });
}

/** Null: the session was completed or aborted in the meantime. */
async function createUpload(
  ports: UploadPorts,
  session: UploadSession,
  named: readonly NamedPart[],
  commitFor: CommitFor,
): Promise<UploadWithDeliveries | null> {
  const now = ports.clock.now();
  if (hasExpired(session, now)) throw expired();
  // What may have changed since the session was opened. Its time is not checked again: what came due meanwhile is due now.
  const { accounts, rejected } = await preflight(ports, session.tenantId, session.metadata, session.file);
  const stored = await ports.media.listParts({ objectKey: session.objectKey, multipartId: session.multipartId });
  const parts = checkParts(session, named, stored);
  const at = timestamp(now);
  const upload: Upload = {
    uploadId: session.uploadId,
    tenantId: session.tenantId,
    kind: 'video',
    title: session.metadata.title,
    description: session.metadata.description,
    options: session.metadata.options,
    scheduledOn: session.metadata.scheduledOn,
    createdAt: at,
    updatedAt: at,
    revision: 1,
    media: [
      {
        mediaId: `med_${bareId(session.fileId)}`,
        objectKey: session.objectKey,
        fileName: session.file.fileName,
        size: session.file.fileSize,
        contentType: session.file.contentType,
        sha256: session.metadata.sha256,
        facts: null,
        image: null,
        inspectedAt: null,
      },
    ],
    assembly: { multipartId: session.multipartId, sessionTokenHash: session.tokenHash, parts },
    partsDigest: partsDigest(parts),
    claim: null,
    closedRevision: 0,
    wake: null,
    watchAt: timestampAfter(now, ports.times.watchNew),
    releasedAt: null,
  };
  const deliveries = accounts.map((account) => newDelivery(upload, account, rejected.get(account.accountId) ?? null));
  const limit = await monthlyLimit(ports, { tenantId: upload.tenantId, at });
  const created = await ports.store.createUpload({
    upload,
    deliveries,
    sessionTokenHash: session.tokenHash,
    month: monthOf(upload.createdAt),
    limit,
    commit: commitFor(upload.uploadId),
  });
  if (typeof created === 'object') throw quotaExceeded({ limit, used: created.quotaUsed, requested: deliveries.length }, now);
  return created === 'created' ? { upload, deliveries } : null;
}

/** The upload that an earlier call made of the session, if the parts are the same. Null: it was taken back in the meantime. */
async function existing(
  ports: UploadPorts,
  session: UploadSession,
  named: readonly NamedPart[],
): Promise<UploadWithDeliveries | null> {
  if (hasEnded(session, ports.clock.now())) throw expired();
  if (session.state === 'aborted') throw notOpen(session);
  const record = await ports.store.getUpload(session.uploadId);
  if (record === null) return null;
  const sameParts = (named.length === 0 && session.partCount === 1) || partsDigest(named) === record.upload.partsDigest;
  if (!sameParts) {
    const message = 'This session was already completed with other parts.';
    throw new FanfareError('session_state', message, { errors: [{ field: 'parts', code: 'completed', message }] });
  }
  return record;
}

/**
 * Has storage put the file of an upload together, whose event starts the workflow; goes on where an earlier call stopped. Throws
 * `part_mismatch` if storage refuses the parts: the upload is then taken back, and its session is open again.
 */
export async function assembleUpload(
  ports: Pick<UploadPorts, 'store' | 'media' | 'clock' | 'times' | 'log'>,
  record: UploadWithDeliveries,
): Promise<CompletedUpload> {
  const { upload } = record;
  const [media] = upload.media;
  if (upload.assembly === null || media === undefined) return { record, assembled: true };
  const { multipartId, parts, sessionTokenHash } = upload.assembly;
  const outcome = await ports.media.completeMultipart({
    objectKey: media.objectKey,
    multipartId,
    parts,
    size: media.size,
    timeout: ports.times.assembly,
  });
  if (outcome === 'pending') return { record, assembled: false };
  if (outcome === 'done') {
    await ports.store.markAssembled(upload.uploadId, timestamp(ports.clock.now()));
    return { record, assembled: true };
  }
  const undone = await ports.store.takeBackUpload({ uploadId: upload.uploadId, sessionTokenHash, month: monthOf(upload.createdAt) });
  if (undone === 'claimed' && (await ports.store.getUpload(upload.uploadId)) !== null) {
    // A workflow saw the object, so the refusal came too late to mean anything.
    ports.log.warn('refused_after_claim', { uploadId: upload.uploadId, reason: outcome.refused });
    return { record, assembled: false };
  }
  const message = 'Storage refused the parts: one was replaced after it was checked. Send it again, then complete with its new ETag.';
  throw new FanfareError('part_mismatch', message, { errors: [{ field: 'parts', code: 'refused', message }] });
}
