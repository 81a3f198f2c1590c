import { describe, expect, it } from 'vitest';
import { call } from './support/api.ts';
import { Browser } from './support/browser.ts';
import { addPerson, postsOf } from './support/sandbox.ts';
import { newTenant, type Tenant } from './support/tenants.ts';
import { complete, settled, smallClip, stageSingle } from './support/uploads.ts';

/** Linking as a program and a person do it: the program asks for the address, the person's browser follows it and consents. */

const REDIRECT = 'http://127.0.0.1:3000/linked';

async function link(tenant: Tenant, network: string, person: string): Promise<{ linkId: string; back: URL }> {
  const begun = await call('POST', '/api/accounts/link', { network, redirectUrl: REDIRECT, profile: 'Customer 7' }, tenant);
  expect(begun.status).toBe(201);
  const browser = new Browser();
  const consent = await browser.follow(begun.body.authorizeUrl);
  consent.searchParams.set('_consent', 'allow');
  consent.searchParams.set('_person', person);
  const callback = await browser.follow(consent.href);
  return { linkId: begun.body.linkId, back: await browser.follow(callback.href) };
}

const accountsOf = async (tenant: Tenant): Promise<readonly { id: string; network: string; health: string }[]> => (await call('GET', '/api/accounts?profile=Customer%207', undefined, tenant)).body.items;

describe.each([
  ['youtube', { title: 'Linked to a channel' }],
  ['x', { title: 'Linked to a profile' }],
])('an account of %s', (network, { title }) => {
  it('is linked by a consent, once however often, can be published on, and unlinked', async () => {
    const tenant = await newTenant();
    const person = await addPerson(network, 'Ada');
    const { linkId, back } = await link(tenant, network, person.id);
    expect(`${back.origin}${back.pathname}`).toBe(REDIRECT);
    expect(Object.fromEntries(back.searchParams)).toEqual({ linkId, status: 'linked' });
    const [account, ...others] = await accountsOf(tenant);
    expect([account?.network, account?.health, others]).toEqual([network, 'active', []]);
    const accountId = account?.id ?? '';
    expect((await call('GET', `/api/accounts/link/${linkId}`, undefined, tenant)).body).toMatchObject({ status: 'linked', accounts: [accountId] });

    await link(tenant, network, person.id);
    expect((await accountsOf(tenant)).map(({ id }) => id)).toEqual([accountId]);
    expect((await call('POST', `/api/accounts/${accountId}/check`, undefined, tenant)).body).toMatchObject({ outcome: 'accepted', account: { id: accountId } });

    const upload = await complete(await stageSingle(smallClip, { title, accounts: [accountId] }, tenant), tenant);
    expect((await settled(upload.body.uploadId, 60, tenant)).status).toBe('Uploaded');
    expect(await postsOf(network, title)).toHaveLength(1);

    expect((await call('DELETE', `/api/accounts/${accountId}`, undefined, tenant)).status).toBe(200);
    expect(await accountsOf(tenant)).toEqual([]);
  });
});
