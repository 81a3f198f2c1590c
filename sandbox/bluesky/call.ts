import * as z from 'zod';
import { mediaType, oddParameter } from '../http.ts';
import type { Call } from '../stand-in.ts';
import { invalidRequest, refuse } from './errors.ts';

/**
 * The parameters of a call under a schema of texts. The server software passes over what it does not know; here it is refused,
 * since a client that sends it believes in something that does not exist.
 */
export function parameters<Shape extends z.ZodRawShape>(call: Call, shape: Shape): z.output<z.ZodObject<Shape>> {
  const odd = oddParameter(call.query, Object.keys(shape));
  if (odd !== null) throw invalidRequest(`The parameter ${odd.name} is ${odd.problem}`);
  const parsed = z.object(shape).safeParse(Object.fromEntries(call.query));
  if (!parsed.success) throw invalidRequest(`Invalid params: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** The JSON input of a procedure under a schema. */
export function input<Schema extends z.ZodType>(call: Call, schema: Schema): z.output<Schema> {
  requireType(call, 'application/json');
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(call.body));
  } catch (error) {
    throw refuse(400, 'SyntaxError', String(error));
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidRequest(`Invalid input: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Refuses another type of body, and none. */
export function requireType(call: Call, expected: string): void {
  const type = mediaType(call);
  if (type === '') throw invalidRequest('Request encoding (Content-Type) required but not provided');
  if (type !== expected) throw invalidRequest(`Wrong request encoding (Content-Type): ${type}`);
}

/** For procedures without input: even an empty object is one too many. */
export function requireNoBody(call: Call): void {
  if (call.body.byteLength > 0) throw invalidRequest('A request body was provided when none was expected');
}

export const didSchema = z.string().regex(/^did:(?:plc:[a-z2-7]{24}|web:[a-z0-9.%-]+)$/u, 'Invalid DID');
export const nsidSchema = z.string().regex(/^[a-zA-Z][a-zA-Z0-9-]*(?:\.[a-zA-Z][a-zA-Z0-9-]*){2,}$/u, 'Invalid NSID');
/** A record's key in a collection of posts: 13 characters that are a time and a clock. */
export const tidSchema = z.string().regex(/^[2-7a-j][2-7a-z]{12}$/u, 'Invalid TID string');
