/**
 * The one table: names of its keys, its time-to-live attribute and its two sparse indexes. The stack creates it from these
 * constants. The indexes have generic keys and project keys only: whatever is found through them is read from the table.
 */
export const tableSchema = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Seconds since 1970. DynamoDB deletes within days after it: it sweeps, it decides nothing. */
  timeToLive: 'ttl',
  indexes: {
    /** A tenant's uploads, an account's open deliveries: each by time. */
    gsi1: { name: 'gsi1', partitionKey: 'gsi1pk', sortKey: 'gsi1sk' },
    /** What has to be looked at next, by time, in sixteen parts. */
    gsi2: { name: 'gsi2', partitionKey: 'gsi2pk', sortKey: 'gsi2sk' },
  },
} as const;
