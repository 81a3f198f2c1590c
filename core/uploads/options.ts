import { canonicalJson } from '../canonical-json.ts';
import type { Account, Network } from '../model.ts';
import type { Connector } from '../ports/index.ts';

/**
 * `options.<network>` of an upload as they count for an account: what the upload says wins over the account's defaults, and a
 * default that belongs to another one (a section to its board) counts only beside that one. Undefined: neither says anything.
 */
export function optionsFor(
  options: Readonly<Record<Network, unknown>>,
  account: Pick<Account, 'network' | 'defaults'>,
  { dependentOptions = {} }: Pick<Connector, 'dependentOptions'>,
): unknown {
  const own = options[account.network];
  if (Object.keys(account.defaults).length === 0) return own;
  if (typeof own !== 'object' || own === null) return { ...account.defaults };
  const said = new Map(Object.entries(own));
  const isDefault = (option: string): boolean => canonicalJson({ option: said.get(option) }) === canonicalJson({ option: account.defaults[option] });
  const without = Object.entries(dependentOptions).flatMap(([option, dependents]) => (said.get(option) === undefined || isDefault(option) ? [] : dependents));
  return { ...Object.fromEntries(Object.entries(account.defaults).filter(([option]) => !without.includes(option))), ...own };
}
