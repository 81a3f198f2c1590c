import * as oauth from 'oauth4webapi';
import { describe, expect, it } from 'vitest';
import type { AuthorizationDialect } from '../../../sandbox/authorization/dialect.ts';
import { networkSettings } from '../../../sandbox/networks.ts';
import { createSandbox, type Sandbox } from '../../../sandbox/sandbox.ts';
import type { App } from '../../../sandbox/stand-in.ts';
import { clientMetadata } from './proofs.ts';

/** A client that others wrote (oauth4webapi) goes the whole way. It checks what it is answered, and by the real clock. */

const BASE = 'http://sandbox.test';
const CALLBACK = 'https://app.example/oauth/callback';
const PKCE = 'S256';

interface Init {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The client's own `fetch`, into the sandbox. */
function fetchInto(sandbox: Sandbox) {
  return async (url: string, { method, headers, body }: Init): Promise<Response> => {
    const sent = Object.fromEntries(new Headers({ ...headers, 'user-agent': 'node:fanfare:v1' }));
    const text = body instanceof URLSearchParams ? body.toString() : '';
    const handled = await sandbox.handle({ method, target: url.slice(BASE.length), headers: sent, body: Buffer.from(text) });
    if (handled.kind === 'cut') throw new TypeError('cut');
    const { answer } = handled;
    return new Response(answer.body === '' ? null : Buffer.from(answer.body), { status: answer.status, headers: { ...answer.headers } });
  };
}

/** Some networks take id and secret as they are, and not form-encoded as RFC 6749 has it. */
function plainBasic({ clientId, clientSecret }: App): oauth.ClientAuth {
  return (_server, _client, _body, headers) => headers.set('authorization', `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`);
}

function sandboxWith(network: string, metadata: object | null = null) {
  const found = () => Promise.resolve({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(metadata)) });
  const sandbox = createSandbox({ clock: { now: () => new Date() }, baseUrl: BASE, processingSeconds: 0, fetch: found });
  const login = sandbox.login(network);
  login.registerRedirect(CALLBACK);
  login.addPerson({ name: 'Ada' });
  return { sandbox, dialect: login.dialect, options: { [oauth.customFetch]: fetchInto(sandbox), [oauth.allowInsecureRequests]: true } };
}

function serverOf(network: string, { token, revocation }: AuthorizationDialect): oauth.AuthorizationServer {
  const base = `${BASE}/${network}`;
  return { issuer: base, token_endpoint: `${base}${token.path}`, ...(revocation !== null && { revocation_endpoint: `${base}${revocation.path}` }) };
}

/** Consents at once, and gives the address to which the browser is sent back. */
async function consentAt(sandbox: Sandbox, address: string): Promise<URL> {
  const answer = await fetchInto(sandbox)(`${address}&_consent=allow`, { method: 'GET', headers: {} });
  return new URL(answer.headers.get('location') ?? 'about:blank');
}

describe.each(['youtube', 'x', 'reddit'])('a client of oauth4webapi at %s', (network) => {
  it('links, refreshes and revokes', async () => {
    const { sandbox, dialect, options } = sandboxWith(network);
    const { app } = networkSettings(network, BASE);
    const server = serverOf(network, dialect);
    const client = { client_id: app.clientId };
    const ways: Readonly<Record<string, oauth.ClientAuth>> = { x: oauth.ClientSecretBasic(app.clientSecret), youtube: oauth.ClientSecretPost(app.clientSecret) };
    const secret = ways[network] ?? plainBasic(app);
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const query = new URLSearchParams({
      client_id: app.clientId,
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: Object.keys(dialect.scopes).join(dialect.separator),
      state,
      ...dialect.lasting,
      ...(dialect.pkce !== 'none' && { code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: PKCE }),
    });
    const parameters = oauth.validateAuthResponse(server, client, await consentAt(sandbox, `${BASE}/${network}${dialect.page}?${query.toString()}`), state);
    const exchanged = await oauth.authorizationCodeGrantRequest(server, client, secret, parameters, CALLBACK, dialect.pkce === 'none' ? oauth.nopkce : verifier, options);
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, exchanged);
    const refreshed = await oauth.processRefreshTokenResponse(server, client, await oauth.refreshTokenGrantRequest(server, client, secret, tokens.refresh_token ?? '', options));
    expect(refreshed.access_token).not.toBe(tokens.access_token);
    // Reddit answers 204, and the client takes 200 alone.
    expect((await oauth.revocationRequest(server, client, secret, refreshed.refresh_token ?? tokens.refresh_token ?? '', options)).ok).toBe(true);
    const again = await oauth.refreshTokenGrantRequest(server, client, secret, refreshed.refresh_token ?? tokens.refresh_token ?? '', options);
    await expect(oauth.processRefreshTokenResponse(server, client, again)).rejects.toThrow();
  });
});

describe('a client of oauth4webapi at Bluesky', () => {
  it('finds the server, pushes its request, and proves its key with each call', async () => {
    const { app } = networkSettings('bluesky', BASE);
    const [assertionKeys, proofKeys] = await Promise.all([oauth.generateKeyPair('ES256', { extractable: true }), oauth.generateKeyPair('ES256')]);
    const jwk = await crypto.subtle.exportKey('jwk', assertionKeys.publicKey);
    const metadata = {
      ...clientMetadata({ clientId: app.clientId, redirectUris: [CALLBACK], scopes: ['atproto', 'transition:generic'], key: null }),
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [{ kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y, kid: 'key-1' }] },
    };
    const { sandbox, options } = sandboxWith('bluesky', metadata);
    const issuer = new URL(`${BASE}/bluesky/pds`);
    const server = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, { ...options, algorithm: 'oauth2' }));
    const client = { client_id: app.clientId };
    const key = oauth.PrivateKeyJwt({ key: assertionKeys.privateKey, kid: 'key-1' });
    const proved = { ...options, DPoP: oauth.DPoP({ [oauth.clockSkew]: 0 }, proofKeys) };
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const asked = { redirect_uri: CALLBACK, response_type: 'code', scope: 'atproto transition:generic', state, code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: PKCE };

    const pushed = await withNonce(async () => oauth.processPushedAuthorizationResponse(server, client, await oauth.pushedAuthorizationRequest(server, client, key, asked, proved)));
    const address = `${server.authorization_endpoint}?${new URLSearchParams({ client_id: app.clientId, request_uri: pushed.request_uri }).toString()}`;
    const parameters = oauth.validateAuthResponse(server, client, await consentAt(sandbox, address), state);
    const tokens = await withNonce(async () => oauth.processAuthorizationCodeResponse(server, client, await oauth.authorizationCodeGrantRequest(server, client, key, parameters, CALLBACK, verifier, proved)));
    expect(tokens['sub']).toMatch(/^did:plc:/u);
    const session = await withNonce(() => oauth.protectedResourceRequest(tokens.access_token, 'GET', new URL(`${issuer.href}/xrpc/com.atproto.server.getSession`), undefined, null, proved));
    expect(await session.json()).toMatchObject({ did: tokens['sub'] });
    const refreshed = await withNonce(async () => oauth.processRefreshTokenResponse(server, client, await oauth.refreshTokenGrantRequest(server, client, key, tokens.refresh_token ?? '', proved)));
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token);
  });
});

/** Does it again, once, if the server asks for its nonce, which the client has then. */
async function withNonce<Result>(request: () => Promise<Result>): Promise<Result> {
  try {
    return await request();
  } catch (error) {
    if (oauth.isDPoPNonceError(error)) return request();
    throw error;
  }
}
