import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { tableReads, type Reads } from './reads.ts';
import type { Patience } from './retry.ts';
import { tableWrites, type Writes } from './writes.ts';

/** An item as it comes: parsed by the entity that it belongs to. */
export type Item = Readonly<Record<string, unknown>>;

/** What reads and writes of one table share. */
export interface TableAccess {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
  readonly patience: Patience;
}

export interface Table extends Reads, Writes {}

/**
 * The table with the habits that every entity shares: reads are consistent; a refused condition is an answer that says what
 * was found; conflicts and throttling are tried again within a bound, then `StoreBusy`.
 */
export function openTable(access: TableAccess): Table {
  return { ...tableReads(access), ...tableWrites(access) };
}
