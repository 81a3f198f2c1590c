import { randomBytes } from 'node:crypto';
import { ConditionalCheckFailedException, TransactionCanceledException, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { PutCommand, TransactWriteCommand, UpdateCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Key } from '../keys.ts';
import { all, differs, expressions, missing, set, type Change, type Condition } from './expression.ts';
import { patiently } from './retry.ts';
import type { Item, TableAccess } from './table.ts';

/** DynamoDB: at most 100 items in a transaction, each of them once. */
const LARGEST_TRANSACTION = 100;

/** `done`: with the item as this write left it. Otherwise the condition refused what was found. */
export type Written = { readonly done: true; readonly item: Item } | { readonly done: false; readonly found: Item | null };

export type Write =
  /** The item must not be there yet. */
  | { readonly type: 'create'; readonly key: Key; readonly item: Item }
  | { readonly type: 'update'; readonly key: Key; readonly condition: Condition | null; readonly changes: readonly Change[] }
  | { readonly type: 'delete'; readonly key: Key; readonly condition: Condition }
  | { readonly type: 'check'; readonly key: Key; readonly condition: Condition };

/** `refusals`: one for each write, in order; null where the condition held. */
export type Transacted = { readonly done: true } | { readonly done: false; readonly refusals: readonly (Refusal | null)[] };

export interface Refusal {
  readonly found: Item | null;
}

/**
 * Every write leaves a random stamp on its item, the same on each of its tries. So a write whose answer was lost, and which is
 * then sent again, is recognised when its condition refuses what it has done itself, and is not done twice.
 */
export interface Writes {
  /** Creates an item; refused if it is there. */
  create(key: Key, item: Item): Promise<Written>;
  /** Writes an item whatever is there. */
  replace(key: Key, item: Item): Promise<void>;
  update(key: Key, condition: Condition, changes: readonly Change[]): Promise<Written>;
  /** All of the writes, or none. */
  transact(writes: readonly Write[]): Promise<Transacted>;
}

export function tableWrites({ client, name: TableName, patience }: TableAccess): Writes {
  const conditionally = async (stamp: string, write: () => Promise<Item>): Promise<Written> => {
    try {
      return { done: true, item: await patiently(patience, write) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const found = itemOf(error.Item);
      return found !== null && found['stamp'] === stamp ? { done: true, item: found } : { done: false, found };
    }
  };

  return {
    create: (key, content) => {
      const stamp = newStamp();
      const Item = { ...key, ...content, stamp };
      const command = new PutCommand({ TableName, Item, ...expressions(missing('pk'), []), ...TELL_WHAT_WAS_FOUND });
      return conditionally(stamp, async () => {
        await client.send(command);
        return Item;
      });
    },

    replace: async (key, content) => {
      const command = new PutCommand({ TableName, Item: { ...key, ...content, stamp: newStamp() } });
      await patiently(patience, () => client.send(command));
    },

    update: (Key, condition, changes) => {
      const stamp = newStamp();
      const unlessDone = all(condition, differs('stamp', stamp));
      const command = new UpdateCommand({
        TableName,
        Key,
        ...expressions(unlessDone, [...changes, set('stamp', stamp)]),
        ReturnValues: 'ALL_NEW',
        ...TELL_WHAT_WAS_FOUND,
      });
      return conditionally(stamp, async () => {
        const { Attributes } = await client.send(command);
        if (Attributes === undefined) throw new Error('DynamoDB did not return what it updated.');
        return Attributes;
      });
    },

    transact: async (writes) => {
      refuseBadTransaction(writes);
      const stamp = newStamp();
      // With one token for all tries, DynamoDB answers a repeated transaction as it answered the first, for ten minutes.
      const command = new TransactWriteCommand({
        TransactItems: writes.map((write) => transactItem(TableName, write, stamp)),
        ClientRequestToken: stamp,
      });
      try {
        await patiently(patience, () => client.send(command));
        return { done: true };
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const refusals = (error.CancellationReasons ?? []).map(({ Code, Item }) =>
          Code === 'ConditionalCheckFailed' ? { found: itemOf(Item) } : null,
        );
        if (refusals.length !== writes.length || refusals.every((refusal) => refusal === null)) throw error;
        return refusals.some((refusal) => refusal?.found?.['stamp'] === stamp) ? { done: true } : { done: false, refusals };
      }
    },
  };
}

const TELL_WHAT_WAS_FOUND = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

function newStamp(): string {
  return randomBytes(12).toString('base64url');
}

function itemOf(attributes: Record<string, AttributeValue> | undefined): Item | null {
  return attributes === undefined || Object.keys(attributes).length === 0 ? null : unmarshall(attributes);
}

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

function transactItem(TableName: string, write: Write, stamp: string): TransactItem {
  switch (write.type) {
    case 'create': {
      const Item = { ...write.key, ...write.item, stamp };
      return { Put: { TableName, Item, ...expressions(missing('pk'), []), ...TELL_WHAT_WAS_FOUND } };
    }
    case 'update': {
      const { UpdateExpression, ...rest } = expressions(write.condition, [...write.changes, set('stamp', stamp)]);
      return { Update: { TableName, Key: write.key, UpdateExpression, ...rest, ...TELL_WHAT_WAS_FOUND } };
    }
    case 'delete':
      return { Delete: { TableName, Key: write.key, ...expressions(write.condition, []), ...TELL_WHAT_WAS_FOUND } };
    case 'check': {
      const { ConditionExpression, ...rest } = expressions(write.condition, []);
      return { ConditionCheck: { TableName, Key: write.key, ConditionExpression, ...rest, ...TELL_WHAT_WAS_FOUND } };
    }
  }
}

/** Emulators take what DynamoDB refuses. */
function refuseBadTransaction(writes: readonly Write[]): void {
  if (writes.length > LARGEST_TRANSACTION) {
    throw new RangeError(`A transaction holds at most ${LARGEST_TRANSACTION} items, not ${writes.length}.`);
  }
  const named = new Set(writes.map(({ key }) => `${key.pk}\n${key.sk}`));
  if (named.size !== writes.length) throw new RangeError('A transaction may name each item only once.');
}
