import { callbackUrl } from '../core/linking/ports.ts';
import { linkings } from '../platforms/linkings.ts';
import { tellSandbox } from './sandbox-control.ts';

/** Registers our callbacks at the sandbox's networks, as an operator does at the real ones. Registering one again changes nothing. */
export async function registerCallbacks({ sandboxUrl, apiUrl }: { readonly sandboxUrl: string; readonly apiUrl: string }): Promise<void> {
  for (const network of Object.keys(linkings)) {
    await tellSandbox(sandboxUrl, `${network}/redirect-uris`, { redirectUri: callbackUrl(apiUrl, network) });
  }
}
