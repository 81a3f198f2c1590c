import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLink } from '../../local/client.ts';
import { APP_PASSWORD } from '../../sandbox/bluesky/accounts.ts';
import { call } from '../e2e/support/api.ts';
import { addPerson } from '../e2e/support/sandbox.ts';
import { stack } from '../e2e/support/stack.ts';
import { newTenant, type Tenant } from '../e2e/support/tenants.ts';
import { complete, settled, smallClip, stageSingle } from '../e2e/support/uploads.ts';
import { launchChromium } from './support/chromium.ts';

/** A person links an account by clicking, in a browser that runs no scripts: none of the pages needs any. */

let browser: Browser;
/** The program that has a person link an account: the page to which they come back. */
let program: Server;
let back: string;

beforeAll(async () => {
  browser = await launchChromium();
  program = createServer((_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Thank you</h1>')).listen(0, '127.0.0.1');
  await once(program, 'listening');
  const address = program.address();
  if (address === null || typeof address === 'string') throw new Error('The program has no port.');
  back = `http://127.0.0.1:${address.port}/linked`;
});
afterAll(async () => {
  await browser.close();
  program.close();
});

/** A person's own browser. */
const newPage = async (): Promise<Page> => (await browser.newContext({ javaScriptEnabled: false })).newPage();

async function begin(tenant: Tenant, network: string, options = {}): Promise<{ page: Page; linkId: string; authorizeUrl: string }> {
  const { linkId, authorizeUrl } = await openLink({ ...tenant, apiUrl: stack.apiUrl }, network, back, options);
  const page = await newPage();
  await page.goto(authorizeUrl);
  return { page, linkId, authorizeUrl };
}

/** Logs in as somebody new, who has this name. */
async function logIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Somebody new', { exact: true }).check();
  await page.getByLabel('Name of somebody new').fill(name);
}

const outcome = (page: Page): Record<string, string> => Object.fromEntries(new URL(page.url()).searchParams);

describe('a person at the consent page of a network', () => {
  it('who allows all of it comes back with an account that can be published on', async () => {
    const tenant = await newTenant();
    const { page, linkId } = await begin(tenant, 'x');
    await expect.poll(() => page.title()).toBe('X: Fanfare asks for access');
    await logIn(page, 'Grace Hopper');
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${back}?**`);
    expect(await page.getByRole('heading').textContent()).toBe('Thank you');
    expect(outcome(page)).toEqual({ linkId, status: 'linked' });

    const { body } = await call('GET', '/api/accounts', undefined, tenant);
    expect(body.items).toMatchObject([{ network: 'x', name: 'grace_hopper', health: 'active', capabilities: expect.arrayContaining(['video', 'text']) }]);
    const upload = await complete(await stageSingle(smallClip, { title: 'By hand', accounts: [body.items[0].id] }, tenant), tenant);
    expect((await settled(upload.body.uploadId, 60, tenant)).status).toBe('Uploaded');
  });

  it('who denies it comes back without one, and the program is told', async () => {
    const tenant = await newTenant();
    const { page, linkId } = await begin(tenant, 'youtube');
    await logIn(page, 'Grace Hopper');
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.waitForURL(`${back}?**`);
    expect(outcome(page)).toMatchObject({ linkId, status: 'failed', error: 'consent_denied' });
    expect((await call('GET', '/api/accounts', undefined, tenant)).body.items).toEqual([]);
  });

  it('who leaves out what publishing needs is told what that is', async () => {
    const tenant = await newTenant();
    const { page, linkId } = await begin(tenant, 'youtube');
    await logIn(page, 'Grace Hopper');
    await page.locator('input[name="scope"][value$="/youtube.upload"]').uncheck();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${back}?**`);
    expect(outcome(page)).toMatchObject({ status: 'failed', error: 'scope_missing' });
    const { body } = await call('GET', `/api/accounts/link/${linkId}`, undefined, tenant);
    expect(body.error.message).toContain('upload videos');
  });
});

describe('a person who links Bluesky with an app password', () => {
  it('is told what is wrong with what they type, and comes back once it is right', async () => {
    const tenant = await newTenant();
    const { accounts: [{ externalId } = { externalId: '' }] } = await addPerson('bluesky', 'Grace Hopper');
    const { page, linkId } = await begin(tenant, 'bluesky', { method: 'app_password' });
    const send = async (password: string) => {
      await page.getByLabel('App password').fill(password);
      await page.getByRole('button', { name: 'Continue' }).click();
    };
    await page.getByLabel('Handle').fill(externalId);
    await send('no-such-word-here');
    await expect.poll(() => page.getByRole('alert').textContent()).toContain('does not accept this app password');
    expect([await page.getByLabel('Handle').inputValue(), await page.getByLabel('App password').inputValue()]).toEqual([externalId, '']);
    await send(APP_PASSWORD);
    await page.waitForURL(`${back}?**`);
    expect(await page.getByRole('heading').textContent()).toBe('Thank you');
    expect(outcome(page)).toEqual({ linkId, status: 'linked' });
    expect((await call('GET', '/api/accounts', undefined, tenant)).body.items).toMatchObject([{ network: 'bluesky', health: 'active' }]);
  });
});

describe('an address that somebody else opens', () => {
  it('once it has its outcome, shows a page that says so', async () => {
    const { page, authorizeUrl } = await begin(await newTenant(), 'x');
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.waitForURL(`${back}?**`);
    const other = await newPage();
    await other.goto(authorizeUrl);
    expect(await other.getByRole('heading', { level: 1 }).textContent()).toBe('This link was used already');
  });
});
