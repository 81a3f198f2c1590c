import type { Network } from '../model.ts';
import type { ClientMetadata } from '../ports/index.ts';
import type { BrowserAnswer } from './browser.ts';
import { checkAccount, revokeTokens, type AccountRef, type Checked, type ForgottenTokens, type Revoked } from './check.ts';
import { chooseTargets, type Choice } from './choose.ts';
import { describeApp } from './describe.ts';
import { finishLink } from './finish.ts';
import type { VaultPorts } from './ports.ts';
import { renewTokens, type Renewed } from './renew.ts';
import { signInLink, type Filled } from './sign-in.ts';
import { visitLink, type Visited } from './visit.ts';

/** What the API and the reconcile job have done that needs tokens: their own functions cannot decrypt any. */
export interface Vault {
  visit(request: { readonly network: Network; readonly linkId: string }): Promise<Visited>;
  /** `query`: with which the browser came back, as text. */
  finish(request: { readonly network: Network; readonly query: string; readonly browser: string | null }): Promise<BrowserAnswer>;
  signIn(form: Filled): Promise<BrowserAnswer>;
  /** Throws `not_found`, `link_state`, `validation_failed`, `busy`. */
  choose(choice: Choice): Promise<void>;
  /** Throws `not_found`. */
  check(account: AccountRef): Promise<Checked>;
  /** Throws `not_found`. */
  renew(account: AccountRef): Promise<Renewed>;
  /** What our app says of itself, as JSON. Throws `not_found` for a network that asks for nothing of the kind. */
  describe(request: { readonly network: Network }): Promise<ClientMetadata>;
  revoke(account: ForgottenTokens): Promise<Revoked>;
}

export function vaultOf(ports: VaultPorts): Vault {
  return {
    visit: (request) => visitLink(ports, request),
    finish: ({ network, query, browser }) => finishLink(ports, { network, query: new URLSearchParams(query), browser }),
    signIn: (form) => signInLink(ports, form),
    choose: async (choice) => void (await chooseTargets(ports, choice)),
    check: (account) => checkAccount(ports, account),
    renew: (account) => renewTokens(ports, account),
    describe: (request) => describeApp(ports, request),
    revoke: (account) => revokeTokens(ports, account),
  };
}
