import { findAccount } from '../accounts.ts';
import { accountTokens, TokenTrouble } from '../tokens.ts';
import type { AccountRef } from './check.ts';
import { toolsFor, type VaultPorts } from './ports.ts';

/** `refused`: the network has ended the link, as the account's health shows from then on. `later`: it could not be asked. */
export type Renewed = 'renewed' | 'refused' | 'later';

/**
 * Renews the tokens of an account, under the lock of every refresh. Of two that come at once one asks the network, and the other
 * one finds new tokens. Throws `not_found`.
 */
export async function renewTokens(ports: VaultPorts, { tenantId, accountId }: AccountRef): Promise<Renewed> {
  const account = await findAccount(ports, tenantId, accountId);
  const connector = ports.networks.connector(account.network);
  if (connector === undefined) return 'later';
  try {
    await accountTokens(ports, account, connector, await toolsFor(ports, account.network)).renew();
    return 'renewed';
  } catch (error) {
    if (!(error instanceof TokenTrouble)) throw error;
    const { trouble } = error;
    ports.log.warn('tokens_not_renewed', { tenantId, accountId, network: account.network, trouble });
    return trouble.class === 'auth_revoked' ? 'refused' : 'later';
  }
}
