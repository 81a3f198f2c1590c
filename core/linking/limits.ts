import { learnLimits } from '../account-limits.ts';
import { inTurns } from '../in-turns.ts';
import { limits } from '../limits.ts';
import type { Account } from '../model.ts';
import type { NetworkTools } from '../ports/index.ts';
import { toolsFor, type VaultPorts } from './ports.ts';

/** An account that the network has just accepted. */
export interface Accepted {
  readonly accountId: string;
  readonly tokens: Pick<NetworkTools, 'accessToken' | 'binding'>;
}

/**
 * Asks the network for the limits of accounts that it has just accepted, for a quarter of the time that the vault has, while somebody
 * waits: what is not known then is asked before the first post. Never throws.
 */
export async function learnLimitsOf(ports: VaultPorts, { tenantId, network }: Pick<Account, 'tenantId' | 'network'>, accepted: readonly Accepted[]): Promise<void> {
  const connector = ports.networks.connector(network);
  if (connector?.accountLimits === undefined) return;
  const endsAt = ports.clock.now().getTime() + (ports.times.vaultFunction / 4) * 1000;
  const settings = await toolsFor(ports, network);
  await inTurns(accepted, limits.limitsAskedAtOnce, async ({ accountId, tokens }) => {
    if (ports.clock.now().getTime() >= endsAt) return;
    try {
      const account = await ports.store.getAccount(tenantId, accountId);
      if (account === null) return;
      const { trouble } = await learnLimits(ports, account, connector, { ...settings, ...tokens });
      if (trouble !== null) ports.log.warn('limits_not_learnt', { accountId, tenantId, network, trouble });
    } catch (error) {
      ports.log.warn('limits_not_learnt', { accountId, tenantId, network, error });
    }
  });
}
