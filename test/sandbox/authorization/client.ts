import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { HttpAnswer, HttpRequest } from '../../../core/ports/index.ts';
import type { Endpoint } from '../../../sandbox/authorization/dialect.ts';
import { networkSettings } from '../../../sandbox/networks.ts';
import { createSandbox } from '../../../sandbox/sandbox.ts';
import type { Fetched } from '../../../sandbox/stand-in.ts';
import { answered, inProcess, testClock } from '../in-process.ts';
import { assertion, clientMetadata, newKey, prover } from './proofs.ts';

const BASE = 'http://sandbox.test';
export const CALLBACK = 'https://app.example/oauth/callback';
export const STATE = 'state-1';

export const tokensSchema = z.looseObject({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  expires_in: z.number().positive().optional(),
  scope: z.string().optional(),
});
export type Tokens = z.output<typeof tokensSchema>;

type Fields = Readonly<Record<string, string>>;
type Changes = Readonly<Record<string, string | null>>;

/** An app at one network of a sandbox, which asks as the dialect of the network says. */
export function appAt(network: string) {
  const clock = testClock();
  const key = newKey();
  // Where an app's id is the address of what it says of itself, this is there.
  const fetch = (url: string): Promise<Fetched> =>
    url === app.clientId
      ? Promise.resolve({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(clientMetadata({ clientId: url, redirectUris: login.redirectUris(), scopes: Object.keys(dialect.scopes), key }))) })
      : Promise.reject(new Error('connection refused'));
  const sandbox = createSandbox({ clock, baseUrl: BASE, processingSeconds: 0, sleep: clock.sleep, fetch });
  const transport = inProcess(sandbox, clock);
  const login = sandbox.login(network);
  const { dialect } = login;
  const { app } = networkSettings(network, BASE);
  login.registerRedirect(CALLBACK);
  const prove = prover(clock, key);

  /** Sends a request; one whose token is bound to a key, and those that lead to such tokens, with a proof and once more with the server's nonce. */
  async function send(request: HttpRequest, token: string | null = null): Promise<HttpAnswer> {
    const isProved = dialect.pushed !== undefined && (request.method === 'POST' ? !request.url.includes(dialect.page) : token !== null);
    if (!isProved) return answered(await transport.send(request));
    const first = answered(await transport.send(prove(request, token, null)));
    const nonce = first.headers['dpop-nonce'];
    return first.body.includes('use_dpop_nonce') && nonce !== undefined ? answered(await transport.send(prove(request, token, nonce))) : first;
  }

  /** A verifier and the parameters of its challenge, as the network writes it. */
  function pkce(): { verifier: string; challenge: Fields } {
    const verifier = randomBytes(32).toString('base64url');
    const code_challenge = createHash('sha256').update(verifier).digest(dialect.challenge ?? 'base64url');
    return { verifier, challenge: { code_challenge, code_challenge_method: 'S256' } };
  }

  /** What an app asks; a change to `null` leaves a parameter out. */
  function asked(changes: Changes): Fields {
    const all: Changes = {
      [dialect.clientParameter]: app.clientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      state: STATE,
      scope: Object.keys(dialect.scopes).join(dialect.separator),
      ...(dialect.pkce === 'required' && pkce().challenge),
      ...dialect.lasting,
      ...changes,
    };
    return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value] satisfies [string, string]])));
  }

  /** The consent page, or what is said where a request cannot be put before a person. */
  async function open(changes: Changes = {}): Promise<HttpAnswer> {
    const found = await ask(changes);
    return typeof found === 'string' ? get(found) : found;
  }

  /** The address of the consent page. */
  async function pageUrl(changes: Changes = {}): Promise<string> {
    const found = await ask(changes);
    if (typeof found === 'string') return found;
    throw new Error(`No page: ${found.status} ${found.body}`);
  }

  async function ask(changes: Changes): Promise<string | HttpAnswer> {
    const all = asked(changes);
    const page = `${BASE}/${network}${dialect.page}`;
    if (dialect.pushed === undefined) return `${page}?${new URLSearchParams(all).toString()}`;
    const own = Object.fromEntries(Object.entries(all).filter(([name]) => isOfSandbox(name)));
    const pushed = await call({ path: dialect.pushed, client: 'assertion' }, Object.fromEntries(Object.entries(all).filter(([name]) => !isOfSandbox(name))));
    if (pushed.status !== 201) return pushed;
    const { request_uri } = z.object({ request_uri: z.string() }).parse(JSON.parse(pushed.body));
    return `${page}?${new URLSearchParams({ client_id: app.clientId, request_uri, ...own }).toString()}`;
  }

  const get = (url: string, headers: Fields = {}, token: string | null = null) => send({ method: 'GET', url, headers: { 'user-agent': 'node:fanfare:v1', ...headers } }, token);

  /** The parameters with which the browser comes back. */
  const decide = async (changes: Changes = {}): Promise<URLSearchParams> => arrival(await open({ _consent: 'allow', ...changes }));

  function call({ path, client }: Endpoint, fields: Fields, change: { readonly secret?: string } = {}): Promise<HttpAnswer> {
    const { clientId, clientSecret } = app;
    const secret = change.secret ?? clientSecret;
    const url = `${BASE}/${network}${path}`;
    const agent = { 'user-agent': 'node:fanfare:v1' };
    if (client === 'query') {
      const query = new URLSearchParams({ ...fields, client_id: clientId, client_secret: secret });
      return send({ method: 'GET', url: `${url}?${query.toString()}`, headers: agent });
    }
    if (client === 'assertion') {
      const signed = assertion({ clientId, issuer: `${BASE}/${network}/pds`, key: change.secret === undefined ? key : newKey(), clock });
      const body = new URLSearchParams({ client_id: clientId, ...fields, ...signed }).toString();
      return send({ method: 'POST', url, headers: { ...agent, 'content-type': 'application/x-www-form-urlencoded' }, body });
    }
    const part = network === 'x' ? encodeURIComponent : (text: string) => text;
    const basic = { authorization: `Basic ${Buffer.from(`${part(clientId)}:${part(secret)}`).toString('base64')}` };
    const body = new URLSearchParams(client === 'basic' ? fields : { ...fields, [dialect.clientParameter]: clientId, client_secret: secret }).toString();
    return send({ method: 'POST', url, headers: { ...agent, 'content-type': 'application/x-www-form-urlencoded', ...(client === 'basic' && basic) }, body });
  }

  function exchange(code: string, verifier: string | null, changes: Fields = {}): Promise<HttpAnswer> {
    const grant: Fields = dialect.token.client === 'query' ? {} : { grant_type: 'authorization_code' };
    return call(dialect.token, { ...grant, code, redirect_uri: CALLBACK, ...(verifier !== null && { code_verifier: verifier }), ...changes });
  }

  const refresh = (token: string) => call(dialect.token, { grant_type: 'refresh_token', refresh_token: token });

  /** Goes the whole way, with PKCE wherever the network takes it. */
  async function link(changes: Changes = {}): Promise<Tokens> {
    const { verifier, challenge } = pkce();
    const takesPkce = dialect.pkce !== 'none';
    const arrived = await decide({ ...(takesPkce && challenge), ...changes });
    return tokensOf(await exchange(arrived.get('code') ?? '', takesPkce ? verifier : null));
  }

  const identity = (token: string) =>
    dialect.pushed === undefined ? get(`${BASE}/${network}${dialect.identity}`, { authorization: `Bearer ${token}` }) : get(`${BASE}/${network}${dialect.identity}`, { authorization: `DPoP ${token}` }, token);

  async function revoke(token: string): Promise<HttpAnswer> {
    const { revocation } = dialect;
    if (revocation === null) throw new Error(`${network} has no revocation.`);
    if (revocation.client !== 'query') return call(revocation, { token });
    return send({ method: 'POST', url: `${BASE}/${network}${revocation.path}?token=${encodeURIComponent(token)}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  }

  return { base: `${BASE}/${network}`, clock, sandbox, login, dialect, app, send, get, key, pkce, open, pageUrl, decide, call, exchange, refresh, link, identity, revoke };
}

/** Whether a parameter is one with which tests decide at once. */
function isOfSandbox(name: string): boolean {
  return name.startsWith('_');
}

/** Where a redirect leads, if it leads back to the app: its parameters as a browser hands them over. */
export function arrival(answer: HttpAnswer): URLSearchParams {
  const location = answer.headers['location'] ?? '';
  if (answer.status !== 303 || !location.startsWith(CALLBACK)) throw new Error(`No way back: ${answer.status} ${location} ${answer.body}`);
  return new URL(location).searchParams;
}

export function tokensOf(answer: HttpAnswer): Tokens {
  if (answer.status !== 200) throw new Error(`No tokens: ${answer.status} ${answer.body}`);
  return tokensSchema.parse(JSON.parse(answer.body));
}
