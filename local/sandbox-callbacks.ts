import { callbackUrl } from '../core/linking/ports.ts';
import { linkings } from '../platforms/linkings.ts';

/** Registers our callbacks at the sandbox's networks, as an operator does at the real ones. Registering one again changes nothing. */
export async function registerCallbacks({ sandboxUrl, apiUrl }: { readonly sandboxUrl: string; readonly apiUrl: string }): Promise<void> {
  for (const network of Object.keys(linkings)) {
    const answer = await fetch(`${sandboxUrl}/_sandbox/${network}/redirect-uris`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ redirectUri: callbackUrl(apiUrl, network) }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`The sandbox did not take our callback at ${network}: ${answer.status} ${await answer.text()}`);
  }
}
