import type * as z from 'zod';
import type { Route } from '../http/route.ts';
import type { Caller } from './authentication.ts';

/** What a route's function is given: who calls, and what the request says under the route's schemas. */
export interface Call<R extends Route> {
  readonly caller: Caller;
  readonly body: R['body'] extends { readonly schema: infer Schema extends z.ZodType } ? z.output<Schema> : null;
  readonly params: R['params'] extends z.ZodType ? z.output<R['params']> : null;
  readonly query: R['query'] extends z.ZodType ? z.output<R['query']> : null;
}

/** What a request says, whatever its route. */
export interface Input {
  readonly body: unknown;
  readonly params: unknown;
  readonly query: unknown;
}

/** What it answers: one of the route's statuses with the body of that status. */
export type AnswerOf<R extends Route> = {
  [Status in keyof R['answers'] & number]: { readonly status: Status; readonly body: z.input<R['answers'][Status]> };
}[keyof R['answers'] & number];

/** A route with the function that serves it. */
export interface Endpoint<Ports> {
  readonly route: Route;
  readonly handle: (ports: Ports, call: Input & { readonly caller: Caller }) => Promise<{ readonly status: number; readonly body: unknown }>;
}

/** Ties a function to its route. The input was made by the schemas of this very route, so the narrower type holds. */
export function endpoint<R extends Route, Ports>(
  route: R,
  handle: (ports: Ports, call: Call<R>) => Promise<AnswerOf<R>>,
): Endpoint<Ports> {
  return { route, handle: (ports, call) => handle(ports, call as Call<R>) };
}

/** An answer whose status and body keep their exact types, so that they can be held against the route's. */
export function answer<const Status extends number, const Body>(status: Status, body: Body): { status: Status; body: Body } {
  return { status, body };
}
