import { describe, expect, it } from 'vitest';
import { MAX_DEATHS } from '../../../core/workflow/finish.ts';
import { simulation, type Simulation, type SimulationOptions } from '../simulation.ts';
import { brokenPromises } from '../support/promises.ts';
import type { Weather } from '../support/test-network.ts';
import type { Mishap } from '../support/worker.ts';
import { deliveryOf, operations } from './support.ts';

const FOLLOWS = ['part_2', 'comment'] as const;

/** What happens to the publish calls: of the post, of the part after it, of the comment. */
function following(...given: readonly (Weather | undefined)[]): SimulationOptions & Required<Pick<SimulationOptions, 'network'>> {
  return { network: { lag: 5, follows: FOLLOWS, weather: (operation, nth) => (operation === 'publish' ? given[nth - 1] : undefined) } };
}

async function ended(options: SimulationOptions): Promise<Simulation> {
  const world = await simulation(options);
  await world.time.run(world.runToRest());
  return world;
}

const phasesOf = async (world: Simulation) => (await deliveryOf(world)).sequels.map(({ attempt }) => attempt.phase);

/** Those of which nobody can tell at once what became of the part, and none. */
const hardest: Readonly<Record<string, Weather | undefined>> = {
  'is made well': undefined,
  'is lost': { kind: 'lost' },
  'is made, and the answer is lost': { kind: 'done_and_lost' },
  'is made long after the connection was cut': { kind: 'done_late', seconds: 25 },
};

const weathers: typeof hardest = {
  ...hardest,
  'cannot be sent': { kind: 'never_sent' },
  'is made slower than the time-out': { kind: 'slow', seconds: 80 },
  'finds a token that is over': { kind: 'refused', status: 401, reason: 'expired' },
  'finds a limit': { kind: 'refused', status: 429, reason: 'slow down' },
};

const mishaps: readonly Mishap[] = ['die_before', 'die_after', 'believed_dead', 'answer_lost', 'busy', { stall: 70 }, { stall: 85 }];

describe.each(Object.entries(weathers))('a part that %s', (_name, weather) => {
  it('is there once, and what follows it too', async () => {
    const world = await ended(following(undefined, weather));
    expect(await brokenPromises(world)).toEqual([]);
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', decorated: true, error: null, warnings: [] });
    expect(await phasesOf(world)).toEqual(['receipt', 'receipt']);
    expect(world.events).toEqual(['r1 Uploaded']);
  });

});

describe.each(Object.entries(hardest))('a part that %s', (_name, weather) => {
  const options = following(undefined, weather);

  it.each(mishaps)('and a worker to which %j happens, at each call after the post: each once, in order, and a true end', async (mishap) => {
    let posted = Infinity;
    const calm = await ended({ ...options, mishap: ({ index, name: call }) => void (call === 'store.receipt' && (posted = Math.min(posted, index))) });
    expect(calm.calls()).toBeGreaterThan(posted + 20);
    for (let unlucky = posted; unlucky < calm.calls(); unlucky += 1) {
      const world = await ended({ ...options, mishap: ({ index }) => (index === unlucky ? mishap : undefined) });
      expect(await brokenPromises(world), `at call ${unlucky}`).toEqual([]);
      const delivery = await deliveryOf(world);
      expect(delivery.status, `at call ${unlucky}`).toBe('uploaded');
      expect(await phasesOf(world), `at call ${unlucky}: ${delivery.warnings.join()}`).toEqual(['receipt', 'receipt']);
    }
  });
});

describe('what follows a post', () => {
  it('is prepared, published and received one by one, and decorated at the end', async () => {
    expect(operations(await ended(following()))).toEqual(['prepare', 'poll', 'publish', 'prepare', 'poll', 'publish', 'prepare', 'poll', 'publish', 'comment']);
  });

  it('ends with what the network refuses, and the delivery says which part is missing', async () => {
    const world = await ended(following(undefined, { kind: 'refused', status: 422, reason: 'not like this' }));
    expect(await brokenPromises(world)).toEqual([]);
    expect(await phasesOf(world)).toEqual(['missing', 'missing']);
    expect((await deliveryOf(world)).warnings).toEqual([expect.stringMatching(/^The post is live; not published: part 2, the first comment\. not like this/u)]);
    expect(world.events).toEqual(['r1 Uploaded']);
  });

  it('ends with the link to the account, which has to be made anew', async () => {
    const world = await ended(following(undefined, undefined, { kind: 'refused', status: 403, reason: 'revoked' }));
    expect(await phasesOf(world)).toEqual(['receipt', 'missing']);
    expect((await deliveryOf(world)).warnings).toEqual([expect.stringContaining('not published: the first comment')]);
  });

  it('leaves the upload open until its pause is over, with the delivery uploaded', async () => {
    const world = await simulation(following(undefined, { kind: 'refused', status: 429, reason: 'slow down' }, { kind: 'refused', status: 429, reason: 'slow down' }));
    const rest = world.runToRest();
    await world.time.run(world.time.sleep(200));
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', decorated: false, nextAt: expect.any(String) });
    expect(world.events).toEqual([]);
    await world.time.run(rest);
    expect(await phasesOf(world)).toEqual(['receipt', 'receipt']);
    expect(world.events).toEqual(['r1 Uploaded']);
  });

  it('is given up when every child dies over it, and nothing of it stays open', async () => {
    const world = await ended({
      ...following(),
      mishap: ({ state, name }) => (state === 'failure' || (state === 'transfer' && name === 'store.beginDecorate') ? 'die_before' : undefined),
    });
    expect(await brokenPromises(world)).toEqual([]);
    expect(await deliveryOf(world)).toMatchObject({ status: 'uploaded', decorated: true, tries: { after_child_died: MAX_DEATHS - 1 } });
    expect((await deliveryOf(world)).warnings).toEqual([expect.stringContaining('not published: part 2, the first comment')]);
  });
});
