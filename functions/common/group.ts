import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { FanfareError } from '../../core/errors.ts';
import type { Log } from '../../core/ports/index.ts';
import type { Times } from '../../core/times.ts';
import type { Answer } from './answer.ts';
import type { Authenticator } from './authentication.ts';
import type { Endpoint } from './endpoint.ts';
import { invocationOf } from './invocation.ts';
import type { Invocations } from './invocation.ts';
import { answerHeaders, authentication, problems, requestLog } from './middleware.ts';
import { planCache } from './plans.ts';
import { serve } from './serve.ts';

export interface GroupSettings {
  readonly authenticator: Authenticator;
  /** How long a request may run, from which follows when one counts as dead. */
  readonly times: Pick<Times, 'apiFunction' | 'requestMargin'>;
  /** Where the pages on error types stand. */
  readonly docsUrl: string;
  readonly origins: readonly string[];
  /** A log whose lines all carry these fields. */
  readonly log: (context: Readonly<Record<string, unknown>>) => Log;
}

export type GroupHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<Answer>;

/** Milliseconds before the end of the function's life at which it answers by itself, so that the caller gets a problem. */
const ANSWER_EARLY = 500;

/**
 * The Lambda handler of a group of routes. Around each request, from the outside in: one log line, headers, errors as
 * problems, the route by method and path, authentication with scope and rate, the object that the path names, the request under
 * the route's schemas, and the route's function, once under an `Idempotency-Key`.
 * `portsFor` gives that function its ports, with a log that names the request and the tenant.
 */
export function groupHandler<Ports>(
  settings: GroupSettings,
  portsFor: (log: Log) => Ports,
  endpoints: readonly Endpoint<Ports>[],
): GroupHandler {
  const invocations: Invocations = new WeakMap();
  const plans = planCache(settings.authenticator);

  const handlerOf = (endpoint: Endpoint<Ports>) =>
    middy<APIGatewayProxyEvent, Answer>(
      (event: APIGatewayProxyEvent) => serve(endpoint, { event, invocation: invocationOf(invocations, event) }, settings, portsFor),
      { timeoutEarlyInMillis: 0 },
    ).use(authentication(invocations, settings, plans, endpoint.route));

  const router = httpRouter<APIGatewayProxyEvent, Answer>({
    routes: endpoints.map((each) => ({ method: each.route.method, path: each.route.path, handler: handlerOf(each) })),
    notFoundResponse: ({ method, path }) => {
      throw new FanfareError('not_found', `There is no ${method} ${path.slice(0, 200)}.`);
    },
  });

  return middy<APIGatewayProxyEvent, Answer>(router, {
    timeoutEarlyInMillis: ANSWER_EARLY,
    timeoutEarlyResponse: () => {
      throw new FanfareError('busy', 'This took too long to wait for: send the same request again.', { retryAfter: 1 });
    },
  })
    .use(requestLog(invocations, settings))
    .use(answerHeaders(invocations, settings))
    .use(problems(invocations, settings));
}
