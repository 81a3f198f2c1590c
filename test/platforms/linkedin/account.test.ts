import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../platforms/linkedin/errors.ts';
import { linkedin } from '../../../platforms/linkedin/index.ts';
import { operations, stage, when } from '../support/stage.ts';
import { answer, formOf, NOW, scriptedTools, TOKEN } from '../support/tools.ts';
import { restli, wordsOf } from '../support/words.ts';

const endpoints = { api: 'https://api.linkedin.test', www: 'https://www.linkedin.test' };
const MIDNIGHT = new Date('2026-11-22T00:00:00Z');

describe('a new token', () => {
  const old = { accessToken: 'AQ-old', refreshToken: 'AQ-refresh', expiresAt: '2026-11-21T12:05:00Z', scopes: ['w_organization_social'] };
  const refresh = (said: Parameters<typeof scriptedTools>[0][number]) => linkedin.refresh(old, scriptedTools([said], { endpoints }));

  it('comes for the refresh token, which stays the same', async () => {
    const granted = { access_token: 'AQ-new', expires_in: 5_184_000, refresh_token: 'AQ-refresh', refresh_token_expires_in: 86_400, scope: 'a,b c' };
    const tools = scriptedTools([answer(200, granted)], { endpoints });
    expect(await linkedin.refresh(old, tools)).toEqual({
      kind: 'refreshed',
      tokens: { accessToken: 'AQ-new', refreshToken: 'AQ-refresh', expiresAt: '2027-01-20T12:00:00Z', scopes: ['a', 'b', 'c'] },
    });
    expect(tools.requests).toMatchObject([{ method: 'POST', url: `${endpoints.www}/oauth/v2/accessToken` }]);
    expect(formOf(tools.requests[0])).toEqual({ grant_type: 'refresh_token', refresh_token: 'AQ-refresh', client_id: 'an-app', client_secret: 'its-secret' });
  });

  it('keeps the refresh token and the scopes where none are named', async () => {
    expect(await refresh(answer(200, { access_token: 'AQ-new', expires_in: 60 }))).toMatchObject({ tokens: { refreshToken: 'AQ-refresh', scopes: old.scopes } });
  });

  it.each([
    ['invalid_grant', 400, 'auth_revoked'],
    ['invalid_request', 400, 'auth_revoked'],
    ['invalid_client', 401, 'permanent'],
    ['server_error', 400, 'retryable'],
  ])('is refused with %s', async (error, status, troubleClass) => {
    const said = await refresh(answer(status, { error, error_description: 'About AQ-refresh' }));
    expect(said).toMatchObject({ kind: 'trouble', trouble: { class: troubleClass } });
    expect(JSON.stringify(said)).not.toContain('AQ-refresh');
  });

  it('is tried again after anything but a definite no', async () => {
    for (const said of [answer(500), answer(200, '<html>'), answer(401, '<html>'), answer(403, restli(403, {}).body), { kind: 'ambiguous', reason: 'reset' }] as const) {
      expect(await refresh(said)).toMatchObject({ kind: 'trouble', trouble: { class: 'retryable' } });
    }
    expect(await refresh(answer(429, restli(429, { code: 'TOO_MANY_REQUESTS' }).body))).toMatchObject({ trouble: { class: 'quota', until: MIDNIGHT } });
  });
});

describe('the account', () => {
  it('is to be linked anew when the member took the permission away', async () => {
    const revoked = when(linkedin, 'post.create', [1], () => ({ effect: 'refuse', ...restli(401, { code: 'REVOKED_ACCESS_TOKEN', serviceErrorCode: 65_601 }) }));
    const world = await stage(linkedin, { kind: 'text', ...revoked });
    expect(await world.run()).toMatchObject({ status: 'failed', error: { code: 'reauth_required' } });
    expect(await world.account()).toMatchObject({ health: 'reauth_required' });
    expect(operations(world)).toEqual(['post.create']);
  });

  it('goes on with a new token when the old one was rejected', async () => {
    const rejected = when(linkedin, 'post.create', [1], () => ({ effect: 'refuse', ...wordsOf(linkedin).tokenExpired }));
    const world = await stage(linkedin, { kind: 'text', ...rejected });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 } });
    expect(operations(world)).toEqual(['post.create', 'token.refresh', 'post.create']);
  });

  it('waits until midnight UTC when the limit of the day is reached', async () => {
    const world = await stage(linkedin, { kind: 'text', caps: { linkedin: { postsPerDay: 0 } }, ...when(linkedin, 'post.create', [2], () => ({ effect: 'refuse', status: 201, headers: { 'x-restli-id': 'urn:li:share:1' }, body: '' })) });
    const began = world.time.now();
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 2 } });
    const midnight = new Date(began.getTime());
    midnight.setUTCHours(24, 0, 0, 0);
    expect(world.time.now().getTime()).toBe(midnight.getTime());
  });
});

