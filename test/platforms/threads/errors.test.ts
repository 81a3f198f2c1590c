import { describe, expect, it } from 'vitest';
import { failureOf, refusalOf } from '../../../platforms/threads/errors.ts';
import { answer, NOW, TOKEN } from '../support/tools.ts';
import { graph } from '../support/words.ts';

const context = { now: NOW, secrets: [TOKEN] };

function read(code: number, subcode?: number, more: { status?: number; message?: string; is_transient?: boolean } = {}) {
  const { status = 400, ...rest } = more;
  return refusalOf(answer(status, graph(status, { code, ...(subcode !== undefined && { error_subcode: subcode }), ...rest }).body), context);
}

/** The page's table: code, subcode, class, code of ours; how many new containers; whether nothing was surely done. */
const table = [
  [1, undefined, 'retryable', 'platform_unavailable', null, false],
  [2, undefined, 'retryable', 'platform_unavailable', null, false],
  [4, undefined, 'rate_limited', 'rate_limited', null, true],
  [17, undefined, 'rate_limited', 'rate_limited', null, true],
  [32, undefined, 'rate_limited', 'rate_limited', null, true],
  [613, undefined, 'rate_limited', 'rate_limited', null, true],
  [10, undefined, 'auth_revoked', 'reauth_required', null, true],
  [200, undefined, 'auth_revoked', 'reauth_required', null, true],
  [100, undefined, 'invalid_metadata', 'metadata_rejected', null, true],
  [190, undefined, 'auth_expired', 'reauth_required', null, true],
  [190, 463, 'auth_expired', 'reauth_required', null, true],
  [190, 467, 'auth_expired', 'reauth_required', null, true],
  [190, 460, 'auth_revoked', 'reauth_required', null, true],
  [190, 458, 'auth_revoked', 'reauth_required', null, true],
  [9004, 2_207_052, 'retryable', 'platform_unavailable', 1, false],
  [9004, undefined, 'retryable', 'platform_unavailable', 1, false],
  [9, 2_207_042, 'quota', 'quota_exhausted', null, true],
  [-1, 2_207_051, 'permanent', 'rate_limited', null, true],
  [24, 2_207_006, 'retryable', 'platform_unavailable', 3, false],
  [24, 4_279_009, 'retryable', 'platform_unavailable', 3, false],
  [24, 4_279_004, 'retryable', 'platform_unavailable', null, false],
  [24, undefined, 'retryable', 'platform_unavailable', 3, false],
  [10, 4_279_013, 'permanent', 'permission_denied', null, true],
] as const;

describe("Threads' errors", () => {
  it.each(table)('%i/%s is %s (%s)', (code, subcode, troubleClass, ours, containers, definite) => {
    const refusal = read(code, subcode);
    expect(refusal).toMatchObject({ trouble: { class: troubleClass, code: ours }, definite });
    expect(refusal.renew?.times ?? null).toBe(containers);
    expect(refusal.trouble.message).toMatch(/[A-Z].*\.$/u);
  });

  it('pass where the network says so, are not believed with a status of 500, and say nothing of the token', () => {
    expect(read(12_345, undefined, { is_transient: true })).toMatchObject({ trouble: { class: 'retryable' }, definite: false });
    expect(read(100, undefined, { status: 500 }).definite).toBe(false);
    expect(read(100, undefined, { message: `Bad ${TOKEN}` }).trouble.platformMessage).toBe('Bad [removed]');
  });

  it('in another form prove nothing', () => {
    expect(refusalOf(answer(400, '<html>'), context)).toMatchObject({ trouble: { platformCode: 'HTTP 400' }, definite: false });
    expect(refusalOf(answer(429, ''), context)).toMatchObject({ trouble: { class: 'rate_limited' }, definite: false });
  });
});

describe('the word of a failed container', () => {
  it.each([
    ['FAILED_PROCESSING_AUDIO', 'invalid_media', null],
    ['FAILED_PROCESSING_VIDEO', 'invalid_media', null],
    ['INVALID_ASPEC_RATIO', 'invalid_media', null],
    ['INVALID_BIT_RATE', 'invalid_media', null],
    ['INVALID_DURATION', 'invalid_media', null],
    ['INVALID_FRAME_RATE', 'invalid_media', null],
    ['INVALID_AUDIO_CHANNELS', 'invalid_media', null],
    ['INVALID_AUDIO_CHANNEL_LAYOUT', 'invalid_media', null],
    ['FAILED_DOWNLOADING_VIDEO', 'retryable', { times: 3, last: { code: 'internal_error' } }],
    ['UNKNOWN', 'retryable', { times: 2, last: { code: 'media_rejected' } }],
  ] as const)('%s is %s', (word, troubleClass, renew) => {
    const failure = failureOf(word);
    expect(failure).toMatchObject({ code: word, trouble: { class: troubleClass, platformCode: word } });
    if (renew === null) expect(failure.renew).toBeNull();
    else expect(failure.renew).toMatchObject(renew);
  });
});
