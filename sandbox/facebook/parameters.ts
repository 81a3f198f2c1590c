import * as z from 'zod';
import { badParameter, refuse } from '../graph.ts';
import { formFields, mediaType } from '../http.ts';
import { multipartParts } from '../multipart.ts';
import type { Call } from '../stand-in.ts';

/** The parameters of a call, and its files: of a POST in a form, in JSON or in a multipart form, all of which the Graph API takes. */
export interface Parameters {
  /** Lists and objects of a JSON body as JSON. */
  readonly fields: URLSearchParams;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** What may stand in the query of a POST: in a query, `&` would cut the rest. */
const IN_QUERY: ReadonlySet<string> = new Set(['access_token', 'appsecret_proof']);

const NO_FILES: ReadonlyMap<string, Uint8Array> = new Map();

export function parametersOf(call: Call): Parameters {
  if (call.method !== 'POST') return { fields: call.query, files: NO_FILES };
  const other = [...call.query.keys()].find((name) => !IN_QUERY.has(name));
  if (other !== undefined) throw badParameter(other, 'not taken from the query');
  const { fields, files } = bodyOf(call);
  return { fields: new URLSearchParams([...call.query, ...fields]), files };
}

function bodyOf(call: Call): Parameters {
  switch (mediaType(call)) {
    case 'application/x-www-form-urlencoded':
      return { fields: formFields(call), files: NO_FILES };
    case 'application/json':
      return { fields: fromJson(call), files: NO_FILES };
    case 'multipart/form-data':
      return fromMultipart(call);
    default:
      throw refuse({ code: 100, message: 'The body is no form, no JSON and no multipart form.' });
  }
}

const jsonSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.unknown()), z.record(z.string(), z.unknown())]));

function fromJson(call: Call): URLSearchParams {
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(call.body).toString('utf8'));
  } catch (error) {
    throw refuse({ code: 100, message: `The body is not JSON: ${String(error)}` });
  }
  const parsed = jsonSchema.safeParse(body);
  if (!parsed.success) throw refuse({ code: 100, message: 'The body is not an object of parameters.' });
  return new URLSearchParams(Object.entries(parsed.data).map(([name, value]): [string, string] => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]));
}

function fromMultipart(call: Call): Parameters {
  const parts = multipartParts(call);
  if (parts === null) throw refuse({ code: 100, message: 'The body is no multipart form.' });
  const fields = parts.filter(({ fileName }) => fileName === null).map(({ name, bytes }): [string, string] => [name, bytes.toString('utf8')]);
  const files = parts.filter(({ fileName }) => fileName !== null).map(({ name, bytes }) => [name, bytes] as const);
  return { fields: new URLSearchParams(fields), files: new Map(files) };
}

/** Whether a parameter is there and `true`; refuses what is neither `true` nor `false`. */
export function flag(fields: URLSearchParams, name: string, otherwise: boolean): boolean {
  const text = fields.get(name);
  if (text === null) return otherwise;
  if (text !== 'true' && text !== 'false') throw badParameter(name, 'neither true nor false');
  return text === 'true';
}

/** A parameter that has to be there. */
export function required(fields: URLSearchParams, name: string): string {
  const text = fields.get(name);
  if (text === null || text === '') throw badParameter(name, 'required');
  return text;
}

/** A whole number that has to be there. */
export function requiredNumber(fields: URLSearchParams, name: string): number {
  const text = required(fields, name);
  if (!/^\d{1,12}$/.test(text)) throw badParameter(name, 'no whole number');
  return Number(text);
}
