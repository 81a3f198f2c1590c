import { scopesOf } from '../../../core/linking/ports.ts';
import type { LinkTools } from '../../../core/ports/index.ts';
import { linkings } from '../../../platforms/linkings.ts';
import { networkSettings } from '../../../sandbox/networks.ts';
import type { World } from '../../../sandbox/stand-in.ts';

/** What networks find beside our callbacks, without HTTP; `redirectUris` by the network. */
export function describedApps(redirectUris: Readonly<Record<string, string>>): World['fetch'] {
  return async (url) => {
    for (const [network, redirectUri] of Object.entries(redirectUris)) {
      const linking = linkings[network];
      if (linking?.clientMetadata === undefined || url !== new URL('client-metadata.json', redirectUri).href) continue;
      const tools: Pick<LinkTools, 'app'> = networkSettings(network, 'https://sandbox.example.com');
      const described = await linking.clientMetadata({ redirectUri, scopes: scopesOf(linking) }, tools);
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify(described)) };
    }
    return { status: 404, headers: {}, body: new Uint8Array() };
  };
}
