import { json } from '../http.ts';
import { Refusal } from '../refusal.ts';

/** The `status` words that Google's APIs put beside the HTTP status. */
const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
};

/** A refusal in the shape of Google's JSON APIs. `reason` is what clients decide by. */
export function refuse(code: number, reason: string, message: string, domain = 'youtube.video'): Refusal {
  const headers: Record<string, string> =
    code === 401 ? { 'www-authenticate': 'Bearer realm="https://accounts.google.com/", error="invalid_token"' } : {};
  const status = STATUS_WORDS[code];
  return new Refusal(
    json(code, { error: { code, message, errors: [{ message, domain, reason }], ...(status !== undefined && { status }) } }, headers),
  );
}

/** A refusal of the token endpoint, in the shape of RFC 6749 section 5.2. */
export function refuseToken(code: number, error: string, description: string): Refusal {
  return new Refusal(json(code, { error, error_description: description }));
}
