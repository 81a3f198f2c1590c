import { timestamp, timestampAfter } from '../clock.ts';
import { errorAt } from '../errors.ts';
import { bareId } from '../ids.ts';
import { limits } from '../limits.ts';
import type { StoredMedia, UploadSession } from '../model.ts';
import { checkParts, partsDigest, type NamedPart } from '../parts.ts';
import type { Commit } from '../ports/store.ts';
import { expired, findSession, hasEnded, hasExpired, notOpen, SESSION_LOOKS, sessionBusy } from '../sessions.ts';
import type { UploadPorts } from '../uploads/ports.ts';
import { assemble, checkSameParts, partsRefused } from './assembly.ts';

export interface CompleteMedia {
  readonly sessionToken: string;
  readonly parts: readonly NamedPart[];
}

/** `assembled` false: storage is still putting the file together, which goes on by itself. */
export interface CompletedMedia {
  readonly media: StoredMedia;
  readonly assembled: boolean;
}

type MediaPorts = Pick<UploadPorts, 'store' | 'media' | 'clock' | 'times' | 'log'>;

/**
 * Makes a session of a file by itself media: checks the parts, records the file in one transaction, then has storage put it
 * together. Repeating it is harmless at every point: it goes on where the first call stopped and returns the same record. Throws
 * `not_found`, `session_state`, `session_expired`, `validation_failed`, `part_mismatch`; the session then stays as it is.
 */
export async function completeMedia(
  ports: MediaPorts,
  tenantId: string,
  request: CompleteMedia,
  commitFor: (mediaId: string) => Commit | null = () => null,
): Promise<CompletedMedia> {
  for (let look = 0; look < SESSION_LOOKS; look += 1) {
    const session = await findSession(ports, tenantId, request.sessionToken);
    checkPurpose(session);
    const media = session.state === 'open' ? await record(ports, session, request.parts, commitFor) : await existing(ports, session, request.parts);
    if (media !== null) return assembleMedia(ports, media);
  }
  throw sessionBusy();
}

function checkPurpose({ metadata }: UploadSession): void {
  if (metadata === null) return;
  const message = 'This session is for an upload, not for media by itself: complete it with POST /api/upload/complete.';
  throw errorAt('session_state', 'sessionToken', 'for_upload', message);
}

/** Null: the session was completed or aborted in the meantime. */
async function record(
  { store, media: storage, clock, times }: MediaPorts,
  session: UploadSession,
  named: readonly NamedPart[],
  commitFor: (mediaId: string) => Commit | null,
): Promise<StoredMedia | null> {
  const now = clock.now();
  if (hasExpired(session, now)) throw expired();
  const { tenantId, objectKey, multipartId, tokenHash, file } = session;
  const parts = checkParts(session, named, await storage.listParts({ objectKey, multipartId }));
  const usableUntil = timestampAfter(now, limits.mediaUsable);
  const media: StoredMedia = {
    mediaId: mediaIdOf(session),
    tenantId,
    objectKey,
    fileName: file.fileName,
    size: file.fileSize,
    contentType: file.contentType,
    sha256: file.sha256,
    createdAt: timestamp(now),
    usableUntil,
    keptUntil: usableUntil,
    uses: 0,
    assembly: { multipartId, sessionTokenHash: tokenHash, parts },
    partsDigest: partsDigest(parts),
    watchAt: timestampAfter(now, times.watchNew),
    releasedAt: null,
  };
  const created = await store.createMedia({ media, sessionTokenHash: tokenHash, commit: commitFor(media.mediaId) });
  return created === 'created' ? media : null;
}

/** The media that an earlier call made of the session, if the parts are the same. Null: it was taken back in the meantime. */
async function existing({ store, clock }: MediaPorts, session: UploadSession, named: readonly NamedPart[]): Promise<StoredMedia | null> {
  if (hasEnded(session, clock.now())) throw expired();
  if (session.state === 'aborted') throw notOpen(session);
  const media = await store.getMedia(mediaIdOf(session));
  if (media !== null) checkSameParts(session, named, media.partsDigest);
  return media;
}

/** The id of the media that a session makes, or of the file of the upload that it makes. */
export function mediaIdOf({ fileId }: Pick<UploadSession, 'fileId'>): string {
  return `med_${bareId(fileId)}`;
}

/**
 * Has storage put a file together; goes on where an earlier call stopped. Throws `part_mismatch` if storage refuses the parts: the
 * media is then taken back, and its session is open again.
 */
export async function assembleMedia(ports: Pick<MediaPorts, 'store' | 'media' | 'times'>, media: StoredMedia): Promise<CompletedMedia> {
  const { mediaId, objectKey, size, assembly, keptUntil } = media;
  if (assembly === null) return { media, assembled: true };
  const outcome = await assemble(ports, { objectKey, size, assembly });
  if (outcome === 'pending') return { media, assembled: false };
  if (outcome === 'done') {
    await ports.store.markMediaAssembled({ mediaId, watchAt: keptUntil });
    return { media: { ...media, assembly: null, watchAt: keptUntil }, assembled: true };
  }
  const undone = await ports.store.takeBackMedia({ mediaId, sessionTokenHash: assembly.sessionTokenHash });
  if (undone === 'taken_back') throw partsRefused();
  // Another call saw the object, so the refusal came too late to mean anything.
  return { media, assembled: true };
}
