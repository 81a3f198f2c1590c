import { describe, expect, it } from 'vitest';
import { facebook } from '../../../platforms/facebook/index.ts';
import { operations, stage, when } from '../support/stage.ts';
import { answer, scriptedTools } from '../support/tools.ts';
import { graph, wordsOf } from '../support/words.ts';

describe('a new token of the page', () => {
  const old = { accessToken: 'EAA-old', refreshToken: 'EAA-person', expiresAt: '2026-11-21T12:05:00Z', scopes: ['pages_manage_posts'] };
  const refresh = (said: Parameters<typeof scriptedTools>[0][number]) => facebook.refresh(old, scriptedTools([said]));

  it('comes for the token of the person who linked it, and has no end', async () => {
    const tools = scriptedTools([answer(200, { access_token: 'EAA-new', id: '17841400000000001' })]);
    expect(await facebook.refresh(old, tools)).toEqual({ kind: 'refreshed', tokens: { ...old, accessToken: 'EAA-new', expiresAt: null } });
    expect(tools.requests).toMatchObject([
      { method: 'GET', url: expect.stringMatching(/^https:\/\/graph\.test\/v25\.0\/17841400000000001\?fields=access_token&appsecret_proof=[0-9a-f]{64}$/u), headers: { authorization: 'Bearer EAA-person' } },
    ]);
  });

  it.each([463, 460, undefined])('is refused for good with 190/%s, and nothing is asked without a token to ask with', async (subcode) => {
    const said = graph(401, { code: 190, ...(subcode !== undefined && { error_subcode: subcode }) });
    expect(await refresh(answer(401, said.body))).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked', code: 'reauth_required' } });
    const none = scriptedTools([]);
    expect(await facebook.refresh({ ...old, refreshToken: null }, none)).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked' } });
  });

  it('is tried again after anything but a definite no, and no secret is kept of what was said', async () => {
    for (const said of [answer(500), answer(200, '{}'), { kind: 'ambiguous', reason: 'reset' }] as const) {
      expect(await refresh(said)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    }
    expect(JSON.stringify(await refresh(answer(401, graph(401, { code: 190, message: 'Bad EAA-person, bad EAA-old' }).body)))).not.toMatch(/EAA-(?:person|old)/u);
  });
});

describe('the account', () => {
  it('goes on with a new token when its own was rejected once', async () => {
    const world = await stage(facebook, when(facebook, 'reel.start', [1], () => ({ effect: 'refuse', ...wordsOf(facebook).tokenExpired })));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'token.refresh')).toHaveLength(1);
  });

  it('is to be linked anew when the password was changed', async () => {
    const world = await stage(facebook, { kind: 'text', ...when(facebook, 'feed.publish', [1], () => ({ effect: 'refuse', ...wordsOf(facebook).linkRevoked })) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'reauth_required' } });
    expect(await world.account()).toMatchObject({ health: 'reauth_required' });
    expect(await world.sandbox.posts('facebook')).toEqual([]);
  });

  it('waits as long as Facebook estimates when it is rate limited', async () => {
    const world = await stage(facebook, { kind: 'text', ...when(facebook, 'feed.publish', [1], () => ({ effect: 'refuse', ...wordsOf(facebook).rateLimited })) });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 } });
    expect(world.time.elapsed()).toBeGreaterThanOrEqual(7 * 60);
  });
});
