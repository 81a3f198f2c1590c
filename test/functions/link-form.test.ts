import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../core/limits.ts';
import { APP_PASSWORD } from '../../sandbox/bluesky/accounts.ts';
import { openDoor, wrongFields, type ApiAnswer, type Customer, type Door } from './support/door.ts';

/** The page on which a person types what a network wants in place of a consent. */

const REDIRECT = 'http://127.0.0.1:3000/linked?a=1&b="2"';
const WRONG = 'no-such-word-here';

let door: Door;
let customer: Customer;

beforeEach(async () => {
  door = await openDoor();
  customer = await door.customer();
});
afterEach(() => door.close());

/** A page, and the browser that shows it. */
interface Shown {
  readonly page: ApiAnswer;
  readonly cookie: string;
  readonly linkId: string;
}

async function shown(options: object = {}): Promise<Shown> {
  const { body } = await door.call({ to: 'POST /api/accounts/link', key: customer.key, json: { network: 'bluesky', redirectUrl: REDIRECT, options: { method: 'app_password', ...options } } });
  const page = await door.call({ to: 'GET /oauth/bluesky/start', query: { link: body.linkId } });
  expect(page.status).toBe(200);
  return { page, cookie: page.headers['Set-Cookie']?.split(';')[0] ?? '', linkId: body.linkId };
}

/** The inputs of a page by their names, each with its attributes. */
function inputsOf({ body }: ApiAnswer): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const inputs = [...String(body).matchAll(/<input ([^>]*)>/gu)].map(([, text = '']) => {
    const attributes = [...text.matchAll(/([\w-]+)(?:="([^"]*)")?/gu)].map(([, name = '', value = '']) => [name, value.replaceAll(/&#(\d+);/gu, (_, code: string) => String.fromCodePoint(Number(code)))]);
    return Object.fromEntries(attributes) as Readonly<Record<string, string>>;
  });
  return new Map(inputs.map((input) => [input['name'] ?? '', input]));
}

const send = (cookie: string, body: string | Uint8Array, headers = {}): Promise<ApiAnswer> =>
  door.call({ to: 'POST /oauth/bluesky/callback', headers: { 'Content-Type': 'application/x-www-form-urlencoded', Cookie: cookie, ...headers }, body });

/** Sends the form of a page as a browser does. */
function submit({ page, cookie }: Pick<Shown, 'page' | 'cookie'>, typed: Readonly<Record<string, string>> = {}): Promise<ApiAnswer> {
  expect(page.body).toContain('<form method="post" action="callback">');
  const given = [...inputsOf(page)].map(([name, { value = '' }]) => [name, value]);
  return send(cookie, new URLSearchParams({ ...Object.fromEntries(given), ...typed }).toString());
}

const ada = (): string => door.sandbox.addAccount('bluesky', { name: 'Ada' }).name;
const accounts = async (): Promise<readonly object[]> => (await door.call({ to: 'GET /api/accounts', key: customer.key })).body.items;

