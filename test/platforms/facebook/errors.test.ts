import { describe, expect, it } from 'vitest';
import { failureOf, offsetsOf, refusalOf } from '../../../platforms/facebook/errors.ts';
import { answer, NOW, TOKEN } from '../support/tools.ts';
import { graph } from '../support/words.ts';

const context = { now: NOW, secrets: [TOKEN] };

function read(code: number, subcode?: number, headers: Readonly<Record<string, string>> = {}) {
  return refusalOf(answer(400, graph(400, { code, ...(subcode !== undefined && { error_subcode: subcode }) }).body, headers), context);
}

/** The table of Facebook's page: code, subcode, class, code of ours, how often it is begun anew. */
const table = [
  [190, 463, 'auth_expired', 'reauth_required', null],
  [190, 467, 'auth_expired', 'reauth_required', null],
  [102, undefined, 'auth_expired', 'reauth_required', null],
  [190, 460, 'auth_revoked', 'reauth_required', null],
  [190, 458, 'auth_revoked', 'reauth_required', null],
  [10, undefined, 'auth_revoked', 'reauth_required', null],
  [200, undefined, 'auth_revoked', 'reauth_required', null],
  [100, 33, 'auth_revoked', 'reauth_required', null],
  [1, undefined, 'retryable', 'platform_unavailable', null],
  [2, undefined, 'retryable', 'platform_unavailable', null],
  [4, undefined, 'rate_limited', 'rate_limited', null],
  [32, undefined, 'rate_limited', 'rate_limited', null],
  [341, undefined, 'rate_limited', 'rate_limited', null],
  [613, undefined, 'rate_limited', 'rate_limited', null],
  [80_001, undefined, 'rate_limited', 'rate_limited', null],
  [368, 1_390_008, 'permanent', 'rate_limited', null],
  [368, 1_404_102, 'invalid_metadata', 'metadata_rejected', null],
  [368, 1_346_003, 'invalid_metadata', 'metadata_rejected', null],
  [506, undefined, 'duplicate', 'duplicate_content', null],
  [506, 1_455_006, 'duplicate', 'duplicate_content', null],
  [1_366_051, undefined, 'duplicate', 'duplicate_content', null],
  [100, undefined, 'invalid_metadata', 'metadata_rejected', null],
  [100, 1_609_005, 'invalid_metadata', 'metadata_rejected', null],
  [100, 1_609_008, 'invalid_metadata', 'metadata_rejected', null],
  [2_061_006, undefined, 'invalid_metadata', 'metadata_rejected', null],
  [1_404_078, undefined, 'permanent', 'permission_denied', null],
  [200, 4_854_002, 'permanent', 'permission_denied', null],
  [324, 2_069_019, 'invalid_media', 'media_rejected', null],
  [352, 1_363_024, 'invalid_media', 'media_rejected', null],
  [1, 1_366_046, 'invalid_media', 'media_rejected', null],
  [389, undefined, 'retryable', 'platform_unavailable', 1],
  [390, 1_363_030, 'retryable', 'platform_unavailable', 3],
  [6001, 1_363_037, 'retryable', 'platform_unavailable', 3],
  [6000, undefined, 'retryable', 'platform_unavailable', 2],
  [1, 1_363_047, 'retryable', 'platform_unavailable', null],
  [1, 1_609_010, 'retryable', 'platform_unavailable', null],
  // What is not in the table is classed by its status.
  [12_345, undefined, 'permanent', 'metadata_rejected', null],
] as const;

describe("Facebook's errors", () => {
  it.each(table)('%i/%s is %s', (code, subcode, troubleClass, ours, anew) => {
    const found = read(code, subcode);
    expect(found.trouble).toMatchObject({ class: troubleClass, code: ours, platformCode: subcode === undefined ? String(code) : `${code}/${subcode}` });
    expect(found.renew?.times ?? null).toBe(anew);
    expect(found.definite).toBe(troubleClass !== 'retryable');
  });

  it('say when to come back, as the usage of the page estimates it', () => {
    const headers = { 'x-business-use-case-usage': '{"100":[{"type":"pages","estimated_time_to_regain_access":12}]}' };
    expect(read(80_001, undefined, headers).trouble.until).toEqual(new Date('2026-11-21T12:12:00Z'));
    expect(read(4).trouble.until).toEqual(new Date('2026-11-21T13:00:00Z'));
  });

  it('tell of a phase that failed whether another video may help', () => {
    expect(failureOf({ code: 1_363_024, message: 'no sound' })).toMatchObject({ trouble: { class: 'invalid_media', platformMessage: 'no sound' }, renew: null });
    expect(failureOf({ code: 389 })).toMatchObject({ trouble: { class: 'retryable' }, renew: { times: 1, last: { code: 'internal_error' } } });
    expect(failureOf({})).toMatchObject({ trouble: { class: 'retryable', platformCode: 'error' }, renew: { times: 2, last: { code: 'media_rejected' } } });
  });
});

const mismatch = (data: unknown, subcode = 1_363_037) => answer(400, { error: { code: 6001, error_subcode: subcode, message: 'x', error_data: data } });

describe('the refusal of a slice at the wrong place', () => {
  it('tells where to go on, as an object or as a text', () => {
    expect(offsetsOf(mismatch({ start_offset: 10, end_offset: 20 }))).toEqual({ start: 10, end: 20 });
    expect(offsetsOf(mismatch('{"start_offset":"10","end_offset":"20"}'))).toEqual({ start: 10, end: 20 });
  });

  it.each([[null], ['nonsense'], [{ start_offset: -1, end_offset: 2 }], [{}]])('tells nothing by %j', (data) => {
    expect(offsetsOf(mismatch(data))).toBeNull();
  });

  it('is no other refusal', () => {
    expect(offsetsOf(mismatch({ start_offset: 10, end_offset: 20 }, 1))).toBeNull();
  });
});
