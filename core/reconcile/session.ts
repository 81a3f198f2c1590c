import type { DueEntry } from '../ports/store.ts';
import { hasEnded } from '../sessions.ts';
import type { Finding, ReconcilePorts } from './ports.ts';

type SessionEntry = Extract<DueEntry, { kind: 'session' }>;

/**
 * Removes the parts of a session that has ended, also of one whose abort died half way. First the session is aborted, so that no
 * completion can begin whose parts are going; last the entry is removed, so that a run which dies in between is repeated.
 */
export async function reconcileSession({ store, media, clock, log }: ReconcilePorts, entry: SessionEntry): Promise<Finding> {
  const session = await store.getSession(entry.tokenHash);
  if (session === null || !hasEnded(session, clock.now())) return 'moved_on';
  if (!(await store.abortSession(session.tokenHash))) return 'moved_on';
  const { objectKey, multipartId, tenantId } = session;
  await media.abortMultipart({ objectKey, multipartId });
  await store.moveDue(entry, null);
  log.info('session_expired', { uploadId: session.uploadId, tenantId });
  return 'expired';
}
