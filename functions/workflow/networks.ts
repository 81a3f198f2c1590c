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
  const appOf = async ({ clientId, clientSecretParameter }: NetworkConfiguration) => ({ clientId, clientSecret: await secret(clientSecretParameter) });
  const configurationOf = (network: string) => (Object.hasOwn(configured, network) ? configured[network] : undefined);
  const appAt = async (network: string) => {
    const settings = configurationOf(network);
    return settings === undefined ? null : appOf(settings);
  };

  return {
    connector: (network) => byName.get(network),
    settings: async (network) => {
      const platform = byName.get(network);
      const settings = configurationOf(network);
      if (platform === undefined || settings === undefined) {
        throw new Error(`The network ${network} is not configured: add it to the configuration under "networks" and deploy again.`);
      }
      const { loginThrough } = platform;
      return {
        endpoints: { ...platform.defaultEndpoints, ...settings.endpoints },
        app: await appOf(settings),
        // Read when it is needed: accounts that were linked without it do not depend on it.
        ...(loginThrough !== undefined && { loginApp: () => appAt(loginThrough) }),
      };
    },
  };
}
