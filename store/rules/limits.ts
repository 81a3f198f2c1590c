import { limits } from '../../core/limits.ts';

/** Accounts read at once: those of one upload. (DynamoDB reads at most 100 items in a batch.) */
export const LARGEST_READ = limits.accounts;

/** Refuses what no transaction can write: DynamoDB takes 100 items, and session, upload, totals and quota are among them. */
export function checkDeliveries(count: number): void {
  if (count < 1 || count > limits.accounts) throw new RangeError(`An upload has 1 to ${limits.accounts} deliveries, not ${count}.`);
}
