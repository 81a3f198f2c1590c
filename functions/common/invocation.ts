import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Caller } from './authentication.ts';
import type { Rate } from './rate-limit.ts';

/** What is learnt of a request while it is served. */
export interface Invocation {
  readonly requestId: string;
  /** Milliseconds, monotonic. */
  readonly startedAt: number;
  /** Method and path as in the route table. */
  route: string | null;
  caller: Caller | null;
  /** The caller's bucket of requests; null: nobody is authenticated. */
  rate: Rate | null;
  /** Whether the request was done before, and is answered again. */
  replayed: boolean;
  error: unknown;
  /** Ids of what the request is about, as its path or its answer names them. */
  names: LogNames;
}

/** Ids that lines of the log can be found by. */
export type LogNames = Readonly<Partial<Record<'uploadId' | 'accountId' | 'keyId', string>>>;

/** By the fields that hold them, also where a field is called `id`. Nothing else that stands in a path gets into the log. */
const LOG_NAMES = [
  ['uploadId', /^upl_[0-9A-Z]{26}$/u],
  ['accountId', /^acc_[0-9A-Z]{26}$/u],
  ['keyId', /^key_[0-9A-Z]{26}$/u],
] as const;

/** The ids in the parameters of a path, or in an answer. */
export function namesIn(value: unknown): LogNames {
  if (typeof value !== 'object' || value === null) return {};
  const fields = new Map<string, unknown>(Object.entries(value));
  const found = LOG_NAMES.flatMap(([name, form]) => {
    const id = [fields.get(name), fields.get('id')].find((each) => typeof each === 'string' && form.test(each));
    return id === undefined ? [] : [[name, id] as const];
  });
  return Object.fromEntries(found);
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
    rate: null,
    replayed: false,
    error: null,
    names: {},
  };
  invocations.set(event, begun);
  return begun;
}
