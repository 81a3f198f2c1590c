import type middy from '@middy/core';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Route } from '../http/route.ts';
import { corsHeaders } from './answer.ts';
import type { Answer } from './answer.ts';
import { authenticate, checkScope } from './authentication.ts';
import type { GroupSettings } from './group.ts';
import { header } from './headers.ts';
import { invocationOf } from './invocation.ts';
import type { Invocations } from './invocation.ts';
import type { PlanCache } from './plans.ts';
import { problemAnswer, toFanfareError } from './problem.ts';
import { rateHeaders, rateLimited, rateOf, takeRequest } from './rate-limit.ts';

type Middleware = middy.MiddlewareObj<APIGatewayProxyEvent, Answer>;
type Request = middy.Request<APIGatewayProxyEvent, Answer>;

/** One line a request: who, what, how it ended and how long it took. Nothing of what was sent or answered. */
export function requestLog(invocations: Invocations, settings: Pick<GroupSettings, 'log'>): Middleware {
  const write = ({ event, response }: Request): void => {
    const { requestId, route, caller, startedAt, error, names } = invocationOf(invocations, event);
    const status = response?.statusCode ?? 500;
    const code = error === null ? null : toFanfareError(error).code;
    const fields = {
      route: route ?? 'unknown',
      status,
      statusClass: `${Math.floor(status / 100)}xx`,
      durationMs: Math.round(performance.now() - startedAt),
      ...(code !== null && { code }),
      ...(code === 'busy' && { shortages: 1 }),
    };
    const log = settings.log({ requestId, tenantId: caller?.tenantId ?? null, ...names });
    if (status >= 500) log.error('request', { ...fields, error });
    else log.info('request', fields);
  };
  return { before: ({ event }) => void invocationOf(invocations, event), after: write, onError: write };
}

/** Headers that answers have: the request's id, what is left of the caller's rate, what browsers need. */
export function answerHeaders(invocations: Invocations, settings: Pick<GroupSettings, 'origins'>): Middleware {
  const add = ({ event, response }: Request): void => {
    if (response === null) return;
    const { requestId, rate, replayed } = invocationOf(invocations, event);
    Object.assign(response.headers, {
      'X-Request-Id': requestId,
      ...(rate === null ? {} : rateHeaders(rate)),
      ...(replayed ? { 'Idempotent-Replayed': 'true' } : {}),
      ...corsHeaders(settings.origins, header(event, 'Origin')),
    });
  };
  return { after: add, onError: add };
}

/** Turns what was thrown into a problem. */
export function problems(invocations: Invocations, settings: Pick<GroupSettings, 'docsUrl'>): Middleware {
  return {
    onError: (request) => {
      const invocation = invocationOf(invocations, request.event);
      invocation.error = request.error;
      request.response = problemAnswer(toFanfareError(request.error), {
        docsUrl: settings.docsUrl,
        requestId: invocation.requestId,
        withToken: header(request.event, 'Authorization') !== undefined,
      });
    },
  };
}

/** Finds out who calls, whether that may be, and whether it is too often; before anything of the request is read. */
export function authentication(invocations: Invocations, settings: GroupSettings, plans: PlanCache, route: Route): Middleware {
  const { authenticator } = settings;
  return {
    before: async ({ event }) => {
      const invocation = invocationOf(invocations, event);
      invocation.route = `${route.method} ${route.path}`;
      if (route.auth === 'none') return;
      const authenticated = await authenticate(authenticator, plans, route, event);
      const { caller } = authenticated;
      invocation.caller = caller;
      invocation.rate = rateOf(authenticated, authenticator.clock);
      checkScope(caller, route.scope);
      const log = settings.log({ requestId: invocation.requestId, tenantId: caller.tenantId });
      const { allowed, rate } = await takeRequest(authenticator, authenticated, invocation.rate, log);
      invocation.rate = rate;
      if (!allowed) throw rateLimited(rate);
    },
  };
}
