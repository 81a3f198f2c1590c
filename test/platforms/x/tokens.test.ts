import { describe, expect, it } from 'vitest';
import { x } from '../../../platforms/x/index.ts';
import { operations, stage, when } from '../support/stage.ts';
import { answer, formOf, scriptedTools } from '../support/tools.ts';
import { problem, wordsOf } from '../support/words.ts';

const old = { accessToken: 'old', refreshToken: 'a-refresh-token', expiresAt: '2026-11-21T12:05:00Z', scopes: ['tweet.write'] };
const account = { accountId: 'acc_1', externalId: '1', name: 'ada', limits: {} };
const pair = { token_type: 'bearer', access_token: 'new', refresh_token: 'its-own', expires_in: 7200, scope: 'tweet.read tweet.write' };
const dead = answer(400, { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' });

function refresh(tools: ReturnType<typeof scriptedTools>, tokens = old) {
  return x.refresh(tokens, { ...tools, account });
}

describe('a new pair of tokens', () => {
  it('is asked for once, under the credentials of the app, and takes the place of both', async () => {
    const tools = scriptedTools([answer(200, pair)]);
    expect(await refresh(tools)).toEqual({ kind: 'refreshed', tokens: { accessToken: 'new', refreshToken: 'its-own', expiresAt: '2026-11-21T14:00:00Z', scopes: ['tweet.read', 'tweet.write'] } });
    expect(tools.requests).toMatchObject([
      {
        method: 'POST',
        url: 'https://api.test/2/oauth2/token',
        headers: { authorization: `Basic ${Buffer.from('an-app:its-secret').toString('base64')}`, 'content-type': 'application/x-www-form-urlencoded' },
      },
    ]);
    expect(formOf(tools.requests[0])).toEqual({ grant_type: 'refresh_token', refresh_token: 'a-refresh-token' });
  });

  it('without a refresh token is no pair', async () => {
    const { refresh_token: _, ...rest } = pair;
    expect(await refresh(scriptedTools([answer(200, rest)]))).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
  });

  it('is tried again after anything but a definite no', async () => {
    for (const result of [answer(500), answer(503, problem(503, 'down').body), answer(200, '<html>'), answer(400, { error: 'invalid_request', error_description: 'Something else' }), { kind: 'ambiguous', reason: 'reset' }, { kind: 'never_sent', reason: 'refused' }] as const) {
      expect(await refresh(scriptedTools([result]))).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    }
  });

  it('that is refused does not end the account while the old access token serves', async () => {
    for (const said of [answer(200, { data: { id: '1' } }), answer(429, problem(429, 'Too Many Requests').body), answer(500)]) {
      const tools = scriptedTools([dead, said]);
      expect(await refresh(tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
      expect(tools.requests[1]).toMatchObject({ method: 'GET', url: 'https://api.test/2/users/me', headers: { authorization: 'Bearer old' } });
    }
    expect(await refresh(scriptedTools([dead, answer(401, problem(401, 'Unauthorized').body)]))).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked', code: 'reauth_required' } });
  });

  it('that is refused ends the account when the old access token is over, without asking', async () => {
    for (const expiresAt of ['2026-11-21T12:00:00Z', '2026-11-21T11:00:00Z']) {
      expect(await refresh(scriptedTools([dead]), { ...old, expiresAt })).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked' } });
    }
    expect(await refresh(scriptedTools([answer(400, { error: 'invalid_grant' })]), { ...old, expiresAt: '2026-11-21T12:00:00Z' })).toMatchObject({ trouble: { class: 'auth_revoked' } });
  });

  it('is nothing that a person can mend when the app is refused', async () => {
    for (const error of ['invalid_client', 'unauthorized_client']) {
      expect(await refresh(scriptedTools([answer(401, { error })]))).toMatchObject({ trouble: { class: 'permanent', code: 'internal_error' } });
    }
  });

  it('leaves no secret in what is said of a refusal', async () => {
    const basic = Buffer.from('an-app:its-secret').toString('base64');
    const said = await refresh(scriptedTools([answer(400, { error: 'invalid_grant', error_description: `Bad a-refresh-token of ${basic} (its-secret)` })]), { ...old, expiresAt: '2026-11-21T12:00:00Z' });
    expect(JSON.stringify(said)).not.toMatch(/a-refresh-token|its-secret|YW4tYXBw/u);
  });
});

describe('an account whose token is over', () => {
  it('is refreshed once, and published on', async () => {
    const world = await stage(x, { accessTokenLife: -5 });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'token.refresh')).toHaveLength(1);
  });

  it('is to be linked anew when X does not know the refresh token any more', async () => {
    const world = await stage(x, { accessTokenLife: -5, ...when(x, 'token.refresh', [1], () => ({ effect: 'refuse', ...wordsOf(x).linkRevoked })) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'reauth_required', platformCode: 'invalid_request' } });
    expect(await world.account()).toMatchObject({ health: 'reauth_required' });
    expect(operations(world)).toEqual(['token.refresh']);
  });
});
