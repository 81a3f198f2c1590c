import middy from '@middy/core';
import httpRouter from '@middy/http-router';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { FanfareError } from '../../core/errors.ts';
import type { Log } from '../../core/ports/index.ts';
import { jsonAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Authenticator } from './authentication.ts';
import type { Endpoint } from './endpoint.ts';
import { invocationOf, namesIn } from './invocation.ts';
import type { Invocations } from './invocation.ts';
import { readInput, readParams } from './input.ts';
import { answerHeaders, authentication, problems, requestLog } from './middleware.ts';
import { unnamed } from './once.ts';

export interface GroupSettings {
  readonly authenticator: Authenticator;
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
 * problems, the route by method and path, authentication, the request under the route's schemas, the route's function.
 * `portsFor` gives that function its ports, with a log that names the request and the tenant.
 */
export function groupHandler<Ports>(
  settings: GroupSettings,
  portsFor: (log: Log) => Ports,
  endpoints: readonly Endpoint<Ports>[],
): GroupHandler {
  const invocations: Invocations = new WeakMap();

  const serve = (served: Endpoint<Ports>) =>
    middy<APIGatewayProxyEvent, Answer>(
      async (event: APIGatewayProxyEvent) => {
        const invocation = invocationOf(invocations, event);
        const { requestId, caller } = invocation;
        if (caller === null) throw new Error('The request was not authenticated.');
        const ports = portsFor(settings.log({ requestId, tenantId: caller.tenantId }));
        // Whether the object exists for the caller is decided before what is wanted of it is judged.
        const params = readParams(served.route, event);
        invocation.names = namesIn(params);
        const found = await served.find(ports, { caller, params });
        const input = { params, ...(await readInput(served, event)) };
        const { status, body, headers } = await served.handle(ports, { caller, found, once: unnamed, ...input });
        invocation.names = { ...invocation.names, ...namesIn(body) };
        return jsonAnswer(status, body, { ...headers });
      },
      { timeoutEarlyInMillis: 0 },
    )
      .use(authentication(invocations, settings, served.route));

  const router = httpRouter<APIGatewayProxyEvent, Answer>({
    routes: endpoints.map((each) => ({ method: each.route.method, path: each.route.path, handler: serve(each) })),
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
