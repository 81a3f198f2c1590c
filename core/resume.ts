import type { Part, UploadSession } from './model.ts';
import { partLength } from './parts.ts';
import { signParts, windowFrom, type SignedParts } from './session-parts.ts';
import { expired, findSession, hasEnded } from './sessions.ts';
import type { UploadPorts } from './uploads/ports.ts';

/** A session as a client gets it back that has nothing left but its token. */
export interface ResumedSession {
  readonly sessionToken: string;
  readonly session: UploadSession;
  /** Parts that storage has in their right size; none unless the session is open. */
  readonly arrived: readonly Part[];
  /** URLs of the others, also of those that arrived in a wrong size; null unless the session is open. */
  readonly missing: SignedParts | null;
}

/**
 * Finds out how a session stands: what has arrived, and URLs of the missing parts from `fromPart` on. It changes nothing. Throws
 * `not_found`, `session_expired`, or `validation_failed` for a part that the session does not have.
 */
export async function resumeSession(
  ports: UploadPorts,
  tenantId: string,
  { sessionToken, fromPart }: { readonly sessionToken: string; readonly fromPart: number },
): Promise<ResumedSession> {
  const session = await findSession(ports, tenantId, sessionToken);
  if (hasEnded(session, ports.clock.now())) throw expired();
  if (session.state !== 'open') return { sessionToken, session, arrived: [], missing: null };

  const stored = await ports.media.listParts({ objectKey: session.objectKey, multipartId: session.multipartId });
  if (stored === null) {
    // It was completed or aborted between the two reads; otherwise storage has forgotten it, and so may we.
    const now = await findSession(ports, tenantId, sessionToken);
    if (now.state === 'open') throw expired();
    return { sessionToken, session: now, arrived: [], missing: null };
  }
  const arrived = stored.filter(({ partNumber, size }) => partNumber <= session.partCount && size === partLength(session, partNumber));
  const there = new Set(arrived.map(({ partNumber }) => partNumber));
  const missing = windowFrom(session, fromPart, (partNumber) => !there.has(partNumber));
  return { sessionToken, session, arrived, missing: await signParts(ports, session, missing) };
}
