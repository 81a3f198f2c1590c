import * as z from 'zod';
import type { SequelName } from '../../../core/model.ts';
import type { Connector, HttpRequest, HttpResult, Transport } from '../../../core/ports/index.ts';
import { testConnector, type Answer, type Operation } from './test-connector.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * A network that exists only here, as hard to deal with as the guard allows for: it takes every publish call that reaches it,
 * so that each one too many is a double post; it shows a post only after a while; its answers get lost; and it acts on
 * requests after their connection was cut.
 */

/** What happens to one call. Seconds where time matters. */
export type Weather =
  | { readonly kind: 'never_sent' }
  /** The connection is cut, and the network has done nothing. */
  | { readonly kind: 'lost' }
  /** The network has done it, the answer is lost. */
  | { readonly kind: 'done_and_lost' }
  /** The connection is cut, and the network does it so much later. */
  | { readonly kind: 'done_late'; readonly seconds: number }
  /** It takes so long to answer. */
  | { readonly kind: 'slow'; readonly seconds: number }
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  /** A proxy's answer that says nothing, though the network has done it. */
  | { readonly kind: 'done_and_garbled'; readonly status: number };

export interface Post {
  readonly id: string;
  readonly artefact: string;
  /** `uploadId/accountId`, and for a sequel `#name` behind it. */
  readonly marker: string;
  readonly at: number;
}

export interface TestNetworkOptions {
  readonly time: VirtualTime;
  /** An artefact is published at most once: publishing it again is refused. */
  readonly keyed?: boolean;
  /** Seconds until a post shows in look-ups. */
  readonly lag?: number;
  /** So many polls find the artefact unfinished. */
  readonly polls?: number;
  /** Seconds between polls. */
  readonly pace?: number;
  /** What follows each post. */
  readonly follows?: readonly SequelName[];
  /** What happens to the next call of this kind; nothing special if undefined. */
  readonly weather?: (operation: Operation, nth: number) => Weather | undefined;
}

export interface TestNetwork {
  readonly connector: Connector;
  readonly transport: Transport;
  readonly posts: readonly Post[];
  readonly calls: readonly { readonly operation: Operation; readonly at: number; readonly fresh: boolean; readonly artefact: string | null }[];
  readonly comments: readonly string[];
  /** Tokens that are accepted. */
  readonly tokens: Set<string>;
}

/** Seconds that any answer takes. */
const LATENCY = 0.05;

export function testNetwork(options: TestNetworkOptions): TestNetwork {
  const { time, keyed = false, lag = 0, polls = 0, pace = 60, follows = [] } = options;
  const artefacts = new Map<string, { polled: number }>();
  const posts: Post[] = [];
  const calls: TestNetwork['calls'][number][] = [];
  const comments: string[] = [];
  const counts = new Map<Operation, number>();
  const tokens = new Set(['token-1']);

  const perform = (operation: Operation, body: Readonly<Record<string, string>>): { status: number; answer: Answer } => {
    const artefact = body['artefact'] ?? '';
    switch (operation) {
      case 'prepare': {
        const id = `artefact-${artefacts.size + 1}`;
        artefacts.set(id, { polled: 0 });
        return { status: 200, answer: { id } };
      }
      case 'poll': {
        const found = artefacts.get(artefact);
        if (found === undefined) return { status: 404, answer: { reason: 'no such artefact' } };
        found.polled += 1;
        return { status: 200, answer: { state: found.polled > polls ? 'ready' : 'processing' } };
      }
      case 'publish': {
        if (!artefacts.has(artefact)) return { status: 404, answer: { reason: 'no such artefact' } };
        if (keyed && posts.some((post) => post.artefact === artefact)) return { status: 409, answer: { reason: 'published before' } };
        const id = `post-${posts.length + 1}`;
        posts.push({ id, artefact, marker: body['marker'] ?? '', at: time.elapsed() });
        return { status: 200, answer: { id } };
      }
      case 'look': {
        const seen = posts.filter((post) => post.artefact === artefact && time.elapsed() - post.at >= lag);
        return { status: 200, answer: { posts: seen.map((post) => post.id) } };
      }
      case 'refresh': {
        const id = `token-${tokens.size + 1}`;
        tokens.add(id);
        return { status: 200, answer: { id } };
      }
      case 'comment':
        comments.push(artefact);
        return { status: 200, answer: {} };
    }
  };

  const serve = (request: HttpRequest, operation: Operation): HttpResult => {
    const token = request.headers['authorization'] ?? '';
    if (operation !== 'refresh' && !tokens.has(token)) return answered(401, { reason: 'token' });
    const { status, answer } = perform(operation, z.record(z.string(), z.string()).parse(JSON.parse(String(request.body))));
    return answered(status, answer);
  };

  const transport: Transport = {
    send: async (request, { fresh = false } = {}) => {
      const operation = z.enum(['prepare', 'poll', 'publish', 'look', 'refresh', 'comment']).parse(request.url.split('/').at(-1));
      const nth = (counts.get(operation) ?? 0) + 1;
      counts.set(operation, nth);
      const said = z.object({ artefact: z.string().optional() }).parse(JSON.parse(String(request.body)));
      calls.push({ operation, at: time.elapsed(), fresh, artefact: said.artefact ?? null });
      const weather = options.weather?.(operation, nth);
      const timeout = request.timeout ?? 60;
      await time.sleep(LATENCY);
      switch (weather?.kind) {
        case 'never_sent':
          return { kind: 'never_sent', reason: 'connection refused' };
        case 'lost':
          return { kind: 'ambiguous', reason: 'reset' };
        case 'done_and_lost':
          serve(request, operation);
          return { kind: 'ambiguous', reason: 'reset after sending' };
        case 'done_late':
          void time.sleep(weather.seconds).then(() => serve(request, operation));
          return { kind: 'ambiguous', reason: 'reset' };
        case 'slow': {
          const served = time.sleep(weather.seconds).then(() => serve(request, operation));
          return Promise.race([served, time.sleep(timeout).then(() => ({ kind: 'ambiguous', reason: 'time-out' }) as const)]);
        }
        case 'refused':
          return answered(weather.status, { reason: weather.reason });
        case 'done_and_garbled':
          serve(request, operation);
          return { kind: 'answered', answer: { status: weather.status, headers: {}, body: '<html>' } };
        case undefined:
          return serve(request, operation);
      }
    },
  };

  return {
    transport,
    posts,
    calls,
    comments,
    tokens,
    connector: testConnector({ lag, pace, follows }),
  };
}

function answered(status: number, answer: Answer): HttpResult {
  return { kind: 'answered', answer: { status, headers: {}, body: JSON.stringify(answer) } };
}
