import * as z from 'zod';
import type { HttpAnswer, Trouble } from '../../core/ports/index.ts';
import { type ErrorContext, type ErrorLine, lineByStatus, parseAnswer, troubleOf, usualLines } from '../answers.ts';
import { scrub } from '../scrub.ts';
import { hoursFrom, retryAfter } from '../until.ts';

export interface Refusal {
  readonly trouble: Trouble;
  readonly status: number;
  /** The name of the error; null: it was not in the form of the protocol. */
  readonly name: string | null;
  /** The server said it in the protocol's form, and it does not pass by itself: whatever was asked for was not done. */
  readonly definite: boolean;
}

const { unavailable: UNAVAILABLE } = usualLines('Bluesky');
const AUTH_EXPIRED: ErrorLine = {
  class: 'auth_expired',
  code: 'reauth_required',
  message: 'Bluesky does not accept the session any more. Reconnect the account, then retry.',
};
const RELINK: ErrorLine = { ...AUTH_EXPIRED, class: 'auth_revoked' };
const ACCOUNT: ErrorLine = {
  class: 'permanent',
  code: 'permission_denied',
  message: 'Bluesky has taken down or deactivated this account, or it has moved. Look at the account there, then retry.',
};
const RATE: ErrorLine = { class: 'rate_limited', code: 'rate_limited', message: 'Bluesky asks for a pause. It is tried again.' };
const METADATA: ErrorLine = {
  class: 'invalid_metadata',
  code: 'metadata_rejected',
  message: 'Bluesky does not take the post as it is. What it says stands beside this; correct it and send the upload anew.',
};
const FILE: ErrorLine = {
  class: 'invalid_media',
  code: 'media_rejected',
  message: 'Bluesky cannot use this file. What it says stands beside this; send another one.',
};
/** The window of the daily caps is not published: looked at again every hour. */
const CAP: ErrorLine = {
  class: 'quota',
  code: 'quota_exhausted',
  message: 'The account has uploaded as many videos as Bluesky allows it in a day. It is tried again every hour.',
  until: (now) => hoursFrom(now, 1),
};
/** The upload in parts is not as far as was thought, or gone: the next try begins by asking for its state. */
const UPLOAD_STATE: ErrorLine = { ...UNAVAILABLE, message: 'Bluesky has lost a part of the video. It is tried again from where it stopped.' };
const NO_VIDEOS: ErrorLine = {
  class: 'permanent',
  code: 'permission_denied',
  message: 'Bluesky does not let this account upload videos. Confirm the email address of the account at Bluesky, then retry.',
};

/** The server has not looked at the call, since it wants another proof. It gave what the next one needs. */
const PROOF: ErrorLine = { ...UNAVAILABLE, message: 'Bluesky wants a new proof of who calls. It is tried again.' };

/** `error` of the protocol's errors by our classes. */
const NAMES: Readonly<Record<string, ErrorLine>> = {
  ExpiredToken: AUTH_EXPIRED,
  // A token that the server cannot read: also one of another server, after the account has moved.
  InvalidToken: AUTH_EXPIRED,
  AuthMissing: RELINK,
  AuthenticationRequired: RELINK,
  AccountTakedown: ACCOUNT,
  AccountDeactivated: ACCOUNT,
  AccountNotFound: ACCOUNT,
  RepoDeactivated: ACCOUNT,
  RepoTakendown: ACCOUNT,
  RepoNotFound: ACCOUNT,
  InvalidRequest: METADATA,
  InvalidRecord: METADATA,
  BlobTooLarge: FILE,
  PayloadTooLarge: FILE,
  InvalidMimeType: FILE,
  VideoTooLarge: FILE,
  VideoTooLong: FILE,
  BadAspectRatio: FILE,
  UnsupportedContentType: FILE,
  RateLimitExceeded: RATE,
  TooManyOpenUploads: RATE,
  DailyLimitExceeded: CAP,
  UploadForbidden: NO_VIDEOS,
  UploadNotFound: UPLOAD_STATE,
  UploadExpired: UPLOAD_STATE,
  UploadAborted: UPLOAD_STATE,
  UploadFailed: UPLOAD_STATE,
  UploadAlreadyCompleted: UPLOAD_STATE,
  UploadNotReady: UPLOAD_STATE,
  MissingParts: UPLOAD_STATE,
  PartSizeMismatch: UPLOAD_STATE,
  InvalidPartNumber: UPLOAD_STATE,
  InternalServerError: UNAVAILABLE,
  UpstreamFailure: UNAVAILABLE,
  UpstreamTimeout: UNAVAILABLE,
  ServiceOverloaded: UNAVAILABLE,
  NotEnoughResources: UNAVAILABLE,
  // Of tokens that are bound to a key.
  invalid_token: AUTH_EXPIRED,
  ScopeMissingError: usualLines('Bluesky').scope,
  use_dpop_nonce: PROOF,
  invalid_dpop_proof: PROOF,
};

