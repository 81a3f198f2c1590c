import type * as z from 'zod';
import { mediaType } from '../http.ts';
import type { Call } from '../stand-in.ts';
import { invalid } from './errors.ts';

/** The JSON body of a call, as strict as the schema. */
export function parseBody<Schema extends z.ZodType>(call: Call, schema: Schema): z.output<Schema> {
  if (mediaType(call) !== 'application/json') throw invalid('Content-Type is application/json.');
  const parsed = schema.safeParse(parseJson(call));
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

function parseJson(call: Call): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(call.body));
  } catch (error) {
    throw invalid(`the body is not JSON: ${String(error)}`);
  }
}
