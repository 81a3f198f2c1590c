import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answers, call, type ApiAnswer } from './support/api.ts';
import { Browser } from '../../local/browser.ts';
import { linkings } from '../../platforms/linkings.ts';
import { platforms } from '../../platforms/registry.ts';
import { APP_PASSWORD } from '../../sandbox/bluesky/accounts.ts';
import { foundIn, remember, rememberApps, remembered } from './support/canaries.ts';
import { accountLinked, linkByConsent, REDIRECT, rememberTokens, withDefaults } from './support/linking.ts';
import { listen, type FinishedEvent, type Listener } from './support/listener.ts';
import { letRest, reconcileNow, tokensOf } from './support/reconcile.ts';
import { addPerson, countOf, expireTokens, postsOf } from './support/sandbox.ts';
import { newTenant, type Tenant } from './support/tenants.ts';
import { complete, eventually, newTitle, settled, smallClip, stageSingle } from './support/uploads.ts';

const HOUR = 3600;
const networks = Object.keys(linkings);
const events: FinishedEvent[] = [];

let listener: Listener;
beforeAll(async () => {
  rememberApps();
  listener = await listen();
});
afterAll(() => listener.close());

const accountsOf = async (tenant: Tenant): Promise<readonly { id: string; network: string; health: string }[]> =>
  (await call('GET', '/api/accounts', undefined, tenant)).body.items;

/** Publishes a text where the network carries any, and the small clip where not. */
async function publishOn(tenant: Tenant, network: string, accountId: string): Promise<void> {
  const title = newTitle();
  const upload = { title, accounts: [accountId] };
  const isText = platforms.find((platform) => platform.network === network)?.kinds.includes('text') === true;
  const made = isText
    ? await call('POST', '/api/uploads', { kind: 'text', text: 'What is new', ...upload }, tenant)
    : await complete(await stageSingle(smallClip, upload, tenant), tenant);
  const { uploadId } = made.body;
  expect([network, await settled(uploadId, 100, tenant)]).toMatchObject([network, { status: 'Uploaded', accounts: [{ errorCode: null }] }]);
  expect([network, await postsOf(network, title)]).toEqual([network, [expect.anything()]]);
  await call('GET', `/api/upload/${uploadId}`, undefined, tenant);
  events.push(await listener.about(uploadId));
}

/** Asks the network about an account, again as long as it does not answer: on a busy machine it may take too long. */
function checked(tenant: Tenant, accountId: string): Promise<ApiAnswer['body']> {
  return eventually(async () => {
    const { body } = await call('POST', `/api/accounts/${accountId}/check`, undefined, tenant);
    return body.outcome === 'unknown' ? undefined : body;
  });
}

/** Waits until the network has ended the tokens of an account that was unlinked: at once, or when the job has tried again. */
async function ended(network: string, revokedBefore: number): Promise<void> {
  await eventually(async () => {
    if ((await countOf(network, 'token.revoke')) > revokedBefore) return true;
    await sleep(1_000);
    await reconcileNow();
    return undefined;
  }, 60);
}

/** Has the tokens of an account renewed: those that nothing else renews by the job, which is told that they have rested; others because they end. */
async function refresh(tenant: Tenant, network: string, accountId: string, personId: string): Promise<void> {
  const account = { ...tenant, accountId };
  const { version } = await tokensOf(account);
  const asked = await countOf(network, 'token.refresh');
  const { refreshToken, accessToken } = await rememberTokens(tenant, network, accountId);
  if (refreshToken === null) {
    await expireTokens(network, personId, HOUR);
    await letRest(account);
    await eventually(async () => {
      await reconcileNow();
      return (await tokensOf(account)).version > version || undefined;
    }, 60);
  } else {
    await expireTokens(network, personId);
    expect([network, (await checked(tenant, accountId)).outcome]).toEqual([network, 'accepted']);
  }
  expect([network, (await rememberTokens(tenant, network, accountId)).accessToken === accessToken]).toEqual([network, false]);
  expect([network, (await tokensOf(account)).version, (await countOf(network, 'token.refresh')) - asked]).toEqual([network, version + 1, 1]);
}

describe.concurrent.each(networks)('a new account of %s', (network) => {
  it("is linked through the network's own pages, is the same account when it is linked again, is published on, has its tokens renewed, and ends with them", async () => {
    const tenant = await newTenant();
    const person = await addPerson(network, 'Ada');
    const accountId = await accountLinked(tenant, network, person);
    expect(await accountLinked(tenant, network, person)).toBe(accountId);
    expect(await accountsOf(tenant)).toMatchObject([{ id: accountId, network, health: 'active' }]);

    await withDefaults(tenant, accountId, person);
    await publishOn(tenant, network, accountId);
    await refresh(tenant, network, accountId, person.id);
    expect(await checked(tenant, accountId)).toMatchObject({ outcome: 'accepted', account: { id: accountId, health: 'active' } });

    const revoked = await countOf(network, 'token.revoke');
    expect((await call('DELETE', `/api/accounts/${accountId}`, undefined, tenant)).status).toBe(200);
    expect(await accountsOf(tenant)).toEqual([]);
    if (linkings[network]?.revoke !== undefined) await ended(network, revoked);
  });
});

