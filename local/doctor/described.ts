import { callbackUrl, clientMetadataUrl, scopesOf } from '../../core/linking/ports.ts';
import { UnusableSecret, type ClientMetadata, type NetworkSettings } from '../../core/ports/index.ts';
import type { Platform } from '../../platforms/platform.ts';
import { httpTransport } from '../../platforms/transport.ts';
import { ASKING, type App, type Surroundings } from './app.ts';
import { askDescribed, type AskedOfDescribed } from './ask-described.ts';
import { failure, note, ok, warning, type Finding } from './finding.ts';
import { appSecret, lookAtSecret, putSecret } from './secrets.ts';

/** Findings about networks where no app is registered: it says of itself what it is, and shows by a key that it is the one. */

const REACHABLE = 'Servers of accounts read there about the app: it has to be https, and answer everybody, without a redirect.';

/** What to do for a network that is not configured; `parameter`: where its key is to stand. */
export function describedNotConfigured(platform: Platform, parameter: string, { aws, publicUrl }: Surroundings): Finding {
  const steps = [
    'Nothing has to be registered for it.',
    `secret          ${putSecret(appSecret(platform, parameter), aws)}`,
    `configuration   "networks": { "${platform.network}": { "clientSecretParameter": "${parameter}" } }`,
    `address         ${clientMetadataUrl(publicUrl ?? '<publicUrl>', platform.network)}`,
    `                ${REACHABLE}`,
  ];
  return note(`${platform.title} is not configured.`, steps.join('\n'));
}

/** Whether its key can be used; where the stage is deployed, also what stands at the app's address, and whether the network takes the app. */
export async function examineDescribed(app: App): Promise<readonly Finding[]> {
  const { platform, linking, own, ssm, surroundings } = app;
  const { network, title, defaultEndpoints } = platform;
  const { aws, deployed, publicUrl, reached } = surroundings;
  const parameter = own.clientSecretParameter;
  const called = `${title} is configured, with the key in ${parameter}`;
  if (!reached) return [ok(`${called}; the app says what it is at ${clientMetadataUrl(publicUrl ?? '<publicUrl>', network)}.`)];
  const { finding, value } = await lookAtSecret(ssm, appSecret(platform, parameter), { aws, decrypt: true });
  if (value === null) return [finding];
  const settings = { endpoints: { ...defaultEndpoints, ...own.endpoints }, app: { clientId: own.clientId, clientSecret: value } };
  // Before a deployment any address does: whether the key can be used depends on none.
  const ours = await describe(app, publicUrl ?? 'https://api.example.com', settings);
  const known = finding.level === 'ok' ? [] : [finding];
  if (ours === null) return [...known, unusable(app)];
  if (publicUrl === null || !deployed) {
    const what = `${called}, and has not been asked about the app: nothing says there yet what it is.`;
    return [...known, note(what, `Deploy the stage; then it stands at ${clientMetadataUrl(publicUrl ?? '<publicUrl>', network)}`)];
  }
  const asked = await askDescribed({ network, linking, settings, publicUrl, transport: httpTransport({ defaultTimeout: ASKING }), timeout: ASKING }, ours);
  return [...known, describedFinding(app, ours.client_id, asked), appFinding(app, ours.client_id, asked)];
}

/** Null: the secret is not what the network needs. */
async function describe({ platform: { network }, linking }: App, publicUrl: string, settings: NetworkSettings): Promise<ClientMetadata | null> {
  try {
    return (await linking.clientMetadata?.({ redirectUri: callbackUrl(publicUrl, network), scopes: scopesOf(linking) }, settings)) ?? null;
  } catch (error) {
    if (error instanceof UnusableSecret) return null;
    throw error;
  }
}

function unusable({ platform, own: { clientSecretParameter: parameter }, surroundings: { aws } }: App): Finding {
  return failure(
    `What stands in ${parameter} is no private key for ES256 (P-256) in PEM, which the app at ${platform.title} needs.`,
    `Make one, and put it in its place: it is used within ten minutes.\n${putSecret(appSecret(platform, parameter), aws)} --overwrite`,
  );
}

function describedFinding({ platform: { title }, own }: App, address: string, { described }: AskedOfDescribed): Finding {
  switch (described.kind) {
    case 'right':
      return ok(`What ${title} reads about the app stands at ${address}.`);
    case 'other_key':
      return warning(
        `At ${address} stands another key than the one in ${own.clientSecretParameter}.`,
        'A key that was put anew is used within ten minutes: ask again then. Accounts that were linked by a consent with another key have to be linked again.',
      );
    case 'wrong':
      return failure(`What ${title} reads about the app does not stand at ${address} (${described.words}).`, `${REACHABLE} Look at "publicUrl", and at what stands in front of the API.`);
    case 'unread':
      return warning(`What stands at ${address} could not be read from here (${described.words}).`, REACHABLE);
  }
}

function appFinding({ platform: { title }, own }: App, address: string, { app }: AskedOfDescribed): Finding {
  switch (app.kind) {
    case 'accepted':
      return ok(`${title} accepts the app ${address} with the key in ${own.clientSecretParameter}.`);
    case 'refused':
      return failure(`${title} refuses the app ${address} (${app.words}).`, `${REACHABLE} The key that stands there has to be the one in ${own.clientSecretParameter}.`);
    case 'not_told':
      return warning(`${title} did not tell whether it accepts the app ${address} (${app.words}).`, 'Ask again later.');
  }
}
