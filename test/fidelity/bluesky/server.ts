/** A server of Bluesky accounts as a script of calls sees it, be it the real one or the stand-in. */
export interface Server {
  /** What `/xrpc/` is appended to. */
  readonly pdsUrl: string;
  readonly plcUrl: string;
  readonly did: string;
  readonly handle: string;
  readonly appPassword: string;
  /** Of the account itself. */
  readonly mainPassword: string;
  /** Another account there. */
  readonly other: { readonly did: string; readonly handle: string };
  /** What earlier calls have brought for later ones. */
  readonly kept: Map<string, unknown>;
}

export interface Request {
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly input?: unknown;
  readonly body?: Uint8Array | string;
  readonly type?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Raw {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

export async function call(server: Pick<Server, 'pdsUrl'>, method: 'GET' | 'POST', name: string, request: Request = {}): Promise<Raw> {
  const query = request.query === undefined ? '' : `?${new URLSearchParams(request.query).toString()}`;
  return ask(`${server.pdsUrl}/xrpc/${name}${query}`, method, request);
}

export async function ask(url: string, method: 'GET' | 'POST', { input, body, type, token, headers }: Request = {}): Promise<Raw> {
  const contentType = type ?? (input === undefined ? undefined : 'application/json');
  const sent = input === undefined ? body : JSON.stringify(input);
  const answer = await fetch(url, {
    method,
    headers: { ...(contentType !== undefined && { 'content-type': contentType }), ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    ...(sent !== undefined && { body: typeof sent === 'string' ? Buffer.from(sent) : sent }),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await answer.text();
  return { status: answer.status, body: parse(text), headers: answer.headers };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** A field of an answer, by its path. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((found, name) => (typeof found === 'object' && found !== null ? Reflect.get(found, name) : undefined), value);
}

/** A text of an answer; throws if there is none. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  if (typeof found !== 'string') throw new Error(`There is no ${path.join('.')} in ${JSON.stringify(value)}.`);
  return found;
}

/**
 * The limits of calls from an address and of an account's writing. The one of which least is left is told, and the stand-in knows
 * nobody's address.
 */
const UNTOLD: ReadonlySet<string | null> = new Set(['3000;w=300', '5000;w=3600']);

/** What a client can tell of an answer, without what differs from server to server: ids, tokens, times, the words of errors. */
export function told({ status, body, headers }: Raw, more: object = {}): object {
  const policy = headers.get('ratelimit-policy');
  const limits = ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'].filter((name) => headers.has(name));
  return {
    status,
    error: at(body, 'error') ?? null,
    body: shapeOf(body),
    type: headers.get('content-type')?.split(';', 1)[0] ?? null,
    limits: limits.length === 0 || UNTOLD.has(policy) ? null : [...limits, policy],
    retryAfter: headers.has('retry-after'),
    nonce: headers.has('dpop-nonce'),
    challenge: /^(\w+).*?(?:error="(\w+)")?/u.exec(headers.get('www-authenticate') ?? '')?.slice(1) ?? null,
    ...more,
  };
}

function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, field]) => [name, name === '$type' || name === 'validationStatus' ? field : shapeOf(field)]),
  );
}

/** What a token says of itself. */
export function claimsOf(token: string): { readonly header: unknown; readonly claims: unknown } {
  const [header = '', claims = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString('utf8'));
  return { header: parse(header), claims: parse(claims) };
}
