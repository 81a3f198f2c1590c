import { stack } from './stack.ts';

/** How a request proves who it is: the demo tenant's key unless told otherwise. */
export interface Caller {
  readonly apiKey?: string;
  readonly jwt?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read answers field by field; the routes' schemas are checked in test/functions
  readonly body: any;
}

/** Sends one request to the deployed API and reads its JSON answer. */
export async function call(
  method: string,
  path: string,
  body?: unknown,
  caller: Caller = { apiKey: stack.apiKey },
): Promise<ApiAnswer> {
  const form = body instanceof FormData;
  const answer = await fetch(stack.apiUrl + path, {
    method,
    headers: {
      ...(caller.apiKey === undefined ? {} : { 'x-api-key': caller.apiKey }),
      ...(caller.jwt === undefined ? {} : { authorization: `Bearer ${caller.jwt}` }),
      ...(body === undefined || form ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? null : JSON.parse(text) };
}
