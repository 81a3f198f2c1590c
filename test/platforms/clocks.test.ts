import { describe, expect, it } from 'vitest';
import { times } from '../../core/times.ts';
import { platforms } from '../../platforms/registry.ts';
import { operations, stage, type SeenCall } from './support/stage.ts';

/** Tokens near their end, on workers whose clock is wrong by ten minutes: as long as they are renewed ahead of it. */

const skews = [-600, 600];
/** Seconds that the network gives a token: over, over while a video is processed, over for one of the two clocks, and for neither. */
const lives = [-1, 30, 300, 900, 1500];
/** A token with so much left serves until the post is there. */
const ENOUGH = 900;

const cases = platforms.flatMap((platform) => {
  // Where the access token is what renews itself, one that is over ends the link.
  const possible = lives.filter((life) => life > 0 || platform.renewsItself !== true);
  return skews.flatMap((skew) => possible.map((life) => ({ platform, network: platform.network, skew, life })));
});

/** In a header, or in an address or a form. */
const carries = ({ request: { url, headers, body } }: SeenCall, token: string): boolean =>
  [url, ...Object.values(headers), Buffer.from(body ?? '').toString('latin1')].some((part) => part.includes(token) || part.includes(encodeURIComponent(token)));

describe.each(cases)('a video on $network, with a token of $life seconds and a clock that is $skew seconds ahead,', ({ platform, network, skew, life }) => {
  it('is published once, and the token is renewed once if it has to be, before it is used', async () => {
    const world = await stage(platform, { accessTokenLife: life, skew });
    expect(await world.run()).toMatchObject({ status: 'uploaded', error: null });
    expect(await world.sandbox.posts(network)).toHaveLength(1);
    expect(await world.account()).toMatchObject({ health: 'active' });

    const refreshes = operations(world).filter((operation) => operation === 'token.refresh').length;
    const left = life - skew;
    if (left < (platform.refreshAhead ?? times.standard.refreshAhead)) expect(refreshes).toBe(1);
    else expect(refreshes).toBeLessThanOrEqual(life < ENOUGH ? 1 : 0);
    const uses = world.seen.filter((call) => call.operation !== 'token.refresh' && carries(call, world.linked.accessToken));
    if (left <= 0) expect(uses.map(({ operation }) => operation)).toEqual([]);
    else if (refreshes === 0) expect(uses.length).toBeGreaterThan(0);
  });
});
