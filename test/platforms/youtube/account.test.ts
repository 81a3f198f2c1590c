import { describe, expect, it } from 'vitest';
import { youtube } from '../../../platforms/youtube/index.ts';
import { operations, stage, when } from '../support/stage.ts';
import { answer, formOf, scriptedTools, workOf } from '../support/tools.ts';
import { google, wordsOf, type Words } from '../support/words.ts';

function refuseOnce(operation: string, said: Words) {
  return when(youtube, operation, [1], () => ({ effect: 'refuse', ...said }));
}

function after(said: ReturnType<typeof answer>, options?: object) {
  return youtube.decorate?.(workOf(1, { options }), { externalId: 'dQw4w9WgXcQ' }, scriptedTools([said]));
}

function status(said: object) {
  return answer(200, { items: [{ status: said }] });
}

describe('what the account and the project allow', () => {
  it('comes back after midnight in California when the quota is used up', async () => {
    const world = await stage(youtube, refuseOnce('upload.start', google(403, 'quotaExceeded')));
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    // The stage's clock begins at 16:00 there.
    expect(world.time.elapsed()).toBeGreaterThanOrEqual(8 * 3600);
    expect(world.time.elapsed()).toBeLessThan(8.1 * 3600);
  });

  it('uses one refresh for a token that has expired', async () => {
    const world = await stage(youtube, { accessTokenLife: -5 });
    expect(await world.run()).toMatchObject({ status: 'uploaded' });
    expect(operations(world).filter((name) => name === 'token.refresh')).toHaveLength(1);
  });

  it('asks for linking anew when Google takes the refresh token back', async () => {
    const world = await stage(youtube, { accessTokenLife: -5, ...refuseOnce('token.refresh', wordsOf(youtube).linkRevoked) });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'reauth_required', platformCode: 'invalid_grant' } });
    expect(await world.account()).toMatchObject({ health: 'reauth_required' });
    expect(operations(world)).toEqual(['token.refresh']);
  });

  it('fails at once for what will not change, with YouTube’s own words', async () => {
    const world = await stage(youtube, refuseOnce('upload.last-slice', google(403, 'channelSuspended')));
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'permission_denied', platformCode: 'channelSuspended' }, proofs: [{ kind: 'refused' }] });
    expect(await world.sandbox.posts('youtube')).toEqual([]);
  });
});

describe('after the video is there', () => {
  it('warns when YouTube keeps it private, and names the audit', async () => {
    expect((await after(status({ privacyStatus: 'private' })))?.warnings).toEqual([expect.stringContaining('audit')]);
    const asked = { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en', privacyStatus: 'private' };
    expect((await after(status({ privacyStatus: 'private' }), asked))?.warnings).toEqual([]);
    expect((await after(status({ privacyStatus: 'public', uploadStatus: 'uploaded' })))?.warnings).toEqual([]);
  });

  it('warns when YouTube could not use it after all', async () => {
    expect((await after(status({ uploadStatus: 'failed', failureReason: 'codec' })))?.warnings).toEqual([expect.stringContaining('codec')]);
    expect((await after(status({ uploadStatus: 'rejected', rejectionReason: 'copyright' })))?.warnings).toEqual([expect.stringContaining('copyright')]);
    expect((await after(answer(200, { items: [] })))?.warnings).toHaveLength(1);
    expect((await after(answer(500)))?.warnings).toHaveLength(1);
  });

  it('needs no call for a video without a name', async () => {
    expect(await youtube.decorate?.(workOf(1), { externalId: null }, scriptedTools([]))).toEqual({ warnings: [], externalUrl: null });
  });
});

describe('a new token', () => {
  const old = { accessToken: 'old', refreshToken: '1//refresh', expiresAt: '2026-11-21T12:00:00Z', scopes: ['upload'] };

  it('keeps the refresh token, which Google does not rotate', async () => {
    const tools = scriptedTools([answer(200, { access_token: 'new', expires_in: 3599, scope: 'a b', token_type: 'Bearer' })]);
    expect(await youtube.refresh(old, tools)).toEqual({ kind: 'refreshed', tokens: { accessToken: 'new', refreshToken: '1//refresh', expiresAt: '2026-11-21T12:59:59Z', scopes: ['a', 'b'] } });
    const [request] = tools.requests;
    expect(request).toMatchObject({ method: 'POST', url: 'https://oauth.test/token', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect(formOf(request)).toEqual({
      grant_type: 'refresh_token',
      refresh_token: '1//refresh',
      client_id: 'an-app',
      client_secret: 'its-secret',
    });
  });

  it('takes a rotated one all the same', async () => {
    const tools = scriptedTools([answer(200, { access_token: 'new', expires_in: 10, refresh_token: '1//other' })]);
    expect(await youtube.refresh(old, tools)).toMatchObject({ tokens: { refreshToken: '1//other', scopes: ['upload'] } });
  });

  it('is tried again after anything but a definite no', async () => {
    for (const result of [answer(500), answer(200, '<html>'), answer(200, { access_token: 'new' }), { kind: 'ambiguous', reason: 'reset' }, { kind: 'never_sent', reason: 'refused' }] as const) {
      expect(await youtube.refresh(old, scriptedTools([result]))).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    }
  });

  it('leaves no secret in what is said of a refusal', async () => {
    const said = await youtube.refresh(old, scriptedTools([answer(400, { error: 'invalid_grant', error_description: 'Bad 1//refresh for its-secret' })]));
    expect(JSON.stringify(said)).not.toMatch(/1\/\/refresh|its-secret/u);
  });
});
