import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Log } from '../../core/ports/index.ts';
import { routeAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import type { Endpoint, SomeAnswer } from './endpoint.ts';
import type { GroupSettings } from './group.ts';
import { cookieOf } from './headers.ts';
import { doOnce, idempotencyKeyOf } from './idempotency.ts';
import { readInput, readParams } from './input.ts';
import { namesIn, type Invocation } from './invocation.ts';
import { unnamed, type Once, type Outcome } from './once.ts';

/**
 * Serves a request whose caller is known: finds the object that the path names, reads the request under the route's schemas, and
 * does it; once, if it has an effect and an `Idempotency-Key`.
 */
export async function serve<Ports>(
  endpoint: Endpoint<Ports>,
  { event, invocation }: { readonly event: APIGatewayProxyEvent; readonly invocation: Invocation },
  settings: Pick<GroupSettings, 'authenticator' | 'times' | 'log'>,
  portsFor: (log: Log) => Ports,
): Promise<Answer> {
  const { route } = endpoint;
  const { requestId, caller } = invocation;
  if (caller === null && route.auth !== 'none') throw new Error('The request was not authenticated.');
  const log = settings.log({ requestId, tenantId: caller?.tenantId ?? null });
  const ports = portsFor(log);

  // Whether the object exists for the caller is decided before what is wanted of it is judged.
  const params = readParams(route, event);
  invocation.names = namesIn(params);
  const find = () => endpoint.find(ports, { caller, params });
  const found = await find();
  const cookie = (name: string) => cookieOf(event, name);
  const input = { params, ...(await readInput(endpoint, event)) };

  const handle = (once: Once): Promise<SomeAnswer> => {
    invocation.replayed = false;
    return endpoint.handle(ports, { caller, found, once, cookie, ...input });
  };
  const replay = async (outcome: Outcome): Promise<SomeAnswer> => {
    invocation.replayed = true;
    // What was found above may be from before the first request ended.
    return endpoint.replay(ports, { caller, found: await find(), once: unnamed, cookie, ...input }, outcome);
  };
  const idempotencyKey = caller === null || route.effect === 'read' ? null : idempotencyKeyOf(event);
  const { status, body, headers } =
    caller === null || idempotencyKey === null
      ? await handle(unnamed)
      : await doOnce(
          { ...settings.authenticator, times: settings.times },
          { idempotencyKey, tenantId: caller.tenantId, operationId: route.operationId, input, handle, replay },
          log,
        );
  invocation.names = { ...invocation.names, ...namesIn(body) };
  return routeAnswer(route, { status, body, headers: headers ?? {} });
}
