import { createHash, randomBytes } from 'node:crypto';
import { timestamp } from './clock.ts';
import { errorAt, FanfareError } from './errors.ts';
import { bareId } from './ids.ts';
import { limits } from './limits.ts';
import type { DeclaredFile, UploadMetadata, UploadSession } from './model.ts';
import { objectKey } from './object-key.ts';
import { planParts } from './parts.ts';
import type { PartPlan } from './parts.ts';
import type { Commit } from './ports/store.ts';
import { signParts, windowFrom, windowOf, type PartChoice, type SignedParts } from './session-parts.ts';
import { checkSchedule } from './uploads/schedule.ts';
import { declared, preflight, sizeViolation } from './uploads/preflight.ts';
import type { UploadPorts } from './uploads/ports.ts';

/** Session tokens: `st_` and 32 random bytes. Whoever has one may only go on with this transfer, within its tenant. */
const TOKEN_BYTES = 32;
const TOKEN_FORM = /^st_[A-Za-z0-9_-]{43}$/u;

/** How often a session is looked at again when it moved under our hands: another completion, or one taken back. */
export const SESSION_LOOKS = 3;

export interface OpenSession {
  /** Of the upload that the file is for; null: the file is to be media by itself. */
  readonly metadata: UploadMetadata | null;
  readonly file: DeclaredFile;
  /** `single`: the whole file in one part. Otherwise parts of the wished size in bytes; null: of ours. */
  readonly parts: 'single' | { readonly partSize: number | null };
}

/** A session as its owner gets it: with the token, and with the URLs to which bytes may be sent now. */
export interface SignedSession extends SignedParts {
  readonly sessionToken: string;
  readonly session: UploadSession;
}

/**
 * Opens a session for a file that is to become an upload, or media by itself. All that can be known is checked here, before any
 * byte is sent.
 * Throws `validation_failed` or `file_too_large`.
 */
export async function openSession(
  ports: UploadPorts,
  tenantId: string,
  request: OpenSession,
  commitFor: (sessionToken: string) => Commit | null = () => null,
): Promise<SignedSession> {
  const { sessionToken, session } = await beginSession(ports, tenantId, request, commitFor);
  return { sessionToken, session, ...(await signParts(ports, session, windowFrom(session, 1))) };
}

/** `openSession` without URLs: for bytes that come through ourselves. */
export async function beginSession(
  ports: UploadPorts,
  tenantId: string,
  { metadata, file, parts }: OpenSession,
  commitFor: (sessionToken: string) => Commit | null = () => null,
): Promise<{ sessionToken: string; session: UploadSession }> {
  checkSize(file);
  const now = ports.clock.now();
  if (metadata !== null) {
    checkSchedule(metadata.scheduledOn, now);
    await preflight(ports, tenantId, metadata, { kind: 'video', files: [declared(file)] });
  }

  const plan: PartPlan = parts === 'single' ? { partSize: file.fileSize, partCount: 1 } : planParts(file.fileSize, parts.partSize);
  const uploadId = ports.ids.next('upl');
  const key = objectKey({ tenantId, uploadId, contentType: file.contentType, fileName: file.fileName });
  const sessionToken = `st_${randomBytes(TOKEN_BYTES).toString('base64url')}`;
  const { multipartId } = await ports.media.openMultipart({ objectKey: key, contentType: file.contentType });
  const session: UploadSession = {
    tokenHash: hashToken(sessionToken),
    tenantId,
    uploadId,
    // The same ULID in all ids: a file is found by its own.
    fileId: `file_${bareId(uploadId)}`,
    state: 'open',
    metadata,
    file,
    objectKey: key,
    multipartId,
    ...plan,
    createdAt: timestamp(now),
    expiresAt: timestamp(new Date(now.getTime() + limits.sessionLife * 1000)),
  };
  // If this write fails, nobody knows the multipart upload, and the bucket's lifecycle rule clears it.
  await ports.store.putSession(session, commitFor(sessionToken));
  return { sessionToken, session };
}

/**
 * Signs URLs of an open session anew: of the parts named, or of a window of them. Throws `not_found`, `session_state`,
 * `session_expired`, or `validation_failed` for a part that the session does not have.
 */
export async function resignSession(
  ports: UploadPorts,
  tenantId: string,
  { sessionToken, ...choice }: { readonly sessionToken: string } & PartChoice,
): Promise<SignedSession> {
  const session = await findSession(ports, tenantId, sessionToken);
  if (hasEnded(session, ports.clock.now())) throw expired();
  if (session.state !== 'open') throw notOpen(session);
  return { sessionToken, session, ...(await signParts(ports, session, windowOf(session, choice))) };
}

/** Ends an open session and forgets what was staged; repeating it is harmless. Throws `not_found`, or `session_state` after completion. */
export async function abortSession(ports: UploadPorts, tenantId: string, sessionToken: string, commit: Commit | null = null): Promise<void> {
  const session = await findSession(ports, tenantId, sessionToken);
  if (!(await ports.store.abortSession(session.tokenHash, commit))) throw notOpen({ state: 'completed' });
  await ports.media.abortMultipart({ objectKey: session.objectKey, multipartId: session.multipartId });
}

/** The tenant's session of a token. Throws `not_found` for any other token: malformed, unknown or another tenant's. */
export async function findSession(ports: Pick<UploadPorts, 'store'>, tenantId: string, sessionToken: string): Promise<UploadSession> {
  const session = TOKEN_FORM.test(sessionToken) ? await ports.store.getSession(hashToken(sessionToken)) : null;
  if (session === null || session.tenantId !== tenantId) {
    throw new FanfareError('not_found', 'There is no such session: open one first.', {
      errors: [{ field: 'sessionToken', code: 'not_found', message: 'is not the token of a session' }],
    });
  }
  return session;
}

/** Whether the session's life is over: the table forgets it only later. */
export function hasExpired(session: Pick<UploadSession, 'expiresAt'>, now: Date): boolean {
  return Date.parse(session.expiresAt) <= now.getTime();
}

/** Whether it has expired without having been completed: also if the reconcile job has aborted it by then. */
export function hasEnded(session: Pick<UploadSession, 'state' | 'expiresAt'>, now: Date): boolean {
  return session.state !== 'completed' && hasExpired(session, now);
}

export function expired(): FanfareError {
  return new FanfareError('session_expired', 'This session has ended: open a new one and send the file again.', {
    errors: [{ field: 'sessionToken', code: 'expired', message: 'is the token of a session that has ended' }],
  });
}

/** For a session that others keep moving. */
export function sessionBusy(): FanfareError {
  return new FanfareError('busy', 'This session is being completed by another request: try again.', { retryAfter: 1 });
}

export function notOpen(session: Pick<UploadSession, 'state'>): FanfareError {
  const message = session.state === 'completed' ? 'This session was already completed.' : 'This session was aborted: open a new one.';
  return errorAt('session_state', 'sessionToken', session.state, message);
}

function checkSize(file: DeclaredFile): void {
  const broken = sizeViolation(file);
  if (broken === null) return;
  const { field, code, message } = broken;
  throw errorAt('file_too_large', field, code, message);
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
