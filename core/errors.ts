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
}

export const errorKinds = {
  validation_failed: { status: 400, title: 'Validation failed', actor: 'caller', retryable: false },
  unauthenticated: { status: 401, title: 'Not authenticated', actor: 'caller', retryable: false },
  forbidden: { status: 403, title: 'Not allowed', actor: 'caller', retryable: false },
  api_key_not_allowed: { status: 403, title: 'API keys are not allowed here', actor: 'caller', retryable: false },
  not_found: { status: 404, title: 'Not found', actor: 'caller', retryable: false },
  method_not_allowed: { status: 405, title: 'Method not allowed', actor: 'caller', retryable: false },
  session_state: { status: 409, title: 'The session is not open', actor: 'caller', retryable: false },
  upload_state: { status: 409, title: 'The upload is not in a state for this', actor: 'caller', retryable: false },
  media_gone: { status: 409, title: 'The files of the upload are gone', actor: 'caller', retryable: false },
  account_busy: { status: 409, title: 'The account is being published on', actor: 'caller', retryable: true },
  limit_reached: { status: 409, title: 'There are as many as there may be', actor: 'caller', retryable: false },
  idempotency_in_progress: { status: 409, title: 'The first request with this key is still running', actor: 'caller', retryable: true },
  session_expired: { status: 410, title: 'The session has expired', actor: 'caller', retryable: false },
  precondition_failed: { status: 412, title: 'It was changed in the meantime', actor: 'caller', retryable: false },
  file_too_large: { status: 413, title: 'File too large', actor: 'caller', retryable: false },
  body_too_large: { status: 413, title: 'Request too large', actor: 'caller', retryable: false },
  unsupported_media_type: { status: 415, title: 'Unsupported media type', actor: 'caller', retryable: false },
  part_mismatch: { status: 422, title: 'The stored parts do not match', actor: 'caller', retryable: false },
  idempotency_mismatch: { status: 422, title: 'The Idempotency-Key was used for another request', actor: 'caller', retryable: false },
  rate_limited: { status: 429, title: 'Too many requests', actor: 'caller', retryable: true },
  quota_exceeded: { status: 429, title: 'The quota of this month is used up', actor: 'account_owner', retryable: true },
  internal: { status: 500, title: 'Internal error', actor: 'operator', retryable: true },
  busy: { status: 503, title: 'Busy', actor: 'caller', retryable: true },
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

/** One field is wrong: 400 with that field. */
export function invalidField(field: string, code: string, message: string): FanfareError {
  return new FanfareError('validation_failed', message, { errors: [{ field, code, message }] });
}
