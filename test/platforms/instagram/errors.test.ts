import { describe, expect, it } from 'vitest';
import { failureOf, refusalOf } from '../../../platforms/instagram/errors.ts';
import { answer, NOW, TOKEN } from '../support/tools.ts';
import { graph } from '../support/words.ts';

const context = { now: NOW, secrets: [TOKEN] };
const AN_HOUR = new Date('2026-11-21T13:00:00Z');

function read(code: number, subcode?: number, more: { status?: number; is_transient?: boolean; headers?: Readonly<Record<string, string>> } = {}) {
  const { status = 400, headers = {}, ...rest } = more;
  return refusalOf(answer(status, graph(status, { code, ...(subcode !== undefined && { error_subcode: subcode }), ...rest }).body, headers), context);
}

/** The tables of Instagram's and Facebook's pages: code, subcode, class, code of ours; how many new containers; whether nothing was surely done. */
const table = [
  [-2, 2207003, 'retryable', 'platform_unavailable', 3, false],
  [-2, 2207020, 'retryable', 'platform_unavailable', 3, false],
  [-1, 2207001, 'retryable', 'platform_unavailable', 3, false],
  [-1, 2207032, 'retryable', 'platform_unavailable', 3, false],
  [-1, 2207053, 'retryable', 'platform_unavailable', 3, false],
  [1, 2207057, 'invalid_metadata', 'metadata_rejected', null, true],
  [4, 2207051, 'permanent', 'rate_limited', null, true],
  [9, 2207042, 'quota', 'quota_exhausted', null, true],
  [24, 2207006, 'retryable', 'platform_unavailable', 3, false],
  [24, 2207008, 'retryable', 'platform_unavailable', 3, false],
  [25, 2207050, 'permanent', 'permission_denied', null, true],
  [100, 2207023, 'invalid_metadata', 'metadata_rejected', null, true],
  [100, 2207028, 'invalid_metadata', 'metadata_rejected', null, true],
  [100, 2207035, 'invalid_metadata', 'metadata_rejected', null, true],
  [100, 2207036, 'invalid_metadata', 'metadata_rejected', null, true],
  [100, 2207037, 'invalid_metadata', 'metadata_rejected', null, true],
  [100, 2207040, 'invalid_metadata', 'metadata_rejected', null, true],
  [352, 2207026, 'invalid_media', 'media_rejected', null, true],
  [9004, 2207052, 'retryable', 'platform_unavailable', 1, false],
  [9007, 2207027, 'retryable', 'platform_unavailable', null, false],
  [36_000, 2207004, 'invalid_media', 'media_rejected', null, true],
  [36_001, 2207005, 'invalid_media', 'media_rejected', null, true],
  [36_003, 2207009, 'invalid_media', 'media_rejected', null, true],
  [36_004, 2207010, 'invalid_metadata', 'metadata_rejected', null, true],
  [1, 2207081, 'invalid_metadata', 'metadata_rejected', null, true],
  [1, undefined, 'retryable', 'platform_unavailable', null, false],
  [2, undefined, 'retryable', 'platform_unavailable', null, false],
  [4, undefined, 'rate_limited', 'rate_limited', null, true],
  [17, undefined, 'rate_limited', 'rate_limited', null, true],
  [32, undefined, 'rate_limited', 'rate_limited', null, true],
  [341, undefined, 'rate_limited', 'rate_limited', null, true],
  [613, undefined, 'rate_limited', 'rate_limited', null, true],
  [80_002, undefined, 'rate_limited', 'rate_limited', null, true],
  [368, 1_390_008, 'permanent', 'rate_limited', null, true],
  [10, undefined, 'auth_revoked', 'reauth_required', null, true],
  [200, undefined, 'auth_revoked', 'reauth_required', null, true],
  [299, undefined, 'auth_revoked', 'reauth_required', null, true],
  [100, undefined, 'invalid_metadata', 'metadata_rejected', null, true],
  [100, 33, 'auth_revoked', 'reauth_required', null, true],
  [102, undefined, 'auth_expired', 'reauth_required', null, true],
  [190, undefined, 'auth_expired', 'reauth_required', null, true],
  [190, 463, 'auth_expired', 'reauth_required', null, true],
  [190, 467, 'auth_expired', 'reauth_required', null, true],
  [190, 458, 'auth_revoked', 'reauth_required', null, true],
  [190, 459, 'auth_revoked', 'reauth_required', null, true],
  [190, 460, 'auth_revoked', 'reauth_required', null, true],
  [190, 464, 'auth_revoked', 'reauth_required', null, true],
  [190, 492, 'auth_revoked', 'reauth_required', null, true],
  // What is not in the tables is classed by its status.
  [12_345, 67_890, 'permanent', 'metadata_rejected', null, true],
] as const;

