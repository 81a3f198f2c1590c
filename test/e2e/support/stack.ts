import { inject } from 'vitest';
import { issueToken } from '../../../local/issuer.ts';

/** The stack that the global set-up of these tests deployed. */
export const stack = inject('stack');

/** The demo tenant's account on each network, by network. */
export const accounts: Readonly<Record<string, string>> = stack.accounts;

export const networks: readonly string[] = Object.keys(accounts);

/** A dashboard session of another user of the local identity issuer. */
export function tokenOf(user: string): Promise<string> {
  return issueToken(stack.directory, user);
}
