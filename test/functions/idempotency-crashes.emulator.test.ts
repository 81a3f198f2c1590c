import { afterAll, beforeAll, describe } from 'vitest';
import type { Store } from '../../core/ports/index.ts';
import { dynamoStore } from '../../store/dynamodb.ts';
import { createTable, type TestTable } from '../store/table.ts';
import { onceSuite } from './support/once.ts';

describe('over DynamoDB', () => {
  let table: TestTable;
  let store: Store;

  beforeAll(async () => {
    table = await createTable();
    store = dynamoStore(table);
  });
  afterAll(() => table.drop());

  onceSuite(() => store);
});
