import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Caller } from './authentication.ts';

/** What is learnt of a request while it is served. */
export interface Invocation {
  readonly requestId: string;
  /** Milliseconds, monotonic. */
  readonly startedAt: number;
  /** Method and path as in the route table. */
  route: string | null;
  caller: Caller | null;
  error: unknown;
}

/** The requests that this process is serving now. */
export type Invocations = WeakMap<APIGatewayProxyEvent, Invocation>;

/** What is known of a request; it begins when it is first asked for. */
export function invocationOf(invocations: Invocations, event: APIGatewayProxyEvent): Invocation {
  const known = invocations.get(event);
  if (known !== undefined) return known;
  const begun: Invocation = {
    requestId: event.requestContext.requestId,
    startedAt: performance.now(),
    route: null,
    caller: null,
    error: null,
  };
  invocations.set(event, begun);
  return begun;
}
