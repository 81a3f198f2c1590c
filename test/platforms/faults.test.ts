import { describe, expect, it } from 'vitest';
import { platforms } from '../../platforms/registry.ts';
import { followed, type Said } from './support/following.ts';
import { stage } from './support/stage.ts';
import { checked, expectEnd, TOKEN_LIFE, trials, under, type Trial } from './support/trials.ts';
import { variants, type Variant } from './support/variants.ts';

/**
 * Every call that a connector makes, and everything that can befall a call. The calls are those that a run without faults made:
 * what a new connector does is found here without a list of its cases.
 */

const cases: readonly (Variant & { readonly said?: Said })[] = [
  ...platforms.flatMap((platform) => platform.kinds.map((kind) => ({ platform, what: kind, options: { kind } }))),
  ...variants,
  ...platforms.flatMap(followed),
];

describe.each(cases)('$platform.title, $what', async (each) => {
  const { platform } = each;
  const quiet = await stage(platform, { ...each.options, accessTokenLife: TOKEN_LIFE });
  await quiet.run();
  const publishing = quiet.seen.findLast(({ posts }) => posts === 0)?.operation ?? 'none';
  const names = quiet.seen.map(({ operation }) => operation);
  // What comes before the post is swept without a sequel.
  const swept = each.said === undefined ? quiet.seen : quiet.seen.slice(names.indexOf(publishing));

  it('publishes once when nothing goes wrong, the visible call alone on a connection of its own', async () => {
    const delivery = await checked(platform, quiet, publishing, each.said);
    expect(delivery).toMatchObject({ status: 'uploaded', attempt: { n: 1 }, warnings: [], decorated: true });
    expect(delivery.receipt?.externalUrl).toMatch(/^https:\/\//u);
    const [first, ...others] = quiet.seen.filter(({ fresh }) => fresh).map(({ operation }) => operation);
    expect(first).toBe(publishing);
    expect(others).toHaveLength(delivery.sequels.length);
    expect(delivery.sequels.length > 0).toBe(each.said !== undefined);
    expect(delivery.sequels.every(({ attempt: { phase } }) => phase === 'receipt')).toBe(true);
    expect(names.filter((name) => name === publishing)).toHaveLength(1);
  });

  it.each([-600, 600])('is found again after a lost answer by a worker whose clock is %i seconds off', async (skew) => {
    const lost: Trial = { name: 'lost', fault: () => ({ effect: 'drop_after' }) };
    const call = quiet.seen.find(({ operation }) => operation === publishing);
    if (call === undefined) throw new Error('No call made it visible.');
    const world = await stage(platform, { ...under(each, call, lost), accessTokenLife: 3600, skew });
    const delivery = await checked(platform, world, publishing, each.said);
    expect(delivery).toMatchObject({ status: 'uploaded', attempt: { n: 1 }, receipt: { externalId: expect.any(String) } });
  });

  describe.each(swept)('at call $index, $operation', (call) => {
    it.each(trials)('$name', async (trial) => {
      const world = await stage(platform, under(each, call, trial));
      expectEnd(platform, world, call, await checked(platform, world, publishing, each.said));
    });
  });
});
