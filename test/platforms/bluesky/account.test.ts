import { describe, expect, it } from 'vitest';
import { bluesky } from '../../../platforms/bluesky/index.ts';
import { operations, stage, when } from '../support/stage.ts';
import { answer, scriptedTools, workOf } from '../support/tools.ts';
import { wordsOf, xrpc, type Words } from '../support/words.ts';

const DID = 'did:plc:iqtd6fkft4iqdgzz44atmzq3';
const endpoints = { pds: 'https://bsky.social', plc: 'https://plc.example', video: 'https://video.example' };

function document(serviceEndpoint: unknown, change: object = {}) {
  return answer(200, { id: DID, service: [{ id: '#other', serviceEndpoint: 'https://x.example' }, { id: '#atproto_pds', serviceEndpoint }], ...change });
}

/** Begins a text of the account, whose document says so. */
async function begin(said: ReturnType<typeof answer>, did = DID) {
  const work = workOf(1, { upload: { kind: 'text', media: [] } });
  const tools = scriptedTools([said], { endpoints });
  return { outcome: await bluesky.transfer({ ...work, account: { ...work.account, externalId: did } }, tools), tools };
}

describe('the server of an account', () => {
  it.each(['https://pds.example.com', 'https://pds.example.com/', 'https://bsky.social', 'https://morel.us-east.host.bsky.network'])('is where its document says: %s', async (address) => {
    const { outcome, tools } = await begin(document(address));
    expect(outcome).toMatchObject({ kind: 'again' });
    expect(tools.requests).toMatchObject([{ url: `https://plc.example/${DID}` }]);
    expect(tools.requests[0]?.headers['authorization']).toBeUndefined();
    expect(tools.checkpoints).toMatchObject([{ pds: address.replace(/\/$/u, '') }]);
  });

  it.each([
    'http://pds.example.com',
    'https://127.0.0.1',
    'https://169.254.169.254',
    'https://[::1]',
    'https://2130706433',
    'https://0x7f.1',
    'https://localhost',
    'https://db.internal',
    'https://printer.local',
    'https://pds.example.com:8443',
    'https://user@pds.example.com',
    'https://pds.example.com/path',
    'no address',
    7,
    undefined,
  ])('is not %j: no token goes there', async (address) => {
    const { outcome, tools } = await begin(document(address));
    expect(outcome).toMatchObject({ kind: 'trouble', trouble: { class: 'permanent', code: 'permission_denied' } });
    expect(tools.checkpoints).toEqual([]);
  });

  it('is nowhere for an account that is not registered, or whose document is of another', async () => {
    expect(await begin(answer(404, { message: 'DID not registered' }))).toMatchObject({ outcome: { trouble: { class: 'permanent' } } });
    expect(await begin(document('https://pds.example.com', { id: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' }))).toMatchObject({ outcome: { trouble: { class: 'permanent' } } });
    expect(await begin(answer(503))).toMatchObject({ outcome: { trouble: { class: 'retryable' } } });
  });

  it('is found for accounts that are named by a host', async () => {
    const { tools } = await begin(document('https://pds.example.com'), 'did:web:ada.example.com');
    expect(tools.requests).toMatchObject([{ url: 'https://ada.example.com/.well-known/did.json' }]);
    const nowhere = scriptedTools([]);
    const work = workOf(1, { upload: { kind: 'text', media: [] } });
    for (const externalId of ['did:web:localhost', 'did:web:10.0.0.1', 'did:key:z6Mk', 'ada.example.com']) {
      expect(await bluesky.transfer({ ...work, account: { ...work.account, externalId } }, nowhere)).toMatchObject({ kind: 'trouble', trouble: { class: 'permanent' } });
    }
  });
});

function token(life: number): string {
  const claims = Buffer.from(JSON.stringify({ iat: 1000, exp: 1000 + life })).toString('base64url');
  return `eyJhbGciOiJIUzI1NiJ9.${claims}.c2lnbmF0dXJl`;
}

describe('a session', () => {
  const old = { accessToken: token(7200), refreshToken: token(90), expiresAt: '2026-11-21T12:00:00Z', scopes: ['com.atproto.appPass'] };
  const refresh = (...answers: Parameters<typeof scriptedTools>[0]) => {
    const tools = scriptedTools([document('https://pds.example.com'), ...answers], { endpoints });
    return { tools, outcome: bluesky.refresh(old, { ...tools, account: { externalId: DID } }) };
  };

  it('is renewed at the account’s own server, with a token and nothing else', async () => {
    const next = { accessJwt: token(7200), refreshJwt: token(90), did: DID, handle: 'ada.example' };
    const { tools, outcome } = refresh(answer(200, next));
    // Two hours by our own clock.
    expect(await outcome).toEqual({ kind: 'refreshed', tokens: { accessToken: next.accessJwt, refreshToken: next.refreshJwt, expiresAt: '2026-11-21T14:00:00Z', scopes: ['com.atproto.appPass'] } });
    expect(tools.requests[1]).toEqual({ method: 'POST', url: 'https://pds.example.com/xrpc/com.atproto.server.refreshSession', headers: { authorization: `Bearer ${old.refreshToken}` } });
  });

  it('of another account is not taken', async () => {
    const other = answer(200, { accessJwt: token(1), refreshJwt: token(1), did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' });
    expect(await refresh(other).outcome).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
  });

  it('is tried again after anything but a definite no', async () => {
    for (const result of [answer(500, { error: 'InternalServerError' }), answer(200, '<html>'), answer(429, ''), answer(403, ''), answer(400, 'x'), { kind: 'ambiguous', reason: 'reset' }] as const) {
      const outcome = await refresh(result).outcome;
      expect(outcome).toMatchObject({ kind: 'trouble', trouble: { class: expect.stringMatching(/^(?:retryable|rate_limited)$/u) } });
      expect(JSON.stringify(outcome)).not.toContain(old.refreshToken);
    }
    expect(await refresh({ kind: 'never_sent', reason: 'refused' }).outcome).toMatchObject({ trouble: { class: 'retryable' } });
  });

  it('ends for good with one', async () => {
    for (const error of ['ExpiredToken', 'InvalidToken', 'AuthenticationRequired', 'AccountTakedown']) {
      expect(await refresh(answer(400, { error, message: 'x' })).outcome).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked', code: 'reauth_required', platformCode: error } });
    }
    const without = await bluesky.refresh({ ...old, refreshToken: null }, { ...scriptedTools([]), account: { externalId: DID } });
    expect(without).toMatchObject({ trouble: { class: 'auth_revoked' } });
  });

  it('that has expired is renewed once, and the account asks for linking anew when it cannot be', async () => {
    const world = await stage(bluesky, { kind: 'text', accessTokenLife: -5 });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'token.refresh')).toHaveLength(1);

    const over = await stage(bluesky, { kind: 'photos', accessTokenLife: -5, ...refuseOnce('token.refresh', wordsOf(bluesky).linkRevoked) });
    expect(await over.run()).toMatchObject({ status: 'failed', error: { code: 'reauth_required', platformCode: 'ExpiredToken' } });
    expect(await over.account()).toMatchObject({ health: 'reauth_required' });
  });

  it('survives a lost answer to its renewal', async () => {
    const world = await stage(bluesky, { kind: 'photos', accessTokenLife: -5, ...when(bluesky, 'token.refresh', [1, 2], () => ({ effect: 'drop_after' })) });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(await world.account()).toMatchObject({ health: 'active' });
  });
});

it('waits as long as the server says when it is rate limited', async () => {
  const reset = { 'ratelimit-reset': String(Date.parse('2026-11-22T01:00:00Z') / 1000) };
  const world = await stage(bluesky, { kind: 'text', ...when(bluesky, 'record.put', [1], () => ({ effect: 'refuse', ...xrpc(429, 'RateLimitExceeded'), headers: reset })) });
  expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 } });
  expect(world.time.now().getTime()).toBeGreaterThanOrEqual(Date.parse('2026-11-22T01:00:00Z'));
});

function refuseOnce(operation: string, said: Words) {
  return when(bluesky, operation, [1], () => ({ effect: 'refuse', ...said }));
}
