import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LinkTools } from '../../../core/ports/index.ts';
import { appPasswordForm, signIn } from '../../../platforms/bluesky/app-password.ts';
import { bluesky } from '../../../platforms/bluesky/index.ts';
import { theseTokens } from '../../../core/tokens.ts';
import { linking } from '../../../platforms/bluesky/link.ts';
import { endSession } from '../../../platforms/bluesky/session.ts';
import { httpTransport } from '../../../platforms/transport.ts';
import { APP_PASSWORD, MAIN_PASSWORD } from '../../../sandbox/bluesky/accounts.ts';
import { networkSettings } from '../../../sandbox/networks.ts';
import { startSandbox, type SandboxServer } from '../../../sandbox/server.ts';
import { answer, scriptedTools } from '../support/tools.ts';

const DID = 'did:plc:iqtd6fkft4iqdgzz44atmzq3';
const PASSWORD = 'abcd-efgh-ijkl-mnop';
const endpoints = { pds: 'https://bsky.social', plc: 'https://plc.example' };
const document = answer(200, { id: DID, service: [{ id: '#atproto_pds', serviceEndpoint: 'https://pds.example.com' }] });
const typed = (handle: string, password = PASSWORD) => ({ fields: { handle, password }, memory: null, scopes: [] });

function token(claims: object): string {
  return `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2lnbmF0dXJl`;
}
const session = (claims: object, change: object = {}) => answer(200, { accessJwt: token({ sub: DID, iat: 1000, exp: 8200, ...claims }), refreshJwt: token({ sub: DID }), did: DID, handle: 'ada.example', ...change });

describe('signing in over HTTP', () => {
  let server: SandboxServer;
  beforeAll(async () => {
    server = await startSandbox({ processingSeconds: 0 });
  });
  afterAll(() => server.stop());

  it('gives a session with which everything goes on, and which ends', async () => {
    const { app, endpoints: addresses } = networkSettings('bluesky', server.url);
    const transport = httpTransport({ defaultTimeout: 10 });
    const tools: LinkTools = { send: (request) => transport.send(request), now: () => new Date(), endpoints: addresses, app };
    const ada = server.sandbox.addAccount('bluesky', { name: 'Ada' });
    const granted = await signIn(typed(ada.name, APP_PASSWORD), tools);
    if (granted.kind === 'trouble') throw new Error(granted.trouble.message);
    const { tokens } = granted;
    expect(tokens.scopes).toEqual(['atproto', 'transition:generic']);
    expect(Math.round((Date.parse(tokens.expiresAt ?? '') - Date.now()) / 60_000)).toBe(120);
    expect(await linking.targets(tokens, tools)).toEqual({ kind: 'targets', targets: [{ id: ada.externalId, type: 'profile', name: ada.name, externalId: ada.externalId }] });
    const refreshed = await bluesky.refresh(tokens, { ...tools, account: ada });
    if (refreshed.kind === 'trouble') throw new Error(refreshed.trouble.message);
    expect(await linking.check(ada, { ...tools, ...theseTokens(refreshed.tokens) })).toEqual({ kind: 'accepted', name: ada.name });
    expect(await endSession(refreshed.tokens, tools)).toEqual({ kind: 'revoked' });
    expect(await bluesky.refresh(refreshed.tokens, { ...tools, account: ada })).toMatchObject({ trouble: { class: 'auth_revoked' } });
    expect(await signIn(typed(ada.name, MAIN_PASSWORD), tools)).toMatchObject({ trouble: { class: 'auth_revoked', message: expect.stringContaining('the password of the account itself') } });
  });
});

describe('the name of an account', () => {
  it.each(['ada.bsky.social', '@ada.bsky.social', ' Ada.BSKY.social\n', '\u202aada.bsky.social\u202c', '@ada.bsky.social\u200e'])('is found as people type and copy it: %j', async (handle) => {
    const tools = scriptedTools([answer(200, { did: DID }), document, session({})], { endpoints });
    expect(await signIn(typed(handle), tools)).toMatchObject({ kind: 'granted' });
    expect(tools.requests.map(({ url }) => url)).toEqual([
      'https://bsky.social/xrpc/com.atproto.identity.resolveHandle?handle=ada.bsky.social',
      `https://plc.example/${DID}`,
      'https://pds.example.com/xrpc/com.atproto.server.createSession',
    ]);
    // Whatever was typed, the account is named by what it resolved to.
    expect(tools.requests[2]).toMatchObject({ method: 'POST', body: JSON.stringify({ identifier: DID, password: PASSWORD }) });
  });

  it('is its DID as well', async () => {
    const tools = scriptedTools([document, session({})], { endpoints });
    expect(await signIn(typed(` ${DID} `), tools)).toMatchObject({ kind: 'granted' });
  });

  it.each(['ada', 'ada@example.com', 'ada.', '.ada', 'ada..social', 'ada_l.bsky.social', 'https://bsky.app/profile/ada', 'did:', `${'a'.repeat(64)}.bsky.social`])('is not %j: nothing is sent', async (handle) => {
    expect(await signIn(typed(handle), scriptedTools([], { endpoints }))).toMatchObject({ trouble: { class: 'auth_revoked', message: expect.stringContaining('no account by this name') } });
  });

  it.each([
    ['nobody has it', [answer(400, { error: 'HandleNotFound' })], 'auth_revoked'],
    ['the directory does not know it', [answer(200, { did: DID }), answer(404, {})], 'auth_revoked'],
    ['its server is none that may have a password', [answer(200, { did: DID }), answer(200, { id: DID, service: [{ id: '#atproto_pds', serviceEndpoint: 'http://10.0.0.1' }] })], 'auth_revoked'],
    ['the service is down', [answer(503)], 'retryable'],
    ['the directory is down', [answer(200, { did: DID }), answer(502)], 'retryable'],
    ['nobody answers', [{ kind: 'ambiguous', reason: 'reset' } as const], 'retryable'],
  ])('leads nowhere where %s, and no password is sent', async (_, answers, expected) => {
    const tools = scriptedTools(answers, { endpoints });
    expect(await signIn(typed('ada.bsky.social'), tools)).toMatchObject({ kind: 'trouble', trouble: { class: expected } });
    expect(JSON.stringify(tools.requests)).not.toContain(PASSWORD);
  });
});

