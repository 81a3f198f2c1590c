import { authorization, formFields, json, mediaType } from './http.ts';
import { randomText } from './random.ts';
import { Refusal } from './refusal.ts';
import type { Call } from './stand-in.ts';

/** What the stand-ins of Meta's Graph API share: errors, tokens, parameters, and the choice of fields. */

export interface GraphError {
  readonly code: number;
  readonly subcode?: number;
  readonly message: string;
  /** 400 if left out. */
  readonly status?: number;
  readonly transient?: boolean;
  /** `error_data`: what a program is told beside it. */
  readonly data?: unknown;
  readonly type?: 'OAuthException' | 'IGApiException' | 'GraphMethodException';
}

/** A refusal in the shape of the Graph API. `code` and `error_subcode` are what clients decide by. */
export function refuse({ code, subcode, message, status = 400, transient = false, data, type = 'OAuthException' }: GraphError): Refusal {
  return new Refusal(
    json(status, {
      error: {
        message,
        type,
        code,
        ...(subcode !== undefined && { error_subcode: subcode, error_user_msg: message }),
        ...(data !== undefined && { error_data: data }),
        is_transient: transient,
        fbtrace_id: `A${randomText(22)}`,
      },
    }),
  );
}

/** The object of a call does not exist, or is not this account's. */
export function nothingThere(id: string): Refusal {
  return refuse({
    code: 100,
    subcode: 33,
    message: `There is no object ${id}, or it cannot be seen with this token.`,
    type: 'GraphMethodException',
  });
}

/** A parameter that is not known, comes twice, or has the wrong form. */
export function badParameter(name: string, problem: string): Refusal {
  return refuse({ code: 100, message: `The parameter ${name} is ${problem}.` });
}

/** The token that a call brings: as a parameter, or in a header as the Graph API also takes it; null: it brings none. */
export function tokenOf(call: Call, fields: URLSearchParams): string | null {
  const header = authorization(call, ['bearer', 'oauth']);
  const parameter = fields.get('access_token');
  if (header !== null && parameter !== null && header !== parameter) throw badParameter('access_token', 'another than that of the header');
  return parameter ?? header;
}

/** The parameters of a call. Those of a POST come in a form: in a query, `&` would cut them. */
export function parameters(call: Call): URLSearchParams {
  if (call.method !== 'POST') return call.query;
  const other = [...call.query.keys()].find((name) => name !== 'access_token');
  if (other !== undefined) throw badParameter(other, 'not taken from the query');
  if (mediaType(call) !== 'application/x-www-form-urlencoded') throw refuse({ code: 100, message: 'The body is no form.' });
  return new URLSearchParams([...call.query, ...formFields(call)]);
}

/** The wanted fields of an object; `id` always comes along, and a field without a value is left out. */
export function pick(id: string, values: Readonly<Record<string, unknown>>, wanted: string | null): Record<string, unknown> {
  const all: Readonly<Record<string, unknown>> = { ...values, id };
  const names = wanted === null ? [] : parseFields(wanted, all);
  return { ...Object.fromEntries(names.map((name) => [name, all[name]])), id };
}

/** The names in `fields`; refuses those that are not known. */
export function parseFields(wanted: string, known: object): readonly string[] {
  const names = wanted.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) throw refuse({ code: 100, message: `There is no field ${unknown}.` });
  return names;
}

/** How long a page of a list is unless the call says, and at most. */
const PAGE_DEFAULT = 25;
const PAGE_MAX = 100;

/** How many of a list are wanted. */
export function parseLimit(text: string | null): number {
  if (text === null) return PAGE_DEFAULT;
  const limit = Number(text);
  if (!/^\d{1,4}$/.test(text) || limit < 1 || limit > PAGE_MAX) throw badParameter('limit', `not between 1 and ${PAGE_MAX}`);
  return limit;
}
