import { describe, expect, it } from 'vitest';
import { facebook } from '../../../platforms/facebook/index.ts';
import { operations, stage, when } from '../support/stage.ts';
import { answer, scriptedTools } from '../support/tools.ts';
import { graph, wordsOf } from '../support/words.ts';

const refused = (subcode?: number) => answer(401, graph(401, { code: 190, ...(subcode !== undefined && { error_subcode: subcode }), message: 'Bad EAA-person, bad EAA-old' }).body);

describe('a new token of the page', () => {
  const old = { accessToken: 'EAA-old', refreshToken: 'EAA-person', expiresAt: '2026-11-21T12:05:00Z', scopes: ['pages_manage_posts'] };
  const person = answer(200, { access_token: 'EAA-younger', token_type: 'bearer', expires_in: 5_184_000 });
  const refresh = (...said: Parameters<typeof scriptedTools>[0]) => facebook.refresh(old, scriptedTools(said));

  it('comes for the token of the person who linked it, once that has been exchanged for a younger one, and has no end', async () => {
    const tools = scriptedTools([person, answer(200, { access_token: 'EAA-new', id: '17841400000000001' })]);
    expect(await facebook.refresh(old, tools)).toEqual({ kind: 'refreshed', tokens: { ...old, accessToken: 'EAA-new', refreshToken: 'EAA-younger', expiresAt: null } });
    expect(tools.requests).toMatchObject([
      { method: 'GET', url: 'https://graph.test/v25.0/oauth/access_token?client_id=an-app&client_secret=its-secret&grant_type=fb_exchange_token&fb_exchange_token=EAA-person' },
      { method: 'GET', url: expect.stringMatching(/^https:\/\/graph\.test\/v25\.0\/17841400000000001\?fields=access_token&appsecret_proof=[0-9a-f]{64}$/u), headers: { authorization: 'Bearer EAA-younger' } },
    ]);
  });

  it.each([463, 460, undefined])('is refused for good with 190/%s, once the page’s own is refused too; nothing is asked without a token to ask with', async (subcode) => {
    expect(await refresh(refused(subcode), refused(subcode), refused(subcode))).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked', code: 'reauth_required' } });
    const none = scriptedTools([]);
    expect(await facebook.refresh({ ...old, refreshToken: null }, none)).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked' } });
  });

  it('is not needed where the person’s is over and the page’s own serves', async () => {
    expect(await refresh(refused(463), refused(463), answer(200, { id: '17841400000000001', name: 'One' }))).toEqual({ kind: 'refreshed', tokens: old });
  });

  it('is tried again after anything but a definite no, whichever call it was, and no secret is kept of what was said', async () => {
    for (const said of [answer(500), { kind: 'ambiguous', reason: 'reset' }] as const) {
      for (const before of [[], [person], [refused(463)], [refused(463), refused(463)]]) {
        expect(await refresh(...before, said)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
      }
    }
    expect(JSON.stringify(await refresh(refused(), refused(), refused()))).not.toMatch(/EAA-(?:person|old)|its-secret/u);
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
