import { FanfareError } from '../../core/errors.ts';
import { StoreBusy } from '../../core/ports/index.ts';
import type { Problem } from '../http/native/schemas/common.ts';
import { jsonAnswer } from './answer.ts';
import type { Answer } from './answer.ts';

/** At most so many wrong fields are named in one answer. */
const MAX_ERRORS = 50;

/** The error that a person is told of: our own as it is, a store without capacity as `busy`, anything else as `internal`. */
export function toFanfareError(error: unknown): FanfareError {
  if (error instanceof FanfareError) return error;
  if (error instanceof StoreBusy) return new FanfareError('busy', 'Nothing was changed: try again.', { cause: error, retryAfter: 1 });
  const message = 'Something went wrong on our side. Trying again is safe; if it stays so, tell the operator the request id.';
  return new FanfareError('internal', message, { cause: error });
}

/** An error as `application/problem+json` (RFC 9457). Only texts of `FanfareError` reach the caller. */
export function problemAnswer(error: FanfareError, context: { docsUrl: string; requestId: string; withToken: boolean }): Answer {
  const { status, title } = error.kind;
  const errors = error.errors.slice(0, MAX_ERRORS).map(({ field, code, message }) => ({ field, code, message }));
  const problem: Problem = {
    type: `${context.docsUrl}/${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    ...(errors.length > 0 ? { errors } : {}),
    ...detailsOf(error),
    requestId: context.requestId,
  };
  const answer = jsonAnswer(status, problem, { 'Content-Type': 'application/problem+json' });
  if (error.retryAfter !== null) answer.headers['Retry-After'] = String(error.retryAfter);
  // RFC 9110, section 15.5.2: a 401 names a scheme; RFC 6750, section 3.1: a refused token is called invalid.
  if (status === 401) answer.headers['WWW-Authenticate'] = `Bearer realm="fanfare"${context.withToken ? ', error="invalid_token"' : ''}`;
  return answer;
}

function detailsOf({ details: { quota, upload } }: FanfareError): Pick<Problem, 'quota' | 'upload'> {
  return {
    ...(quota === undefined ? {} : { quota }),
    ...(upload === undefined ? {} : { upload: { ...upload, accounts: [...upload.accounts] } }),
  };
}