describe("Instagram's errors", () => {
  it.each(table)('%i/%s is %s', (code, subcode, troubleClass, ours, containers, definite) => {
    const found = read(code, subcode);
    expect(found).toMatchObject({ trouble: { class: troubleClass, code: ours }, definite, code: subcode ?? code });
    expect(found.renew?.times ?? null).toBe(containers);
    expect(found.notYet).toBe(subcode === 2207027);
    expect(found.missing).toBe(subcode === 33);
    expect(found.trouble.platformCode).toBe(subcode === undefined ? String(code) : `${code}/${subcode}`);
  });

  it('pass by themselves where Instagram says so, whatever their code', () => {
    expect(read(12_345, undefined, { is_transient: true })).toMatchObject({ trouble: { class: 'retryable' }, definite: false });
  });

  it('are not believed with a status of 500', () => {
    expect(read(100, 2207023, { status: 500 }).definite).toBe(false);
  });

  it('say when to come back: as the usage header estimates, else in an hour; Retry-After wins', () => {
    const usage = { 'x-business-use-case-usage': '{"1784":[{"type":"a","estimated_time_to_regain_access":7},{"type":"b","estimated_time_to_regain_access":25}]}' };
    expect(read(80_002, undefined, { headers: usage }).trouble.until).toEqual(new Date('2026-11-21T12:25:00Z'));
    expect(read(4).trouble.until).toEqual(AN_HOUR);
    expect(read(4, undefined, { headers: { 'x-business-use-case-usage': 'nonsense' } }).trouble.until).toEqual(AN_HOUR);
    expect(read(4, undefined, { headers: { 'x-business-use-case-usage': '{"1":[{}]}' } }).trouble.until).toEqual(AN_HOUR);
    expect(read(80_002, undefined, { headers: { ...usage, 'retry-after': '60' } }).trouble.until).toEqual(new Date('2026-11-21T12:01:00Z'));
    expect(read(9, 2207042).trouble.until).toEqual(AN_HOUR);
    expect(read(2).trouble.until).toBeNull();
  });

  it('are kept in the words for people, without the token', () => {
    const body = { error: { code: 100, message: 'technical', error_user_msg: `For you: ${TOKEN}` } };
    expect(refusalOf(answer(400, body), context).trouble.platformMessage).toBe('For you: [removed]');
  });

  it.each([
    [429, '<html>', 'rate_limited'],
    [503, '', 'retryable'],
    [200, '{"ok":true}', 'retryable'],
    [400, '{"error":"no"}', 'permanent'],
  ])('prove nothing in a form that is not the Graph API’s: %i %j', (status, body, troubleClass) => {
    expect(refusalOf(answer(status, body), context)).toMatchObject({ trouble: { class: troubleClass, platformCode: `HTTP ${status}` }, definite: false, code: null });
  });
});

describe('the text of a failed container', () => {
  it.each([
    ['Error: Media upload has failed with error code 2207076', 2207076, 2, 'media_rejected'],
    ['Error: the file could not be fetched (error code 2207052).', 2207052, 1, 'internal_error'],
    ['2207003', 2207003, 3, 'platform_unavailable'],
    ['Error without any number', 0, 2, 'media_rejected'],
    ['Error 22070761', 0, 2, 'media_rejected'],
  ])('%j names what follows', (text, code, containers, last) => {
    const found = failureOf(text);
    expect(found).toMatchObject({ code, trouble: { class: 'retryable', platformMessage: text } });
    expect(found.renew).toMatchObject({ times: containers, last: { code: last } });
  });

  it('is final at once where the file itself is refused', () => {
    expect(failureOf('Error: unsupported format 2207026')).toMatchObject({ trouble: { class: 'invalid_media' }, renew: null });
  });
});
