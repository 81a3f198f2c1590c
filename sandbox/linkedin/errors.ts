import type * as z from 'zod';
import { json, mediaType } from '../http.ts';
import { Refusal } from '../refusal.ts';
import type { Call } from '../stand-in.ts';

export interface LinkedInError {
  /** 422 if left out. */
  readonly status?: number;
  readonly code: string;
  readonly serviceErrorCode?: number;
  readonly message: string;
  /** What is wrong with the input. */
  readonly inputErrors?: readonly { readonly code: string; readonly description: string }[];
}

/** A refusal in the shape of the versioned REST API. */
export function refuse({ status = 422, code, serviceErrorCode, message, inputErrors }: LinkedInError): Refusal {
  return new Refusal(
    json(status, {
      status,
      code,
      ...(serviceErrorCode !== undefined && { serviceErrorCode }),
      message,
      ...(inputErrors !== undefined && { errorDetails: { inputErrors } }),
    }),
  );
}

/** A refusal of the token endpoint, in the shape of RFC 6749 section 5.2. */
export function refuseToken(status: number, error: string, description: string): Refusal {
  return new Refusal(json(status, { error, error_description: description }));
}

/** The JSON body of a call; refused if it is none, or not what the schema says. */
export function bodyOf<Schema extends z.ZodType>(call: Call, schema: Schema): z.output<Schema> {
  if (mediaType(call) !== 'application/json') throw refuse({ status: 400, code: 'INVALID_VALUE', message: 'The body of this call is JSON.' });
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(call.body).toString('utf8'));
  } catch (error) {
    throw refuse({ status: 400, code: 'INVALID_VALUE', message: `The body is not JSON: ${String(error)}` });
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const missing = issue?.code === 'invalid_type' && issue.message.includes('undefined');
  const field = issue?.path.join('/') ?? '';
  const code = missing ? 'MISSING_FIELD' : 'INVALID_VALUE';
  throw refuse({ code, message: `ERROR :: /${field} :: ${issue?.message}`, inputErrors: [{ code, description: `/${field}: ${issue?.message}` }] });
}
