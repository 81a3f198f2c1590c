import type * as z from 'zod';
import { configurationSchema, type Configuration } from '../lib/configuration.ts';
import { platforms } from '../platforms/registry.ts';
import { networkSettings } from '../sandbox/networks.ts';
import { audience, type Issuer } from './issuer.ts';

export interface LocalStage {
  readonly configuration: Configuration;
  /** Secrets of the networks' apps by the name of their parameter. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** What is different on a local stage: endpoints, times, the removal policy. `sandboxUrl` as functions reach it. */
export function localStage(options: { stage: string; awsEndpoint: string; issuer: Issuer; sandboxUrl: string }): LocalStage {
  const { stage } = options;
  const secrets: Record<string, string> = {};
  const networks: z.input<typeof configurationSchema>['networks'] = {};
  for (const { network } of platforms) {
    const { app, endpoints } = networkSettings(network, options.sandboxUrl);
    const clientSecretParameter = `/fanfare/${stage}/${network}/client-secret`;
    secrets[clientSecretParameter] = app.clientSecret;
    networks[network] = { clientId: app.clientId, clientSecretParameter, endpoints };
  }
  const configuration = configurationSchema.parse({
    stage,
    pace: 'short',
    removal: 'destroy',
    tls: options.awsEndpoint.startsWith('https:'),
    identity: { issuer: options.issuer.url, audience, jwksUri: options.issuer.jwksUri },
    networks,
  } satisfies z.input<typeof configurationSchema>);
  return { configuration, secrets };
}
