import { StoreBusy, type AccountStore } from '../../core/ports/store.ts';
import { keys } from '../keys.ts';
import { accountOf } from './account-item.ts';
import { all, any, atMost, equals, exists, missing } from './expression.ts';
import { transactWith } from './idempotency.ts';
import { freeIfOver } from './lease.ts';
import { countLink } from './links.ts';
import type { Table } from './table.ts';

/** Each further round is the account's holder having changed since the one before. */
const ROUNDS = 8;

/**
 * Removes an account on which nothing is being published. Arm needs the item, so that nothing can be armed afterwards. A lease
 * whose attempt is armed no longer is only word that was left behind.
 */
export async function unlinkAccount(
  table: Table,
  { tenantId, accountId, at, commit }: Parameters<AccountStore['unlinkAccount']>[0],
): ReturnType<AccountStore['unlinkAccount']> {
  const key = keys.account(tenantId, accountId);
  const item = await table.get(key);
  if (item === null) return 'unknown';
  const { network, externalId } = accountOf(item);
  const external = { type: 'delete', key: keys.external(tenantId, network, externalId), condition: any(missing('pk'), equals('accountId', accountId)) } as const;
  for (let round = 0; round < ROUNDS; round += 1) {
    const condition = all(exists('pk'), any(missing('lease'), atMost(['lease', 'until'], at)));
    const result = await transactWith(table, [{ type: 'delete', key, condition }, external, countLink(network, externalId, -1)], commit);
    if (result.done) return 'unlinked';
    const found = result.refusals[0]?.found ?? null;
    if (found === null) return 'unknown';
    const { lease } = accountOf(found);
    if (lease !== null && !(await freeIfOver(table, tenantId, { ...lease, accountId }))) return { busyUntil: lease.until };
  }
  throw new StoreBusy('Uploads are published on this account one after the other.');
}
