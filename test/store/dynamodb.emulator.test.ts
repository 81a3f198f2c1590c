import { afterAll, beforeAll, describe } from 'vitest';
import type { Store } from '../../core/ports/index.ts';
import { dynamoStore } from '../../store/dynamodb.ts';
import { storeConformance } from './conformance/suite.ts';
import { createTable, type TestTable } from './table.ts';

describe('the store on DynamoDB', () => {
  let table: TestTable;
  let store: Store;

  beforeAll(async () => {
    table = await createTable();
    store = dynamoStore(table);
  });
  afterAll(() => table.drop());

  // A choice of the pairs that the store in memory is tried with; random sequences on both are in agreement.emulator.test.ts.
  storeConformance(() => store, {
    states: ['armed'],
    moves: ['begin', 'pause', 'arm', 'receipt', 'disarm', 'giveUp', 'cancel', 'force'],
  });
});
