import { describe, expect, it } from 'vitest';
import type { Store } from '../../../core/ports/index.ts';
import { brokenPromises } from './invariants.ts';
import { look, moves, states, type MoveName, type Seen, type StateName } from './moves.ts';
import { newWorker, type Worker } from './worker.ts';

export interface OrderOptions {
  /** From where pairs of moves are tried, and of which moves. */
  readonly states: readonly StateName[];
  readonly moves: readonly MoveName[];
}

/** Pairs that run side by side; they are about different uploads. */
const SIDE_BY_SIDE = 20;

/**
 * Every pair of moves in both orders, by two that last looked at the delivery at the same moment, and by one that looks in
 * between; and both at once.
 */
export function orderConformance(store: () => Store, { states: starts, moves: names }: OrderOptions): void {
  const pairs = names.flatMap((one) => names.map((other) => [one, other] as const));

  const expectPromises = async (before: Seen, worker: Worker): Promise<Seen> => {
    const now = await look(store(), worker);
    expect(brokenPromises(before.delivery, now.delivery)).toEqual([]);
    return now;
  };

  /** Runs a check on a delivery of its own for each pair. */
  const forAllPairs = async (
    start: StateName,
    check: (one: (seen: Seen) => Promise<unknown>, other: (seen: Seen) => Promise<unknown>, worker: Worker, seen: Seen) => Promise<void>,
  ): Promise<void> => {
    for (let n = 0; n < pairs.length; n += SIDE_BY_SIDE) {
      await Promise.all(
        pairs.slice(n, n + SIDE_BY_SIDE).map(async ([one, other]) => {
          const worker = await newWorker(store());
          await states[start](store(), worker);
          const move = (name: typeof one) => (seen: Seen) => moves[name](store(), worker, seen);
          await check(move(one), move(other), worker, await look(store(), worker)).catch((cause: unknown) => {
            throw new Error(`${start}: ${one}, then ${other}`, { cause });
          });
        }),
      );
    }
  };

  describe.each(starts)('any two moves on a delivery that is %s', (start) => {
    it('keep every promise in either order', async () => {
      await forAllPairs(start, async (one, other, worker, seen) => {
        await one(seen);
        const between = await expectPromises(seen, worker);
        await other(seen);
        await expectPromises(between, worker);
      });
    });

    it('keep every promise if the second looks first', async () => {
      await forAllPairs(start, async (one, other, worker, seen) => {
        await one(seen);
        const between = await expectPromises(seen, worker);
        await other(between);
        await expectPromises(between, worker);
      });
    });

    it('keep every promise at once', async () => {
      await forAllPairs(start, async (one, other, worker, seen) => {
        await Promise.all([one(seen), other(seen)]);
        const now = await look(store(), worker);
        expect(brokenPromises(null, now.delivery)).toEqual([]);
      });
    });
  });
}
