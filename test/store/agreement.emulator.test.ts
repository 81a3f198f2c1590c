import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoStore } from '../../store/dynamodb.ts';
import { memoryStore } from '../../store/memory.ts';
import { newWorld, otherCalls, perform, sequences } from './sequences.ts';
import { createTable, type TestTable } from './table.ts';

describe('the two stores', () => {
  let table: TestTable;
  beforeAll(async () => {
    table = await createTable();
  });
  afterAll(() => table.drop());

  it('answer alike and end alike, whatever is asked of them in whatever order', async () => {
    const others = fc.constantFrom(...Object.values(otherCalls));
    await fc.assert(
      fc.asyncProperty(sequences(40), fc.infiniteStream(others), async (actions, calls) => {
        const create = newWorld();
        const history = async (store: ReturnType<typeof memoryStore>, asked: (typeof otherCalls)[keyof typeof otherCalls][]) => {
          const world = await create(store);
          const heard: unknown[] = [];
          let n = 0;
          await perform(world, actions, async (answer, now) => {
            heard.push(answer, now);
            const call = asked[n];
            if (call !== undefined) heard.push(await call(world));
            n += 1;
          });
          return heard;
        };
        const asked = [...calls.take(actions.length + 1)];
        expect(await history(dynamoStore(table), asked)).toEqual(await history(memoryStore(), asked));
      }),
      { numRuns: 12, interruptAfterTimeLimit: 20_000 },
    );
  });
});
