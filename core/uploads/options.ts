import type { Account, Network } from '../model.ts';

/**
 * `options.<network>` of an upload as they count for an account: what the upload says wins over the account's defaults. Undefined:
 * neither says anything.
 */
export function optionsFor(options: Readonly<Record<Network, unknown>>, account: Pick<Account, 'network' | 'defaults'>): unknown {
  const own = options[account.network];
  if (Object.keys(account.defaults).length === 0) return own;
  return typeof own === 'object' && own !== null ? { ...account.defaults, ...own } : { ...account.defaults };
}
