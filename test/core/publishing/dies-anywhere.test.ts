import { describe, expect, it } from 'vitest';
import { simulation, type SimulationOptions } from '../simulation.ts';
import { brokenPromises } from '../support/promises.ts';
import type { Weather } from '../support/test-network.ts';
import type { Mishap } from '../support/worker.ts';

/** What the network does with the first publish call; what it refuses for good it always refuses. */
const weathers: Readonly<Record<string, Weather | undefined>> = {
  'answers well': undefined,
  'cannot be reached': { kind: 'never_sent' },
  'loses the call': { kind: 'lost' },
  'does it and loses the answer': { kind: 'done_and_lost' },
  'does it long after the connection was cut': { kind: 'done_late', seconds: 25 },
  'answers slower than the time-out': { kind: 'slow', seconds: 80 },
  'does it and says 502': { kind: 'done_and_garbled', status: 502 },
  'rejects the token': { kind: 'refused', status: 401, reason: 'expired' },
  'refuses the text': { kind: 'refused', status: 422, reason: 'not like this' },
};

const mishaps: readonly Mishap[] = ['die_before', 'die_after', 'believed_dead', 'answer_lost', 'busy', { stall: 70 }, { stall: 85 }];

describe.each(Object.entries(weathers))('a network that %s', (_name, weather) => {
  const forGood = weather?.kind === 'refused' && weather.status === 422;
  const options: SimulationOptions = {
    network: { lag: 5, weather: (operation, nth) => (operation === 'publish' && (nth === 1 || forGood) ? weather : undefined) },
  };
  const ends = forGood ? 'failed' : 'uploaded';

  it.each(mishaps)('and a worker to which %j happens, at each call in turn: one post at most, and a true end', async (mishap) => {
    const calm = await simulation(options);
    await calm.time.run(calm.runToRest());
    expect(calm.calls()).toBeGreaterThan(20);
    for (let unlucky = 0; unlucky < calm.calls(); unlucky += 1) {
      const world = await simulation({ ...options, mishap: ({ index }) => (index === unlucky ? mishap : undefined) });
      await world.time.run(world.runToRest());
      expect(await brokenPromises(world), `at call ${unlucky}`).toEqual([]);
      const [delivery] = await world.deliveries();
      expect(delivery?.status, `at call ${unlucky}`).toBe(ends);
    }
  });
});

describe('a worker that dies again and again', () => {
  // With one or two calls in a life nothing can be done at all: a step has to begin and to move.
  it.each([3, 4, 5, 6, 7, 8])('after each %i calls still leaves one post at most, and a true end', async (calls) => {
    const world = await simulation({ mishap: ({ index }) => (index % calls === 0 && index < 400 ? 'die_after' : undefined) });
    await world.time.run(world.runToRest());
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('just after each publish call leaves one post, found by looking', async () => {
    let deaths = 0;
    const world = await simulation({
      mishap: ({ name, state }) => {
        const published = world.network.calls.at(-1)?.operation === 'publish';
        if (state !== 'publish' || name !== 'store.receipt' || !published || deaths >= 3) return undefined;
        deaths += 1;
        return 'die_before';
      },
    });
    await world.time.run(world.runToRest());
    expect(deaths).toBe(1);
    expect(world.network.calls.map((call) => call.operation)).toEqual(['prepare', 'poll', 'publish', 'look', 'comment']);
    expect(await brokenPromises(world)).toEqual([]);
  });
});
