import * as z from 'zod';
import type { ConfirmOutcome, Connector, HttpRequest, HttpResult, NetworkTools, Transport, Trouble, Work } from '../../../core/ports/index.ts';
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

export type Operation = 'prepare' | 'poll' | 'publish' | 'look' | 'refresh' | 'comment';

export interface Post {
  readonly id: string;
  readonly artefact: string;
  /** `uploadId/accountId`. */
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
  /** What the next refresh answers; a new token by default. */
  refreshAnswer: Trouble | null;
  refreshes: number;
}

/** Seconds that any answer takes. */
const LATENCY = 0.05;

const answerSchema = z.object({
  id: z.string().optional(),
  state: z.string().optional(),
  reason: z.string().optional(),
  posts: z.array(z.string()).optional(),
});
type Answer = z.infer<typeof answerSchema>;
const checkpointSchema = z.object({ artefact: z.string() }).nullable();
const bodySchema = z.object({ artefact: z.string(), marker: z.string(), title: z.string() });

export function testNetwork(options: TestNetworkOptions): TestNetwork {
  const { time, keyed = false, lag = 0, polls = 0, pace = 60 } = options;
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

  const network: TestNetwork = {
    transport,
    posts,
    calls,
    comments,
    tokens,
    refreshAnswer: null,
    refreshes: 0,
    connector: {
      network: 'testnet',
      checkpointVersion: 1,
      visibilityDelay: lag,
      violations: ({ title }) =>
        title === 'forbidden'
          ? [{ field: 'title', code: 'testnet.video.title', message: 'The title is forbidden.', value: title, limit: null }]
          : [],

      async transfer(work, tools) {
        const call = async (operation: Operation, body: object) => understood(await request(tools, operation, body));
        let artefact = checkpointSchema.parse(work.checkpoint)?.artefact;
        if (artefact === undefined) {
          const made = await call('prepare', { marker: markerOf(work) });
          if ('trouble' in made) return { kind: 'trouble', trouble: made.trouble };
          artefact = made.answer.id ?? '';
          await tools.saveCheckpoint({ artefact });
        }
        const polled = await call('poll', { artefact });
        if ('trouble' in polled) return { kind: 'trouble', trouble: polled.trouble };
        return polled.answer.state === 'ready' ? { kind: 'ready', checkpoint: { artefact } } : { kind: 'again', afterSeconds: pace };
      },

      compose: (work) => ({ title: work.upload.title, marker: markerOf(work), artefact: checkpointSchema.parse(work.checkpoint)?.artefact }),

      async publish(_work, body, tools) {
        const { artefact, marker } = bodySchema.parse(body);
        const authorization = await tools.accessToken();
        const result = await tools.sendOnce({
          method: 'POST',
          url: `${tools.endpoints['api']}/publish`,
          headers: { authorization },
          body: JSON.stringify({ artefact, marker }),
        });
        if (result.kind === 'never_sent') return { kind: 'never_sent', evidence: result.reason };
        const said = understood(result);
        if ('trouble' in said) {
          return said.parsed && result.kind === 'answered' && result.answer.status < 500
            ? { kind: 'refused', evidence: said.trouble.message, trouble: said.trouble, artefactLost: result.answer.status === 404 }
            : { kind: 'ambiguous', evidence: said.trouble.message };
        }
        return { kind: 'published', externalId: said.answer.id ?? null, externalUrl: null };
      },

      async confirm(_work, body, _attempt, tools): Promise<ConfirmOutcome> {
        const { artefact } = bodySchema.parse(body);
        const said = understood(await request(tools, 'look', { artefact }));
        if ('trouble' in said) return { kind: 'undecided', evidence: said.trouble.message, trouble: said.trouble };
        const [id] = said.answer.posts ?? [];
        return id === undefined
          ? { kind: 'absent', evidence: 'not among the posts', artefactLost: false }
          : { kind: 'found', externalId: id, externalUrl: null };
      },

      async decorate(_work, { externalId }, tools) {
        const said = understood(await request(tools, 'comment', { artefact: externalId ?? '' }));
        return 'trouble' in said
          ? { warnings: [`No comment: ${said.trouble.message}`], externalUrl: null }
          : { warnings: [], externalUrl: `https://testnet/${externalId}` };
      },

      async refresh(old, tools) {
        network.refreshes += 1;
        if (network.refreshAnswer !== null) return { kind: 'trouble', trouble: network.refreshAnswer };
        const result = await tools.send({ method: 'POST', url: `${tools.endpoints['api']}/refresh`, headers: {}, body: '{}' });
        const said = understood(result);
        if ('trouble' in said) return { kind: 'trouble', trouble: said.trouble };
        return { kind: 'refreshed', tokens: { ...old, accessToken: said.answer.id ?? '', refreshToken: null } };
      },
    },
  };
  return network;
}

function answered(status: number, answer: Answer): HttpResult {
  return { kind: 'answered', answer: { status, headers: {}, body: JSON.stringify(answer) } };
}

function markerOf({ upload, account }: Work): string {
  return `${upload.uploadId}/${account.accountId}`;
}

async function request(tools: Pick<NetworkTools, 'send' | 'accessToken' | 'endpoints'>, operation: Operation, body: object): Promise<HttpResult> {
  const authorization = await tools.accessToken();
  return tools.send({
    method: 'POST',
    url: `${tools.endpoints['api']}/${operation}`,
    headers: { authorization },
    body: JSON.stringify(body),
  });
}

/** The network's words, or what is wrong; `parsed`: in its own words. */
function understood(result: HttpResult): { readonly answer: Answer } | { readonly trouble: Trouble; readonly parsed: boolean } {
  if (result.kind !== 'answered') return { trouble: trouble('retryable', result.reason), parsed: false };
  const { status, body } = result.answer;
  const parsed = body.startsWith('{') ? answerSchema.safeParse(JSON.parse(body)) : null;
  if (parsed?.success !== true) return { trouble: trouble('retryable', `status ${status}`), parsed: false };
  if (status < 300) return { answer: parsed.data };
  const reason = parsed.data.reason ?? '';
  switch (status) {
    case 401:
      return { trouble: trouble('auth_expired', reason), parsed: true };
    case 403:
      return { trouble: trouble('auth_revoked', reason), parsed: true };
    case 404:
      return { trouble: trouble('retryable', reason), parsed: true };
    case 422:
      return { trouble: trouble('invalid_metadata', reason), parsed: true };
    case 429:
      return { trouble: trouble('rate_limited', reason), parsed: true };
    default:
      return { trouble: trouble(status < 500 ? 'permanent' : 'retryable', reason), parsed: true };
  }
}

const CODES = {
  retryable: 'platform_unavailable',
  rate_limited: 'rate_limited',
  quota: 'quota_exhausted',
  auth_expired: 'reauth_required',
  auth_revoked: 'reauth_required',
  invalid_media: 'media_rejected',
  invalid_metadata: 'metadata_rejected',
  duplicate: 'duplicate_content',
  permanent: 'permission_denied',
} as const;

export function trouble(troubleClass: Trouble['class'], message: string, until: Date | null = null): Trouble {
  return { class: troubleClass, code: CODES[troubleClass], message, platformCode: null, platformMessage: null, until };
}
