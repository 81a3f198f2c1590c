import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timestamp, timestampAfter } from '../../core/clock.ts';
import type { TokenSet } from '../../core/model.ts';
import { renewAtOf } from '../../core/renewal.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const DAY = 24 * 3600;
const after = (seconds: number): string => timestampAfter(NOW, seconds);

function tokens(changes: Partial<TokenSet> = {}): TokenSet {
  return { accessToken: 'access', refreshToken: 'refresh', expiresAt: after(60 * DAY), scopes: [], ...changes };
}

describe('tokens are renewed though nobody uses them', () => {
  it('where they renew only themselves, so long before their end', () => {
    expect(renewAtOf({ refreshAhead: 20 * DAY }, tokens({ refreshToken: null }), NOW)).toBe(after(40 * DAY));
  });

  it('where the network ends what rests, so long after they were stored', () => {
    expect(renewAtOf({ restsAtMost: 30 * DAY }, tokens({ expiresAt: after(7200) }), NOW)).toBe(after(30 * DAY));
    expect(renewAtOf({ restsAtMost: 30 * DAY, refreshAhead: 40 * DAY }, tokens(), NOW)).toBe(after(20 * DAY));
  });

  it('at their end, where nothing renews them: then the account has to say so', () => {
    expect(renewAtOf({}, tokens({ refreshToken: null }), NOW)).toBe(after(60 * DAY));
  });

  it('never, where they have no end, or another token waits as long as one likes', () => {
    expect(renewAtOf({}, tokens(), NOW)).toBeNull();
    expect(renewAtOf({}, tokens({ refreshToken: null, expiresAt: null }), NOW)).toBeNull();
    expect(renewAtOf({ refreshAhead: DAY }, tokens({ expiresAt: null }), NOW)).toBeNull();
  });

  it('a day after they were stored at the soonest, or when they end if that is before', () => {
    const lives = fc.integer({ min: -DAY, max: 90 * DAY });
    fc.assert(
      fc.property(lives, fc.integer({ min: 0, max: 90 * DAY }), (life, refreshAhead) => {
        const at = renewAtOf({ refreshAhead }, tokens({ expiresAt: after(life) }), NOW) ?? '';
        const soonest = Math.min(DAY, Math.max(0, life));
        expect(at >= after(soonest)).toBe(true);
        expect(at).toBe(timestamp(new Date(NOW.getTime() + Math.max(soonest, life - refreshAhead) * 1000)));
      }),
    );
  });
});