/** A file that was uploaded and that no post used is dropped after some hours: it is sent again. */
const BLOB_GONE: ErrorLine = { class: 'retryable', code: 'platform_unavailable', message: 'Bluesky has dropped the uploaded file. It is sent again.' };

const errorSchema = z.object({ error: z.string().min(1), message: z.string().optional() });

/** What an answer that is no success means. */
export function refusalOf(answer: HttpAnswer, { now, secrets }: ErrorContext): Refusal {
  const said = parseAnswer(errorSchema, answer);
  const name = said?.error ?? null;
  const lost = isBlobGone(name, said?.message);
  const known = name !== null && Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
  const line = lost ? BLOB_GONE : (known ?? lineByStatus('Bluesky', answer.status));
  const words = { code: name ?? `HTTP ${answer.status}`, text: scrub(said?.message ?? answer.body, secrets) };
  const told = line.class === 'rate_limited' ? resetOf(answer.headers) : null;
  return {
    trouble: troubleOf(line, words, told ?? retryAfter(answer.headers, now) ?? line.until?.(now) ?? null),
    status: answer.status,
    name: lost ? 'BlobNotFound' : name,
    definite: said !== null && answer.status >= 400 && answer.status < 500 && (lost || line === PROOF || line.class !== 'retryable'),
  };
}

/** Older servers say it in words only. */
function isBlobGone(name: string | null, message = ''): boolean {
  return name === 'BlobNotFound' || (name === 'InvalidRequest' && message.startsWith('Could not find blob'));
}

/** The end of the window, in seconds since 1970; null: not said. */
function resetOf(headers: HttpAnswer['headers']): Date | null {
  const text = headers['ratelimit-reset'] ?? '';
  return /^\d{9,11}$/u.test(text) ? new Date(Number(text) * 1000) : null;
}

/** Errors of a refresh that stand for good: the app password was taken back, or the session is over. */
const REVOKED: ReadonlySet<string> = new Set(['ExpiredToken', 'InvalidToken', 'AuthMissing', 'AuthenticationRequired', 'AccountTakedown', 'AccountNotFound']);

/** What an answer to a refresh means that is no new session. Only a definite no makes linking anew necessary. */
export function sessionTrouble(answer: HttpAnswer, context: ErrorContext): Trouble {
  const { trouble, name, definite } = refusalOf(answer, context);
  const words = { code: trouble.platformCode, text: trouble.platformMessage };
  if (definite && name !== null && REVOKED.has(name)) return troubleOf(RELINK, words, null);
  if (trouble.class === 'rate_limited') return trouble;
  return troubleOf(UNAVAILABLE, words, retryAfter(answer.headers, context.now));
}

