import { timestampAfter } from '../clock.ts';
import type { DueEntry } from '../ports/store.ts';
import { endTokens } from '../revocation.ts';
import type { Finding, ReconcilePorts } from './ports.ts';
import { isOver } from './watch.ts';

type RevocationEntry = Extract<DueEntry, { kind: 'revocation' }>;

/**
 * Ends the tokens of an account that was unlinked, where the request died before the network had heard of it, or the network did not
 * answer. After a day they are forgotten all the same.
 */
export async function reconcileRevocation(ports: ReconcilePorts, entry: RevocationEntry): Promise<Finding> {
  const { store, renewals, clock, times, log } = ports;
  const { tenantId, accountId } = entry;
  const revocation = await store.getRevocation(tenantId, accountId);
  if (revocation === null || revocation.revokeAt !== entry.at) return 'moved_on';
  if (isOver(Date.parse(revocation.since), times.outageEnds, clock.now())) {
    log.warn('tokens_never_revoked', { tenantId, accountId, network: revocation.network });
    await store.dropRevocation(tenantId, accountId);
    return 'forgotten';
  }
  const revoked = await endTokens({ store, vault: renewals }, entry);
  if (revoked !== 'later') return 'revoked';
  await store.moveDue(entry, timestampAfter(clock.now(), times.outage));
  return 'not_revoked';
}
