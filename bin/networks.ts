import { ConfigurationError, type Configuration } from '../lib/configuration.ts';
import { platforms } from '../platforms/registry.ts';

/** A network that this release lacks, or an endpoint that its connector does not know, is a typing mistake: throws a `ConfigurationError`. */
export function checkNetworks({ networks }: Pick<Configuration, 'networks'>): void {
  for (const [network, { endpoints }] of Object.entries(networks)) {
    const platform = platforms.find((each) => each.network === network);
    if (platform === undefined) {
      const known = platforms.map((each) => each.network).join(', ');
      throw new ConfigurationError(`The configuration names the network "${network}", which this release does not have; it has: ${known}.`);
    }
    const strange = Object.keys(endpoints).find((name) => !Object.hasOwn(platform.defaultEndpoints, name));
    if (strange !== undefined) {
      const known = Object.keys(platform.defaultEndpoints).join(', ');
      throw new ConfigurationError(`The configuration names the endpoint "${strange}" of ${network}, which it does not have; it has: ${known}.`);
    }
  }
}
