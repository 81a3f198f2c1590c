import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { blueskyByHand, HERE, key, parsed, refusal } from './bluesky-by-hand.ts';

const sessionSchema = z.object({ accessJwt: z.string(), refreshJwt: z.string(), did: z.string(), handle: z.string() });

function claims(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}

describe('a session', () => {
  it('begins with handle or DID and an app password', async () => {
    const { pds, account } = blueskyByHand();
    const signIn = (identifier: string, password: string) => pds('POST', 'server.createSession', { body: { identifier, password }, token: null });
    const session = sessionSchema.parse(parsed(await signIn(account.name, 'sand-boxy-pass-word')));
    expect(session).toMatchObject({ did: account.externalId, handle: 'ada-lovelace.bsky.social' });
    expect(claims(session.accessJwt)).toMatchObject({ sub: account.externalId, aud: HERE, scope: 'com.atproto.appPass' });
    expect(parsed(await pds('GET', 'server.getSession', { token: session.accessJwt }))).toMatchObject({ did: account.externalId, active: true });
    const wrong = await signIn(account.externalId, 'another');
    expect(refusal(wrong)).toEqual([401, 'AuthenticationRequired']);
    expect(wrong.headers).toMatchObject({ 'ratelimit-remaining': '28', 'ratelimit-policy': '30;w=300' });
  });

  it('begins thirty times in five minutes', async () => {
    const { pds, account, clock } = blueskyByHand();
    const signIn = () => pds('POST', 'server.createSession', { body: { identifier: account.name, password: 'sand-boxy-pass-word' }, token: null });
    for (let time = 0; time < 30; time += 1) expect((await signIn()).status).toBe(200);
    expect(refusal(await signIn())).toEqual([429, 'RateLimitExceeded']);
    clock.advance(300);
    expect((await signIn()).status).toBe(200);
  });

  it('goes on for two hours, and is renewed by its other token for ninety days', async () => {
    const { pds, account, put, clock } = blueskyByHand();
    clock.advance(2 * 3600 - 1);
    expect((await put(key(1))).status).toBe(200);
    clock.advance(1);
    expect(refusal(await put(key(1)))).toEqual([400, 'ExpiredToken']);
    clock.advance(90 * 24 * 3600 - 2 * 3600 - 1);
    const next = sessionSchema.parse(parsed(await pds('POST', 'server.refreshSession', { token: account.refreshToken })));
    expect((await put(key(1), {}, {}, { token: next.accessJwt })).status).toBe(200);
    clock.advance(90 * 24 * 3600);
    expect(refusal(await pds('POST', 'server.refreshSession', { token: next.refreshJwt }))).toEqual([400, 'ExpiredToken']);
  });

  it('gives the same next token to a refresh that is repeated within two hours, and none later', async () => {
    const { pds, account, clock } = blueskyByHand();
    const refresh = () => pds('POST', 'server.refreshSession', { token: account.refreshToken });
    const idOf = async () => z.object({ jti: z.string() }).parse(claims(sessionSchema.parse(parsed(await refresh())).refreshJwt)).jti;
    const first = await idOf();
    clock.advance(2 * 3600 - 1);
    expect(await idOf()).toBe(first);
    clock.advance(1);
    expect(refusal(await refresh())).toEqual([400, 'ExpiredToken']);
  });

  it('is renewed by its refresh token only, and without a body', async () => {
    const { pds, account } = blueskyByHand();
    expect(refusal(await pds('POST', 'server.refreshSession', { token: account.accessToken }))).toEqual([400, 'InvalidToken']);
    expect(refusal(await pds('POST', 'server.refreshSession', { token: account.refreshToken, body: {} }))).toEqual([400, 'InvalidRequest']);
    expect(refusal(await pds('POST', 'server.refreshSession', { token: null }))).toEqual([401, 'AuthMissing']);
  });
});

describe('a session that an app ends', () => {
  it('is not renewed any more, and its access token goes on', async () => {
    const { pds, account, put } = blueskyByHand();
    const end = (token: string | null, body?: object) => pds('POST', 'server.deleteSession', { token, ...(body !== undefined && { body }) });
    expect(refusal(await end(account.accessToken))).toEqual([400, 'InvalidToken']);
    expect(refusal(await end(account.refreshToken, {}))).toEqual([400, 'InvalidRequest']);
    expect(refusal(await end(null))).toEqual([401, 'AuthMissing']);
    expect(await end(account.refreshToken)).toMatchObject({ status: 200, body: '' });
    expect(refusal(await pds('POST', 'server.refreshSession', { token: account.refreshToken }))).toEqual([400, 'ExpiredToken']);
    expect((await put(key(1))).status).toBe(200);
    expect((await end(account.refreshToken)).status).toBe(200);
  });
});

