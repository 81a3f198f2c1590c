import { describe, expect, it } from 'vitest';
import { platforms } from '../../platforms/registry.ts';
import { stage } from './support/stage.ts';

/** The pages of the others do not say how a restricted account is refused. */
const restrictable = platforms.filter(({ network }) => network !== 'threads' && network !== 'linkedin');

describe.each(platforms)('$network', (platform) => {
  const { network } = platform;
  const kind = platform.kinds[0] ?? 'video';

  it('that needs long for a file gets it once, and makes one post of it', async () => {
    const world = await stage(platform, { kind });
    world.sandbox.behave(network, { processingSeconds: 20 * 60 });
    expect(await world.run()).toMatchObject({ status: 'uploaded', attempt: { n: 1 } });
    expect(await world.sandbox.posts(network)).toHaveLength(1);
  });
});

describe.each(restrictable)('an account that $network has restricted', (platform) => {
  const { network } = platform;

  it('publishes nothing, is told so by the network, and publishes once that is over', async () => {
    const kind = platform.kinds[0] ?? 'video';
    const world = await stage(platform, { kind });
    world.sandbox.behave(network, { restricted: true });
    const delivery = await world.run();
    expect(await world.sandbox.posts(network)).toEqual([]);
    expect(delivery).toMatchObject({ status: 'failed', error: { code: expect.not.stringMatching(/^internal_error$/u), platformMessage: expect.any(String) } });
    const again = await stage(platform, { kind });
    again.sandbox.behave(network, { restricted: true });
    again.sandbox.behave(network, { restricted: false });
    expect(await again.run()).toMatchObject({ status: 'uploaded' });
  });
});
