import type { APIGatewayProxyEvent } from 'aws-lambda';
import type * as z from 'zod';
import type { Route } from '../http/route.ts';
import type { Caller } from './authentication.ts';
import { parseBy } from './field-errors.ts';
import { readJson } from './json-body.ts';
import type { Once, Outcome } from './once.ts';

/** What a route's function is given: who calls, and what the request says under the route's schemas. */
export interface Call<R extends Route, Found = null> {
  /** Null where nobody has to say who they are. */
  readonly caller: R['auth'] extends 'none' ? null : Caller;
  /** What `find` found. */
  readonly found: Found;
  readonly once: Once;
  readonly body: R['body'] extends { readonly schema: infer Schema extends z.ZodType } ? z.output<Schema> : null;
  readonly params: R['params'] extends z.ZodType ? z.output<R['params']> : null;
  readonly query: R['query'] extends z.ZodType ? z.output<R['query']> : null;
  readonly ifMatch: Input['ifMatch'];
  /** The value of a cookie of the browser that sent it; null: there is none. */
  readonly cookie: (name: string) => string | null;
}

/** What a request says, whatever its route. */
export interface Input {
  readonly body: unknown;
  readonly params: unknown;
  readonly query: unknown;
  /** Entity tags of which the object must have one; null: it may be as it is. */
  readonly ifMatch: readonly string[] | '*' | null;
}

/** What it answers: one of the route's statuses with the body of that status. */
export type AnswerOf<R extends Route> = {
  [Status in keyof R['answers'] & number]: {
    readonly status: Status;
    readonly body: z.input<R['answers'][Status]>;
    readonly headers?: Readonly<Record<string, string>>;
  };
}[keyof R['answers'] & number];

/** A route with the function that serves it. */
export interface Endpoint<Ports> {
  readonly route: Route;
  readonly readBody: (event: APIGatewayProxyEvent) => Promise<unknown>;
  readonly find: (ports: Ports, call: { readonly caller: Caller | null; readonly params: unknown }) => Promise<unknown>;
  readonly handle: (ports: Ports, call: Served) => Promise<SomeAnswer>;
  readonly replay: (ports: Ports, call: Served, outcome: Outcome) => Promise<SomeAnswer>;
}

/** A call whatever its route. */
export interface Served extends Input {
  readonly cookie: (name: string) => string | null;
  readonly caller: Caller | null;
  readonly found: unknown;
  readonly once: Once;
}

/** An answer whatever its route; `headers` beside those that every answer has. */
export interface SomeAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How a route is served. */
export interface Serving<R extends Route, Ports, Found> {
  /**
   * The object that the path names; throws `not_found`. It runs before the body is judged, and also before a repeated request is
   * recognised: a route that removes the object it names has none, and looks for it in `handle`.
   */
  readonly find?: (ports: Ports, call: Pick<Call<R>, 'caller' | 'params'>) => Promise<Found>;
  readonly handle: (ports: Ports, call: Call<R, Found>) => Promise<AnswerOf<R>>;
  /**
   * Answers a request that was done before from what was kept of its outcome, and finishes what follows the effect if the first
   * one died before it could. Routes with an effect have it. Throws `EffectTakenBack` if we undid the effect.
   */
  readonly replay?: (ports: Ports, call: Call<R, Found>, outcome: Outcome) => Promise<AnswerOf<R>>;
}

type JsonRoute = Route & { readonly body: null | { readonly type: 'json' } };

/** Ties a function to its route, which takes JSON or nothing. */
export function endpoint<R extends JsonRoute, Ports, Found = null>(route: R, serving: Serving<R, Ports, Found>): Endpoint<Ports> {
  const { body } = route;
  return tie(route, async (event) => (body === null ? null : parseBy(body.schema, readJson(event))), serving);
}

/** `readBody` parses by the schema of this very route, so the input has the narrower type. */
export function tie<R extends Route, Ports, Found>(
  route: R,
  readBody: Endpoint<Ports>['readBody'],
  { find, handle, replay }: Serving<R, Ports, Found>,
): Endpoint<Ports> {
  if ((replay === undefined) !== (route.effect === 'read')) throw new Error(`${route.operationId}: what has an effect can be replayed, and nothing else.`);
  return {
    route,
    readBody,
    find: async (ports, call) => (find === undefined ? null : find(ports, call as Call<R>)),
    handle: (ports, call) => handle(ports, call as Call<R, Found>),
    replay: async (ports, call, outcome) => {
      if (replay === undefined) throw new Error(`${route.operationId} is not replayed.`);
      return replay(ports, call as Call<R, Found>, outcome);
    },
  };
}

/** An answer whose status and body keep their exact types, so that they can be held against the route's. */
export function answer<const Status extends number, const Body>(status: Status, body: Body): { status: Status; body: Body } {
  return { status, body };
}
