import { StoreBusy, type AccountStore } from '../../core/ports/store.ts';
import type { Account } from '../../core/model.ts';
import { keys } from '../keys.ts';
import { tableSchema } from '../schema.ts';
import { accountOf } from './account-item.ts';
import { dueAt } from './due-item.ts';
import { all, any, atMost, equals, missing, set } from './expression.ts';
import { daysAfter } from './fields.ts';
import { transactWith } from './idempotency.ts';
import { freeIfOver } from './lease.ts';
import { countLink } from './links.ts';
import type { Table } from './table.ts';
import type { Write } from './writes.ts';

/** Each further round is the account's holder, or its tokens, having changed since the one before. */
const ROUNDS = 8;
/** Should the reconcile job not get to it. */
const KEPT_DAYS = 7;

/**
 * Removes an account on which nothing is being published. Arm needs the item, so that nothing can be armed afterwards. A lease
 * whose attempt is armed no longer is only word that was left behind.
 */
export async function unlinkAccount(table: Table, request: Parameters<AccountStore['unlinkAccount']>[0]): ReturnType<AccountStore['unlinkAccount']> {
  const { tenantId, accountId, at, commit } = request;
  const key = keys.account(tenantId, accountId);
  let item = await table.get(key);
  for (let round = 0; round < ROUNDS; round += 1) {
    if (item === null) return 'unknown';
    const account = accountOf(item);
    const { network, externalId, tokenVersion } = account;
    const external = { type: 'delete', key: keys.external(tenantId, network, externalId), condition: any(missing('pk'), equals('accountId', accountId)) } as const;
    const condition = all(equals('tokenVersion', tokenVersion), any(missing('lease'), atMost(['lease', 'until'], at)));
    const result = await transactWith(table, [{ type: 'delete', key, condition }, external, countLink(network, externalId, -1), ...keptApart(account, request)], commit);
    if (result.done) return 'unlinked';
    item = result.refusals[0]?.found ?? null;
    const lease = item === null ? null : accountOf(item).lease;
    if (lease !== null && lease.until > at && !(await freeIfOver(table, tenantId, { ...lease, accountId }))) return { busyUntil: lease.until };
  }
  throw new StoreBusy('Uploads are published on this account one after the other.');
}

/** The tokens, so that they can be ended. */
function keptApart({ tenantId, accountId, network, externalId, tokens }: Account, { at, revokeAt }: Parameters<AccountStore['unlinkAccount']>[0]): readonly Write[] {
  if (revokeAt === undefined) return [];
  const key = keys.revocation(tenantId, accountId);
  const fields = { tenantId, accountId, network, externalId, tokens: { ...tokens }, since: at, [tableSchema.timeToLive]: daysAfter(revokeAt, KEPT_DAYS) };
  const changes = [...Object.entries(fields).map(([name, value]) => set(name, value)), ...dueAt('revokeAt', key, revokeAt)];
  return [{ type: 'update', key, condition: null, changes }];
}
