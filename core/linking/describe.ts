import { errorAt } from '../errors.ts';
import type { Network } from '../model.ts';
import type { ClientMetadata } from '../ports/index.ts';
import { callbackUrl, scopesOf, toolsFor, type VaultPorts } from './ports.ts';

/**
 * What our app says of itself to a network that asks for it, beside the callback. Throws `not_found` for a network that does not ask,
 * and an `Error` if it is not configured, or with a secret that it cannot use.
 */
export async function describeApp(ports: VaultPorts, { network }: { readonly network: Network }): Promise<ClientMetadata> {
  const linking = ports.linkable(network)?.linking;
  if (linking?.clientMetadata === undefined) throw errorAt('not_found', 'network', 'not_found', 'An app is registered at this network by its operator: nothing is said of it here.');
  const redirectUri = callbackUrl(ports.publicUrl, network);
  return linking.clientMetadata({ redirectUri, scopes: scopesOf(linking) }, await toolsFor(ports, network));
}