/** What comes of a sign-in at the account's server. */
async function at(...answers: Parameters<typeof scriptedTools>[0]) {
  const tools = scriptedTools([document, ...answers], { endpoints });
  return { outcome: await signIn(typed(DID), tools), tools };
}

describe('the server of an account', () => {
  it.each([
    [answer(401, { error: 'AuthenticationRequired', message: `Invalid: ${PASSWORD}` }), 'auth_revoked', 'does not accept this app password'],
    [answer(400, { error: 'InvalidRequest', message: 'x' }), 'auth_revoked', 'does not accept this app password'],
    [answer(401, { error: 'AuthFactorTokenRequired', message: 'A sign in code has been sent' }), 'auth_revoked', 'the password of the account itself'],
    [answer(401, { error: 'AccountTakedown', message: 'x' }), 'permanent', 'taken down'],
    [answer(429, { error: 'RateLimitExceeded' }), 'rate_limited', ''],
    [answer(429, ''), 'rate_limited', ''],
    [answer(500, { error: 'InternalServerError' }), 'retryable', ''],
    [answer(200, '<html>'), 'retryable', ''],
    [answer(404, '<html>'), 'permanent', 'lets nobody sign in'],
    [answer(403, `no ${PASSWORD}`), 'permanent', 'lets nobody sign in'],
    [{ kind: 'ambiguous', reason: 'reset' } as const, 'retryable', ''],
  ])('is understood: %j', async (said, expected, words) => {
    const { outcome } = await at(said);
    expect(outcome).toMatchObject({ kind: 'trouble', trouble: { class: expected, message: expect.stringContaining(words) } });
    expect(JSON.stringify(outcome)).not.toContain(PASSWORD);
  });

  it('says when the next try may be', async () => {
    const { outcome } = await at(answer(429, { error: 'RateLimitExceeded' }, { 'ratelimit-reset': String(Date.parse('2026-11-21T12:05:00Z') / 1000) }));
    expect(outcome).toMatchObject({ trouble: { until: new Date('2026-11-21T12:05:00Z') } });
  });

  it('is told that a session of the account’s own password has ended, once more if it does not answer', async () => {
    const { outcome, tools } = await at(session({ scope: 'com.atproto.access' }), answer(503), answer(200));
    expect(outcome).toMatchObject({ trouble: { class: 'auth_revoked', message: expect.stringContaining('App passwords') } });
    expect(tools.requests.slice(2)).toEqual(
      [1, 2].map(() => ({ method: 'POST', url: 'https://pds.example.com/xrpc/com.atproto.server.deleteSession', headers: { authorization: `Bearer ${token({ sub: DID })}` } })),
    );
  });

  it('makes a session of this very account', async () => {
    const { outcome } = await at(session({}, { did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' }), answer(200));
    expect(outcome).toMatchObject({ kind: 'trouble', trouble: { class: 'permanent' } });
  });

  it('may make tokens that say nothing', async () => {
    const { outcome } = await at(session({}, { accessJwt: 'opaque' }));
    expect(outcome).toMatchObject({ kind: 'granted', tokens: { accessToken: 'opaque', expiresAt: null } });
  });
});

it('of an account that is not active is shown with what to do', async () => {
  const tools = scriptedTools([document, answer(200, { did: DID, handle: 'ada.example', active: false, status: 'deactivated' })], { endpoints });
  const tokens = { accessToken: token({ sub: DID }), refreshToken: token({ sub: DID }), expiresAt: null, scopes: [] };
  expect(await linking.targets(tokens, tools)).toMatchObject({ targets: [{ id: DID, name: 'ada.example', obstacle: expect.stringContaining('deactivated') }] });
});

it('is not ended where nobody knows whose it is, or it cannot be renewed', async () => {
  const tokens = { accessToken: token({ sub: DID }), refreshToken: token({ sub: DID }), expiresAt: null, scopes: [] };
  for (const change of [{ accessToken: 'opaque' }, { refreshToken: null }]) {
    expect(await endSession({ ...tokens, ...change }, scriptedTools([]))).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked' } });
  }
});

it('asks for no more than handle and app password, and knows the handle of the link', () => {
  expect(appPasswordForm({}).fields.map(({ name, initial }) => [name, initial])).toEqual([['handle', ''], ['password', '']]);
  expect(appPasswordForm({ handle: 'ada.example' }).fields[0]?.initial).toBe('ada.example');
});
