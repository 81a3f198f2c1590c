import * as z from 'zod';
import { Browser } from './browser.ts';
import { finishLink, openLink, setDefaults, type Api } from './client.ts';
import type { SandboxAccount } from './sandbox-account.ts';

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
  const person = await newPerson(api.sandboxUrl, network, name);
  const { linkId, authorizeUrl } = await openLink(api, network, AFTER_LINKING);
  const browser = new Browser();
  const page = await browser.follow(authorizeUrl);
  page.searchParams.set('_consent', 'allow');
  page.searchParams.set('_person', person.id);
  const callback = await browser.follow(page.href);
  await browser.follow(callback.href);
  const [accountId] = await finishLink(api, linkId);
  if (accountId === undefined) throw new Error(`The link of ${network} has made no account.`);
  const defaults = person.accounts[0]?.defaults;
  if (defaults !== undefined) await setDefaults(api, accountId, defaults);
  return { accountId };
}

async function newPerson(sandboxUrl: string, network: string, name: string): Promise<z.output<typeof personSchema>> {
  const answer = await fetch(`${sandboxUrl}/_sandbox/${network}/persons`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`The sandbox has made nobody at ${network}: ${answer.status} ${await answer.text()}`);
  return personSchema.parse(await answer.json());
}
