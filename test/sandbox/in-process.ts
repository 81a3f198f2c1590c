import type { Clock } from '../../core/clock.ts';
import type { HttpAnswer, HttpRequest, HttpResult, Transport } from '../../core/ports/index.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';

/** A clock that a test moves. */
export interface TestClock extends Clock {
  advance(seconds: number): void;
  /** For the sandbox's `sleep`: time passes at once. */
  readonly sleep: (ms: number) => Promise<void>;
}

export function testClock(start = '2026-11-21T12:00:00Z'): TestClock {
  let now = Date.parse(start);
  return {
    now: () => new Date(now),
    advance(seconds) {
      now += seconds * 1000;
    },
    sleep(ms) {
      now += ms;
      return Promise.resolve();
    },
  };
}

/** A transport into a sandbox in the same process, without any HTTP. */
export interface InProcess extends Transport {
  /** The next `times` requests of an operation find no server: nothing of them goes out, and the log does not show them. */
  refuseConnections(network: string, operation: string, times?: number): void;
}

/**
 * Makes the transport. A cut connection is `ambiguous`; so is an answer for which the clock moved on further than the
 * request's time-out (give the sandbox the test clock's `sleep`). Everything outside the sandbox is `never_sent`.
 */
export function inProcess(sandbox: Sandbox, clock: Clock): InProcess {
  const refusals: { network: string; operation: string; left: number }[] = [];

  function isRefused(network: string, operation: string): boolean {
    const found = refusals.find((each) => each.network === network && each.operation === operation && each.left > 0);
    if (found === undefined) return false;
    found.left -= 1;
    return true;
  }

  return {
    refuseConnections(network, operation, times = 1) {
      refusals.push({ network, operation, left: times });
    },

    async send(request): Promise<HttpResult> {
      if (!request.url.startsWith(`${sandbox.baseUrl}/`)) return { kind: 'never_sent', reason: `No host for ${request.url}` };
      const sent = asSent(await held(request), request.url.slice(sandbox.baseUrl.length));
      const seen = sandbox.operation(sent);
      if (seen !== null && isRefused(seen.network, seen.operation)) return { kind: 'never_sent', reason: 'connection refused' };

      const begin = clock.now().getTime();
      const handled = await sandbox.handle(sent);
      const seconds = (clock.now().getTime() - begin) / 1000;
      if (request.timeout !== undefined && seconds > request.timeout) {
        return { kind: 'ambiguous', reason: `no answer in ${request.timeout} s` };
      }
      if (handled.kind === 'cut') return { kind: 'ambiguous', reason: 'the connection was cut' };
      const { status, headers, body } = handled.answer;
      return { kind: 'answered', answer: { status, headers, body: typeof body === 'string' ? body : Buffer.from(body).toString('utf8') } };
    },
  };
}

/** The request with what is streamed as its body. */
export async function held({ stream, ...request }: HttpRequest): Promise<HttpRequest> {
  if (stream === undefined) return request;
  const chunks: Uint8Array[] = [];
  for await (const chunk of await stream.open()) chunks.push(chunk);
  return { ...request, body: Buffer.concat(chunks) };
}

/** The request as it arrives: an HTTP client adds the length and makes header names lower case. */
function asSent(request: HttpRequest, target: string) {
  const body = Buffer.from(request.body ?? '');
  const length = request.method === 'GET' ? {} : { 'content-length': String(body.byteLength) };
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method: request.method, target, headers: { ...length, ...headers }, body };
}

/** The answer of a request that was answered; throws otherwise. */
export function answered(result: HttpResult): HttpAnswer {
  if (result.kind !== 'answered') throw new Error(`${result.kind}: ${result.reason}`);
  return result.answer;
}

/** Asks the control API of a sandbox in process. */
export function control(sandbox: Sandbox) {
  return async (method: string, target: string, body?: unknown): Promise<{ status: number; body: unknown }> => {
    const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
    const handled = await sandbox.handle({ method, target: `/_sandbox${target}`, headers: {}, body: Buffer.from(text) });
    if (handled.kind === 'cut') throw new Error('The control API was cut off.');
    const { status, body: answer } = handled.answer;
    return { status, body: answer === '' ? null : JSON.parse(String(answer)) };
  };
}
