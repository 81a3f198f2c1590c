import { SSMClient } from '@aws-sdk/client-ssm';
import { registrationOf, type Registration } from '../../bin/operator-text.ts';
import { callbackUrl } from '../../core/linking/ports.ts';
import type { Configuration } from '../../lib/configuration.ts';
import { linkings } from '../../platforms/linkings.ts';
import type { Platform } from '../../platforms/platform.ts';
import { platforms } from '../../platforms/registry.ts';
import { httpTransport } from '../../platforms/transport.ts';
import { clientSettings, type LocalAws } from '../aws.ts';
import { askNetwork, type Asked } from './ask.ts';
import { failure, note, ok, warning, type Finding } from './finding.ts';
import { APP_SECRET, lookAtSecret, putSecret } from './secrets.ts';

/** Seconds. All networks are asked at once, so that this is what all of it takes. */
const ASKING = 8;

export interface Surroundings {
  /** Null: there is none; then nothing is configured. */
  readonly configuration: Pick<Configuration, 'name' | 'stage' | 'networks'> | null;
  readonly aws: LocalAws | null;
  /** Where browsers reach the API; null: that is not known before the stage is deployed. */
  readonly publicUrl: string | null;
  /** Whether the parameter store answers. */
  readonly reached: boolean;
}

/** Of each network of this release whether its app is configured, and if not what to do; of one that is, what the network says to it. */
export async function examineNetworks(surroundings: Surroundings): Promise<readonly Finding[]> {
  const { aws, configuration } = surroundings;
  const ssm = new SSMClient({ ...clientSettings(aws), maxAttempts: 2, requestHandler: { connectionTimeout: 3_000, requestTimeout: ASKING * 1000 } });
  const found = await Promise.all(
    platforms.map(async (platform) => {
      const { networks = {} } = configuration ?? {};
      const own = Object.hasOwn(networks, platform.network) ? networks[platform.network] : undefined;
      const registration = registrationOf(platform.network);
      if (own === undefined) return [notConfigured(platform, registration, surroundings)];
      const linking = linkings[platform.network];
      if (registration === null || linking === undefined) return nothingToAsk(platform, own, ssm, surroundings);
      return examineApp({ platform, linking, registration, own, ssm, surroundings });
    }),
  );
  return found.flat();
}

function notConfigured({ network, title }: Platform, registration: Registration | null, { configuration, aws, publicUrl }: Surroundings): Finding {
  const what = `${title} is not configured.`;
  if (registration === null) return note(what, `Nothing has to be registered for it: add "${network}" to "networks" of the configuration.`);
  const parameter = `/${configuration?.name ?? 'fanfare'}/${configuration?.stage ?? '<stage>'}/${network}/client-secret`;
  const callback = callbackUrl(publicUrl ?? '<publicUrl>', network);
  const steps = [
    `To be registered: ${registration.what}.`,
    `where           ${registration.where}`,
    `callback        ${callback} (to the letter)`,
    `configuration   "networks": { "${network}": { "clientId": "<the app's id>", "clientSecretParameter": "${parameter}" } }`,
    `secret          ${putSecret({ parameter, value: APP_SECRET }, aws)}`,
  ];
  return note(what, steps.join('\n'));
}

async function nothingToAsk({ title }: Platform, { clientSecretParameter: parameter }: Configured, ssm: SSMClient, { aws, reached }: Surroundings): Promise<readonly Finding[]> {
  const finding = ok(`${title} is configured, and has no app at a portal that could be asked about.`);
  if (!reached) return [finding];
  return [(await lookAtSecret(ssm, { parameter, of: title, value: APP_SECRET }, { aws, decrypt: false })).finding, finding];
}

type Configured = Configuration['networks'][string];

interface App {
  readonly platform: Platform;
  readonly linking: NonNullable<(typeof linkings)[string]>;
  readonly registration: Registration;
  readonly own: Configured;
  readonly ssm: SSMClient;
  readonly surroundings: Surroundings;
}

async function examineApp(app: App): Promise<readonly Finding[]> {
  const { platform, linking, own, ssm, surroundings } = app;
  const { network, title, defaultEndpoints } = platform;
  const { aws, publicUrl, reached } = surroundings;
  const called = `${title} is configured with the app ${own.clientId}`;
  if (!reached) return [ok(`${called}, whose secret stands in ${own.clientSecretParameter}; its callback is ${callbackUrl(publicUrl ?? '<publicUrl>', network)}.`)];
  const wanted = { parameter: own.clientSecretParameter, of: `the app at ${title}`, value: APP_SECRET };
  const { finding, value } = await lookAtSecret(ssm, wanted, { aws, decrypt: true });
  if (value === null) return [finding];
  if (publicUrl === null) return [finding, note(`${called}, and has not been asked about it: its callback is known when the stage is deployed.`, 'Deploy the stage, or set "publicUrl".')];
  const settings = { endpoints: { ...defaultEndpoints, ...own.endpoints }, app: { clientId: own.clientId, clientSecret: value } };
  const asked = await askNetwork({ network, linking, settings, publicUrl, transport: httpTransport({ defaultTimeout: ASKING }), timeout: ASKING });
  return [...(finding.level === 'ok' ? [] : [finding]), appFinding(app, asked), ...callbackFinding(app, publicUrl, asked)];
}

function appFinding({ platform: { title }, registration: { where }, own, surroundings: { aws } }: App, { app }: Asked): Finding {
  const put = `${putSecret({ parameter: own.clientSecretParameter, value: APP_SECRET }, aws)} --overwrite`;
  switch (app.kind) {
    case 'accepted':
      return ok(`${title} accepts the app ${own.clientId} with the secret in ${own.clientSecretParameter}.`);
    case 'refused':
      return failure(
        `${title} refuses the app ${own.clientId} with the secret in ${own.clientSecretParameter} (${app.words}).`,
        `Compare both with the app at ${where}\nA wrong id: correct "clientId" and deploy. A wrong secret: put it anew, and it is used within ten minutes:\n${put}`,
      );
    case 'not_told':
      return warning(`${title} did not tell whether it accepts the app ${own.clientId} (${app.words}).`, `Ask again later; if it stays so, compare id and secret with the app at ${where}`);
  }
}

/** An app that is not known has no callbacks either: nothing is said of them then. */
function callbackFinding({ platform: { network, title }, registration: { where } }: App, publicUrl: string, { app, callback }: Asked): readonly Finding[] {
  const address = callbackUrl(publicUrl, network);
  switch (callback.kind) {
    case 'accepted':
      return [ok(`${title} knows the callback ${address}.`)];
    case 'refused':
      return [failure(`${title} does not know the callback ${address} (${callback.words}).`, `Register it, to the letter, at ${where}`)];
    case 'not_told':
      if (app.kind === 'refused') return [];
      return [note(`${title} does not tell whether the callback is registered (${callback.words}).`, `Look whether ${address} stands, to the letter, at ${where}`)];
  }
}
