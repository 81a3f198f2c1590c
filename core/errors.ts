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
  session_expired: { status: 410, title: 'The session has expired', actor: 'caller', retryable: false },
  file_too_large: { status: 413, title: 'File too large', actor: 'caller', retryable: false },
  body_too_large: { status: 413, title: 'Request too large', actor: 'caller', retryable: false },
  unsupported_media_type: { status: 415, title: 'Unsupported media type', actor: 'caller', retryable: false },
  part_mismatch: { status: 422, title: 'The stored parts do not match', actor: 'caller', retryable: false },
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
}

/** An error for a person. `message` says what happened and what to do. */
export class FanfareError extends Error {
  override readonly name = 'FanfareError';
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];
  readonly retryAfter: number | null;

  constructor(code: ErrorCode, message: string, options: FanfareErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.errors = options.errors ?? [];
    this.retryAfter = options.retryAfter ?? null;
  }

  get kind(): ErrorKind {
    return errorKinds[this.code];
  }
}

/** One field is wrong: 400 with that field. */
export function invalidField(field: string, code: string, message: string): FanfareError {
  return new FanfareError('validation_failed', message, { errors: [{ field, code, message }] });
}
