import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timestamp, timestampAfter } from '../../../core/clock.ts';
import { simulation, type Simulation } from '../simulation.ts';
import { brokenPromises } from '../support/promises.ts';
import type { Weather } from '../support/test-network.ts';
import type { Mishap } from '../support/worker.ts';

/**
 * A search of what may happen together: workers that die, stall, are run twice or are believed dead, a table that throttles or
 * loses answers, a network at its worst, clocks that are wrong, and people who cancel, edit and retry at any moment.
 */

/** With `SEARCH_RUNS` set, so many scripts are played, other ones each time: for a long search. */
const longSearch = Number(process.env['SEARCH_RUNS'] ?? 0);
const LONG_ENOUGH = 60 * 60 * 1000;
const runs = longSearch > 0 ? { numRuns: longSearch } : { numRuns: 600, seed: 20_260_401 };

/** A network acts at most this long after a connection was cut: the margin that the guard adds to the life of a worker. */
const LATEST = 25;

const seconds = (most: number) => fc.integer({ min: 1, max: most });

const weather: fc.Arbitrary<Weather> = fc.oneof(
  fc.record({ kind: fc.constantFrom('never_sent', 'lost', 'done_and_lost') }),
  fc.record({ kind: fc.constantFrom('done_late', 'slow'), seconds: seconds(LATEST) }),
  fc.record({ kind: fc.constant('refused' as const), status: fc.constantFrom(401, 404, 422, 429, 500), reason: fc.constant('no') }),
  fc.record({ kind: fc.constant('done_and_garbled' as const), status: fc.constantFrom(200, 408, 429, 502) }),
);

const mishap: fc.Arbitrary<Mishap> = fc.oneof(
  fc.constantFrom('die_before', 'die_after', 'believed_dead', 'busy', 'answer_lost'),
  fc.record({ stall: seconds(100) }),
);

const peopleMoves = ['cancel', 'edit', 'postpone', 'hasten', 'retry', 'force'] as const;
type PeopleMove = (typeof peopleMoves)[number];

const script = fc.record({
  uploads: fc.constantFrom(1, 1, 2),
  keyed: fc.boolean(),
  lag: fc.constantFrom(0, 3, 40),
  polls: fc.integer({ min: 0, max: 2 }),
  /** By the ordinal of the publish call, and of the look-up. */
  publishing: fc.array(fc.option(weather, { nil: undefined, freq: 3 }), { maxLength: 4 }),
  looking: fc.array(fc.option(weather, { nil: undefined, freq: 1 }), { maxLength: 3 }),
  /** No look-up is ever answered. */
  mute: fc.constantFrom(false, false, false, false, true),
  preparing: fc.array(fc.option(weather, { nil: undefined, freq: 1 }), { maxLength: 2 }),
  mishaps: fc.dictionary(fc.integer({ min: 0, max: 90 }).map(String), mishap, { maxKeys: 5 }),
  twins: fc.dictionary(fc.integer({ min: 0, max: 10 }).map(String), fc.constantFrom('first', 'second'), { maxKeys: 2 }),
  skews: fc.array(fc.constantFrom(-600, 0, 0, 600), { maxLength: 8 }),
  people: fc.dictionary(fc.integer({ min: 0, max: 140 }).map(String), fc.constantFrom(...peopleMoves), { maxKeys: 3 }),
});
type Script = typeof script extends fc.Arbitrary<infer Value> ? Value : never;

interface Played {
  readonly world: Simulation;
  readonly wrong: readonly string[];
  /** What people's moves promised and was not kept. */
  readonly lies: readonly string[];
}

/** Plays a script to its end. `obedience`: how much of the guard's waits the machine really waits. */
async function play(given: Script, obedience = 1): Promise<Played> {
  const lies: string[] = [];
  const cancelled = new Set<string>();
  /** How many attempts whose outcome was unknown a person repeated, by each move. */
  const people: Promise<number>[] = [];
  const world: Simulation = await simulation({
    uploads: given.uploads,
    obedience,
    network: {
      keyed: given.keyed,
      lag: given.lag,
      polls: given.polls,
      weather: (operation, nth) => {
        if (operation === 'look' && given.mute) return { kind: 'lost' };
        const plan = { publish: given.publishing, look: given.looking, prepare: given.preparing, poll: [], refresh: [], comment: [] };
        return plan[operation][nth - 1];
      },
    },
    mishap: ({ index }) => {
      const move = given.people[index];
      if (move !== undefined) people.push(moveOf(world, move, cancelled));
      return given.mishaps[index];
    },
    twin: (invocation) => given.twins[invocation],
    skew: (invocation) => given.skews[invocation] ?? 0,
  });
  await world.time.run(world.runToRest());
  const forced = (await Promise.all(people)).reduce((sum, repeated) => sum + repeated, 0);
  // What was revived or edited at the very end is brought to rest as well.
  await world.time.run(world.runToRest());
  for (const post of world.network.posts) {
    if (cancelled.has(post.marker)) lies.push(`${post.marker} was cancelled, and published`);
  }
  return { world, wrong: await brokenPromises(world, forced), lies };
}

/** What a person does to the first upload. Returns how many unknown attempts that repeats. */
async function moveOf({ store, uploadId, time }: Simulation, move: PeopleMove, cancelled: Set<string>): Promise<number> {
  const record = await store.getUpload(uploadId);
  if (record === null) return 0;
  const at = timestamp(time.now());
  const { revision } = record.upload;
  switch (move) {
    case 'cancel': {
      const result = await store.cancelDeliveries({ uploadId, revision, accounts: null, at });
      if (!result.moved) return 0;
      for (const each of result.now.deliveries) if (each.status === 'cancelled') cancelled.add(`${uploadId}/${each.accountId}`);
      return 0;
    }
    case 'edit':
      await store.rescheduleUpload({ uploadId, revision, edit: { title: 'Another title' }, at });
      return 0;
    case 'postpone':
      await store.rescheduleUpload({ uploadId, revision, edit: { scheduledOn: timestampAfter(time.now(), 400) }, at });
      return 0;
    case 'hasten':
      await store.rescheduleUpload({ uploadId, revision, edit: { scheduledOn: null }, at });
      return 0;
    case 'retry':
    case 'force': {
      const force = move === 'force';
      const accounts = record.deliveries.map((each) => each.accountId);
      const result = await store.retryDeliveries({ uploadId, accounts, force, by: 'them', at });
      return result.moved ? record.deliveries.filter((each) => each.status === 'unknown').length : 0;
    }
  }
}

describe('whatever happens together', () => {
  it('never makes two posts for one upload, account and revision, nor one behind a failed or cancelled delivery', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (given) => {
        const { wrong, lies } = await play(given);
        expect([...wrong, ...lies]).toEqual([]);
      }),
      runs,
    );
  }, LONG_ENOUGH);

  it('would make two posts if absence were believed without the wait: so the search can find them', async () => {
    const found = await fc.check(
      fc.asyncProperty(script, async (given) => {
        const { wrong } = await play(given, 0);
        return !wrong.some((promise) => promise.includes('a double post'));
      }),
      { numRuns: 5_000, seed: 20_260_401 },
    );
    expect(found.failed).toBe(true);
  });
});
