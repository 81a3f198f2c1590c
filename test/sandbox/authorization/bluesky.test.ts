import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { HttpAnswer } from '../../../core/ports/index.ts';
import { createSandbox } from '../../../sandbox/sandbox.ts';
import { answered, inProcess, testClock } from '../in-process.ts';
import { appAt, CALLBACK, tokensOf, tokensSchema } from './client.ts';
import { clientMetadata, newKey, prover } from './proofs.ts';

const SERVER = 'http://sandbox.test/bluesky/pds';

function parsed(answer: HttpAnswer): unknown {
  return JSON.parse(answer.body);
}

const DAY = 24 * 60 * 60;

describe('a server of Bluesky', () => {
  it('is found from a handle, in every way', async () => {
    const { login, get } = appAt('bluesky');
    const { accounts } = login.addPerson({ name: 'Ada' });
    const { externalId: did, name: handle } = accounts[0] ?? { externalId: '', name: '' };
    expect(parsed(await get(`${SERVER}/xrpc/com.atproto.identity.resolveHandle?handle=${handle}`))).toEqual({ did });
    expect((await get(`${SERVER}/.well-known/atproto-did`, { host: handle })).body).toBe(did);
    expect(parsed(await get(`http://sandbox.test/bluesky/plc/${did}`))).toMatchObject({ alsoKnownAs: [`at://${handle}`], service: [{ serviceEndpoint: SERVER }] });
    const resource = z.object({ authorization_servers: z.array(z.string()) }).parse(parsed(await get(`${SERVER}/.well-known/oauth-protected-resource`)));
    expect(resource.authorization_servers).toEqual([SERVER]);
    const [behind, before] = [await get(`${SERVER}/.well-known/oauth-authorization-server`), await get('http://sandbox.test/.well-known/oauth-authorization-server/bluesky/pds')];
    expect(parsed(behind)).toMatchObject({ issuer: SERVER, pushed_authorization_request_endpoint: `${SERVER}/oauth/par` });
    expect(before.body).toBe(behind.body);
  });

  it('says with each redirect which one it is, and with the tokens whose they are', async () => {
    const { login, decide, link } = appAt('bluesky');
    const { accounts } = login.addPerson({ name: 'Ada' });
    expect((await decide()).get('iss')).toBe(SERVER);
    expect(z.object({ token_type: z.literal('DPoP'), sub: z.string(), expires_in: z.literal(3599) }).parse(await link()).sub).toBe(accounts[0]?.externalId);
  });
});

describe('a pushed request', () => {
  it('is refused without a nonce, and taken with the one that comes then', async () => {
    const { login, clock, key, app, pkce } = appAt('bluesky');
    login.addPerson({ name: 'Ada' });
    const sandbox = createSandbox({ clock, baseUrl: 'http://sandbox.test', processingSeconds: 0, fetch: () => Promise.resolve({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(clientMetadata({ clientId: app.clientId, redirectUris: [CALLBACK], scopes: ['atproto'], key: null }))) }) });
    const transport = inProcess(sandbox, clock);
    const prove = prover(clock, key);
    const body = new URLSearchParams({ client_id: app.clientId, response_type: 'code', redirect_uri: CALLBACK, state: 'a', scope: 'atproto', ...pkce().challenge }).toString();
    const request = { method: 'POST' as const, url: `${SERVER}/oauth/par`, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
    const plain = answered(await transport.send(request));
    expect([plain.status, parsed(plain)]).toEqual([401, expect.objectContaining({ error: 'invalid_dpop_proof' })]);
    const first = answered(await transport.send(prove(request, null, null)));
    expect([first.status, parsed(first)]).toEqual([400, expect.objectContaining({ error: 'use_dpop_nonce' })]);
    const nonce = first.headers['dpop-nonce'] ?? '';
    const proved = prove(request, null, nonce);
    const second = answered(await transport.send(proved));
    expect([second.status, parsed(second)]).toEqual([201, { request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:req-/u), expires_in: 299 }]);
    // A proof serves once, and a nonce for three minutes.
    expect(answered(await transport.send(proved)).status).toBe(401);
    clock.advance(180);
    expect(parsed(answered(await transport.send(prove(request, null, nonce))))).toMatchObject({ error: 'use_dpop_nonce' });
  });

  it('is decided on once, within 299 seconds', async () => {
    const { login, pageUrl, get, clock } = appAt('bluesky');
    login.addPerson({ name: 'Ada' });
    const url = await pageUrl({ _consent: 'deny' });
    expect([(await get(url)).status, (await get(url)).status]).toEqual([303, 400]);
    const late = await pageUrl();
    clock.advance(298);
    expect((await get(late)).status).toBe(200);
    clock.advance(1);
    expect((await get(late)).status).toBe(400);
  });

  it('is that of an app whose metadata says the same', async () => {
    const { login, open } = appAt('bluesky');
    login.addPerson({ name: 'Ada' });
    for (const changes of [{ client_id: 'https://elsewhere.example/client.json' }, { client_id: 'fanfare' }, { client_id: 'https://fanfare.example/' }, { scope: 'transition:generic' }, { scope: 'atproto repo:*' }]) {
      expect((await open(changes)).status).toBeGreaterThanOrEqual(400);
    }
  });

  it('is that of an app in development, which says in its id what it is and has any port of the own machine', async () => {
    const { login, clock, sandbox, pkce } = appAt('bluesky');
    login.addPerson({ name: 'Ada' });
    const transport = inProcess(sandbox, clock);
    const prove = prover(clock, newKey());
    const push = async (redirectUri: string) => {
      const client = `http://localhost?${new URLSearchParams({ redirect_uri: 'http://127.0.0.1/callback', scope: 'atproto transition:generic' }).toString()}`;
      const body = new URLSearchParams({ client_id: client, response_type: 'code', redirect_uri: redirectUri, state: 'a', scope: 'atproto', ...pkce().challenge }).toString();
      const request = { method: 'POST' as const, url: `${SERVER}/oauth/par`, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body };
      const nonce = answered(await transport.send(prove(request, null, null))).headers['dpop-nonce'] ?? '';
      return answered(await transport.send(prove(request, null, nonce))).status;
    };
    expect(await Promise.all(['http://127.0.0.1:4000/callback', 'http://127.0.0.1/callback', 'http://127.0.0.1:4000/other', 'https://app.example/callback'].map(push))).toEqual([201, 201, 400, 400]);
  });

  it('shows the person alone whom the app expects', async () => {
    const { login, open } = appAt('bluesky');
    const [ada, bob] = [login.addPerson({ name: 'Ada' }), login.addPerson({ name: 'Bob' })];
    const { body } = await open({ login_hint: ada.accounts[0]?.name ?? '' });
    expect([body.includes(ada.id), body.includes(bob.id)]).toEqual([true, false]);
  });
});

