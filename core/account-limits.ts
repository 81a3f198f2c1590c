import { canonicalJson } from './canonical-json.ts';
import type { Account, AccountLimits } from './model.ts';
import type { Connector, NetworkTools, Ports, Trouble, Violation } from './ports/index.ts';

/**
 * The limits that networks tell for single accounts, which win over the usual ones: the rules at the creation of an upload read
 * what is kept on the account, and publishing asks anew where it matters.
 */

type LimitsPorts = Pick<Ports, 'store'>;

/**
 * Asks the network for the limits of an account and keeps them on it; gives the account as it is then. For linking, once the account
 * is stored, and for `POST /api/accounts/{accountId}/check`: wherever there are tokens and tools of the account already, one request
 * more at most (`Connector.accountLimits`; a network that tells nothing costs none). `trouble`: the network did not answer, and what
 * was known stays; it is nothing that linking or checking should fail for. Throws what `tools.accessToken` throws (`TokenTrouble`).
 */
export async function learnLimits(
  ports: LimitsPorts,
  account: Account,
  { accountLimits }: Pick<Connector, 'accountLimits'>,
  tools: NetworkTools,
): Promise<{ readonly account: Account; readonly trouble: Trouble | null }> {
  if (accountLimits === undefined) return { account, trouble: null };
  const { externalId, name } = account;
  const told = await accountLimits.read({ externalId, name }, tools);
  if (told.kind === 'trouble') return { account, trouble: told.trouble };
  return { account: await keepLimits(ports, account, told.limits), trouble: null };
}

/** Keeps what a network told of an account, in place of all that it told before; writes only what is new. */
export async function keepLimits({ store }: LimitsPorts, account: Account, limits: AccountLimits): Promise<Account> {
  if (canonicalJson(limits) === canonicalJson(account.limits)) return account;
  const { tenantId, accountId } = account;
  await store.setAccountLimits({ tenantId, accountId, limits });
  return { ...account, limits };
}

/** Whether a rule is broken by a limit that the network tells for each account, so that it should be asked before that is believed. */
export function isToldByNetwork({ network, accountLimits }: Pick<Connector, 'network' | 'accountLimits'>, { code }: Pick<Violation, 'code'>): boolean {
  return accountLimits?.rules.some((rule) => code === `${network}.${rule}`) === true;
}
