import { afterAll, describe, expect, it } from 'vitest';
import { bluesky } from '../../../platforms/bluesky/index.ts';
import { stage } from '../../platforms/support/stage.ts';
import { checked, expectEnd, TOKEN_LIFE, trials, under } from '../../platforms/support/trials.ts';
import { startRealBluesky } from './real-network.ts';

/**
 * The connector publishes to a real PDS, and meets at every call to it what every connector meets at its stand-in: there is at most
 * one record, with the right words and bytes, and the delivery is `uploaded` exactly if it is there.
 */

const real = await startRealBluesky();
afterAll(() => real.stop());

describe.each(bluesky.kinds)('%s on a real server', async (kind) => {
  const variant = { platform: bluesky, what: kind, options: { kind } };
  const quiet = await stage(bluesky, { kind, accessTokenLife: TOKEN_LIFE, real: await real.begin() });
  const delivery = await quiet.run();
  const publishing = quiet.seen.findLast(({ posts }) => posts === 0)?.operation ?? 'none';
  const posts = await quiet.sandbox.posts('bluesky');

  it('is published once, with its words and bytes', () => {
    expect(delivery).toMatchObject({ status: 'uploaded', attempt: { n: 1 }, warnings: [], decorated: true });
    expect(publishing).toBe('record.put');
    expect(posts).toMatchObject([{ id: delivery.receipt?.externalId, kind, mediaSha256: quiet.sha256 }]);
  });

  // The video service is our stand-in here too, and meets all this elsewhere.
  const calls = quiet.seen.filter(({ request }) => !request.url.includes('/bluesky/video/'));
  describe.each(calls)('at call $index, $operation', (call) => {
    it.each(trials)('$name', async (trial) => {
      const world = await stage(bluesky, { ...under(variant, call, trial), real: await real.begin() });
      expectEnd(bluesky, world, call, await checked(bluesky, world, publishing));
    });
  });
});
