import { setTimeout as wait } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Store } from '../core/ports/store.ts';
import { times } from '../core/times.ts';
import { accountStore } from './dynamodb/accounts.ts';
import { deliveryStore } from './dynamodb/deliveries.ts';
import { dueStore } from './dynamodb/due.ts';
import { idempotencyStore } from './dynamodb/idempotency.ts';
import { keyStore } from './dynamodb/keys.ts';
import { linkStore } from './dynamodb/links.ts';
import { storedMediaStore } from './dynamodb/media.ts';
import { rateStore } from './dynamodb/rate.ts';
import { sessionStore } from './dynamodb/sessions.ts';
import { stopStore } from './dynamodb/stops.ts';
import { openTable } from './dynamodb/table.ts';
import { tenantStore } from './dynamodb/tenants.ts';
import { uploadStore } from './dynamodb/uploads.ts';

export interface DynamoStoreOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** In [0, 1): jitter of the pauses between tries. */
  readonly random?: () => number;
  /** Seconds. */
  readonly sleep?: (seconds: number) => Promise<void>;
  /** Seconds for which a request that meets conflicts or throttling is tried again before `StoreBusy`. */
  readonly conflictSeconds?: number;
}

/** The store on the table of `schema.ts`. The caller's client decides on time-outs and on retries of what was lost on the way. */
export function dynamoStore(options: DynamoStoreOptions): Store {
  const { client, tableName: name, random = Math.random, sleep, conflictSeconds } = options;
  const patience = {
    random,
    sleep: sleep ?? ((seconds: number) => wait(seconds * 1000)),
    seconds: conflictSeconds ?? times.standard.conflict,
  };
  const table = openTable({ client, name, patience });
  const once = openTable({ client, name, patience: { ...patience, seconds: 0 } });
  return {
    ...tenantStore(table),
    ...keyStore(table),
    ...rateStore(table, once),
    ...accountStore(table),
    ...linkStore(table),
    ...sessionStore(table),
    ...storedMediaStore(table),
    ...uploadStore(table),
    ...deliveryStore(table),
    ...idempotencyStore(table),
    ...dueStore(table),
    ...stopStore(table, once),
  };
}
