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

const set = (origins: readonly string[], jwt: string): Promise<ApiAnswer> => door.call({ to: 'PUT /api/redirect-origins', jwt, json: { origins } });

describe('redirect origins', () => {
  it('are set by a dashboard session, each once and as browsers write them, and by no key', async () => {
    const { jwt } = await door.person('ada');
    expect(await set(['https://App.example.com', 'https://app.example.com/', 'https://b.example:8443'], jwt)).toMatchObject({
      status: 200,
      body: { origins: ['https://app.example.com', 'https://b.example:8443'] },
    });
    expect((await door.call({ to: 'GET /api/redirect-origins', jwt })).body).toEqual({ origins: ['https://app.example.com', 'https://b.example:8443'] });
    const byKey = await door.call({ to: 'PUT /api/redirect-origins', key: customer.key, json: { origins: [] } });
    expect([byKey.status, byKey.body.code]).toEqual([403, 'api_key_not_allowed']);
  });

  it.each(['http://app.example.com', 'http://127.0.0.1:3000', 'https://app.example.com/path', 'https://*.example.com/x', 'https://user@app.example.com', 'app.example.com', 'javascript:alert(1)'])(
    'are not %s',
    async (origin) => {
      const { jwt } = await door.person('ada');
      expect(wrongFields(await set(['https://good.example.com', origin], jwt))).toEqual(['origins[1]: malformed']);
    },
  );

  it('are any port of this machine on a local stage, without being registered', async () => {
    const local = await openDoor({ loopbackRedirects: true });
    const { key } = await local.customer();
    for (const redirectUrl of ['http://127.0.0.1:1/linked', 'http://localhost:65535/', 'http://[::1]:3000/x?y=1']) {
      expect((await local.call({ to: 'POST /api/accounts/link', key, json: { network: 'x', redirectUrl } })).status).toBe(201);
    }
    const elsewhere = await local.call({ to: 'POST /api/accounts/link', key, json: { network: 'x', redirectUrl: 'http://127.0.0.1.example.com/' } });
    expect(wrongFields(elsewhere)).toEqual(['redirectUrl: not_registered']);
    await local.close();
  });
});

const begun = (json: object): Promise<ApiAnswer> => door.call({ to: 'POST /api/accounts/link', key: customer.key, json });

describe('beginning a link', () => {
  it('is refused for a network that is unknown or that the operator has not configured, with words for that', async () => {
    const unconfigured = await openDoor({ configured: ['youtube'] });
    const { key } = await unconfigured.customer();
    const answer = await unconfigured.call({ to: 'POST /api/accounts/link', key, json: { network: 'x', redirectUrl: 'http://127.0.0.1:3000/' } });
    expect([wrongFields(answer), answer.body.detail]).toEqual([['network: not_configured'], expect.stringContaining('The operator has no app at X yet')]);
    await unconfigured.close();
    expect(wrongFields(await begun({ network: 'myspace', redirectUrl: REDIRECT }))).toEqual(['network: unknown']);
  });

  it('takes no options where the network has none, and profiles of one line', async () => {
    expect(wrongFields(await begun({ network: 'youtube', redirectUrl: REDIRECT, options: { handle: 'ada' } }))).toEqual(['options: unknown']);
    for (const profile of ['', ' a', 'a ', 'a\nb', 'x'.repeat(101)]) expect((await begun({ network: 'youtube', redirectUrl: REDIRECT, profile })).status).toBe(400);
    for (const profile of ['a', 'Kundin 7 / ü#', 'x'.repeat(100), null]) expect((await begun({ network: 'youtube', redirectUrl: REDIRECT, profile })).status).toBe(201);
  });

  it('is done once under an Idempotency-Key', async () => {
    const request = { to: 'POST /api/accounts/link', key: customer.key, json: { network: 'x', redirectUrl: REDIRECT }, headers: { 'Idempotency-Key': 'one' } };
    const [first, again] = [await door.call(request), await door.call(request)];
    expect([again.status, again.body, again.headers['Idempotent-Replayed']]).toEqual([201, first.body, 'true']);
  });
});

describe('the browser of a person', () => {
  it('gets a cookie for this host alone, which scripts cannot read and other sites cannot send', async () => {
    const { authorizeUrl, linkId } = await begin('x');
    expect(authorizeUrl).toBe(`https://api.example.com/oauth/x/start?link=${linkId}`);
    const answer = await browse(newBrowser(), authorizeUrl);
    const [pair = '', ...attributes] = (answer.headers['Set-Cookie'] ?? '').split('; ');
    expect(pair).toMatch(new RegExp(`^__Host-fanfare-link-${linkId.slice(4)}=[\\w-]{43}$`, 'u'));
    expect(attributes.toSorted()).toEqual(['HttpOnly', 'Max-Age=900', 'Path=/', 'SameSite=Lax', 'Secure']);
    expect(answer.headers).toMatchObject({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
  });

  it('may link several accounts at once, each in its own tab', async () => {
    const browser = newBrowser();
    const [one, other] = [await begin('x'), await begin('youtube')];
    const ways = [await consent(browser, one.authorizeUrl, person('x', 'Ada')), await consent(browser, other.authorizeUrl, person('youtube', 'Ada'))];
    for (const way of ways.toReversed()) expect(new URL(locationOf(await browse(browser, way))).searchParams.get('status')).toBe('linked');
  });

  it.each([
    ['a link that never was', '/oauth/x/start?link=lnk_01J00000000000000000000000', 'This link is not known'],
    ['a link of nobody', '/oauth/myspace/start?link=%3Cscript%3E', 'This link is not known'],
    ['an answer without a state', '/oauth/x/callback?code=1', 'This link is not known'],
    ['an answer without anything', '/oauth/x/callback', 'This link is not known'],
  ])('is shown a page for %s, which loads nothing and repeats nothing', async (_, path, heading) => {
    const answer = await browse(newBrowser(), `https://api.example.com${path}`);
    expect([answer.status, answer.body]).toEqual([200, expect.stringContaining(`<h1>${heading}</h1>`)]);
    expect(answer.body).not.toMatch(/<script|lnk_|src=|https?:/u);
    expect(answer.headers['Content-Security-Policy']).toContain("default-src 'none'");
  });

  it('is sent on to nobody’s address: a page tells what happened in another browser', async () => {
    const { authorizeUrl } = await begin('x');
    const callback = await consent(newBrowser(), authorizeUrl, person('x', 'Ada'));
    const answer = await browse(newBrowser(), callback);
    expect([answer.status, answer.headers['Location'], answer.body]).toEqual([200, undefined, expect.stringContaining('begun in another browser')]);
    expect(await accounts()).toEqual([]);
  });

  it('goes on with the button of the page, when the network answers again', async () => {
    const browser = newBrowser();
    const { authorizeUrl } = await begin('x');
    const callback = await consent(browser, authorizeUrl, person('x', 'Ada'));
    door.sandbox.addFault({ network: 'x', operation: 'me.read', effect: 'refuse', status: 503, body: 'down', times: 1 });
    const page = await browse(browser, callback);
    expect([page.status, page.body]).toEqual([200, expect.stringContaining('<a class="button" href="">Try again</a>')]);
    expect(new URL(locationOf(await browse(browser, callback))).searchParams.get('status')).toBe('linked');
    expect(door.logLines.join('\n')).not.toContain(new URL(callback).searchParams.get('code'));
  });
});
