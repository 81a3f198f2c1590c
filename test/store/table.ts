import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DeleteTableCommand, DynamoDBClient, type DynamoDBClientConfig, type KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { tableSchema } from '../../store/schema.ts';

/** A table of its own, as the stack creates it. */
export interface TestTable {
  readonly tableName: string;
  readonly client: DynamoDBDocumentClient;
  /** Another client of the same table. */
  clientWith(configuration: DynamoDBClientConfig): DynamoDBDocumentClient;
  drop(): Promise<void>;
}

/** `configuration`: of the client, where the environment does not say it. */
export async function createTable(configuration: DynamoDBClientConfig = {}): Promise<TestTable> {
  const tableName = `store-${randomUUID()}`;
  const raw = new DynamoDBClient(configuration);
  const { partitionKey, sortKey, indexes } = tableSchema;
  const names = [partitionKey, sortKey, ...Object.values(indexes).flatMap((index) => [index.partitionKey, index.sortKey])];
  await raw.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: keySchema(partitionKey, sortKey),
      GlobalSecondaryIndexes: Object.values(indexes).map((index) => ({
        IndexName: index.name,
        KeySchema: keySchema(index.partitionKey, index.sortKey),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
    }),
  );
  const clients = [raw];
  return {
    tableName,
    client: DynamoDBDocumentClient.from(raw),
    clientWith: (configuration) => {
      const client = new DynamoDBClient(configuration);
      clients.push(client);
      return DynamoDBDocumentClient.from(client);
    },
    drop: async () => {
      await raw.send(new DeleteTableCommand({ TableName: tableName }));
      for (const client of clients) client.destroy();
    },
  };
}

function keySchema(hash: string, range: string): KeySchemaElement[] {
  return [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
}
