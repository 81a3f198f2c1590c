import type * as z from 'zod';
import type { Answer, Call } from './stand-in.ts';

/** An answer with a JSON body. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': 'application/json; charset=UTF-8', ...headers }, body: JSON.stringify(value) };
}

/** The token of an `Authorization: <scheme> <token>` header; null without one of these schemes. */
export function authorization(call: Call, schemes: readonly string[]): string | null {
  const match = /^([A-Za-z]+) (\S+)$/.exec(call.headers['authorization'] ?? '');
  const [, scheme, token] = match ?? [];
  return scheme !== undefined && token !== undefined && schemes.includes(scheme.toLowerCase()) ? token : null;
}

/** The media type of the body, without parameters, in lower case. */
export function mediaType(call: Call): string {
  return (call.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The fields of a form body. */
export function formFields(call: Call): URLSearchParams {
  return new URLSearchParams(Buffer.from(call.body).toString('utf8'));
}

/** What is wrong with a set of parameters: the first name that is not known or comes twice. */
export function oddParameter(params: URLSearchParams, known: readonly string[]): { name: string; problem: 'unknown' | 'repeated' } | null {
  const seen = new Set<string>();
  for (const name of params.keys()) {
    if (!known.includes(name)) return { name, problem: 'unknown' };
    if (seen.has(name)) return { name, problem: 'repeated' };
    seen.add(name);
  }
  return null;
}

/** Whether the body of a call is JSON of this form. */
export function hasBody({ body }: Call, schema: z.ZodType): boolean {
  try {
    return schema.safeParse(JSON.parse(Buffer.from(body).toString('utf8'))).success;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
