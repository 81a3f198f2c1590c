import type { Network } from '../model.ts';
import type { Linking, NetworkSettings, Ports } from '../ports/index.ts';

/** A network on which accounts can be linked. */
export interface LinkableNetwork {
  /** For people: `YouTube`. */
  readonly title: string;
  readonly linking: Linking;
}

/** Undefined: this release cannot link accounts of it. */
export type Linkable = (network: Network) => LinkableNetwork | undefined;

/** What the vault works with. It alone, beside the steps of the workflow, may decrypt tokens. */
export interface VaultPorts
  extends Pick<Ports, 'store' | 'cipher' | 'networks' | 'transport' | 'clock' | 'ids' | 'times' | 'log' | 'sleep' | 'random'> {
  readonly linkable: Linkable;
  /** Where browsers reach the API, without a slash at the end: what networks know our callbacks by. */
  readonly publicUrl: string;
}

/** The address of the callback that the operator has registered at the network. */
export function callbackUrl(publicUrl: string, network: Network): string {
  return `${publicUrl}/oauth/${network}/callback`;
}

/** Where an app that is registered nowhere says what it is (`Linking.clientMetadata`). Networks know it by this. */
export function clientMetadataUrl(publicUrl: string, network: Network): string {
  return `${publicUrl}/oauth/${network}/client-metadata.json`;
}

/** What people are asked to allow, as the network writes it. */
export function scopesOf({ scopes }: Linking): readonly string[] {
  return scopes.map(({ scope }) => scope);
}

/** What a network's folder works with. Throws if the network is not configured. */
export async function toolsFor({ networks, transport, clock, times }: VaultPorts, network: Network) {
  const settings: NetworkSettings = await networks.settings(network);
  return {
    ...settings,
    // Somebody waits for the answer.
    send: (request: Parameters<typeof transport.send>[0]) => transport.send({ ...request, timeout: Math.min(request.timeout ?? times.vaultCall, times.vaultCall) }),
    now: () => clock.now(),
  };
}
