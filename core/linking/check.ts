import { findAccount } from '../accounts.ts';
import { timestamp } from '../clock.ts';
import type { Account } from '../model.ts';
import { TokenUnreadable, type CheckOutcome } from '../ports/index.ts';
import { accountTokens, openTokens, TokenTrouble } from '../tokens.ts';
import { learnLimitsOf } from './limits.ts';
import { toolsFor, type VaultPorts } from './ports.ts';
import { isPassing } from './settle.ts';

export interface AccountRef {
  readonly tenantId: string;
  readonly accountId: string;
}

/** `accepted`, `refused`: what the network says of the link, which the account's health then shows. `unknown`: it did not say. */
export interface Checked {
  readonly outcome: 'accepted' | 'refused' | 'unknown';
  readonly message: string | null;
}

/** Asks the network whether it still accepts an account. Throws `not_found`. */
export async function checkAccount(ports: VaultPorts, { tenantId, accountId }: AccountRef): Promise<Checked> {
  const account = await findAccount(ports, tenantId, accountId);
  const linking = ports.linkable(account.network)?.linking;
  const connector = ports.networks.connector(account.network);
  if (linking === undefined || connector === undefined) return { outcome: 'unknown', message: `Accounts on ${account.network} cannot be checked in this release.` };
  const settings = await toolsFor(ports, account.network);
  const tokens = accountTokens(ports, account, connector, settings);
  const ask = () => asked(() => linking.check(account, { ...settings, ...tokens }));

  let outcome = await ask();
  if (outcome.kind === 'trouble' && outcome.trouble.class === 'auth_expired') {
    const renewed = await asked(async () => {
      await tokens.renew();
      return { kind: 'accepted', name: null };
    });
    outcome = renewed.kind === 'trouble' ? renewed : await ask();
  }
  if (outcome.kind === 'accepted') {
    await ports.store.setAccountHealth({ tenantId, accountId, tokenVersion: null, health: 'active', reason: null, at: timestamp(ports.clock.now()), name: outcome.name });
    await learnLimitsOf(ports, account, [{ accountId, tokens }]);
    return { outcome: 'accepted', message: null };
  }
  const { trouble } = outcome;
  const refused = trouble.class === 'auth_revoked' || trouble.class === 'auth_expired';
  if (refused) await tokens.giveUp(trouble.message);
  return { outcome: refused ? 'refused' : 'unknown', message: trouble.message };
}

/** No token to be had is an answer as well. */
async function asked(call: () => Promise<CheckOutcome>): Promise<CheckOutcome> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof TokenTrouble) return { kind: 'trouble', trouble: error.trouble };
    throw error;
  }
}

/** Tokens of an account that is not linked any more. */
export type ForgottenTokens = Pick<Account, 'tenantId' | 'accountId' | 'network' | 'externalId' | 'tokens'>;

/**
 * `revoked`: the network has ended them. `left`: there is nothing to be done, since it has no such call or they are of no use. `later`:
 * the network did not answer.
 */
export type Revoked = 'revoked' | 'left' | 'later';

/**
 * Ends the tokens of an account at its network, where that has a way; but not while another workspace has linked the same account:
 * some networks end all that the person has allowed the app. Repeatable.
 */
export async function revokeTokens(ports: VaultPorts, account: ForgottenTokens): Promise<Revoked> {
  const { tenantId, accountId, network, externalId } = account;
  const linking = ports.linkable(network)?.linking;
  if (linking?.revoke === undefined) return 'left';
  try {
    if ((await ports.store.countLinked({ network, externalId })) > 0) return 'left';
    const outcome = await linking.revoke(await openTokens(ports.cipher, account), await toolsFor(ports, network));
    // What the network does not know any more has ended.
    if (outcome.kind === 'revoked' || outcome.trouble.class === 'auth_revoked') return 'revoked';
    ports.log.warn('tokens_not_revoked', { accountId, tenantId, network, trouble: outcome.trouble });
    return isPassing(outcome) ? 'later' : 'left';
  } catch (error) {
    ports.log.warn('tokens_not_revoked', { accountId, tenantId, network, error });
    return error instanceof TokenUnreadable ? 'left' : 'later';
  }
}
