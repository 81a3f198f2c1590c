import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { HttpAnswer, HttpRequest } from '../../../core/ports/index.ts';
import type { Endpoint } from '../../../sandbox/authorization/dialect.ts';
import { networkSettings } from '../../../sandbox/networks.ts';
import { createSandbox } from '../../../sandbox/sandbox.ts';
import { answered, inProcess, testClock } from '../in-process.ts';

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

/** An app at one network of a sandbox, which asks as the dialect of the network says. */
export function appAt(network: string) {
  const clock = testClock();
  const sandbox = createSandbox({ clock, baseUrl: BASE, processingSeconds: 0, sleep: clock.sleep });
  const transport = inProcess(sandbox, clock);
  const login = sandbox.login(network);
  const { dialect } = login;
  const { app } = networkSettings(network, BASE);
  login.registerRedirect(CALLBACK);
  const send = async (request: HttpRequest) => answered(await transport.send(request));

  /** A verifier and the parameters of its challenge, as the network writes it. */
  function pkce(): { verifier: string; challenge: Fields } {
    const verifier = randomBytes(32).toString('base64url');
    const code_challenge = createHash('sha256').update(verifier).digest(dialect.challenge ?? 'base64url');
    return { verifier, challenge: { code_challenge, code_challenge_method: 'S256' } };
  }

  /** The address of the consent page; a change to `null` leaves a parameter out. */
  function pageUrl(changes: Readonly<Record<string, string | null>> = {}): string {
    const asked: Record<string, string | null> = {
      [dialect.clientParameter]: app.clientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      state: STATE,
      scope: Object.keys(dialect.scopes).join(dialect.separator),
      ...dialect.lasting,
      ...changes,
    };
    const given = Object.entries(asked).flatMap(([name, value]) => (value === null ? [] : [[name, value] satisfies [string, string]]));
    return `${BASE}/${network}${dialect.page}?${new URLSearchParams(given).toString()}`;
  }

  const get = (url: string, headers: Fields = {}) => send({ method: 'GET', url, headers: { 'user-agent': 'node:fanfare:v1', ...headers } });

  /** The parameters with which the browser comes back. */
  async function decide(changes: Readonly<Record<string, string | null>> = {}): Promise<URLSearchParams> {
    return arrival(await get(pageUrl({ _consent: 'allow', ...(dialect.pkce === 'required' && pkce().challenge), ...changes })));
  }

  function call({ path, client }: Endpoint, fields: Fields, change: { readonly secret?: string } = {}): Promise<HttpAnswer> {
    const { clientId, clientSecret } = app;
    const secret = change.secret ?? clientSecret;
    const url = `${BASE}/${network}${path}`;
    const agent = { 'user-agent': 'node:fanfare:v1' };
    if (client === 'query') {
      const query = new URLSearchParams({ ...fields, client_id: clientId, client_secret: secret });
      return send({ method: 'GET', url: `${url}?${query.toString()}`, headers: agent });
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
  async function link(changes: Readonly<Record<string, string | null>> = {}): Promise<Tokens> {
    const { verifier, challenge } = pkce();
    const takesPkce = dialect.pkce !== 'none';
    const arrived = await decide({ ...(takesPkce && challenge), ...changes });
    return tokensOf(await exchange(arrived.get('code') ?? '', takesPkce ? verifier : null));
  }

  const identity = (token: string) => get(`${BASE}/${network}${dialect.identity}`, { authorization: `Bearer ${token}` });

  async function revoke(token: string): Promise<HttpAnswer> {
    const { revocation } = dialect;
    if (revocation === null) throw new Error(`${network} has no revocation.`);
    if (revocation.client !== 'query') return call(revocation, { token });
    return send({ method: 'POST', url: `${BASE}/${network}${revocation.path}?token=${encodeURIComponent(token)}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  }

  return { base: `${BASE}/${network}`, clock, sandbox, login, dialect, app, send, get, pkce, pageUrl, decide, call, exchange, refresh, link, identity, revoke };
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
