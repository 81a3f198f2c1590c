import { SSMClient } from '@aws-sdk/client-ssm';
import { registrationOf, type Registration } from '../../bin/operator-text.ts';
import { callbackUrl } from '../../core/linking/ports.ts';
import { linkingOf } from '../../platforms/linkings.ts';
import type { Platform } from '../../platforms/platform.ts';
import { platforms } from '../../platforms/registry.ts';
import { selfDescribed } from '../../platforms/self-described.ts';
import { httpTransport } from '../../platforms/transport.ts';
import { clientSettings } from '../aws.ts';
import { ASKING, type App, type Surroundings } from './app.ts';
import { askNetwork, type Asked } from './ask.ts';
import { describedNotConfigured, examineDescribed } from './described.ts';
import { failure, note, ok, warning, type Finding } from './finding.ts';
import { appSecret, lookAtSecret, putSecret } from './secrets.ts';

/** Of each network of this release whether its app is configured, and if not what to do; of one that is, what the network says to it. */
export async function examineNetworks(surroundings: Surroundings): Promise<readonly Finding[]> {
  const { aws, configuration } = surroundings;
  const ssm = new SSMClient({ ...clientSettings(aws), maxAttempts: 2, requestHandler: { connectionTimeout: 3_000, requestTimeout: ASKING * 1000 } });
  const found = await Promise.all(
    platforms.map(async (platform) => {
      const { networks = {} } = configuration ?? {};
      const own = Object.hasOwn(networks, platform.network) ? networks[platform.network] : undefined;
      if (own === undefined) return [notConfigured(platform, surroundings)];
      const app: App = { platform, linking: linkingOf(platform.network), own, ssm, surroundings };
      return selfDescribed.has(platform.network) ? examineDescribed(app) : examineRegistered({ ...app, registration: registrationOf(platform.network) });
    }),
  );
  return found.flat();
}

function notConfigured(platform: Platform, surroundings: Surroundings): Finding {
  const { configuration, aws, publicUrl } = surroundings;
  const { network, title } = platform;
  const parameter = `/${configuration?.name ?? 'fanfare'}/${configuration?.stage ?? '<stage>'}/${network}/client-secret`;
  if (selfDescribed.has(network)) return describedNotConfigured(platform, parameter, surroundings);
  const { what, where } = registrationOf(network);
  const steps = [
    `To be registered: ${what}.`,
    `where           ${where}`,
    `callback        ${callbackUrl(publicUrl ?? '<publicUrl>', network)} (to the letter)`,
    `configuration   "networks": { "${network}": { "clientId": "<the app's id>", "clientSecretParameter": "${parameter}" } }`,
    `secret          ${putSecret(appSecret(platform, parameter), aws)}`,
  ];
  return note(`${title} is not configured.`, steps.join('\n'));
}

/** An app that the operator has registered at the network's portal. */
interface RegisteredApp extends App {
  readonly registration: Registration;
}

async function examineRegistered(app: RegisteredApp): Promise<readonly Finding[]> {
  const { platform, linking, own, ssm, surroundings } = app;
  const { network, title, defaultEndpoints } = platform;
  const { aws, publicUrl, reached } = surroundings;
  const called = `${title} is configured with the app ${own.clientId}`;
  if (!reached) return [ok(`${called}, whose secret stands in ${own.clientSecretParameter}; its callback is ${callbackUrl(publicUrl ?? '<publicUrl>', network)}.`)];
  const { finding, value } = await lookAtSecret(ssm, appSecret(platform, own.clientSecretParameter), { aws, decrypt: true });
  if (value === null) return [finding];
  if (publicUrl === null) return [finding, note(`${called}, and has not been asked about it: its callback is known when the stage is deployed.`, 'Deploy the stage, or set "publicUrl".')];
  const settings = { endpoints: { ...defaultEndpoints, ...own.endpoints }, app: { clientId: own.clientId, clientSecret: value } };
  const asked = await askNetwork({ network, linking, settings, publicUrl, transport: httpTransport({ defaultTimeout: ASKING }), timeout: ASKING });
  return [...(finding.level === 'ok' ? [] : [finding]), appFinding(app, asked), ...callbackFinding(app, publicUrl, asked)];
}

function appFinding({ platform, registration: { where }, own, surroundings: { aws } }: RegisteredApp, { app }: Asked): Finding {
  const { title } = platform;
  const put = `${putSecret(appSecret(platform, own.clientSecretParameter), aws)} --overwrite`;
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
function callbackFinding({ platform: { network, title }, registration: { where } }: RegisteredApp, publicUrl: string, { app, callback }: Asked): readonly Finding[] {
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
