import type { Networks } from '../../core/ports/index.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { NetworkConfiguration } from '../environment.ts';
import type { ReadSecret } from './secrets.ts';

export interface NetworksOptions {
  readonly platforms: readonly Platform[];
  readonly configured: Readonly<Record<string, NetworkConfiguration>>;
  readonly secret: ReadSecret;
}

/** The networks of this release, and what the operator configured for each: the secret stands in the parameter store. */
export function configuredNetworks({ platforms, configured, secret }: NetworksOptions): Networks {
  const byName = new Map(platforms.map((platform) => [platform.network, platform]));

  return {
    connector: (network) => byName.get(network),
    settings: async (network) => {
      const platform = byName.get(network);
      const settings = Object.hasOwn(configured, network) ? configured[network] : undefined;
      if (platform === undefined || settings === undefined) {
        throw new Error(`The network ${network} is not configured: add it to the configuration under "networks" and deploy again.`);
      }
      return {
        endpoints: { ...platform.defaultEndpoints, ...settings.endpoints },
        app: { clientId: settings.clientId, clientSecret: await secret(settings.clientSecretParameter) },
      };
    },
  };
}
