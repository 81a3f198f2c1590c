import { describe, expect, it } from 'vitest';
import { linkWorld, OTHER_TENANT, told } from './world.ts';

describe('an answer of the network', () => {
  it.each([
    ['another browser', { browser: 'x'.repeat(43) }],
    ['no browser that we know', { browser: null }],
  ])('is refused from %s, and nothing is stored', async (_, change) => {
    const world = linkWorld();
    const { cameBack, linkId } = await world.begin('x', world.person('x'));
    const before = await world.store.getLink(linkId);
    expect(told(await world.vault().finish({ ...cameBack, ...change }))).toBe('page other_browser');
    expect(await world.store.getLink(linkId)).toEqual(before);
    expect(await world.accounts()).toEqual([]);
    expect(told(await world.vault().finish(cameBack))).toBe('linked');
  });

  it('is refused with a state that is not the one of this visit', async () => {
    const world = linkWorld();
    const ada = world.person('x');
    const mine = await world.begin('x', ada);
    const theirs = await world.begin('x', ada, { tenantId: OTHER_TENANT });
    const state = (from: typeof mine): string => new URLSearchParams(from.cameBack.query).get('state') ?? '';
    const withState = (value: string | null) => {
      const query = new URLSearchParams(mine.cameBack.query);
      if (value === null) query.delete('state');
      else query.set('state', value);
      return { ...mine.cameBack, query: query.toString() };
    };
    const [, secret = ''] = state(mine).split('.');
    const forged = [null, 'nonsense', `${mine.linkId}.${'A'.repeat(43)}`, `${theirs.linkId}.${secret}`, `lnk_01J00000000000000000000000.${secret}`, mine.linkId];
    for (const value of forged) expect([value, told(await world.vault().finish(withState(value)))]).toEqual([value, 'page unknown']);
    // The state of the other workspace is that of a link which another browser has begun.
    expect(told(await world.vault().finish(withState(state(theirs))))).toBe('page other_browser');
    expect(told(await world.vault().finish({ ...mine.cameBack, network: 'youtube' }))).toBe('page unknown');
    expect([await world.accounts(), await world.accounts(OTHER_TENANT)]).toEqual([[], []]);
  });

  it('counts once: another code with the same state is refused, and so is one that comes after the end', async () => {
    const world = linkWorld();
    const ada = world.person('x');
    const { cameBack } = await world.begin('x', ada);
    expect(told(await world.vault().finish(cameBack))).toBe('linked');
    const query = new URLSearchParams(cameBack.query);
    query.set('code', 'another');
    expect(told(await world.vault().finish({ ...cameBack, query: query.toString() }))).toBe('page used');
    expect((await world.accounts())[0]?.tokenVersion).toBe(1);
  });

  it('is taken for 15 minutes, and not a second longer', async () => {
    for (const [seconds, expected] of [[15 * 60 - 1, 'linked'], [15 * 60, 'expired'], [3 * 24 * 3600, 'expired']] as const) {
      const world = linkWorld();
      const { linkId } = await world.begin('youtube', world.person('youtube'));
      // The consent itself takes its time: the code is fresh.
      world.clock.pass(seconds - 1);
      const link = await world.store.getLink(linkId);
      expect(link?.expiresAt).toBe(world.later(15 * 60 - seconds + 1));
      const visited = await world.vault().visit({ network: 'youtube', linkId });
      if (visited.kind !== 'go') {
        expect([expected, visited]).toMatchObject(['expired', { reason: 'expired' }]);
        continue;
      }
      const cameBack = await world.consent(visited, 'youtube', world.person('youtube'));
      world.clock.pass(1);
      expect([seconds, told(await world.vault().finish(cameBack))]).toEqual([seconds, expected]);
      expect(await world.accounts()).toHaveLength(expected === 'linked' ? 1 : 0);
    }
  });

  it('that the person said no ends the link with words for people', async () => {
    const world = linkWorld();
    const { cameBack, linkId } = await world.begin('x', world.person('x'), { decision: { _consent: 'deny' } });
    expect(told(await world.vault().finish(cameBack))).toBe('failed consent_denied');
    expect((await world.store.getLink(linkId))?.stage).toMatchObject({ failure: { message: 'The person did not consent. Nothing was linked.' } });
    expect(await world.accounts()).toEqual([]);
  });
});
