import { json } from '../http.ts';
import { Refusal } from '../refusal.ts';
import type { Answer } from '../stand-in.ts';

/** The codes that were seen; the page holds them for not sure. */
export const CODES = { invalid: 1, authentication: 2, authorization: 3, resource: 7, rate: 8, notReady: 12, notPermitted: 29, board: 40, unreachable: 235 } as const;

/** A refusal in the form of the API v5. */
export function refuse(status: number, code: number, message: string, headers: Answer['headers'] = {}): Refusal {
  return new Refusal(json(status, { code, message }, headers));
}

/** A parameter or a field that is not known, is missing, or has the wrong form. */
export function invalid(message: string): Refusal {
  return refuse(400, CODES.invalid, `Invalid request: ${message}`);
}

/** A refusal of the storage, which is S3 and speaks XML. */
export function refuseForm(status: number, code: string, message: string): Refusal {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return new Refusal({ status, headers: { 'content-type': 'application/xml' }, body });
}
