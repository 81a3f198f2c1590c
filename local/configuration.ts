import type * as z from 'zod';
import { configurationSchema, type Configuration } from '../lib/configuration.ts';
import { platforms } from '../platforms/registry.ts';
import { selfDescribed } from '../platforms/self-described.ts';
import { networkSettings } from '../sandbox/networks.ts';
import { audience, type Issuer } from './issuer.ts';

export interface Stage {
  readonly configuration: Configuration;
  /** Secrets of the networks' apps by the name of their parameter. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** So much that nobody on this machine ever meets it. */
const UNLIMITED = { deliveriesPerMonth: 1_000_000_000, requestsPerSecond: 100_000, burst: 1_000_000 };

/** What is different on a local stage: endpoints, times, the removal policy. `sandboxUrl` as functions reach it. */
export function localStage(options: { stage: string; awsEndpoint: string; issuer: Pick<Issuer, 'url' | 'jwksUri'>; sandboxUrl: string }): Stage {
  const { networks, secrets } = sandboxNetworks(options.stage, options.sandboxUrl);
  const configuration = configurationSchema.parse({
    stage: options.stage,
    pace: 'short',
    removal: 'destroy',
    tls: options.awsEndpoint.startsWith('https:'),
    plan: UNLIMITED,
    publicUrl: `${options.awsEndpoint}/_aws/execute-api/{apiId}/${options.stage}`,
    loopbackRedirects: true,
    identity: { issuer: options.issuer.url, audience, jwksUri: options.issuer.jwksUri },
    networks,
  } satisfies z.input<typeof configurationSchema>);
  return { configuration, secrets };
}

/** A stage on AWS whose networks are those of a sandbox, and which leaves nothing behind when it is removed. */
export function smokeStage(options: { stage: string; awsEndpoint: string | null; sandboxUrl: string }): Stage {
  const { networks, secrets } = sandboxNetworks(options.stage, options.sandboxUrl);
  const tls = options.awsEndpoint === null || options.awsEndpoint.startsWith('https:');
  return { configuration: configurationSchema.parse({ stage: options.stage, removal: 'destroy', tls, networks }), secrets };
}

function sandboxNetworks(stage: string, sandboxUrl: string) {
  const secrets: Record<string, string> = {};
  const networks: NonNullable<z.input<typeof configurationSchema>['networks']> = {};
  for (const { network } of platforms) {
    const { app, endpoints } = networkSettings(network, sandboxUrl);
    const clientSecretParameter = `/fanfare/${stage}/${network}/client-secret`;
    secrets[clientSecretParameter] = app.clientSecret;
    networks[network] = { ...(!selfDescribed.has(network) && { clientId: app.clientId }), clientSecretParameter, endpoints };
  }
  return { networks, secrets };
}
