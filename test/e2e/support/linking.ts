import { expect } from 'vitest';
import { call } from './api.ts';
import type { TokenSet } from '../../../core/model.ts';
import { finishLink, setDefaults } from '../../../local/client.ts';
import { consentTo, type Consent } from '../../../local/link.ts';
import { readBinding } from '../../../platforms/bluesky/oauth/binding.ts';
import { remember } from './canaries.ts';
import { tokensOf, verifierOf } from './operator.ts';
import { addPerson, type SandboxPerson } from './sandbox.ts';
import { stack } from './stack.ts';
import type { Tenant } from './tenants.ts';

/** Where browsers are sent after linking; nobody is there. */
export const REDIRECT = 'http://127.0.0.1:3000/linked';

export interface LinkJourney extends Consent {
  readonly linkId: string;
}

/** Links an account as a program and a person do it: the program asks for the address, the person's browser follows it and consents. */
export async function linkByConsent(tenant: Pick<Tenant, 'apiKey'>, network: string, personId: string, fields: Readonly<Record<string, unknown>> = {}): Promise<LinkJourney> {
  const begun = await call('POST', '/api/accounts/link', { network, redirectUrl: REDIRECT, ...fields }, tenant);
  expect(begun.status).toBe(201);
  const { linkId } = begun.body;
  const consent = await consentTo(begun.body.authorizeUrl, personId);
  const { searchParams } = consent.callback;
  remember({
    [`the state of ${linkId} at ${network}`]: searchParams.get('state')?.split('.')[1] ?? null,
    [`the code of ${linkId} at ${network}`]: searchParams.get('code'),
    [`the verifier of ${linkId} at ${network}`]: await verifierOf(linkId),
    ...Object.fromEntries(consent.browser.secrets.map((cookie, n) => [`cookie ${n} of ${linkId} at ${network}`, cookie])),
  });
  return { linkId, ...consent };
}

/** Links an account, and gives its id; of several things behind the consent, the first is chosen. An account that is there already is renewed. */
export async function accountLinked(tenant: Tenant, network: string, person: SandboxPerson): Promise<string> {
  const { linkId } = await linkByConsent(tenant, network, person.id);
  const [accountId = '', ...others] = await finishLink({ ...tenant, apiUrl: stack.apiUrl }, linkId);
  expect([network, others]).toEqual([network, []]);
  await rememberTokens(tenant, network, accountId);
  return accountId;
}

/** Gives an account the options that its network demands of each post, so that uploads need not name any. */
export async function withDefaults(tenant: Tenant, accountId: string, { accounts: [account] }: SandboxPerson): Promise<void> {
  if (account?.defaults !== undefined) await setDefaults({ ...tenant, apiUrl: stack.apiUrl }, accountId, account.defaults);
}

/** The tokens that an account has now, as canaries. */
export async function rememberTokens({ tenantId }: Pick<Tenant, 'tenantId'>, network: string, accountId: string): Promise<TokenSet> {
  const tokens = await tokensOf(accountId, tenantId);
  remember({
    [`an access token of ${accountId} at ${network}`]: tokens.accessToken,
    [`a refresh token of ${accountId} at ${network}`]: tokens.refreshToken,
    [`the key to the tokens of ${accountId} at ${network}`]: network !== 'bluesky' || tokens.binding === undefined ? null : readBinding(tokens.binding).key.d,
  });
  return tokens;
}

/** A link of the tenant that has made an account. */
export async function linkedOnce(tenant: Pick<Tenant, 'apiKey'>, network: string): Promise<{ readonly linkId: string; readonly accountId: string; readonly externalId: string }> {
  const { linkId } = await linkByConsent(tenant, network, (await addPerson(network, 'Ada')).id);
  const { body } = await call('GET', `/api/accounts/link/${linkId}`, undefined, tenant);
  const [accountId] = body.accounts;
  const { body: list } = await call('GET', '/api/accounts', undefined, tenant);
  const account = list.items.find(({ id }: { id: string }) => id === accountId);
  return { linkId, accountId, externalId: account.externalId };
}
