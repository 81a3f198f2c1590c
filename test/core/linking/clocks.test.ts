import { describe, expect, it } from 'vitest';
import { limits } from '../../../core/limits.ts';
import { linkings } from '../../../platforms/linkings.ts';
import { platforms } from '../../../platforms/registry.ts';
import { linked, linkWorld, only, told, type LinkWorld } from './world.ts';

/** Our clock is wrong by ten minutes: as long as tokens are renewed ahead of their end. */

const SKEW = 600;
const DAY = 24 * 3600;
/** Between two uses of an account. */
const PAUSE = 7 * 60 + 1;

const networks = platforms.filter(({ network }) => linkings[network] !== undefined);
const skews = [-SKEW, SKEW];
const cases = networks.flatMap((platform) => skews.flatMap((skew) => [{ ...platform, skew }]));

/** Calls without those that were refused for the nonce of their proof alone, and made again at once. */
async function callsOf({ sandbox }: LinkWorld, network: string) {
  const calls = await sandbox.calls(network);
  return calls.filter(({ operation, status }, at) => !((status === 400 || status === 401) && calls[at + 1]?.operation === operation && (calls[at + 1]?.status ?? 0) < 400));
}
const refreshes = async (world: LinkWorld, network: string): Promise<number> => (await callsOf(world, network)).filter(({ operation }) => operation === 'token.refresh').length;
const refused = async (world: LinkWorld, network: string): Promise<number> => (await callsOf(world, network)).filter(({ status }) => (status ?? 0) >= 400).length;

/** Uses the account for so long, as a worker does; each time the network takes it. */
async function use(world: LinkWorld, seconds: number): Promise<void> {
  for (let used = 0; used < seconds; used += PAUSE) {
    world.clock.pass(PAUSE);
    expect(await world.vault().check(await only(world))).toEqual({ outcome: 'accepted', message: null });
    expect((await only(world)).health).toBe('active');
  }
}

/** Seconds that the tokens of an account have to live, as we know it. */
async function lifeOf(world: LinkWorld): Promise<number> {
  const { tokenEnds } = await only(world);
  return tokenEnds === null ? Infinity : (Date.parse(tokenEnds) - world.clock.now().getTime()) / 1000;
}

describe.each(cases)('an account on $network, where our clock is $skew seconds ahead,', ({ network, skew, refreshAhead }) => {
  it('is used without being lost, with tokens that are not over and are renewed no more often than they end', async () => {
    const world = linkWorld({ skew });
    await linked(world, network);
    const life = await lifeOf(world);
    const seconds = life > DAY ? DAY / 6 : 2.2 * life;
    await use(world, seconds);
    const asked = await refreshes(world, network);
    expect(asked).toBeGreaterThanOrEqual(Math.floor(seconds / life));
    expect(asked).toBeLessThanOrEqual(Math.floor(seconds / (life - Math.max(refreshAhead ?? 0, world.ports.times.refreshAhead))));
    expect(await refused(world, network)).toBe(0);
  });

  it('goes on when the clock is set right', async () => {
    const world = linkWorld({ skew });
    await linked(world, network);
    const life = Math.min(await lifeOf(world), DAY / 4);
    await use(world, life / 2);
    world.clock.setRight();
    await use(world, life);
    expect(await refreshes(world, network)).toBeLessThanOrEqual(2);
  });

  it('is renewed by the job', async () => {
    const world = linkWorld({ skew });
    await linked(world, network);
    world.clock.pass(DAY + PAUSE);
    const before = await only(world);
    expect(await world.vault().renew(before)).toBe('renewed');
    expect(await world.serves(await only(world))).toBe(true);
    expect(await refreshes(world, network)).toBe(1);
  });

  it('may be linked until its quarter of an hour is over, and not longer', async () => {
    for (const [left, outcome] of [[1, /^(?:linked|choose)$/u], [0, /^expired$/u]] as const) {
      const world = linkWorld({ skew });
      const person = world.person(network, [{ name: 'Ada' }]);
      const linkId = await world.open(network);
      world.clock.pass(limits.linkLife - 20);
      const visited = await world.vault().visit({ network, linkId });
      if (visited.kind !== 'go') throw new Error(JSON.stringify(visited));
      const cameBack = await world.consent(visited, network, person);
      world.clock.pass(20 - left);
      expect(told(await world.vault().finish(cameBack))).toMatch(outcome);
    }
  });
});