describe('the password of an account itself', () => {
  it('makes a session that says so', async () => {
    const { pds, account } = blueskyByHand();
    const session = sessionSchema.parse(parsed(await pds('POST', 'server.createSession', { body: { identifier: account.name, password: 'everything-is-open' }, token: null })));
    expect(claims(session.accessJwt)).toMatchObject({ scope: 'com.atproto.access' });
    const next = sessionSchema.parse(parsed(await pds('POST', 'server.refreshSession', { token: session.refreshJwt })));
    expect(claims(next.accessJwt)).toMatchObject({ scope: 'com.atproto.access' });
  });
});

describe('a token for another service', () => {
  it('is for one method, and for an hour at most', async () => {
    const { pds, clock } = blueskyByHand();
    const at = (seconds: number) => String(Math.floor(clock.now().getTime() / 1000) + seconds);
    const ask = (query: Record<string, string>) => pds('GET', 'server.getServiceAuth', { query });
    const lxm = 'com.atproto.repo.uploadBlob';
    expect((await ask({ aud: HERE, lxm, exp: at(3600) })).status).toBe(200);
    expect(refusal(await ask({ aud: HERE, lxm, exp: at(3601) }))).toEqual([400, 'BadExpiration']);
    expect(refusal(await ask({ aud: HERE, lxm, exp: at(-1) }))).toEqual([400, 'BadExpiration']);
    expect(refusal(await ask({ aud: HERE, exp: at(61) }))).toEqual([400, 'BadExpiration']);
    expect(refusal(await ask({ lxm }))).toEqual([400, 'InvalidRequest']);
    expect(refusal(await ask({ aud: 'sandbox.test', lxm }))).toEqual([400, 'InvalidRequest']);
  });

  it('stores files, and writes no record', async () => {
    const { upload: _, serviceToken, pds, put } = blueskyByHand();
    const token = await serviceToken();
    expect((await pds('POST', 'repo.uploadBlob', { body: Buffer.from('text'), token, headers: { 'content-type': 'text/plain' } })).status).toBe(200);
    expect(refusal(await put(key(1), {}, {}, { token }))).toEqual([400, 'InvalidToken']);
  });

  it('is good at that service only', async () => {
    const { pds } = blueskyByHand();
    const { token } = z.object({ token: z.string() }).parse(parsed(await pds('GET', 'server.getServiceAuth', { query: { aud: 'did:web:elsewhere.example', lxm: 'com.atproto.repo.uploadBlob' } })));
    expect(refusal(await pds('POST', 'repo.uploadBlob', { body: Buffer.from('text'), token, headers: { 'content-type': 'text/plain' } }))).toEqual([401, 'BadJwtAudience']);
  });
});

describe('an identity', () => {
  it('says where its server is', async () => {
    const { send, endpoints, did } = blueskyByHand();
    const document = (of: string) => send({ method: 'GET', url: `${endpoints['plc']}/${of}`, headers: {} });
    expect(parsed(await document(did))).toMatchObject({ id: did, service: [{ id: '#atproto_pds', serviceEndpoint: endpoints['pds'] }] });
    expect((await document('did:plc:aaaaaaaaaaaaaaaaaaaaaaaa')).status).toBe(404);
  });

  it('is found by its handle, of which there is one each', async () => {
    const { pds, sandbox, did } = blueskyByHand();
    const resolve = (handle: string) => pds('GET', 'identity.resolveHandle', { query: { handle }, token: null });
    const second = sandbox.addAccount('bluesky', { name: 'Ada Lovelace' });
    expect(parsed(await resolve('Ada-Lovelace.bsky.social'))).toEqual({ did });
    expect(parsed(await resolve(second.name))).toEqual({ did: second.externalId });
    expect(refusal(await resolve('nobody.bsky.social'))).toEqual([400, 'HandleNotFound']);
    expect(refusal(await resolve('nobody'))).toEqual([400, 'InvalidRequest']);
  });
});

it('refuses methods that it does not know, and the wrong verb', async () => {
  const { pds } = blueskyByHand();
  expect(refusal(await pds('GET', 'repo.putRecord'))).toEqual([400, 'InvalidRequest']);
  expect(refusal(await pds('POST', 'repo.applyWrites', { body: {} }))).toEqual([501, 'MethodNotImplemented']);
});
