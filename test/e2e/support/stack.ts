import { inject } from 'vitest';
import { issueToken } from '../../../local/issuer.ts';
import { platforms } from '../../../platforms/registry.ts';

/** The stack that the global set-up of these tests deployed. */
export const stack = inject('stack');

/** The demo tenant's account on a network. */
export function demoAccount(network: string): string {
  const accountId = stack.accounts[network];
  if (accountId === undefined) throw new Error(`the demo tenant has no account on ${network}`);
  return accountId;
}

/**
 * The demo tenant's accounts to which tests publish unless they say otherwise: one on a network that is sent the file, and one on a
 * network that fetches it. What holds of every network is tested in `test/platforms/`, in far less time.
 */
export const accounts = { youtube: demoAccount('youtube'), instagram: demoAccount('instagram') } as const;

export const networks: readonly string[] = Object.keys(accounts);

/** The demo tenant's account on each network that carries video. */
export const videoAccounts: Readonly<Record<string, string>> = Object.fromEntries(
  platforms.filter(({ kinds }) => kinds.includes('video')).map(({ network }) => [network, demoAccount(network)]),
);

/** A dashboard session of another user of the local identity issuer. */
export function tokenOf(user: string): Promise<string> {
  return issueToken(stack.directory, user);
}
