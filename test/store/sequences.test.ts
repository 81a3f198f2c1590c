import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTerminal } from '../../core/model.ts';
import { memoryStore } from '../../store/memory.ts';
import { brokenPromises } from './conformance/invariants.ts';
import type { Seen } from './conformance/moves.ts';
import { newWorld, perform, sequences } from './sequences.ts';

describe('whatever is done to deliveries, in any order, by anybody who looked at any time', () => {
  it('keeps every promise of the guard', async () => {
    await fc.assert(
      fc.asyncProperty(sequences(60), async (actions) => {
        const world = await newWorld()(memoryStore());
        let before: readonly Seen[] = [];
        await perform(world, actions, (_, now) => {
          for (const [n, { delivery }] of now.entries()) expect(brokenPromises(before[n]?.delivery ?? null, delivery)).toEqual([]);
          before = now;
        });
      }),
      { numRuns: 300 },
    );
  });

  it('lets one attempt at a time be open on an account, and its lease be held by nobody else', async () => {
    await fc.assert(
      fc.asyncProperty(sequences(60), async (actions) => {
        const world = await newWorld()(memoryStore());
        await perform(world, actions, async (_, now) => {
          const open = now.map(({ delivery }) => delivery).filter(({ attempt, status }) => attempt.phase === 'armed' && !isTerminal(status));
          for (const { tenantId, ref } of world.workers) {
            const here = open.filter(({ accountId }) => accountId === ref.accountId);
            expect(here.length).toBeLessThanOrEqual(1);
            const lease = (await world.store.getAccount(tenantId, ref.accountId))?.lease ?? null;
            expect(lease?.uploadId).toBe(here[0]?.uploadId);
            expect(lease?.attempt).toBe(here[0]?.attempt.n);
          }
        });
      }),
      { numRuns: 200 },
    );
  });

  it('comes to every end, and to second attempts: these sequences do test something', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(sequences(60), async (actions) => {
        const world = await newWorld()(memoryStore());
        await perform(world, actions, (_, now) => {
          for (const { delivery } of now) {
            seen.add(delivery.status).add(`attempt ${delivery.attempt.n}`);
            if (delivery.duplicates.length > 0) seen.add('duplicate');
            if (delivery.proofs.some((proof) => proof.kind === 'forced')) seen.add('forced');
          }
        });
      }),
      { numRuns: 100, seed: 1 },
    );
    const wanted = ['uploaded', 'failed', 'unknown', 'cancelled', 'retrying', 'attempt 3', 'duplicate', 'forced'];
    expect([...seen]).toEqual(expect.arrayContaining(wanted));
  });
});