function expectSentBack(page: ApiAnswer, linkId: string, status: string): void {
  expect(page.status).toBe(200);
  const [, content = ''] = /<meta http-equiv="refresh" content="0; url=([^"]*)">/u.exec(page.body) ?? [];
  const address = new URL(content.replaceAll(/&#(\d+);/gu, (_, code: string) => String.fromCodePoint(Number(code))));
  expect(Object.fromEntries(address.searchParams)).toEqual({ a: '1', b: '"2"', linkId, status });
  expect(page.body).toContain(`<a class="button" href="${content}">`);
}

describe('the page of a network that asks for an app password', () => {
  it('has a form that browsers and readers of screens understand, loads nothing, and is for this browser', async () => {
    const { page, cookie } = await shown({ handle: 'ada.bsky.social' });
    expect(page.body).toContain('<h1>Link your Bluesky account</h1>');
    expect(page.body).not.toMatch(/<script|src=|autocomplete="(?:on)?"/u);
    expect(page.headers['Content-Security-Policy']).toContain("default-src 'none'");
    expect(page.headers['Content-Security-Policy']).toContain("form-action 'self'");
    expect(page.headers).toMatchObject({ 'Cache-Control': 'no-store', 'Referrer-Policy': 'no-referrer' });
    expect(cookie).toMatch(/^__Host-fanfare-link-\w+=[\w-]{43}$/u);
    const inputs = inputsOf(page);
    expect([...inputs.keys()]).toEqual(['state', 'code', 'handle', 'password']);
    expect(inputs.get('handle')).toMatchObject({ value: 'ada.bsky.social', type: 'text', autocomplete: 'username', maxlength: String(limits.linkField) });
    expect(inputs.get('password')).toMatchObject({ value: '', type: 'password', autocomplete: 'off', autofocus: '' });
    for (const name of ['handle', 'password']) {
      const { id, 'aria-describedby': hint } = inputs.get(name) ?? {};
      expect(page.body).toContain(`<label for="${id}">`);
      expect(page.body).toContain(`id="${hint}"`);
    }
  });

  it('sends the browser back when what was typed is right', async () => {
    const form = await shown();
    const page = await submit(form, { handle: ada(), password: APP_PASSWORD });
    expectSentBack(page, form.linkId, 'linked');
    expect(page.headers['Content-Security-Policy']).toContain("form-action 'none'");
    expect(await accounts()).toMatchObject([{ network: 'bluesky', health: 'active' }]);
    // The same form sent again.
    expectSentBack(await submit(form, { handle: 'x', password: 'y' }), form.linkId, 'linked');
    expect(await accounts()).toHaveLength(1);
  });

  it('says what is wrong, keeps the name, and takes the next try', async () => {
    const form = await shown();
    const handle = ada();
    const again = await submit(form, { handle: `${handle}"<b>`, password: WRONG });
    const wrong = await submit({ ...form, page: again }, { handle, password: WRONG });
    for (const page of [again, wrong]) {
      expect(page.body).toMatch(/<p class="wrong" id="wrong" role="alert">\S/u);
      expect(page.body).toContain('<title>Error: ');
      expect(page.body).not.toContain(WRONG);
      expect(page.body).not.toContain('<b>');
      expect(inputsOf(page).get('password')).toMatchObject({ value: '', 'aria-describedby': 'field-password-hint wrong' });
    }
    expect(inputsOf(wrong).get('handle')).toMatchObject({ value: handle });
    expect((await door.call({ to: `GET /api/accounts/link/${form.linkId}`, key: customer.key })).body.status).toBe('waiting');
    expectSentBack(await submit({ ...form, page: wrong }, { password: APP_PASSWORD }), form.linkId, 'linked');
    const lines = door.logLines.join('\n');
    expect(lines).toContain('link_not_exchanged');
    for (const secret of [WRONG, APP_PASSWORD, inputsOf(form.page).get('state')?.['value'] ?? '']) expect(lines).not.toContain(secret);
  });

  it('has a button that goes on when the network did not answer after the password was used', async () => {
    const form = await shown();
    door.sandbox.addFault({ network: 'bluesky', operation: 'session.read', effect: 'refuse', status: 503, body: 'down', times: 1 });
    const page = await submit(form, { handle: ada(), password: APP_PASSWORD });
    expect(page.body).toContain('<h1>The network does not answer</h1>');
    expect([...inputsOf(page).keys()]).toEqual(['state', 'code']);
    expect(page.headers['Content-Security-Policy']).toContain("form-action 'self'");
    expectSentBack(await submit({ ...form, page }), form.linkId, 'linked');
  });

  it('is sent by the browser that it was shown to alone', async () => {
    const form = await shown();
    const page = await submit({ ...form, cookie: '' }, { handle: ada(), password: APP_PASSWORD });
    expect(page.body).toContain('begun in another browser');
    expect((await send(form.cookie, 'handle=a&password=b')).body).toContain('This link is not known');
    expect(await accounts()).toEqual([]);
  });
});

describe('a form that no page of ours sends', () => {
  const fields = `state=a&code=b&handle=c&password=${WRONG}`;
  it.each([
    ['JSON', '{}', { 'Content-Type': 'application/json' }, 415, 'Content-Type: unsupported'],
    ['parts', fields, { 'Content-Type': 'multipart/form-data; boundary=x' }, 415, 'Content-Type: unsupported'],
    ['nothing that says its type', fields, { 'Content-Type': '' }, 415, 'Content-Type: unsupported'],
    ['a field twice', `${fields}&password=x`, {}, 400, 'body: repeated'],
    ['a broken escape', `${fields}%`, {}, 400, 'body: malformed_form'],
    ['an escape that is no UTF-8', `${fields}%FF`, {}, 400, 'body: malformed_form'],
    ['bytes that are no UTF-8', Buffer.from(`${fields}\u00fc`, 'latin1'), {}, 400, 'body: invalid_utf8'],
    ['NUL', `${fields}%00`, {}, 400, 'password: invalid_characters'],
    ['a long field', `password=${'x'.repeat(limits.linkField + 1)}`, {}, 400, 'password: too_big'],
    ['a long body', `password=${'x'.repeat(limits.linkForm)}`, {}, 413, 'body: too_large'],
  ] as const)('is refused, and nothing of it repeated: %s', async (_, body, headers, status, wrong) => {
    const answer = await send('', body, headers);
    expect([answer.status, wrongFields(answer)]).toEqual([status, [wrong]]);
    expect(JSON.stringify(answer.body)).not.toContain(WRONG);
    expect(door.logLines.join('\n')).not.toContain(WRONG);
  });

  it('is read to the last character that it may have', async () => {
    expect((await send('', `password=${'x'.repeat(limits.linkField)}`)).status).toBe(200);
    expect((await send('', 'password=%C3%BC+%26%3D&&', { 'Content-Type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' })).status).toBe(200);
    expect((await send('', '')).body).toContain('This link is not known');
  });
});
