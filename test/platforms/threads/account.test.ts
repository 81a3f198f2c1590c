import { describe, expect, it } from 'vitest';
import { threads } from '../../../platforms/threads/index.ts';
import { operations, stage, when } from '../support/stage.ts';
import { answer, scriptedTools } from '../support/tools.ts';
import { graph, wordsOf } from '../support/words.ts';

describe('a new token', () => {
  const old = { accessToken: 'THAA-old', refreshToken: null, expiresAt: '2026-11-21T12:05:00Z', scopes: ['threads_basic'] };
  const refresh = (said: Parameters<typeof scriptedTools>[0][number]) => threads.refresh(old, scriptedTools([said]));

  it('comes for the old one, for as long as Threads says', async () => {
    const tools = scriptedTools([answer(200, { access_token: 'THAA-new', token_type: 'bearer', expires_in: 5_184_000 })]);
    expect(await threads.refresh(old, tools)).toEqual({
      kind: 'refreshed',
      tokens: { accessToken: 'THAA-new', refreshToken: null, expiresAt: '2027-01-20T12:00:00Z', scopes: ['threads_basic'] },
    });
    expect(tools.requests).toMatchObject([{ method: 'GET', url: 'https://graph.test/refresh_access_token?grant_type=th_refresh_token&access_token=THAA-old' }]);
  });

  it('may be too early: then the old one serves on', async () => {
    expect(await refresh(answer(400, graph(400, { code: 100 }).body))).toEqual({ kind: 'refreshed', tokens: old });
  });

  it.each([463, 467, 460, 458, undefined])('is refused for good with 190/%s', async (subcode) => {
    const said = graph(400, { code: 190, message: 'Bad token THAA-old', ...(subcode !== undefined && { error_subcode: subcode }) });
    const outcome = await refresh(answer(400, said.body));
    expect(outcome).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked', code: 'reauth_required' } });
    expect(JSON.stringify(outcome)).not.toContain('THAA-old');
  });

  it('is tried again after anything but a definite no', async () => {
    for (const said of [answer(500), answer(200, '<html>'), { kind: 'ambiguous', reason: 'reset' }] as const) {
      expect(await refresh(said)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    }
  });
});

describe('the account', () => {
  it('has its token renewed from 20 days before its end on', async () => {
    const day = 24 * 3600;
    for (const [left, renewed] of [[20 * day + 3600, 0], [20 * day - 3600, 1]] as const) {
      const world = await stage(threads, { accessTokenLife: left });
      expect(await world.run()).toMatchObject({ status: 'uploaded' });
      expect(operations(world).filter((name) => name === 'token.refresh')).toHaveLength(renewed);
    }
  });

  it('is to be linked anew when its token is over: nothing revives it', async () => {
    const world = await stage(threads, { kind: 'text', accessTokenLife: -5 });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'reauth_required', platformCode: '190/463' } });
    expect(await world.account()).toMatchObject({ health: 'reauth_required' });
    expect(operations(world)).toEqual(['token.refresh']);
  });

  it('is to be linked anew when the app was removed from it', async () => {
    const world = await stage(threads, { kind: 'text', ...when(threads, 'container.create', [1], () => ({ effect: 'refuse', ...wordsOf(threads).linkRevoked })) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'reauth_required' } });
    expect(await world.sandbox.posts('threads')).toEqual([]);
  });

  it('waits an hour when it is rate limited', async () => {
    const world = await stage(threads, { kind: 'text', ...when(threads, 'container.create', [1], () => ({ effect: 'refuse', ...wordsOf(threads).rateLimited })) });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(world.time.elapsed()).toBe(3600 + 5);
  });
});
