import { findAccount } from './accounts.ts';
import { FanfareError, invalidField, type FieldError } from './errors.ts';
import { limits } from './limits.ts';
import type { Account, Network } from './model.ts';
import type { Commit, Ports } from './ports/index.ts';

export interface DefaultsPorts extends Pick<Ports, 'store'> {
  /** What the network does not take of an account's defaults, by `defaults.<option>`; null: this release has no such network. */
  readonly defaultsErrors: (network: Network, defaults: Account['defaults']) => readonly FieldError[] | null;
}

/** Some of the options, each whole; null takes one away. */
export type DefaultsChange = Readonly<Record<string, unknown>>;

/** How often the account is looked at again when another change came in between. */
const LOOKS = 5;

/**
 * Changes the options that count for uploads to the account which say nothing else; null takes all away. Gives the account as it is
 * then. They need not be complete, since an upload may bring the rest: what is missing of both is refused when an upload is made.
 * Throws `validation_failed`, `not_found` if the account is unlinked meanwhile, and `busy` if others change it all the time.
 */
export async function changeDefaults(ports: DefaultsPorts, found: Account, change: DefaultsChange | null, commit: Commit | null): Promise<Account> {
  const { tenantId, accountId } = found;
  let account = found;
  for (let look = 0; look < LOOKS; look += 1) {
    const defaults = change === null ? {} : changed(account.defaults, change);
    checkDefaults(ports, account.network, defaults);
    if (await ports.store.setAccountDefaults({ tenantId, accountId, from: account.defaults, defaults, commit })) return { ...account, defaults };
    account = await findAccount(ports, tenantId, accountId);
  }
  throw new FanfareError('busy', 'Others are changing this account: try again.', { retryAfter: 1 });
}

function changed(defaults: Account['defaults'], change: DefaultsChange): Account['defaults'] {
  return Object.fromEntries(Object.entries({ ...defaults, ...change }).filter(([, value]) => value !== null));
}

function checkDefaults({ defaultsErrors }: DefaultsPorts, network: Network, defaults: Account['defaults']): void {
  const bytes = Buffer.byteLength(JSON.stringify(defaults));
  if (bytes > limits.options) throw invalidField('defaults', 'too_long', `defaults must have at most ${limits.options} bytes as JSON; they would have ${bytes}.`);
  const errors = defaultsErrors(network, defaults);
  if (errors === null) throw invalidField('defaults', 'network_unavailable', `The account is on ${network}, which is not available here.`);
  if (errors.length > 0) throw new FanfareError('validation_failed', errors.map(({ message }) => message).join('; '), { errors });
}
