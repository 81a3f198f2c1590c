import { beforeEach, describe } from 'vitest';
import type { Store } from '../../core/ports/index.ts';
import { memoryStore } from '../../store/memory.ts';
import { moveNames, stateNames } from './conformance/moves.ts';
import { storeConformance } from './conformance/suite.ts';

describe('the store in memory', () => {
  let store: Store;
  beforeEach(() => {
    store = memoryStore();
  });
  storeConformance(() => store, { states: stateNames, moves: moveNames });
});
