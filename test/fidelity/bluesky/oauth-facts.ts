import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Fact } from './facts.ts';
import { ask, at, call, told, type Raw, type Server } from './server.ts';

/** What an app can learn of the authorization server before anybody consents. */

const keys = await generateKeyPair('ES256');
const jwk = await exportJWK(keys.publicKey);
const REDIRECT = 'http://127.0.0.1/callback';
/** An app in development, which says in its id what others say at the address that is theirs. */
const CLIENT = `http://localhost?${new URLSearchParams({ redirect_uri: REDIRECT, scope: 'atproto transition:generic' }).toString()}`;

/** Proof that who calls holds a key (RFC 9449); `skew`: seconds by which the clock of the app is wrong. */
async function proof(method: string, url: string, nonce?: string, skew = 0): Promise<string> {
  return new SignJWT({ jti: crypto.randomUUID(), htm: method, htu: url, ...(nonce !== undefined && { nonce }) })
    .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk })
    .setIssuedAt(Math.floor(Date.now() / 1000) + skew)
    .sign(keys.privateKey);
}

/** A form to the authorization server; `proved` as an app does that was told a nonce, or as one that was told none. */
async function form(server: Server, path: string, fields: Readonly<Record<string, string>>, proved: 'not' | 'without nonce' | 'with nonce' = 'with nonce'): Promise<Raw> {
  const url = `${server.pdsUrl}${path}`;
  const send = async (dpop?: string) => ask(url, 'POST', { body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded', ...(dpop !== undefined && { headers: { dpop } }) });
  if (proved === 'not') return send();
  const first = await send(await proof('POST', url));
  return proved === 'without nonce' ? first : send(await proof('POST', url, first.headers.get('dpop-nonce') ?? ''));
}

const asked = { client_id: CLIENT, response_type: 'code', redirect_uri: REDIRECT, scope: 'atproto', state: 'abc', code_challenge: 'a'.repeat(43), code_challenge_method: 'S256' };

/** A pushed request whose proof was made by a wrong clock, or with a nonce of another server. */
async function proved(server: Server, { skew, nonce }: { readonly skew?: number; readonly nonce?: string }): Promise<Raw> {
  const url = `${server.pdsUrl}/oauth/par`;
  const known = (await form(server, '/oauth/par', asked, 'without nonce')).headers.get('dpop-nonce') ?? '';
  return ask(url, 'POST', { body: new URLSearchParams(asked).toString(), type: 'application/x-www-form-urlencoded', headers: { dpop: await proof('POST', url, nonce ?? known, skew) } });
}

/** What is said of the server, with its own address taken away. */
function described({ body }: Raw, { pdsUrl }: Server, names: readonly string[]): object {
  return Object.fromEntries(names.map((name) => [name, JSON.stringify(at(body, name) ?? null).replaceAll(pdsUrl, '')]));
}

function includes({ body }: Raw, wanted: Readonly<Record<string, readonly string[]>>): object {
  return Object.fromEntries(Object.entries(wanted).map(([name, values]) => [name, values.filter((value) => JSON.stringify(at(body, name)).includes(`"${value}"`))]));
}

const SERVER = [
  'issuer',
  'authorization_endpoint',
  'token_endpoint',
  'pushed_authorization_request_endpoint',
  'revocation_endpoint',
  'require_pushed_authorization_requests',
  'authorization_response_iss_parameter_supported',
  'client_id_metadata_document_supported',
  'grant_types_supported',
  'response_types_supported',
] as const;

export const oauthFacts: readonly Fact[] = [
  {
    name: 'the protected resource',
    ask: async (server) => {
      const answer = await ask(`${server.pdsUrl}/.well-known/oauth-protected-resource`, 'GET');
      return told(answer, described(answer, server, ['resource', 'authorization_servers', 'bearer_methods_supported']));
    },
  },
  {
    name: 'the authorization server',
    ask: async (server) => {
      const answer = await ask(`${server.pdsUrl}/.well-known/oauth-authorization-server`, 'GET');
      const lists = {
        scopes_supported: ['atproto', 'transition:generic', 'transition:email'],
        token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
        token_endpoint_auth_signing_alg_values_supported: ['ES256'],
        dpop_signing_alg_values_supported: ['ES256'],
        code_challenge_methods_supported: ['S256'],
        response_modes_supported: ['query'],
      };
      return { ...described(answer, server, SERVER), ...includes(answer, lists) };
    },
  },
  { name: 'a pushed request: without a proof', ask: async (server) => told(await form(server, '/oauth/par', asked, 'not')) },
  { name: 'a pushed request: a proof without a nonce', ask: async (server) => told(await form(server, '/oauth/par', asked, 'without nonce')) },
  { name: 'a pushed request: of nobody', ask: async (server) => told(await form(server, '/oauth/par', { ...asked, client_id: '' })) },
  { name: 'a pushed request', ask: async (server) => pushed(await form(server, '/oauth/par', asked)) },
  { name: 'a pushed request: from another port', ask: async (server) => pushed(await form(server, '/oauth/par', { ...asked, redirect_uri: 'http://127.0.0.1:4000/callback' })) },
  { name: 'a pushed request: to elsewhere', ask: async (server) => told(await form(server, '/oauth/par', { ...asked, redirect_uri: 'http://127.0.0.1/elsewhere' })) },
  { name: 'a pushed request: without a challenge', ask: async (server) => told(await form(server, '/oauth/par', without('code_challenge', 'code_challenge_method'))) },
  { name: 'a pushed request: with a plain challenge', ask: async (server) => told(await form(server, '/oauth/par', { ...asked, code_challenge_method: 'plain' })) },
  { name: 'a pushed request: for a token', ask: async (server) => told(await form(server, '/oauth/par', { ...asked, response_type: 'token' })) },
  { name: 'a pushed request: for more than the app may', ask: async (server) => told(await form(server, '/oauth/par', { ...asked, scope: 'atproto transition:chat.bsky' })) },
  { name: 'a pushed request: not for the protocol', ask: async (server) => told(await form(server, '/oauth/par', { ...asked, scope: 'transition:generic' })) },
  { name: 'a pushed request: without a state', ask: async (server) => told(await form(server, '/oauth/par', without('state'))) },
  { name: 'a pushed request: with a field that nobody knows', ask: async (server) => told(await form(server, '/oauth/par', { ...asked, answer: '42' })) },
  { name: 'a pushed request: with a nonce of another server', ask: async (server) => told(await proved(server, { nonce: 'abc' })) },
  ...[-300, -150, 150, 300].map((skew) => ({ name: `a pushed request: of a clock that is wrong by ${skew} s`, ask: async (server: Server) => told(await proved(server, { skew })) })),
  { name: 'revoking: a token that nobody gave', ask: async (server) => told(await form(server, '/oauth/revoke', { client_id: CLIENT, token: 'abc' }, 'not')) },
  { name: 'a token: of nobody', ask: async (server) => told(await form(server, '/oauth/token', { grant_type: 'authorization_code', code: 'abc' })) },
  { name: 'a token: for a code that nobody gave', ask: async (server) => told(await form(server, '/oauth/token', { client_id: CLIENT, grant_type: 'authorization_code', code: 'cod-abc', redirect_uri: REDIRECT, code_verifier: 'a'.repeat(43) })) },
  { name: 'a token: for a refresh token that nobody gave', ask: async (server) => told(await form(server, '/oauth/token', { client_id: CLIENT, grant_type: 'refresh_token', refresh_token: 'ref-abc' })) },
  { name: 'a token: for a password', ask: async (server) => told(await form(server, '/oauth/token', { client_id: CLIENT, grant_type: 'password', username: 'ada', password: 'no' })) },
  { name: 'a call: with a token that is bound to a key, without a proof', ask: async (server) => told(await bound(server)) },
  { name: 'a call: with a token that is none, and a proof without a nonce', ask: async (server) => told(await bound(server, await proof('GET', `${server.pdsUrl}/xrpc/com.atproto.server.getSession`))) },
];

function without(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(asked).filter(([name]) => !names.includes(name)));
}

function pushed(answer: Raw): object {
  return told(answer, { isShort: Number(at(answer.body, 'expires_in')) <= 300, uri: String(at(answer.body, 'request_uri')).split('-')[0] });
}

function bound(server: Server, dpop?: string): Promise<Raw> {
  return call(server, 'GET', 'com.atproto.server.getSession', { headers: { authorization: 'DPoP abc', ...(dpop !== undefined && { dpop }) } });
}
