import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import type { Route } from '../http/route.ts';
import type { Caller } from './authentication.ts';
import { parseBy } from './field-errors.ts';
import { readJson } from './json-body.ts';

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
  readonly readBody: (event: APIGatewayProxyEvent) => Promise<unknown>;
  readonly handle: (ports: Ports, call: Input & { readonly caller: Caller }) => Promise<{ readonly status: number; readonly body: unknown }>;
}

export type Handle<R extends Route, Ports> = (ports: Ports, call: Call<R>) => Promise<AnswerOf<R>>;

type JsonRoute = Route & { readonly body: null | { readonly type: 'json' } };

/** Ties a function to its route, which takes JSON or nothing. */
export function endpoint<R extends JsonRoute, Ports>(route: R, handle: Handle<R, Ports>): Endpoint<Ports> {
  const { body } = route;
  return tie(route, async (event) => (body === null ? null : parseBy(body.schema, readJson(event))), handle);
}

/** `readBody` parses by the schema of this very route, so the input has the narrower type. */
export function tie<R extends Route, Ports>(route: R, readBody: Endpoint<Ports>['readBody'], handle: Handle<R, Ports>): Endpoint<Ports> {
  return { route, readBody, handle: (ports, call) => handle(ports, call as Call<R>) };
}

/** An answer whose status and body keep their exact types, so that they can be held against the route's. */
export function answer<const Status extends number, const Body>(status: Status, body: Body): { status: Status; body: Body } {
  return { status, body };
}