const SIGN_IN = { code: 'reauth_required', class: 'auth_revoked' } as const;
const WRONG: ErrorLine = { ...SIGN_IN, message: 'Bluesky does not accept this app password for this account. Look at both, or make a new app password.' };
const NOBODY: ErrorLine = { ...SIGN_IN, message: 'Bluesky knows no account by this name, or no server of it that can be reached. A handle looks like ada.bsky.social.' };
const MAIN: ErrorLine = {
  ...SIGN_IN,
  message: 'That is the password of the account itself, which no app should have. Make an app password at Bluesky, under Settings, Privacy and security, App passwords, and type that one.',
};
const NOT_HERE: ErrorLine = { class: 'permanent', code: 'permission_denied', message: 'The server of this account lets nobody sign in with an app password. Nothing was linked.' };

/** What an answer to a sign-in means that is no session. Nothing of what was typed is in it. */
export function signInTrouble(answer: HttpAnswer, context: ErrorContext): Trouble {
  const { trouble, name } = refusalOf(answer, context);
  const words = { code: trouble.platformCode, text: trouble.platformMessage };
  // A code by email is asked for beside the password of the account itself alone.
  if (name === 'AuthFactorTokenRequired') return troubleOf(MAIN, words, null);
  if (name === 'AuthenticationRequired' || name === 'InvalidRequest') return troubleOf(WRONG, words, null);
  const isKnown = trouble.class === 'retryable' || trouble.class === 'rate_limited' || (name !== null && NAMES[name] === ACCOUNT);
  return isKnown ? trouble : troubleOf(NOT_HERE, words, null);
}

/** What was typed as the account's name leads to none. */
export const NO_ACCOUNT = troubleOf(NOBODY, { code: null, text: null }, null);

/** What was typed is the account's own password. */
export const MAIN_PASSWORD = troubleOf(MAIN, { code: null, text: null }, null);

/** The app itself is refused: its key or its description, which the server could not fetch. */
const APP_REFUSED: ReadonlySet<string> = new Set(['invalid_client', 'invalid_client_metadata', 'unauthorized_client', 'invalid_redirect_uri']);

/** What an answer of an authorization server means that gives no tokens. */
export function tokenTrouble(answer: HttpAnswer, context: ErrorContext): Trouble {
  const { trouble, name, definite } = refusalOf(answer, context);
  const said = parseAnswer(z.object({ error_description: z.string() }), answer)?.error_description;
  const words = { code: name ?? trouble.platformCode, text: said === undefined ? trouble.platformMessage : scrub(said, context.secrets) };
  if (definite && name === 'invalid_grant') return troubleOf(RELINK, words, null);
  if (name !== null && APP_REFUSED.has(name)) return troubleOf(usualLines('Bluesky').app, words, null);
  if (trouble.class === 'rate_limited') return trouble;
  return troubleOf(UNAVAILABLE, words, retryAfter(answer.headers, context.now));
}

/** There is no token from which a session could be renewed. */
export const NO_SESSION = troubleOf(RELINK, { code: null, text: null }, null);

/** The directory of identities does not know the account, or knows no server for it that we would send a token to. */
export const NO_SERVER = troubleOf(ACCOUNT, { code: null, text: 'The account has no server that can be reached.' }, null);

/** The account may upload no video now. */
export function noVideosNow(message: string, now: Date): Trouble {
  // The reason is in words only; the one that a person can put right is the address that was never confirmed.
  const line = /confirm|verif/iu.test(message) ? NO_VIDEOS : CAP;
  return troubleOf(line, { code: 'canUpload', text: scrub(message, []) }, line.until?.(now) ?? null);
}

const REJECTED: ReadonlySet<string> = new Set(['validation_failure', 'encoding_failure', 'pds_upload_unsupported_blob_size']);

/** Why the video service could not process a file (`failureCode`). */
export function jobTrouble(failureCode: string | undefined, message: string | undefined): Trouble {
  const words = { code: failureCode ?? 'JOB_STATE_FAILED', text: scrub(message ?? '', []) };
  return troubleOf(failureCode !== undefined && REJECTED.has(failureCode) ? FILE : UNAVAILABLE, words, null);
}
