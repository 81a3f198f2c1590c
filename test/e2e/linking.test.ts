import { describe, expect, it } from 'vitest';
import { call } from './support/api.ts';
import { Browser } from '../../local/browser.ts';
import { finishLink } from '../../local/client.ts';
import { linkings } from '../../platforms/linkings.ts';
import { linkByConsent, REDIRECT } from './support/linking.ts';
import { addPerson, postsOf } from './support/sandbox.ts';
import { stack } from './support/stack.ts';
import { newTenant, type Tenant } from './support/tenants.ts';
import { complete, settled, smallClip, stageSingle } from './support/uploads.ts';

const profile = 'Customer 7';

/** The accounts that a link has made or renewed; of several things behind the consent, of the first. */
async function linkedTo(tenant: Tenant, network: string, personId: string): Promise<readonly string[]> {
  const { linkId } = await linkByConsent(tenant, network, personId);
  return finishLink({ ...tenant, apiUrl: stack.apiUrl }, linkId);
}

const accountsOf = async (tenant: Tenant): Promise<readonly { id: string; network: string; health: string }[]> =>
  (await call('GET', `/api/accounts?${new URLSearchParams({ profile }).toString()}`, undefined, tenant)).body.items;

describe.each(Object.keys(linkings))('a new account of %s', (network) => {
  it('is linked through the network\'s own pages, is the same account when it is linked again, serves, and ends with its tokens', async () => {
    const tenant = await newTenant();
    const person = await addPerson(network, 'Ada');
    const once = await linkedTo(tenant, network, person.id);
    expect(await linkedTo(tenant, network, person.id)).toEqual(once);
    const [accountId = '', ...others] = once;
    expect(others).toEqual([]);
    expect((await call('POST', `/api/accounts/${accountId}/check`, undefined, tenant)).body).toMatchObject({ outcome: 'accepted', account: { id: accountId, health: 'active' } });
    expect((await call('DELETE', `/api/accounts/${accountId}`, undefined, tenant)).status).toBe(200);
    expect((await call('GET', '/api/accounts', undefined, tenant)).body.items).toEqual([]);
  });
});

describe.each([
  ['youtube', { title: 'Linked to a channel' }],
  ['x', { title: 'Linked to a profile' }],
])('an account of %s', (network, { title }) => {
  it('is linked by a consent, once however often, can be published on, and unlinked', async () => {
    const tenant = await newTenant();
    const person = await addPerson(network, 'Ada');
    const { linkId, back, callback } = await linkByConsent(tenant, network, person.id, { profile });
    expect(`${back.origin}${back.pathname}`).toBe(REDIRECT);
    expect(Object.fromEntries(back.searchParams)).toEqual({ linkId, status: 'linked' });
    const [account, ...others] = await accountsOf(tenant);
    expect([account?.network, account?.health, others]).toEqual([network, 'active', []]);
    const accountId = account?.id ?? '';
    expect((await call('GET', `/api/accounts/link/${linkId}`, undefined, tenant)).body).toMatchObject({ status: 'linked', accounts: [accountId] });

    // Whoever gets hold of the address has no use of it.
    const elsewhere = await new Browser().open(callback.href);
    expect([elsewhere.status, await elsewhere.text()]).toEqual([200, expect.stringContaining('begun in another browser')]);

    await linkByConsent(tenant, network, person.id);
    expect((await accountsOf(tenant)).map(({ id }) => id)).toEqual([accountId]);
    expect((await call('POST', `/api/accounts/${accountId}/check`, undefined, tenant)).body).toMatchObject({ outcome: 'accepted', account: { id: accountId } });

    const upload = await complete(await stageSingle(smallClip, { title, accounts: [accountId] }, tenant), tenant);
    expect((await settled(upload.body.uploadId, 60, tenant)).status).toBe('Uploaded');
    expect(await postsOf(network, title)).toHaveLength(1);

    expect((await call('DELETE', `/api/accounts/${accountId}`, undefined, tenant)).status).toBe(200);
    expect(await accountsOf(tenant)).toEqual([]);
  });
});
