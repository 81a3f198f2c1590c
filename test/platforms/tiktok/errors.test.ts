import { describe, expect, it } from 'vitest';
import { tiktok } from '../../../platforms/tiktok/index.ts';
import { failureOf, refusalOf, tokenTrouble } from '../../../platforms/tiktok/errors.ts';
import { answer, formOf, NOW, scriptedTools, TOKEN } from '../support/tools.ts';
import { tiktokError } from '../support/words.ts';

const context = { now: NOW, secrets: [TOKEN] };
const MINUTE = new Date('2026-11-21T12:01:00Z');
const HOUR = new Date('2026-11-21T13:00:00Z');
const TOMORROW = new Date('2026-11-22T12:00:00Z');

function read(status: number, body: unknown, headers = {}) {
  return refusalOf(answer(status, body, headers), context);
}

/** The table of TikTok's page: status, code, class, our code; whether nothing was surely done; when to come back. */
const table = [
  [401, 'access_token_invalid', 'auth_expired', 'reauth_required', true, null],
  [401, 'scope_not_authorized', 'auth_revoked', 'reauth_required', true, null],
  [401, 'scope_permission_missed', 'auth_revoked', 'reauth_required', true, null],
  [429, 'rate_limit_exceeded', 'rate_limited', 'rate_limited', true, MINUTE],
  [403, 'spam_risk_too_many_posts', 'quota', 'quota_exhausted', true, HOUR],
  [403, 'spam_risk_too_many_pending_share', 'quota', 'quota_exhausted', true, HOUR],
  [403, 'reached_active_user_cap', 'quota', 'quota_exhausted', true, TOMORROW],
  [403, 'spam_risk_user_banned_from_posting', 'permanent', 'permission_denied', true, null],
  [403, 'spam_risk', 'permanent', 'permission_denied', true, null],
  [403, 'spam_risk_text', 'permanent', 'permission_denied', true, null],
  [403, 'unaudited_client_can_only_post_to_private_accounts', 'permanent', 'permission_denied', true, null],
  [403, 'url_ownership_unverified', 'permanent', 'internal_error', true, null],
  [403, 'privacy_level_option_mismatch', 'invalid_metadata', 'metadata_rejected', true, null],
  [400, 'invalid_param', 'invalid_metadata', 'metadata_rejected', true, null],
  [400, 'invalid_params', 'invalid_metadata', 'metadata_rejected', true, null],
  [400, 'invalid_file_upload', 'invalid_media', 'media_rejected', true, null],
  [400, 'app_version_check_failed', 'permanent', 'permission_denied', true, null],
  [404, 'invalid_publish_id', 'permanent', 'platform_unavailable', true, null],
  [400, 'token_not_authorized_for_specified_publish_id', 'permanent', 'platform_unavailable', true, null],
  [500, 'internal_error', 'retryable', 'platform_unavailable', false, null],
  [400, 'internal', 'retryable', 'platform_unavailable', false, null],
  // TikTok's code counts, whatever status stands beside it.
  [200, 'spam_risk', 'permanent', 'permission_denied', true, null],
  // What is not in the table is classed by its status.
  [400, 'something_new', 'permanent', 'metadata_rejected', true, null],
  [403, 'something_new', 'permanent', 'permission_denied', true, null],
  [200, 'something_new', 'retryable', 'platform_unavailable', false, null],
  [500, 'something_new', 'retryable', 'platform_unavailable', false, null],
] as const;

describe("TikTok's errors", () => {
  it.each(table)('%i %s is %s', (status, code, troubleClass, ours, definite, until) => {
    const { body } = tiktokError(status, code);
    expect(read(status, body)).toMatchObject({ trouble: { class: troubleClass, code: ours, until, platformCode: code, platformMessage: `Made up: ${code}` }, definite });
  });

  it.each([
    [429, '<html>', 'rate_limited'],
    [502, '', 'retryable'],
    [403, '', 'permanent'],
    [416, '', 'permanent'],
    [302, '', 'retryable'],
    [200, '{"ok":true}', 'retryable'],
    [200, '{"data":{},"error":{"code":"ok"}}', 'retryable'],
    [400, '{"error":{"code":"constructor_"}}', 'permanent'],
  ])('prove nothing in a form that is not TikTok’s: %i %j', (status, body, troubleClass) => {
    const { trouble, definite } = read(status, body);
    expect(trouble).toMatchObject({ class: troubleClass });
    expect(definite).toBe(body.includes('constructor_'));
  });

  it('say when to come back, where the answer does, and are kept without the token', () => {
    expect(read(503, '', { 'retry-after': '90' }).trouble.until).toEqual(new Date('2026-11-21T12:01:30Z'));
    expect(read(400, { error: { code: 'invalid_params', message: `Wrong: ${TOKEN}` } }).trouble.platformMessage).toBe('Wrong: [removed]');
  });

  it('of a publication that is not there say so', () => {
    expect(read(400, tiktokError(400, 'invalid_publish_id').body)).toMatchObject({ missing: true });
    expect(read(400, tiktokError(400, 'invalid_params').body)).toMatchObject({ missing: false });
  });
});

