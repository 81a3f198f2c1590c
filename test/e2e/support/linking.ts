import { expect } from 'vitest';
import { call } from './api.ts';
import { consentTo, type Consent } from '../../../local/link.ts';
import { addPerson } from './sandbox.ts';
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
  return { linkId: begun.body.linkId, ...(await consentTo(begun.body.authorizeUrl, personId)) };
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