describe('accounts of Instagram that belong to pages', () => {
  it('are linked by one consent at Facebook, those that are chosen, published on, and renewed by the token of the person', async () => {
    const tenant = await newTenant();
    const person = await addPerson('instagram', 'Ada', [{ name: 'Ada' }, { name: 'Babbage' }, { name: 'Curie' }]);
    const { linkId } = await linkByConsent(tenant, 'instagram', person.id, { options: { login: 'facebook' } });
    const { body: link } = await call('GET', `/api/accounts/link/${linkId}`, undefined, tenant);
    expect(link).toMatchObject({ status: 'choose', choice: 'many', targets: person.accounts.map(({ externalId: id }) => ({ id })) });
    const targets = person.accounts.slice(0, 2).map(({ externalId }) => externalId);
    const { body: chosen } = await call('POST', `/api/accounts/link/${linkId}/choose`, { targets }, tenant);
    expect(chosen).toMatchObject({ status: 'linked', accounts: [expect.any(String), expect.any(String)] });

    const [accountId, other] = chosen.accounts;
    await rememberTokens(tenant, 'instagram', other);
    await publishOn(tenant, 'instagram', accountId);
    await refresh(tenant, 'instagram', accountId, person.id);
    expect(await checked(tenant, accountId)).toMatchObject({ outcome: 'accepted', account: { id: accountId, health: 'active', accessEndsAt: expect.any(String) } });
  });
});

describe('an account of Bluesky', () => {
  it('is linked by an app password on a page of ours as well, and that is found nowhere afterwards', async () => {
    const tenant = await newTenant();
    const { accounts: [{ externalId } = { externalId: '' }] } = await addPerson('bluesky', 'Ada');
    remember({ 'the app password': APP_PASSWORD });
    const options = { method: 'app_password', handle: externalId };
    const { body: begun } = await call('POST', '/api/accounts/link', { network: 'bluesky', redirectUrl: REDIRECT, options }, tenant);
    const browser = new Browser();
    const fill = async (page: Response, password: string) => {
      const inputs = [...(await page.text()).matchAll(/<input [^>]*name="(\w+)"[^>]*value="([^"]*)"/gu)].map(([, name = '', value = '']) => [name, value]);
      const callback = new URL('callback', begun.authorizeUrl);
      return browser.open(callback.href, new URLSearchParams({ ...Object.fromEntries(inputs), password }));
    };
    const again = await fill(await browser.open(begun.authorizeUrl), 'no-such-word-here');
    const page = await (await fill(again, APP_PASSWORD)).text();
    expect(page).toContain('status=linked');
    const { body: link } = await call('GET', `/api/accounts/link/${begun.linkId}`, undefined, tenant);
    expect(link).toMatchObject({ status: 'linked', accounts: [expect.any(String)] });
    await rememberTokens(tenant, 'bluesky', link.accounts[0]);
    await publishOn(tenant, 'bluesky', link.accounts[0]);
    const ended = await countOf('bluesky', 'session.delete');
    expect((await call('DELETE', `/api/accounts/${link.accounts[0]}`, undefined, tenant)).status).toBe(200);
    expect((await countOf('bluesky', 'session.delete')) - ended).toBe(1);
  });
});

describe('what linking, publishing and renewing tells others', () => {
  it.each([
    ['the answers of the API', () => answers],
    ['the events', () => events.map((event) => JSON.stringify(event))],
  ])('has no secret of any account: %s', (_what, texts) => {
    const seen = remembered();
    for (const network of networks) expect([network, seen.filter(({ what }) => what.endsWith(` at ${network}`)).length >= 8]).toEqual([network, true]);
    expect(texts().length).toBeGreaterThanOrEqual(networks.length);
    expect(foundIn(texts().join('\n'), seen)).toEqual([]);
  });
});

describe('an address that leads back from a network', () => {
  it('is of no use to whoever gets hold of it', async () => {
    const tenant = await newTenant();
    const { linkId, back, callback } = await linkByConsent(tenant, 'x', (await addPerson('x', 'Ada')).id, { profile: 'Customer 7' });
    expect(`${back.origin}${back.pathname}`).toBe(REDIRECT);
    expect(Object.fromEntries(back.searchParams)).toEqual({ linkId, status: 'linked' });
    const elsewhere = await new Browser().open(callback.href);
    expect([elsewhere.status, await elsewhere.text()]).toEqual([200, expect.stringContaining('begun in another browser')]);
    const { body } = await call('GET', `/api/accounts?${new URLSearchParams({ profile: 'Customer 7' }).toString()}`, undefined, tenant);
    expect((await call('GET', `/api/accounts/link/${linkId}`, undefined, tenant)).body).toMatchObject({ status: 'linked', accounts: [body.items[0].id] });
  });
});
