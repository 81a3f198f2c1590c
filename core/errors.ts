/**
 * The errors that reach people. One class; `code` is stable and documented, `status` is what the native surface answers,
 * `actor` says who can do something about it.
 */

export type Actor = 'caller' | 'account_owner' | 'operator';

interface ErrorKind {
  readonly status: number;
  readonly title: string;
  readonly actor: Actor;
  readonly retryable: boolean;
  /** What happened, and what to do about it: CommonMark, for the pages under `docs/errors/`. */
  readonly happened: string;
  readonly remedy: string;
}

export const errorKinds = {
  validation_failed: {
    status: 400, title: 'Validation failed', actor: 'caller', retryable: false,
    happened: 'A field of the request, a parameter or a header is missing, of the wrong type or out of bounds, or a rule of a network does not allow it. Nothing was done.',
    remedy: 'Read `errors`: each entry names the `field`, a `code` (the kind of mistake, or the id of the rule) and a `message` that says what is allowed. Correct the request and send it again.',
  },
  unauthenticated: {
    status: 401, title: 'Not authenticated', actor: 'caller', retryable: false,
    happened: 'No credentials came with the request, or they are not valid: an API key that does not exist, was revoked or has expired, or a session token that has expired or was not issued for this API.',
    remedy: 'Send `X-Api-Key: <key>` or `Authorization: Bearer <session token>`, as the route takes them. Make a new key, or sign in again, if the old one has ended.',
  },
  forbidden: {
    status: 403, title: 'Not allowed', actor: 'caller', retryable: false,
    happened: 'The credentials are valid, but not for this: the API key lacks the scope that the route states.',
    remedy: 'Use a key with that scope, or make one. A dashboard session has all of them.',
  },
  api_key_not_allowed: {
    status: 403, title: 'API keys are not allowed here', actor: 'caller', retryable: false,
    happened: 'The route takes a dashboard session only, and an API key came with the request.',
    remedy: 'Send `Authorization: Bearer <session token>` and leave `X-Api-Key` out.',
  },
  not_found: {
    status: 404, title: 'Not found', actor: 'caller', retryable: false,
    happened: 'There is no such path, or nothing with this id or token that belongs to you. What belongs to somebody else is answered in the same way.',
    remedy: 'Check the path, the id and which workspace the credentials belong to.',
  },
  method_not_allowed: {
    status: 405, title: 'Method not allowed', actor: 'caller', retryable: false,
    happened: 'The path exists, but not with this method.',
    remedy: 'Look the method up in the documentation of the path.',
  },
  session_state: {
    status: 409, title: 'The session is not open', actor: 'caller', retryable: false,
    happened: 'The upload session was aborted, or was already completed in another way.',
    remedy: 'Open a new session. If it was completed, the upload exists: look it up instead.',
  },
  upload_state: {
    status: 409, title: 'The upload is not in a state for this', actor: 'caller', retryable: false,
    happened: 'The upload is not in a state in which this is possible: it is being published, or it has ended. `upload` says how it stands, and for which of its accounts the request would be possible.',
    remedy: 'Read `upload.accounts`, then repeat the request for those accounts whose `possible` is true, or leave it.',
  },
  media_gone: {
    status: 409, title: 'The file is not kept any more', actor: 'caller', retryable: false,
    happened: 'A file was let go: those of an upload some days after its last account has ended, and a file by itself three weeks after it was stored, unless an upload needs it longer.',
    remedy: 'Send the file again: as a new upload, or with `POST /api/media`.',
  },
  account_busy: {
    status: 409, title: 'The account is being published on', actor: 'caller', retryable: true,
    happened: 'Something is being published on the account at this moment.',
    remedy: 'Send the same request again after the seconds of `Retry-After`.',
  },
  link_state: {
    status: 409, title: 'The link is not in a state for this', actor: 'caller', retryable: false,
    happened: 'The link does not wait for a choice: nobody has consented yet, it has ended, or its time is over.',
    remedy: 'Look at it with `GET /api/accounts/link/{linkId}`. If it has ended, begin a new one with `POST /api/accounts/link`.',
  },
  key_state: {
    status: 409, title: 'The key has ended', actor: 'caller', retryable: false,
    happened: 'The API key was revoked, has expired or was replaced before, and what was asked needs one that is in use.',
    remedy: 'Make a new key, or name one that is still in use.',
  },
  limit_reached: {
    status: 409, title: 'There are as many as there may be', actor: 'caller', retryable: false,
    happened: 'The workspace has as many objects of this kind as it may have.',
    remedy: 'Delete one that is not needed, then try again.',
  },
  idempotency_in_progress: {
    status: 409, title: 'The first request with this key is still running', actor: 'caller', retryable: true,
    happened: 'A request with the same `Idempotency-Key` is still running.',
    remedy: 'Send the same request again after the seconds of `Retry-After`: it then gets the answer of the first.',
  },
  session_expired: {
    status: 410, title: 'The session has expired', actor: 'caller', retryable: false,
    happened: 'The upload session is past its life, and what was sent of the file is gone.',
    remedy: 'Open a new session and send the file again.',
  },
  precondition_failed: {
    status: 412, title: 'It was changed in the meantime', actor: 'caller', retryable: false,
    happened: '`If-Match` names a version of the object that is not the present one: it was changed since it was read.',
    remedy: 'Read it again, decide whether the change still makes sense, and send the request with the new `ETag`.',
  },
  file_too_large: {
    status: 413, title: 'File too large', actor: 'caller', retryable: false,
    happened: 'The file is larger than this way of sending it takes.',
    remedy: 'Read `detail`: it names the limit, and the way for larger files where there is one.',
  },
  body_too_large: {
    status: 413, title: 'Request too large', actor: 'caller', retryable: false,
    happened: 'The body of the request is larger than any valid one.',
    remedy: 'Leave out what does not belong there. Files go through an upload session.',
  },
  unsupported_media_type: {
    status: 415, title: 'Unsupported media type', actor: 'caller', retryable: false,
    happened: 'The `Content-Type` is none that the route takes.',
    remedy: 'Send JSON in UTF-8 as `application/json`, or a form as `multipart/form-data` where the route takes a file.',
  },
  part_mismatch: {
    status: 422, title: 'The stored parts do not match', actor: 'caller', retryable: false,
    happened: 'What storage holds is not what was declared: a part is missing, or its size or ETag differs. The session stays open.',
    remedy: 'Send the parts that `errors` or `detail` names again, and complete the session with their new ETags.',
  },
  idempotency_mismatch: {
    status: 422, title: 'The Idempotency-Key was used for another request', actor: 'caller', retryable: false,
    happened: 'The `Idempotency-Key` was used within the last 24 hours for a request that was not the same.',
    remedy: 'Use a new key for a new request. A repeated request must be the same to the byte.',
  },
  rate_limited: {
    status: 429, title: 'Too many requests', actor: 'caller', retryable: true,
    happened: 'The credentials sent more requests than the plan allows at a time. Nothing was done.',
    remedy: 'Wait for the seconds of `Retry-After`, and spread requests as `RateLimit-Policy` says.',
  },
  quota_exceeded: {
    status: 429, title: 'The quota of this month is used up', actor: 'account_owner', retryable: true,
    happened: 'The workspace has used up its deliveries of this month, or the request asks for more than are left. Nothing was done. `quota` has the numbers.',
    remedy: 'Name fewer accounts, wait until `quota.resetsAt`, or ask the operator for a larger plan.',
  },
  internal: {
    status: 500, title: 'Internal error', actor: 'operator', retryable: true,
    happened: 'Something went wrong on our side.',
    remedy: 'Send the same request again, with the same `Idempotency-Key`. If it stays so, give the operator the `requestId`.',
  },
  busy: {
    status: 503, title: 'Busy', actor: 'caller', retryable: true,
    happened: 'The service could not answer in time, or is at its capacity.',
    remedy: 'Send the same request again after the seconds of `Retry-After`, with the same `Idempotency-Key`.',
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;

/** One thing that is wrong with one field; `code` is a rule id or the kind of mistake. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

export interface FanfareErrorOptions {
  readonly cause?: unknown;
  readonly errors?: readonly FieldError[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfter?: number;
  /** Members of the answer beside the standard ones. */
  readonly details?: ErrorDetails;
}

/** What some codes tell besides. */
export interface ErrorDetails {
  /** With `quota_exceeded`. */
  readonly quota?: QuotaState;
  /** With `upload_state`. */
  readonly upload?: UploadState;
}

/** Deliveries in a month: how many the tenant may have, has, and asked for; when the month ends. */
export interface QuotaState {
  readonly limit: number;
  readonly used: number;
  readonly requested: number;
  readonly resetsAt: string;
}

/** How an upload stands that is not in a state for what was asked, and which of its accounts still are. */
export interface UploadState {
  readonly status: string;
  readonly revision: number;
  readonly accounts: readonly { readonly accountId: string; readonly status: string; readonly possible: boolean }[];
}

/** An error for a person. `message` says what happened and what to do. */
export class FanfareError extends Error {
  override readonly name = 'FanfareError';
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  readonly retryAfter: number | null;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: FanfareErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
    this.retryAfter = options.retryAfter ?? null;
    this.details = options.details ?? {};
  }

  get kind(): ErrorKind {
    return errorKinds[this.code];
  }
}

/** An error that one field, or one header, is to blame for; `reason` is the field's own code. */
export function errorAt(code: ErrorCode, field: string, reason: string, message: string, options: Omit<FanfareErrorOptions, 'errors'> = {}): FanfareError {
  return new FanfareError(code, message, { ...options, errors: [{ field, code: reason, message }] });
}

/** One field is wrong: 400 with that field. */
export function invalidField(field: string, code: string, message: string, cause?: unknown): FanfareError {
  return errorAt('validation_failed', field, code, message, { cause });
}
