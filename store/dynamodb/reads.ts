import { BatchGetCommand, GetCommand, QueryCommand, TransactGetCommand } from '@aws-sdk/lib-dynamodb';
import type { Key } from '../keys.ts';
import { tableSchema } from '../schema.ts';
import { NothingRead, patiently } from './retry.ts';
import type { Item, TableAccess } from './table.ts';

/** DynamoDB: at most 100 keys in a batch. */
export const LARGEST_BATCH = 100;

/** Items of one partition whose sort keys lie between two, both inclusive. */
export interface Range {
  readonly partition: string;
  readonly first: string;
  readonly last: string;
}

export interface Reads {
  get(key: Key): Promise<Item | null>;
  /** The items as they stand at one moment, in the order of the keys. */
  getTogether(keys: readonly Key[]): Promise<readonly (Item | null)[]>;
  /** Those that exist, in any order. The keys are all different; at most 100. */
  getBatch(keys: readonly Key[]): Promise<readonly Item[]>;
  query(range: Range): Promise<readonly Item[]>;
  /** Sort keys in the first index, from the highest down, at most `limit`. The index lags behind the table. */
  indexed(range: Range & { readonly limit: number }): Promise<readonly Item[]>;
  /** Entries of the second index, from the lowest up, at most `limit`. The index lags behind the table. */
  due(range: Range & { readonly limit: number }): Promise<readonly Item[]>;
  /** How many entries the first index has there; it stops counting at `limit`. */
  countIndexed(range: Range & { readonly limit: number }): Promise<number>;
}

export function tableReads({ client, name: TableName, patience }: TableAccess): Reads {
  const { partitionKey, sortKey, indexes } = tableSchema;
  const { gsi1, gsi2 } = indexes;

  /** Entries of an index, at most `limit`. */
  const entries = async (
    index: typeof gsi1 | typeof gsi2,
    order: 'ascending' | 'descending',
    { limit, ...range }: Range & { readonly limit: number },
  ): Promise<readonly Item[]> => {
    const items: Item[] = [];
    if (range.first > range.last) return items;
    let start: Record<string, unknown> | undefined;
    do {
      const command = new QueryCommand({
        TableName,
        IndexName: index.name,
        ScanIndexForward: order === 'ascending',
        Limit: limit - items.length,
        ...within(index.partitionKey, index.sortKey, range),
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      });
      const { Items, LastEvaluatedKey } = await patiently(patience, () => client.send(command));
      items.push(...(Items ?? []));
      start = LastEvaluatedKey;
    } while (start !== undefined && items.length < limit);
    return items;
  };

  return {
    get: async (Key) => {
      const command = new GetCommand({ TableName, Key, ConsistentRead: true });
      const { Item } = await patiently(patience, () => client.send(command));
      return Item ?? null;
    },

    getTogether: async (keys) => {
      const command = new TransactGetCommand({ TransactItems: keys.map((Key) => ({ Get: { TableName, Key } })) });
      const { Responses } = await patiently(patience, () => client.send(command));
      return keys.map((_, i) => Responses?.[i]?.Item ?? null);
    },

    getBatch: async (keys) => {
      if (keys.length > LARGEST_BATCH) throw new RangeError(`At most ${LARGEST_BATCH} items are read at once, not ${keys.length}.`);
      const items: Item[] = [];
      let left: Record<string, unknown>[] = keys.map((key) => ({ ...key }));
      while (left.length > 0) {
        const Keys = left;
        const answer = await patiently(patience, async () => {
          const answer = await client.send(new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ConsistentRead: true } } }));
          if (answer.UnprocessedKeys?.[TableName]?.Keys?.length === Keys.length) throw new NothingRead();
          return answer;
        });
        items.push(...(answer.Responses?.[TableName] ?? []));
        left = answer.UnprocessedKeys?.[TableName]?.Keys ?? [];
      }
      return items;
    },

    query: async (range) => {
      const items: Item[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const command = new QueryCommand({
          TableName,
          ConsistentRead: true,
          ...within(partitionKey, sortKey, range),
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        });
        const { Items, LastEvaluatedKey } = await patiently(patience, () => client.send(command));
        items.push(...(Items ?? []));
        start = LastEvaluatedKey;
      } while (start !== undefined);
      return items;
    },

    indexed: (range) => entries(gsi1, 'descending', range),
    due: (range) => entries(gsi2, 'ascending', range),

    countIndexed: async ({ limit, ...range }) => {
      let counted = 0;
      if (range.first > range.last) return counted;
      let start: Record<string, unknown> | undefined;
      do {
        const command = new QueryCommand({
          TableName,
          IndexName: gsi1.name,
          Select: 'COUNT',
          Limit: limit - counted,
          ...within(gsi1.partitionKey, gsi1.sortKey, range),
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        });
        const { Count, LastEvaluatedKey } = await patiently(patience, () => client.send(command));
        counted += Count ?? 0;
        start = LastEvaluatedKey;
      } while (start !== undefined && counted < limit);
      return counted;
    },
  };
}

function within(partitionName: string, sortName: string, { partition, first, last }: Range) {
  return {
    KeyConditionExpression: '#partition = :partition AND #sort BETWEEN :first AND :last',
    ExpressionAttributeNames: { '#partition': partitionName, '#sort': sortName },
    ExpressionAttributeValues: { ':partition': partition, ':first': first, ':last': last },
  };
}
