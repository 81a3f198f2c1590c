import { expect } from 'vitest';
import { undocumented } from '../../support/documented.ts';
import { stack } from './stack.ts';

/** How a request proves who it is: the demo tenant's key unless told otherwise. */
export interface Caller {
  readonly apiKey?: string;
  readonly jwt?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers field by field; `call` has checked the shape
  readonly body: any;
}

/** The texts of all answers that the tests of this file have had. */
export const answers: string[] = [];

/** Sends one request to the deployed API, reads its JSON answer, and holds it against the OpenAPI document. */
export async function call(
  method: string,
  path: string,
  body?: unknown,
  caller: Caller = { apiKey: stack.apiKey },
  headers: Readonly<Record<string, string>> = {},
): Promise<ApiAnswer> {
  const form = body instanceof FormData;
  const answer = await fetch(stack.apiUrl + path, {
    method,
    headers: {
      ...(caller.apiKey === undefined ? {} : { 'x-api-key': caller.apiKey }),
      ...(caller.jwt === undefined ? {} : { authorization: `Bearer ${caller.jwt}` }),
      ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  answers.push(text);
  const parsed: unknown = text === '' ? null : JSON.parse(text);
  expect(undocumented({ method, path, status: answer.status, header: (name) => answer.headers.get(name), body: parsed })).toEqual([]);
  return { status: answer.status, headers: answer.headers, body: parsed };
}