describe('a token that is bound to a key', () => {
  it('posts for the account, beside its sessions by app password', async () => {
    const { sandbox, link, send } = appAt('bluesky');
    const account = sandbox.addAccount('bluesky', { name: 'Ada' });
    const { access_token: token } = await link({ _person: account.externalId });
    const record = (text: string) => JSON.stringify({ repo: account.externalId, collection: 'app.bsky.feed.post', record: { $type: 'app.bsky.feed.post', text, createdAt: '2026-11-21T12:00:00Z' } });
    const url = `${SERVER}/xrpc/com.atproto.repo.createRecord`;
    const type = { 'content-type': 'application/json' };
    expect((await send({ method: 'POST', url, headers: { ...type, authorization: `DPoP ${token}` }, body: record('one') }, token)).status).toBe(200);
    expect((await send({ method: 'POST', url, headers: { ...type, authorization: `Bearer ${account.accessToken}` }, body: record('two') })).status).toBe(200);
    expect((await sandbox.posts('bluesky')).map(({ accountId, text }) => [accountId, text])).toEqual([[account.externalId, 'one'], [account.externalId, 'two']]);
  });

  it('is no bearer token, and serves no other key', async () => {
    const { login, link, get, clock, sandbox } = appAt('bluesky');
    login.addPerson({ name: 'Ada' });
    const { access_token: token } = await link();
    const url = `${SERVER}/xrpc/com.atproto.server.getSession`;
    expect((await get(url, { authorization: `Bearer ${token}` })).status).toBe(400);
    const transport = inProcess(sandbox, clock);
    const prove = prover(clock, newKey());
    const request = { method: 'GET' as const, url, headers: { authorization: `DPoP ${token}` } };
    const first = answered(await transport.send(prove(request, token, null)));
    expect([first.status, parsed(first), first.headers['www-authenticate']]).toEqual([401, expect.objectContaining({ error: 'use_dpop_nonce' }), expect.stringContaining('use_dpop_nonce')]);
    const second = answered(await transport.send(prove(request, token, first.headers['dpop-nonce'] ?? '')));
    expect([second.status, parsed(second)]).toEqual([401, expect.objectContaining({ error: 'invalid_token' })]);
  });

  it('does what was allowed', async () => {
    const { login, link, send } = appAt('bluesky');
    const { accounts } = login.addPerson({ name: 'Ada' });
    const { access_token: token } = await link({ _scopes: 'atproto' });
    const answer = await send({ method: 'POST', url: `${SERVER}/xrpc/com.atproto.repo.createRecord`, headers: { 'content-type': 'application/json', authorization: `DPoP ${token}` }, body: JSON.stringify({ repo: accounts[0]?.externalId }) }, token);
    expect([answer.status, parsed(answer)]).toEqual([403, expect.objectContaining({ error: 'ScopeMissingError' })]);
  });

  it('is refreshed for 90 days at a time', async () => {
    const { login, link, refresh, clock } = appAt('bluesky');
    login.addPerson({ name: 'Ada' });
    let { refresh_token: token = '' } = await link();
    for (let round = 0; round < 2; round += 1) {
      clock.advance(90 * DAY - 1);
      token = tokensOf(await refresh(token)).refresh_token ?? '';
    }
    clock.advance(90 * DAY);
    expect((await refresh(token)).status).toBe(400);
  });

  it('says of a refresh token that came again what it was', async () => {
    const { login, link, refresh } = appAt('bluesky');
    login.addPerson({ name: 'Ada' });
    const { refresh_token: token = '' } = tokensSchema.parse(await link());
    await refresh(token);
    expect(parsed(await refresh(token))).toEqual({ error: 'invalid_grant', error_description: 'Refresh token replayed' });
  });
});

describe('a person who takes everything back', () => {
  it('ends sessions by app password too; time ends their access tokens alone', async () => {
    const clock = testClock();
    const sandbox = createSandbox({ clock, baseUrl: 'http://sandbox.test', processingSeconds: 0 });
    const transport = inProcess(sandbox, clock);
    const { externalId, accessToken, refreshToken } = sandbox.addAccount('bluesky', { name: 'Ada' });
    const status = async (method: 'GET' | 'POST', nsid: string, token: string | null) =>
      answered(await transport.send({ method, url: `${SERVER}/xrpc/com.atproto.server.${nsid}`, headers: { authorization: `Bearer ${token}` } })).status;
    sandbox.login('bluesky').expire(externalId);
    expect([await status('GET', 'getSession', accessToken), await status('POST', 'refreshSession', refreshToken)]).toEqual([400, 200]);
    sandbox.login('bluesky').revoke(externalId);
    expect(await status('POST', 'refreshSession', refreshToken)).toBe(400);
  });
});
