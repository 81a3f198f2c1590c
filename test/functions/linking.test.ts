import { beforeEach, afterEach, describe, expect, it } from 'vitest';
import { openDoor, wrongFields, type ApiAnswer, type Customer, type Door } from './support/door.ts';
import { consenting, opened } from './support/linking.ts';

const APP = 'https://app.example.com';
const REDIRECT = `${APP}/linked?from=fanfare`;

let door: Door;
let customer: Customer;

beforeEach(async () => {
  door = await openDoor({ loopbackRedirects: false });
  customer = await door.customer();
  await door.store.setRedirectOrigins({ tenantId: customer.tenantId, origins: [APP] });
});
afterEach(() => door.close());

/** A browser with its cookies. */
interface Browser {
  cookie: string;
}
const newBrowser = (): Browser => ({ cookie: '' });

async function browse(browser: Browser, url: string): Promise<ApiAnswer> {
  const { pathname, searchParams } = new URL(url);
  const answer = await door.call({ to: `GET ${pathname}`, query: Object.fromEntries(searchParams), headers: { Cookie: browser.cookie } });
  const set = answer.headers['Set-Cookie'];
  if (set !== undefined) browser.cookie = [browser.cookie, set.split(';')[0]].filter((each) => each !== '').join('; ');
  return answer;
}

const locationOf = (answer: ApiAnswer): string => {
  expect(answer.status).toBe(303);
  return answer.headers['Location'] ?? '';
};

async function begin(network: string, more: object = {}, key = customer.key): Promise<{ linkId: string; authorizeUrl: string }> {
  const answer = await door.call({ to: 'POST /api/accounts/link', key, json: { network, redirectUrl: REDIRECT, ...more } });
  expect(answer.status).toBe(201);
  return answer.body;
}

/** Follows the link to the network and consents there; gives the address at which the network sends the browser back. */
async function consent(browser: Browser, authorizeUrl: string, person: string, decision: Readonly<Record<string, string>> = {}): Promise<string> {
  return opened(door.sandbox, consenting(locationOf(await browse(browser, authorizeUrl)), person, decision));
}

async function link(network: string, person: string, more: object = {}): Promise<{ linkId: string; back: ApiAnswer }> {
  const browser = newBrowser();
  const { linkId, authorizeUrl } = await begin(network, more);
  return { linkId, back: await browse(browser, await consent(browser, authorizeUrl, person)) };
}

const person = (network: string, name: string, accounts?: readonly { name: string }[]): string =>
  door.sandbox.login(network).addPerson({ name, ...(accounts !== undefined && { accounts }) }).id;
const getLink = async (linkId: string, key = customer.key): Promise<ApiAnswer> => door.call({ to: `GET /api/accounts/link/${linkId}`, key });
const accounts = async (query = {}): Promise<readonly Record<string, unknown>[]> =>
  (await door.call({ to: 'GET /api/accounts', key: customer.key, query })).body.items;

describe.each(['youtube', 'x'])('linking an account of %s', (network) => {
  it('takes the person to the network and back, and makes an account', async () => {
    const { linkId, back } = await link(network, person(network, 'Ada'), { profile: 'Customer 7' });
    const url = new URL(locationOf(back));
    expect(`${url.origin}${url.pathname}`).toBe(`${APP}/linked`);
    expect(Object.fromEntries(url.searchParams)).toEqual({ from: 'fanfare', linkId, status: 'linked' });
    const [account, ...others] = await accounts({ profile: 'Customer 7' });
    expect(others).toEqual([]);
    expect(account).toMatchObject({ network, health: 'active', healthReason: null, profile: 'Customer 7' });
    expect((await getLink(linkId)).body).toMatchObject({ status: 'linked', accounts: [account?.['id']], error: null });
    expect(await accounts({ profile: 'Customer 8' })).toEqual([]);
  });

  it('renews the account of a person who links again', async () => {
    const ada = person(network, 'Ada');
    await link(network, ada);
    const [first] = await accounts();
    await door.store.setAccountHealth({ tenantId: customer.tenantId, accountId: String(first?.['id']), tokenVersion: null, health: 'reauth_required', reason: 'It ended.', at: '2026-04-01T10:00:01Z', name: null });
    await link(network, ada);
    expect(await accounts()).toEqual([{ ...first, healthSince: expect.any(String), nextRenewalAt: expect.any(String) }]);
    const account = await door.store.getAccount(customer.tenantId, String(first?.['id']));
    expect(account?.tokenVersion).toBe(2);
  });
});

const refused = async (redirectUrl: string): Promise<readonly string[]> =>
  wrongFields(await door.call({ to: 'POST /api/accounts/link', key: customer.key, json: { network: 'youtube', redirectUrl } }));

describe('the address to which people are sent back', () => {
  it('has an origin that the workspace has registered', async () => {
    for (const elsewhere of ['https://evil.example.com/', 'http://app.example.com/', `${APP}:8443/`, 'https://app.example.com.evil.example/', 'http://127.0.0.1:3000/']) {
      expect([elsewhere, await refused(elsewhere)]).toEqual([elsewhere, ['redirectUrl: not_registered']]);
    }
    for (const malformed of ['javascript:alert(1)', '/linked', `https://user:word@app.example.com/`, `${REDIRECT}#part`, 'data:text/html,x']) {
      expect([malformed, await refused(malformed)]).toEqual([malformed, ['redirectUrl: malformed']]);
    }
  });
});
