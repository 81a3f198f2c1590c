import { describe, expect, it } from 'vitest';
import { refusalOf, storageTrouble } from '../../../platforms/pinterest/errors.ts';
import { pinterest } from '../../../platforms/pinterest/index.ts';
import { operations, stage } from '../support/stage.ts';
import { answer, formOf, scriptedTools } from '../support/tools.ts';
import { pinterestError } from '../support/words.ts';

const context = { now: new Date('2026-11-21T12:00:00Z'), secrets: ['a-secret-token'] };

/** The time of the next try after a pause that Pinterest asks for. */
function until(reset: string): string | null {
  return refusalOf(answer(429, pinterestError(429, 8).body, { 'x-ratelimit-reset': reset }), context).trouble.until?.toISOString() ?? null;
}

/** What S3 says. */
const xml = (code: string) => answer(403, `<?xml version="1.0"?><Error><Code>${code}</Code><Message>a-secret-token</Message></Error>`);

describe('what Pinterest says', () => {
  it.each([
    [400, 1, 'Invalid request: board_id: 1 does not match', 'invalid_metadata', 'metadata_rejected', true],
    [400, 1, 'Unable to reach the URL. Please check the URL', 'retryable', 'platform_unavailable', true],
    [400, 235, 'Sorry', 'retryable', 'platform_unavailable', true],
    [400, 12, 'Sorry', 'retryable', 'platform_unavailable', true],
    [400, 1, 'Your link was blocked as spam', 'permanent', 'permission_denied', true],
    [401, 2, 'Authentication failed.', 'auth_expired', 'reauth_required', true],
    [401, 3, 'Authorization failed.', 'auth_expired', 'reauth_required', true],
    [403, 29, 'Your application consumer type is not supported', 'permanent', 'internal_error', true],
    [403, 29, 'The token lacks the scope pins:write', 'auth_revoked', 'reauth_required', true],
    [403, 7, 'You do not have access', 'invalid_metadata', 'metadata_rejected', true],
    [403, 9, 'No', 'permanent', 'permission_denied', true],
    [404, 40, 'Board not found.', 'invalid_metadata', 'metadata_rejected', true],
    [404, 7, 'Media not found.', 'retryable', 'platform_unavailable', true],
    [409, 1, 'Conflict', 'retryable', 'platform_unavailable', false],
    [429, 8, 'This request exceeded a rate limit.', 'rate_limited', 'rate_limited', true],
    [500, 11, 'Board not found.', 'retryable', 'platform_unavailable', false],
  ])('%i %i %s', (status, code, message, troubleClass, ours, definite) => {
    expect(refusalOf(answer(status, pinterestError(status, code, message).body), context)).toMatchObject({ trouble: { class: troubleClass, code: ours, platformCode: String(code), platformMessage: message }, definite });
  });

  it('is nothing definite where it is not in its own form', () => {
    for (const status of [400, 401, 404, 429]) expect(refusalOf(answer(status, '<html>'), context)).toMatchObject({ definite: false });
  });

  it('of a pause is counted in seconds, and a time of day is not taken for one', () => {
    expect(until('42')).toBe('2026-11-21T12:00:42.000Z');
    expect(until('1893456000')).toBeNull();
  });

  it('is stored without what the request carried', () => {
    expect(refusalOf(answer(400, pinterestError(400, 1, 'bad a-secret-token').body), context).trouble.platformMessage).toBe('bad [removed]');
    expect(storageTrouble(xml('AccessDenied'), context.secrets)).toMatchObject({ class: 'retryable', platformCode: 'AccessDenied', platformMessage: expect.not.stringContaining('secret') });
    expect(storageTrouble(xml('EntityTooLarge'), context.secrets)).toMatchObject({ class: 'invalid_media' });
  });
});

describe('a new pair of tokens', () => {
  const old = { accessToken: 'old', refreshToken: 'a-refresh-token', expiresAt: '2026-11-21T12:05:00Z', scopes: ['pins:write'] };
  const pair = { response_type: 'refresh_token', access_token: 'new', token_type: 'bearer', expires_in: 2_592_000, refresh_token: 'its-own', refresh_token_expires_in: 5_184_000, scope: 'pins:read,pins:write' };
  const dead = answer(400, pinterestError(400, 1, 'The refresh token is invalid.').body);

  it('is asked for under the credentials of the app, and takes the place of both', async () => {
    const tools = scriptedTools([answer(200, pair)]);
    expect(await pinterest.refresh(old, tools)).toEqual({ kind: 'refreshed', tokens: { accessToken: 'new', refreshToken: 'its-own', expiresAt: '2026-12-21T12:00:00Z', scopes: ['pins:read', 'pins:write'] } });
    expect(tools.requests).toMatchObject([{ method: 'POST', url: 'https://api.test/v5/oauth/token', headers: { authorization: `Basic ${Buffer.from('an-app:its-secret').toString('base64')}` } }]);
    expect(formOf(tools.requests[0])).toEqual({ grant_type: 'refresh_token', refresh_token: 'a-refresh-token' });
  });

  it('that is refused ends the account only when its old access token serves no more', async () => {
    expect(await pinterest.refresh(old, scriptedTools([dead, answer(200, { id: '1' })]))).toMatchObject({ trouble: { class: 'retryable' } });
    expect(await pinterest.refresh(old, scriptedTools([dead, answer(401, pinterestError(401, 2).body)]))).toMatchObject({ trouble: { class: 'auth_revoked', code: 'reauth_required' } });
    expect(await pinterest.refresh({ ...old, expiresAt: '2026-11-21T12:00:00Z' }, scriptedTools([dead]))).toMatchObject({ trouble: { class: 'auth_revoked' } });
  });

  it("is no matter of the account when the app is refused, or Pinterest says nothing of its own", async () => {
    expect(await pinterest.refresh(old, scriptedTools([answer(401, pinterestError(401, 2, 'the client is not known').body)]))).toMatchObject({ trouble: { class: 'permanent', code: 'internal_error' } });
    for (const said of [answer(400, '<html>'), answer(500), answer(429, pinterestError(429, 8).body)]) expect(await pinterest.refresh(old, scriptedTools([said]))).toMatchObject({ trouble: { class: 'retryable' } });
  });

  it('is asked for twenty days before the end, so that an account may rest', async () => {
    const DAY = 24 * 3600;
    for (const [days, refreshes] of [[19, 1], [21, 0]] as const) {
      const world = await stage(pinterest, { kind: 'photos', accessTokenLife: days * DAY });
      expect(await world.run()).toMatchObject({ status: 'uploaded' });
      expect(operations(world).filter((name) => name === 'token.refresh')).toHaveLength(refreshes);
    }
  });
});
