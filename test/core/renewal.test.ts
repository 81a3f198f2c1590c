import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timestamp, timestampAfter } from '../../core/clock.ts';
import type { TokenSet } from '../../core/model.ts';
import { accessEndsOf, endsSoon, linkEndsAt, renewAtOf } from '../../core/renewal.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const DAY = 24 * 3600;
const after = (seconds: number): string => timestampAfter(NOW, seconds);

function tokens(changes: Partial<TokenSet> = {}): TokenSet {
  return { accessToken: 'access', refreshToken: 'refresh', expiresAt: after(60 * DAY), scopes: [], ...changes };
}

describe('tokens are renewed though nobody uses them', () => {
  it('where they renew only themselves, so long before their end', () => {
    expect(renewAtOf({ refreshAhead: 20 * DAY, renewsItself: true }, tokens({ refreshToken: null }), NOW, null)).toBe(after(40 * DAY));
  });

  it('where the network ends what rests, so long after they were stored', () => {
    expect(renewAtOf({ restsAtMost: 30 * DAY }, tokens({ expiresAt: after(7200) }), NOW, null)).toBe(after(30 * DAY));
    expect(renewAtOf({ restsAtMost: 30 * DAY, refreshAhead: 40 * DAY }, tokens(), NOW, null)).toBe(after(20 * DAY));
  });

  it('at their end, where nothing renews them: then the account has to say so', () => {
    expect(renewAtOf({}, tokens({ refreshToken: null }), NOW, null)).toBe(after(60 * DAY));
  });

  it('never, where they have no end, or another token waits as long as one likes', () => {
    expect(renewAtOf({}, tokens(), NOW, null)).toBeNull();
    expect(renewAtOf({}, tokens({ refreshToken: null, expiresAt: null }), NOW, null)).toBeNull();
    expect(renewAtOf({ refreshAhead: DAY }, tokens({ expiresAt: null }), NOW, null)).toBeNull();
  });

  it('a day after they were stored at the soonest, or when they end if that is before', () => {
    const lives = fc.integer({ min: -DAY, max: 90 * DAY });
    fc.assert(
      fc.property(lives, fc.integer({ min: 0, max: 90 * DAY }), (life, refreshAhead) => {
        const at = renewAtOf({ refreshAhead }, tokens({ expiresAt: after(life) }), NOW, null) ?? '';
        const soonest = Math.min(DAY, Math.max(0, life));
        expect(at >= after(soonest)).toBe(true);
        expect(at).toBe(timestamp(new Date(NOW.getTime() + Math.max(soonest, life - refreshAhead) * 1000)));
      }),
    );
  });
});

describe('a link that ends whatever is done', () => {
  it('ends with a token that nothing renews, or so long after the consent, whichever is first', () => {
    const none = tokens({ refreshToken: null });
    expect(accessEndsOf({}, none, NOW)).toBe(after(60 * DAY));
    expect(accessEndsOf({ consentLasts: 365 * DAY }, none, NOW)).toBe(after(60 * DAY));
    expect(accessEndsOf({ consentLasts: 365 * DAY }, tokens(), NOW)).toBe(after(365 * DAY));
    expect(accessEndsOf({ consentLasts: 30 * DAY }, none, NOW)).toBe(after(30 * DAY));
    for (const renewing of [accessEndsOf({}, tokens(), NOW), accessEndsOf({ renewsItself: true }, none, NOW), accessEndsOf({}, { ...none, expiresAt: null }, NOW)]) expect(renewing).toBeNull();
  });

  it('serves on with the last token that was to be had', () => {
    expect(linkEndsAt({ accessEnds: after(365 * DAY), tokenEnds: after(60 * DAY) })).toBe(after(365 * DAY));
    expect(linkEndsAt({ accessEnds: after(365 * DAY), tokenEnds: after(411 * DAY) })).toBe(after(411 * DAY));
    expect(linkEndsAt({ accessEnds: after(90 * DAY), tokenEnds: null })).toBe(after(90 * DAY));
    expect(linkEndsAt({ accessEnds: null, tokenEnds: after(60 * DAY) })).toBeNull();
  });

  it('is told of from two weeks before on', () => {
    const at = (left: number) => endsSoon({ accessEnds: after(left), tokenEnds: null }, NOW);
    expect([at(14 * DAY + 1), at(14 * DAY), at(14 * DAY - 1), at(-1)]).toEqual([false, true, true, true]);
    expect(endsSoon({ accessEnds: null, tokenEnds: after(1) }, NOW)).toBe(false);
  });

  it('is looked at when its owner is to be told, then when it ends, and is renewed by then as others are', () => {
    const facebook = { restsAtMost: 30 * DAY };
    const page = tokens({ expiresAt: null });
    expect(renewAtOf(facebook, page, NOW, after(90 * DAY))).toBe(after(30 * DAY));
    expect(renewAtOf(facebook, page, NOW, after(40 * DAY))).toBe(after(26 * DAY));
    expect(renewAtOf(facebook, page, NOW, after(14 * DAY))).toBe(after(14 * DAY));
    expect(renewAtOf(facebook, page, NOW, after(600))).toBe(after(600));
    expect(renewAtOf(facebook, page, NOW, after(-600))).toBe(after(30 * DAY));
    const none = tokens({ refreshToken: null });
    expect(renewAtOf({}, none, NOW, none.expiresAt)).toBe(after(46 * DAY));
    // Nothing renews it, so it is not asked for twenty days before its end.
    expect(renewAtOf({ refreshAhead: 20 * DAY }, none, NOW, none.expiresAt)).toBe(after(46 * DAY));
  });
});
