import * as z from 'zod';
import { Browser } from './browser.ts';
import { finishLink, openLink, setDefaults, type Api } from './client.ts';
import type { SandboxAccount } from './sandbox-account.ts';
import { tellSandbox } from './sandbox-control.ts';

/** Where browsers are sent after linking: nobody has to be there. */
const AFTER_LINKING = 'http://127.0.0.1/linked';

const personSchema = z.object({
  id: z.string(),
  accounts: z.array(z.object({ externalId: z.string(), defaults: z.record(z.string(), z.unknown()).optional() })),
});

/**
 * Links an account as a program and a person do it: a new person of the sandbox, who logs in at the network's consent page with a
 * browser and allows all.
 */
export async function linkByConsent(api: Api & { readonly sandboxUrl: string }, network: string, name: string): Promise<Pick<SandboxAccount, 'accountId'>> {
  const person = personSchema.parse(await tellSandbox(api.sandboxUrl, `${network}/persons`, { name }));
  const { linkId, authorizeUrl } = await openLink(api, network, AFTER_LINKING);
  await consentTo(authorizeUrl, person.id);
  const [accountId] = await finishLink(api, linkId);
  if (accountId === undefined) throw new Error(`The link of ${network} has made no account.`);
  const defaults = person.accounts[0]?.defaults;
  if (defaults !== undefined) await setDefaults(api, accountId, defaults);
  return { accountId };
}

/** The way of a person's browser that allows all at the network's consent page. */
export interface Consent {
  /** The consent page, the network's answer, and where the browser is sent in the end. */
  readonly consent: URL;
  readonly callback: URL;
  readonly back: URL;
  readonly browser: Browser;
}

/** Opens the address of a link in a new browser, as this person of the sandbox, and allows all. */
export async function consentTo(authorizeUrl: string, personId: string): Promise<Consent> {
  const browser = new Browser();
  const consent = await browser.follow(authorizeUrl);
  const decided = new URL(consent);
  decided.searchParams.set('_consent', 'allow');
  decided.searchParams.set('_person', personId);
  const callback = await browser.follow(decided.href);
  return { consent, callback, back: await browser.follow(callback.href), browser };
}
