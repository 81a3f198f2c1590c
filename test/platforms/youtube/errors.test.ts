import { describe, expect, it } from 'vitest';
import { afterwards, refusalOf, tokenTrouble } from '../../../platforms/youtube/errors.ts';
import { answer, NOW, TOKEN } from '../support/tools.ts';
import { google } from '../support/words.ts';

const context = { now: NOW, secrets: [TOKEN] };
/** 00:00 of the next day in California. */
const MIDNIGHT = new Date('2026-11-22T08:00:00Z');
const TOMORROW = new Date('2026-11-22T12:00:00Z');

function read(status: number, body: unknown, headers = {}) {
  return refusalOf(answer(status, body, headers), context);
}

/** The table of YouTube's page: status, reason, class, code; whether nothing was surely done; when to come back. */
const table = [
  [500, 'backendError', 'retryable', 'platform_unavailable', false, null],
  [503, 'internalError', 'retryable', 'platform_unavailable', false, null],
  [400, 'backendError', 'retryable', 'platform_unavailable', false, null],
  [401, 'authError', 'auth_expired', 'reauth_required', true, null],
  [403, 'insufficientPermissions', 'auth_revoked', 'reauth_required', true, null],
  [401, 'youtubeSignupRequired', 'permanent', 'permission_denied', true, null],
  [403, 'quotaExceeded', 'quota', 'quota_exhausted', true, MIDNIGHT],
  [403, 'dailyLimitExceeded', 'quota', 'quota_exhausted', true, MIDNIGHT],
  [403, 'rateLimitExceeded', 'rate_limited', 'rate_limited', true, null],
  [429, 'userRateLimitExceeded', 'rate_limited', 'rate_limited', true, null],
  [400, 'uploadLimitExceeded', 'quota', 'quota_exhausted', true, TOMORROW],
  [400, 'invalidTitle', 'invalid_metadata', 'metadata_rejected', true, null],
  [400, 'invalidDescription', 'invalid_metadata', 'metadata_rejected', true, null],
  [400, 'invalidTags', 'invalid_metadata', 'metadata_rejected', true, null],
  [400, 'invalidCategoryId', 'invalid_metadata', 'metadata_rejected', true, null],
  [400, 'invalidPublishAt', 'invalid_metadata', 'metadata_rejected', true, null],
  [400, 'defaultLanguageNotSet', 'invalid_metadata', 'metadata_rejected', true, null],
  [400, 'invalidRecordingDetails', 'invalid_metadata', 'metadata_rejected', true, null],
  [400, 'invalidVideoMetadata', 'invalid_metadata', 'metadata_rejected', true, null],
  [400, 'invalidFilename', 'invalid_metadata', 'metadata_rejected', true, null],
  [400, 'mediaBodyRequired', 'invalid_media', 'media_rejected', true, null],
  [403, 'forbiddenPrivacySetting', 'invalid_metadata', 'metadata_rejected', true, null],
  [403, 'forbiddenLicenseSetting', 'invalid_metadata', 'metadata_rejected', true, null],
  [403, 'authenticatedUserAccountSuspended', 'permanent', 'permission_denied', true, null],
  [403, 'authenticatedUserAccountClosed', 'permanent', 'permission_denied', true, null],
  [403, 'accountDelegationForbidden', 'permanent', 'permission_denied', true, null],
  [403, 'channelSuspended', 'permanent', 'permission_denied', true, null],
  [403, 'forbidden', 'permanent', 'permission_denied', true, null],
  [403, 'accessNotConfigured', 'permanent', 'internal_error', true, null],
  // What is not in the table is classed by its status.
  [403, 'somethingNew', 'permanent', 'permission_denied', true, null],
  [400, 'somethingNew', 'permanent', 'metadata_rejected', true, null],
  [413, 'uploadTooLarge', 'invalid_media', 'media_rejected', true, null],
  [408, 'somethingNew', 'retryable', 'platform_unavailable', false, null],
  [500, 'somethingNew', 'retryable', 'platform_unavailable', false, null],
] as const;

describe("YouTube's errors", () => {
  it.each(table)('%i %s is %s', (status, reason, troubleClass, code, definite, until) => {
    const { body } = google(status, reason);
    expect(read(status, body)).toMatchObject({ trouble: { class: troubleClass, code, until, platformCode: reason, platformMessage: `Made up: ${reason}` }, definite });
  });

  it('are known by the newer form too', () => {
    const scope = { error: { code: 403, message: 'No.', status: 'PERMISSION_DENIED', details: [{ '@type': 'x', reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }] } };
    expect(read(403, scope)).toMatchObject({ trouble: { class: 'auth_revoked', platformCode: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }, definite: true });
    expect(read(401, { error: { code: 401, status: 'UNAUTHENTICATED' } })).toMatchObject({ trouble: { class: 'auth_expired' } });
  });

  it.each([
    [429, '<html>', 'rate_limited'],
    [502, '', 'retryable'],
    [400, 'Bad Request', 'permanent'],
    [401, 'Unauthorized', 'auth_expired'],
    [302, '', 'retryable'],
    [200, '{"ok":true}', 'retryable'],
    [403, '{"error":"forbidden"}', 'permanent'],
  ])('prove nothing in a form that is not YouTube’s: %i %j', (status, body, troubleClass) => {
    expect(read(status, body)).toMatchObject({ trouble: { class: troubleClass, platformCode: `HTTP ${status}` }, definite: false });
  });

  it('say when to come back, where the answer does', () => {
    expect(read(503, '', { 'retry-after': '90' }).trouble.until).toEqual(new Date('2026-11-21T12:01:30Z'));
    expect(read(403, google(403, 'quotaExceeded').body, { 'retry-after': '90' }).trouble.until).toEqual(new Date('2026-11-21T12:01:30Z'));
  });

  it('are kept without the token', () => {
    const { trouble } = read(400, { error: { message: `Wrong: ${TOKEN}` } });
    expect(trouble.platformMessage).toBe('Wrong: [removed]');
  });
});

describe("the token endpoint's errors", () => {
  it.each([
    [400, { error: 'invalid_grant' }, 'auth_revoked', 'reauth_required'],
    [401, { error: 'invalid_client' }, 'permanent', 'internal_error'],
    [400, { error: 'unauthorized_client' }, 'permanent', 'internal_error'],
    [400, { error: 'invalid_request' }, 'retryable', 'platform_unavailable'],
    [500, '', 'retryable', 'platform_unavailable'],
    [429, '', 'retryable', 'platform_unavailable'],
    [401, 'Unauthorized', 'retryable', 'platform_unavailable'],
    [200, '<html>', 'retryable', 'platform_unavailable'],
  ])('%i %j is %s', (status, body, troubleClass, code) => {
    expect(tokenTrouble(answer(status, body), context)).toMatchObject({ class: troubleClass, code });
  });
});

describe('what YouTube says afterwards', () => {
  it('is put into words, known or not', () => {
    expect(afterwards('length')).toContain('15 minutes');
    expect(afterwards('somethingNew')).toContain('somethingNew');
    expect(afterwards(undefined)).toContain('""');
    expect(afterwards('constructor')).toContain('constructor');
  });
});
