import { GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { Clock } from '../../core/clock.ts';
import type { Networks } from '../../core/ports/index.ts';
import type { Platform } from '../../platforms/platform.ts';
import type { NetworkConfiguration } from '../environment.ts';

/** How long a secret is kept in memory: a replaced one is seen without a new deployment. */
const SECRET_LIFE_MS = 10 * 60 * 1000;

export interface NetworksOptions {
  readonly platforms: readonly Platform[];
  readonly configured: Readonly<Record<string, NetworkConfiguration>>;
  readonly ssm: () => SSMClient;
  readonly clock: Clock;
}

/** The networks of this release, and what the operator configured for each: the secret stands in the parameter store. */
export function configuredNetworks({ platforms, configured, ssm, clock }: NetworksOptions): Networks {
  const byName = new Map(platforms.map((platform) => [platform.network, platform]));
  const secrets = new Map<string, { readonly secret: string; readonly readAt: number }>();

  const secretOf = async (parameter: string): Promise<string> => {
    const now = clock.now().getTime();
    const known = secrets.get(parameter);
    if (known !== undefined && now - known.readAt < SECRET_LIFE_MS) return known.secret;
    const answer = await ssm().send(new GetParameterCommand({ Name: parameter, WithDecryption: true }));
    const secret = answer.Parameter?.Value;
    if (secret === undefined) throw new Error(`The parameter ${parameter} has no value.`);
    secrets.set(parameter, { secret, readAt: now });
    return secret;
  };

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
        app: { clientId: settings.clientId, clientSecret: await secretOf(settings.clientSecretParameter) },
      };
    },
  };
}