describe('what LinkedIn says', () => {
  const context = { now: NOW, secrets: [TOKEN] };
  const read = (status: number, error: Parameters<typeof restli>[1], headers = {}) => refusalOf(answer(status, restli(status, error).body, headers), context);

  it.each([
    [401, { serviceErrorCode: 65_600 }, 'auth_expired', 'reauth_required', true],
    [401, { code: 'INVALID_ACCESS_TOKEN' }, 'auth_expired', 'reauth_required', true],
    [401, { serviceErrorCode: 65_602 }, 'auth_expired', 'reauth_required', true],
    [401, { serviceErrorCode: 65_601 }, 'auth_revoked', 'reauth_required', true],
    [403, { code: 'ACCESS_DENIED' }, 'auth_revoked', 'reauth_required', true],
    [403, { serviceErrorCode: 100 }, 'auth_revoked', 'reauth_required', true],
    [409, { code: 'DUPLICATE_POST' }, 'duplicate', 'duplicate_content', true],
    [422, { code: 'MISSING_FIELD' }, 'invalid_metadata', 'metadata_rejected', true],
    [400, { code: 'INVALID_VALUE_FOR_FIELD' }, 'invalid_metadata', 'metadata_rejected', true],
    [400, { code: 'INVALID_URN_TYPE' }, 'invalid_metadata', 'metadata_rejected', true],
    [422, { message: 'commentary is empty' }, 'invalid_metadata', 'metadata_rejected', true],
    [400, { code: 'MEDIA_ASSET_PROCESSING_FAILED' }, 'invalid_media', 'media_rejected', true],
    [400, { message: 'The asset is in WAITING_UPLOAD' }, 'retryable', 'platform_unavailable', true],
    [400, { message: 'The asset is not available' }, 'retryable', 'platform_unavailable', true],
    [404, { code: 'NOT_FOUND' }, 'permanent', 'metadata_rejected', true],
    [409, { code: 'CONFLICT' }, 'retryable', 'platform_unavailable', false],
    [409, { message: 'concurrent update' }, 'retryable', 'platform_unavailable', false],
    [426, { code: 'NONEXISTENT_VERSION' }, 'permanent', 'internal_error', true],
    [429, { code: 'TOO_MANY_REQUESTS' }, 'quota', 'quota_exhausted', true],
    [500, {}, 'retryable', 'platform_unavailable', false],
    [504, {}, 'retryable', 'platform_unavailable', false],
  ] as const)('%i %j is %s, %s, a definite no: %s', (status, error, troubleClass, code, definite) => {
    expect(read(status, error)).toMatchObject({ trouble: { class: troubleClass, code }, definite });
  });

  it('counts first where it speaks of the input itself', () => {
    const inputErrors = [{ code: 'DUPLICATE_POST', description: 'Duplicate of urn:li:ugcPost:7100000000000000002.' }];
    expect(read(422, { code: 'INVALID_VALUE', errorDetails: { inputErrors } })).toMatchObject({ means: 'duplicate', postUrn: 'urn:li:ugcPost:7100000000000000002' });
  });

  it('says until when: by Retry-After, or the end of the day', () => {
    expect(read(429, {}).trouble.until).toEqual(MIDNIGHT);
    expect(read(429, {}, { 'retry-after': '60' }).trouble.until).toEqual(new Date('2026-11-21T12:01:00Z'));
  });

  it('is kept without the token', () => {
    expect(read(400, { message: `Bad ${TOKEN}` }).trouble.platformMessage).toBe('Bad [removed]');
  });
});
