import { json } from '../http.ts';
import { Refusal } from '../refusal.ts';
import type { Answer } from '../stand-in.ts';

const MESSAGES: Readonly<Record<number, string>> = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 429: 'Too Many Requests' };

/** A refusal before Reddit looks at what was asked for. */
export function refuse(status: number, more: { readonly reason?: string; readonly headers?: Answer['headers'] } = {}): Refusal {
  return new Refusal(json(status, { message: MESSAGES[status], error: status, ...(more.reason !== undefined && { reason: more.reason }) }, more.headers));
}

/** A refusal in Reddit's own words, which comes with status 200. `ratelimit`: seconds. */
export function refuseJson(code: string, message: string, field: string, ratelimit?: number): Refusal {
  return new Refusal(json(200, { json: { errors: [[code, message, field]], ...(ratelimit !== undefined && { ratelimit }) } }));
}

/** What is not documented, or is not there. */
export function invalidOption(field: string): Refusal {
  return refuseJson('INVALID_OPTION', `that option is not valid: ${field}`, field);
}

/** A refusal of the store behind the uploads, which is Amazon's. */
export function refuseXml(status: number, code: string, message: string, more = ''): Refusal {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;
  return new Refusal({ status, headers: { 'content-type': 'application/xml' }, body });
}