describe('why a publication failed', () => {
  it.each([
    ['file_format_check_failed', 'invalid_media', 0, 'invalid_media'],
    ['duration_check_failed', 'invalid_media', 0, 'invalid_media'],
    ['frame_rate_check_failed', 'invalid_media', 0, 'invalid_media'],
    ['picture_size_check_failed', 'invalid_media', 0, 'invalid_media'],
    ['photo_pull_failed', 'retryable', 1, 'permanent'],
    ['video_pull_failed', 'retryable', 1, 'permanent'],
    ['internal', 'retryable', 2, 'permanent'],
    ['auth_removed', 'auth_revoked', 0, 'auth_revoked'],
    ['publish_cancelled', 'permanent', 0, 'permanent'],
    ['spam_risk_too_many_posts', 'quota', 0, 'quota'],
    ['spam_risk_text', 'permanent', 0, 'permanent'],
    ['something_new', 'retryable', 2, 'permanent'],
    ['', 'retryable', 2, 'permanent'],
    ['constructor', 'retryable', 2, 'permanent'],
  ])('%j is %s, with %i more tries, then %s', (reason, troubleClass, renew, last) => {
    expect(failureOf(reason, NOW)).toMatchObject({ trouble: { class: troubleClass, platformCode: reason === '' ? 'FAILED' : reason }, renew, last: { class: last } });
  });
});

describe('a new token', () => {
  const old = { accessToken: 'old', refreshToken: 'rft.old', expiresAt: '2026-11-21T12:00:00Z', scopes: ['video.publish'] };

  it('takes the place of the old one, and the refresh token that comes with it too', async () => {
    const tools = scriptedTools([answer(200, { access_token: 'new', expires_in: 86_400, refresh_token: 'rft.new', refresh_expires_in: 31_536_000, scope: 'a,b', open_id: 'o', token_type: 'Bearer' })]);
    expect(await tiktok.refresh(old, tools)).toEqual({ kind: 'refreshed', tokens: { accessToken: 'new', refreshToken: 'rft.new', expiresAt: '2026-11-22T12:00:00Z', scopes: ['a', 'b'] } });
    const [request] = tools.requests;
    expect(request).toMatchObject({ method: 'POST', url: 'https://api.test/v2/oauth/token/', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    expect(formOf(request)).toEqual({ client_key: 'an-app', client_secret: 'its-secret', grant_type: 'refresh_token', refresh_token: 'rft.old' });
  });

  it('keeps the refresh token if no other comes', async () => {
    const tools = scriptedTools([answer(200, { access_token: 'new', expires_in: 10 })]);
    expect(await tiktok.refresh(old, tools)).toMatchObject({ tokens: { refreshToken: 'rft.old', scopes: ['video.publish'] } });
  });

  it.each([
    [400, { error: 'invalid_grant' }, 'auth_revoked', 'reauth_required'],
    // TikTok is known to say it beside a 200 too.
    [200, { error: 'invalid_grant', error_description: 'expired' }, 'auth_revoked', 'reauth_required'],
    [401, { error: 'invalid_client' }, 'permanent', 'internal_error'],
    [400, { error: 'invalid_request' }, 'retryable', 'platform_unavailable'],
    [500, '', 'retryable', 'platform_unavailable'],
    [200, '<html>', 'retryable', 'platform_unavailable'],
  ])('is refused with %i %j: %s', (status, body, troubleClass, code) => {
    expect(tokenTrouble(answer(status, body), context)).toMatchObject({ class: troubleClass, code });
  });

  it('leaves no secret in what is said of a refusal', async () => {
    const said = await tiktok.refresh(old, scriptedTools([answer(400, { error: 'invalid_grant', error_description: 'Bad rft.old for its-secret' })]));
    expect(JSON.stringify(said)).not.toMatch(/rft\.old|its-secret/u);
  });
});
