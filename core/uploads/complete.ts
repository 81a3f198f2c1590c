import { monthOf, timestamp } from '../clock.ts';
import { errorAt } from '../errors.ts';
import { assemble, checkSameParts, partsRefused } from '../media/assembly.ts';
import { mediaIdOf } from '../media/complete.ts';
import type { Media, UploadMetadata, UploadSession, UploadWithDeliveries } from '../model.ts';
import type { Commit } from '../ports/store.ts';
import { checkParts, partsDigest } from '../parts.ts';
import type { NamedPart } from '../parts.ts';
import { expired, findSession, hasEnded, hasExpired, notOpen, SESSION_LOOKS, sessionBusy } from '../sessions.ts';
import type { UploadPorts } from './ports.ts';
import { declared, preflightAgain } from './preflight.ts';
import { newUpload, storeUpload } from './record.ts';

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
  for (let look = 0; look < SESSION_LOOKS; look += 1) {
    const session = await findSession(ports, tenantId, request.sessionToken);
    const metadata = metadataOf(session);
    const record = session.state === 'open' ? await createUpload(ports, { ...session, metadata }, request.parts, commitFor) : await existing(ports, session, request.parts);
    if (record !== null) return assembleUpload(ports, record);
  }
  throw sessionBusy();
}

function metadataOf({ metadata }: UploadSession): UploadMetadata {
  if (metadata !== null) return metadata;
  const message = 'This session is for media by itself, not for an upload: complete it with POST /api/media/complete.';
  throw errorAt('session_state', 'sessionToken', 'for_media', message);
}

/** Null: the session was completed or aborted in the meantime. */
async function createUpload(
  ports: UploadPorts,
  session: UploadSession & { readonly metadata: UploadMetadata },
  named: readonly NamedPart[],
  commitFor: CommitFor,
): Promise<UploadWithDeliveries | null> {
  const now = ports.clock.now();
  if (hasExpired(session, now)) throw expired();
  // What may have changed since the session was opened. Its time is not checked again: what came due meanwhile is due now.
  const { metadata, file } = session;
  const checked = await preflightAgain(ports, session.tenantId, metadata, { kind: 'video', files: [declared(file)] });
  const stored = await ports.media.listParts({ objectKey: session.objectKey, multipartId: session.multipartId });
  const parts = checkParts(session, named, stored);
  const media: Media = {
    mediaId: mediaIdOf(session),
    objectKey: session.objectKey,
    fileName: file.fileName,
    size: file.fileSize,
    contentType: file.contentType,
    sha256: file.sha256,
    facts: null,
    image: null,
    inspectedAt: null,
  };
  const record = newUpload(ports, {
    uploadId: session.uploadId,
    tenantId: session.tenantId,
    kind: 'video',
    metadata,
    media: [media],
    assembly: { multipartId: session.multipartId, sessionTokenHash: session.tokenHash, parts },
    partsDigest: partsDigest(parts),
    checked,
    now,
  });
  const created = await storeUpload(ports, record, { sessionTokenHash: session.tokenHash, commit: commitFor(session.uploadId) });
  return created === 'created' ? record : null;
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
  checkSameParts(session, named, record.upload.partsDigest);
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
  const { assembly } = upload;
  const outcome = await assemble(ports, { objectKey: media.objectKey, size: media.size, assembly });
  if (outcome === 'pending') return { record, assembled: false };
  if (outcome === 'done') {
    await ports.store.markAssembled(upload.uploadId, timestamp(ports.clock.now()));
    return { record, assembled: true };
  }
  const undone = await ports.store.takeBackUpload({
    uploadId: upload.uploadId,
    sessionTokenHash: assembly.sessionTokenHash,
    month: monthOf(upload.createdAt),
  });
  if (undone === 'claimed' && (await ports.store.getUpload(upload.uploadId)) !== null) {
    // A workflow saw the object, so the refusal came too late to mean anything.
    ports.log.warn('refused_after_claim', { uploadId: upload.uploadId, reason: outcome.refused });
    return { record, assembled: false };
  }
  throw partsRefused();
}
