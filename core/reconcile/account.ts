import { timestampAfter } from '../clock.ts';
import { FanfareError } from '../errors.ts';
import { endsSoon, linkEndsAt } from '../renewal.ts';
import type { DueEntry } from '../ports/store.ts';
import type { Finding, ReconcilePorts } from './ports.ts';

type AccountEntry = Extract<DueEntry, { kind: 'account' }>;

/**
 * Has the tokens of an account renewed that nobody has used for long: networks end links that rest. Whoever stores new tokens also
 * says when they are due again. Dying before that leaves the entry where it is: the next run finds either new tokens or the old ones.
 */
export async function reconcileAccount({ store, renewals, clock, times, log }: ReconcilePorts, entry: AccountEntry): Promise<Finding> {
  const { tenantId, accountId } = entry;
  const account = await store.getAccount(tenantId, accountId);
  if (account === null || account.renewAt !== entry.at) return 'moved_on';
  if (account.health !== 'active') {
    // Its owner links it again, which says when the new tokens are due.
    await store.moveDue(entry, null);
    return 'nothing_left';
  }
  const renewed = await renewals.renew({ tenantId, accountId }).catch((error: unknown) => {
    // It was unlinked at this moment.
    if (error instanceof FanfareError && error.code === 'not_found') return 'renewed' as const;
    throw error;
  });
  switch (renewed) {
    case 'renewed': {
      log.info('account_renewed', { tenantId, accountId, network: account.network });
      const now = await store.getAccount(tenantId, accountId);
      if (now === null || !endsSoon(now, clock.now())) return 'renewed';
      log.warn('link_ends', { tenantId, accountId, network: account.network, at: linkEndsAt(now) });
      return 'link_ends';
    }
    case 'refused':
      await store.moveDue(entry, null);
      return 'link_over';
    case 'later':
      await store.moveDue(entry, timestampAfter(clock.now(), times.outage));
      return 'not_renewed';
  }
}
