import { describe, expect, it } from 'vitest';
import { failureOf, refusalOf } from '../../../platforms/x/errors.ts';
import { answer } from '../support/tools.ts';
import { problem } from '../support/words.ts';

const context = { now: new Date('2026-11-21T12:00:00Z'), secrets: ['a-secret-token'] };

function said(status: number, detail: string, type?: string) {
  return refusalOf(answer(status, problem(status, detail, type).body), context);
}

function until(headers: Record<string, string>, status = 429): string | null {
  return refusalOf(answer(status, problem(status, 'Too Many Requests').body, headers), context).trouble.until?.toISOString() ?? null;
}

describe('what X says', () => {
  it.each([
    [401, 'Unauthorized', 'auth_expired', 'reauth_required'],
    [401, 'Unsupported Authentication', 'auth_expired', 'reauth_required'],
    [402, 'Your account has no credits.', 'permanent', 'quota_exhausted'],
    [403, 'You are not allowed to create a Tweet with duplicate content.', 'duplicate', 'duplicate_content'],
    [403, 'You are not permitted to perform this action.', 'invalid_metadata', 'metadata_rejected'],
    [403, 'Your Tweet text is too long.', 'invalid_metadata', 'metadata_rejected'],
    [403, 'A post has a maximum of one cashtag.', 'invalid_metadata', 'metadata_rejected'],
    [403, 'The Tweet contains an invalid URL.', 'invalid_metadata', 'metadata_rejected'],
    [403, 'Your account is suspended and is not permitted to access this feature.', 'permanent', 'permission_denied'],
    [403, 'To protect our users, this account is temporarily locked.', 'permanent', 'permission_denied'],
    [403, 'This request looks like it might be automated.', 'rate_limited', 'rate_limited'],
    [403, 'You are not permitted to access this feature.', 'permanent', 'internal_error'],
    [403, 'The token lacks the required scope tweet.write.', 'permanent', 'permission_denied'],
    [403, 'You are not allowed to post a video longer than 2 minutes.', 'invalid_media', 'media_rejected'],
    [403, 'You have been blocked from replying.', 'permanent', 'permission_denied'],
    [400, 'Your media IDs are invalid.', 'retryable', 'platform_unavailable'],
    [400, 'There must be a maximum of 4 items in the array.', 'invalid_metadata', 'metadata_rejected'],
    [400, 'Anything else', 'invalid_metadata', 'metadata_rejected'],
    [413, 'Payload Too Large', 'invalid_media', 'media_rejected'],
    [429, 'Too Many Requests', 'rate_limited', 'rate_limited'],
    [503, 'You are not allowed to create a Tweet with duplicate content.', 'retryable', 'platform_unavailable'],
  ])('%i %s', (status, detail, troubleClass, code) => {
    expect(said(status, detail).trouble).toMatchObject({ class: troubleClass, code, platformMessage: detail });
  });

  it.each([
    [187, 'duplicate'],
    [186, 'invalid_metadata'],
    [226, 'rate_limited'],
    [326, 'permanent'],
    [64, 'permanent'],
    [88, 'rate_limited'],
    [324, 'retryable'],
  ])('in the older form, code %i', (code, troubleClass) => {
    const { trouble, definite } = refusalOf(answer(403, { errors: [{ code, message: 'Made up' }] }), context);
    expect([trouble.class, trouble.platformCode, definite]).toEqual([troubleClass, String(code), true]);
  });

  it('of a cap on use is about our purse, whatever the status', () => {
    expect(said(429, 'Usage cap exceeded: Monthly product cap', 'https://api.twitter.com/2/problems/usage-capped').trouble).toMatchObject({ class: 'permanent', code: 'quota_exhausted' });
    expect(said(403, 'When authenticating…', 'https://api.twitter.com/2/problems/client-forbidden').trouble).toMatchObject({ class: 'permanent', code: 'internal_error' });
  });

  it('proves that nothing was done only in its own form, and if it does not pass', () => {
    expect(said(403, 'You are not permitted to perform this action.').definite).toBe(true);
    expect(said(400, 'Your media IDs are invalid.')).toMatchObject({ definite: true, gone: true });
    expect(refusalOf(answer(403, '<html>'), context).definite).toBe(false);
    expect(refusalOf(answer(400, { ok: true }), context).definite).toBe(false);
    expect(said(500, 'Internal').definite).toBe(false);
  });

  it('of a file that is not found means its upload only where that was asked for', () => {
    const { body } = problem(404, 'Could not find it.');
    expect(refusalOf(answer(404, body), { ...context, aboutMedia: true })).toMatchObject({ gone: true, trouble: { class: 'retryable' } });
    expect(refusalOf(answer(404, body), context)).toMatchObject({ gone: false, trouble: { class: 'permanent' } });
    expect(refusalOf(answer(404, ''), { ...context, aboutMedia: true })).toMatchObject({ gone: false });
  });

  it('tells when to come back: the window, or the day of the app', () => {
    expect(until({ 'x-rate-limit-reset': '1795262700' })).toBe('2026-11-21T12:05:00.000Z');
    expect(until({ 'x-rate-limit-reset': '1795262700', 'x-app-limit-24hour-remaining': '0', 'x-app-limit-24hour-reset': '1795305600' })).toBe('2026-11-22T00:00:00.000Z');
    expect(until({ 'x-rate-limit-reset': '1795262700', 'x-app-limit-24hour-remaining': '7', 'x-app-limit-24hour-reset': '1795305600' })).toBe('2026-11-21T12:05:00.000Z');
    expect(until({ 'retry-after': '60' }, 503)).toBe('2026-11-21T12:01:00.000Z');
    expect(until({ 'x-rate-limit-reset': 'soon' })).toBeNull();
    // Nothing that waiting would mend.
    expect(until({ 'x-rate-limit-reset': '1795262700' }, 403)).toBeNull();
    expect(said(403, 'This looks automated.').trouble.until?.toISOString()).toBe('2026-11-21T15:00:00.000Z');
  });

  it('is kept without the token', () => {
    expect(JSON.stringify(said(403, 'Bad token a-secret-token'))).not.toContain('a-secret-token');
  });

  it('of a file that it has processed is about the file, or about X', () => {
    expect(failureOf({ name: 'InvalidMedia', message: 'bad' })).toMatchObject({ again: false, trouble: { class: 'invalid_media', platformCode: 'InvalidMedia' } });
    expect(failureOf({ code: 3 })).toMatchObject({ again: false, trouble: { platformCode: '3' } });
    expect(failureOf({ name: 'InternalError' })).toMatchObject({ again: true, trouble: { class: 'retryable' } });
    expect(failureOf({})).toMatchObject({ again: false });
  });
});
