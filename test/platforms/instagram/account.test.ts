import { describe, expect, it } from 'vitest';
import { instagram } from '../../../platforms/instagram/index.ts';
import { operations, stage, when } from '../support/stage.ts';
import { answer, scriptedTools, workOf } from '../support/tools.ts';
import { graph, wordsOf } from '../support/words.ts';

function decorate(externalId: string | null, ...said: Parameters<typeof scriptedTools>[0]) {
  return instagram.decorate?.(workOf(1), { externalId }, scriptedTools(said));
}

describe('a new token', () => {
  const old = { accessToken: 'IGAA-old', refreshToken: null, expiresAt: '2026-11-21T12:05:00Z', scopes: ['publish'] };
  const refresh = (said: Parameters<typeof scriptedTools>[0][number]) => instagram.refresh(old, scriptedTools([said]));

  it('comes for the old one, for as long as Instagram says', async () => {
    const tools = scriptedTools([answer(200, { access_token: 'IGAA-new', token_type: 'bearer', expires_in: 5_184_000, permissions: 'a,b' })]);
    expect(await instagram.refresh(old, tools)).toEqual({
      kind: 'refreshed',
      tokens: { accessToken: 'IGAA-new', refreshToken: null, expiresAt: '2027-01-20T12:00:00Z', scopes: ['a', 'b'] },
    });
    expect(tools.requests).toMatchObject([{ method: 'GET', url: 'https://graph.test/refresh_access_token?grant_type=ig_refresh_token&access_token=IGAA-old' }]);
  });

  it('may be too early: then the old one serves on', async () => {
    expect(await refresh(answer(400, graph(400, { code: 100 }).body))).toEqual({ kind: 'refreshed', tokens: old });
  });

  it.each([463, 467, 458, undefined])('is refused for good with 190/%s', async (subcode) => {
    const said = graph(400, { code: 190, ...(subcode !== undefined && { error_subcode: subcode }) });
    expect(await refresh(answer(400, said.body))).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked', code: 'reauth_required' } });
  });

  it('is tried again after anything but a definite no', async () => {
    for (const said of [answer(500), answer(200, '<html>'), answer(400, graph(400, { code: 2 }).body), { kind: 'ambiguous', reason: 'reset' }] as const) {
      expect(await refresh(said)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    }
    expect(await refresh(answer(400, graph(400, { code: 4 }).body))).toMatchObject({ kind: 'trouble', trouble: { class: 'rate_limited' } });
  });

  it('leaves no secret in what is said of a refusal', async () => {
    const said = await refresh(answer(400, graph(400, { code: 190, message: 'Bad token IGAA-old' }).body));
    expect(JSON.stringify(said)).not.toContain('IGAA-old');
  });
});

describe('the account', () => {
  it('has its token renewed from 20 days before its end on', async () => {
    const day = 24 * 3600;
    for (const [left, renewed] of [[20 * day + 3600, 0], [20 * day - 3600, 1]] as const) {
      const world = await stage(instagram, { accessTokenLife: left });
      expect(await world.run()).toMatchObject({ status: 'uploaded' });
      expect(operations(world).filter((name) => name === 'token.refresh')).toHaveLength(renewed);
    }
  });

  it('is to be linked anew when its token is over', async () => {
    const world = await stage(instagram, { accessTokenLife: -5 });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'reauth_required', platformCode: '190/463' } });
    expect(await world.account()).toMatchObject({ health: 'reauth_required' });
    expect(operations(world)).toEqual(['token.refresh']);
  });

  it('is to be linked anew when the app was removed from it', async () => {
    const removed = when(instagram, 'container.create', [1], () => ({ effect: 'refuse', ...wordsOf(instagram).linkRevoked }));
    const world = await stage(instagram, removed);
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'reauth_required' } });
    expect(await world.account()).toMatchObject({ health: 'reauth_required' });
  });

  it('goes on with a young token that was rejected once', async () => {
    const rejected = when(instagram, 'container.create', [1], () => ({ effect: 'refuse', ...wordsOf(instagram).tokenExpired }));
    const world = await stage(instagram, rejected);
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'token.refresh')).toHaveLength(1);
  });

  it('waits as long as Instagram estimates when it is rate limited', async () => {
    const limited = when(instagram, 'container.create', [1], () => ({ effect: 'refuse', ...wordsOf(instagram).rateLimited }));
    const world = await stage(instagram, { ...limited, processingSeconds: 1 });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(world.time.elapsed()).toBe(7 * 60 + 5);
  });
});

describe('after the reel is there', () => {
  it('its address is read, and nothing is lost without it', async () => {
    const permalink = 'https://www.instagram.com/reel/D1/';
    expect(await decorate('18', answer(200, { id: '18', permalink }))).toEqual({ warnings: [], externalUrl: permalink });
    expect(await decorate('18', answer(500))).toEqual({ warnings: [expect.stringContaining('could not be read')], externalUrl: null });
    expect(await decorate(null)).toEqual({ warnings: [expect.stringContaining('did not say')], externalUrl: null });
  });
});
