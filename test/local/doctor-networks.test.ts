import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { registrationOf } from '../../bin/operator-text.ts';
import { callbackUrl } from '../../core/linking/ports.ts';
import { configurationSchema } from '../../lib/configuration.ts';
import { askNetwork } from '../../local/doctor/ask.ts';
import { examineLocal } from '../../local/doctor/examine.ts';
import { lineOf } from '../../local/doctor/finding.ts';
import { examineNetworks } from '../../local/doctor/networks.ts';
import { platforms } from '../../platforms/registry.ts';
import { selfDescribed } from '../../platforms/self-described.ts';
import { httpTransport } from '../../platforms/transport.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import { startSandbox, type SandboxServer } from '../../sandbox/server.ts';
import { linkable } from '../platforms/support/linking.ts';

/** Networks where an app is registered, asked over HTTP. */
const withApp = linkable.filter(({ network }) => !selfDescribed.has(network));
const PUBLIC_URL = 'https://api.example.com';

let server: SandboxServer;

beforeAll(async () => {
  server = await startSandbox();
  for (const { network } of withApp) server.sandbox.login(network).registerRedirect(callbackUrl(PUBLIC_URL, network));
});
afterEach(() => server.sandbox.faults.clear());
afterAll(() => server.stop());

function ask(network: string, { app = {}, publicUrl = PUBLIC_URL, timeout = 8 }: { app?: object; publicUrl?: string; timeout?: number } = {}) {
  const platform = withApp.find((each) => each.network === network);
  if (platform === undefined) throw new Error(`${network} has no app.`);
  const { endpoints, app: right } = networkSettings(network, server.url);
  const settings = { endpoints, app: { ...right, ...app } };
  return askNetwork({ network, linking: platform.linking, settings, publicUrl, transport: httpTransport({ defaultTimeout: timeout }), timeout });
}

describe.each(withApp)('$title, asked whether it knows the app,', ({ network }) => {
  it('accepts the right id and secret, and knows the callback', async () => {
    expect(await ask(network)).toEqual({ app: { kind: 'accepted' }, callback: { kind: 'accepted' } });
  });

  it('refuses a wrong secret in its own words, which do not have it', async () => {
    const asked = await ask(network, { app: { clientSecret: 'planted-wrong-secret' } });
    expect(asked).toEqual({ app: { kind: 'refused', words: expect.stringMatching(/\w{3}/u) }, callback: { kind: 'accepted' } });
    expect(JSON.stringify(asked)).not.toContain('planted-wrong-secret');
  });

  it('refuses a wrong id, of whose callbacks nothing is known then', async () => {
    const { app, callback } = await ask(network, { app: { clientId: 'another' } });
    expect([app.kind, callback.kind]).toEqual(['refused', 'not_told']);
  });

  it('does not know a callback that nobody registered', async () => {
    const { app, callback } = await ask(network, { publicUrl: `${PUBLIC_URL}/other` });
    expect(app).toEqual({ kind: 'accepted' });
    expect(callback).toEqual({ kind: 'refused', words: expect.stringContaining(`registered for this app: ${PUBLIC_URL}/other/oauth/${network}/callback`) });
  });

  it.each([
    ['cuts the connection', { effect: 'drop_before' }],
    ['is out of order', { effect: 'refuse', status: 500, body: 'oops' }],
    ['shows a page to robots', { effect: 'refuse', status: 403, body: '<html>Who are you?</html>' }],
    ['is slow', { effect: 'delay', ms: 8_000 }],
  ] as const)('tells nothing while it %s, and is not waited for', async (_, fault) => {
    server.sandbox.addFault({ network, times: 3, ...fault });
    const begunAt = performance.now();
    const { app, callback } = await ask(network, { timeout: 0.3 });
    expect([app.kind, callback.kind]).toEqual(['not_told', 'not_told']);
    expect(performance.now() - begunAt).toBeLessThan(6_000);
  });
});

const oauth = (error: string, error_description = '') => ({ error, error_description });
const graph = (code: number, message: string) => ({ error: { message, type: 'OAuthException', code } });
const flat = (error_message: string) => ({ error_type: 'OAuthException', code: 400, error_message });

describe('words of the networks themselves', () => {
  it.each([
    ['youtube', 401, oauth('invalid_client', 'The OAuth client was not found.'), 'refused'],
    ['youtube', 400, oauth('invalid_grant', 'Malformed auth code.'), 'accepted'],
    ['youtube', 400, oauth('redirect_uri_mismatch', 'Bad Request'), 'not_told'],
    ['tiktok', 200, oauth('invalid_client', 'Client key or secret is incorrect.'), 'refused'],
    ['instagram', 400, flat('Invalid platform app'), 'refused'],
    ['instagram', 400, flat('Matching code was not found or was already used'), 'accepted'],
    ['facebook', 400, graph(101, 'Error validating application. Cannot get application info due to a system error.'), 'refused'],
    ['facebook', 400, graph(100, 'Invalid verification code format.'), 'accepted'],
    ['facebook', 400, graph(4, 'Application request limit reached'), 'not_told'],
    ['facebook', 400, graph(1, 'An unknown error occurred'), 'not_told'],
    ['threads', 400, graph(1, 'Error validating client secret.'), 'refused'],
    ['x', 401, oauth('unauthorized_client', 'Missing valid authorization header'), 'refused'],
    ['x', 400, oauth('invalid_request', 'Value passed for the authorization code was invalid.'), 'accepted'],
    ['x', 400, oauth('invalid_request', 'Missing required parameter.'), 'not_told'],
    ['linkedin', 401, oauth('invalid_client', 'Client authentication failed'), 'refused'],
    ['pinterest', 401, { code: 2, message: 'Authentication failed.' }, 'refused'],
    ['reddit', 401, { message: 'Unauthorized', error: 401 }, 'refused'],
    ['reddit', 200, oauth('invalid_grant'), 'accepted'],
    ['reddit', 429, { message: 'Too Many Requests', error: 429 }, 'not_told'],
  ])('%s: %i %j says that the app is %s', async (network, status, body, kind) => {
    server.sandbox.addFault({ network, operation: 'token.exchange', effect: 'refuse', status, body });
    expect((await ask(network)).app.kind).toBe(kind);
  });

  it('are none where it leads every browser to a login: that is said, and no more', async () => {
    server.sandbox.addFault({ network: 'facebook', operation: 'consent.show', times: 2, effect: 'refuse', status: 302, headers: { location: 'https://www.example.com/login.php' } });
    expect((await ask('facebook')).callback).toEqual({ kind: 'not_told', words: expect.stringContaining('says the same of an address that nobody has registered') });
  });

  it('are none where it sends the browser back at once: it knows the callback', async () => {
    const location = `${callbackUrl(PUBLIC_URL, 'linkedin')}?error=unauthorized_scope_error&state=s`;
    server.sandbox.addFault({ network: 'linkedin', operation: 'consent.show', times: 2, effect: 'refuse', status: 302, headers: { location } });
    expect((await ask('linkedin')).callback).toEqual({ kind: 'accepted' });
  });
});

describe('without anything to be asked', () => {
  const nowhere = { aws: null, publicUrl: null, deployed: false, reached: false };

  it('each network that is not configured is named, with what to register, where, its callback and the command for its secret', async () => {
    const findings = await examineNetworks({ ...nowhere, configuration: null });
    expect(findings.map(({ level }) => level)).toEqual(platforms.map(() => 'note'));
    for (const { network, title } of platforms) {
      const text = lineOf(findings.find(({ what }) => what === `${title} is not configured.`) ?? { level: 'ok', what: '' });
      const put = `aws ssm put-parameter --type SecureString --name /fanfare/<stage>/${network}/client-secret`;
      const { what, where } = selfDescribed.has(network) ? { what: 'Nothing has to be registered', where: `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | ${put} --value file:///dev/stdin` } : registrationOf(network);
      const address = `<publicUrl>/oauth/${network}/${selfDescribed.has(network) ? 'client-metadata.json' : 'callback'}`;
      for (const part of [what, where, address, put]) expect(text).toContain(part);
      expect(text.includes('"clientId"')).toBe(!selfDescribed.has(network));
    }
  });

  it.each([
    ['nothing was started', null],
    ['a start was killed', { awsEndpoint: 'http://127.0.0.1:9' }],
  ])('where %s, one sentence says that no stage runs here, and nothing is wrong', async (_, stack) => {
    const { findings, sound } = await examineLocal(stack);
    expect(findings.filter(({ what }) => what.startsWith('No stage is running'))).toHaveLength(1);
    expect(sound).toBe(true);
  });

  it('what is configured is shown with its callback, and nobody is asked', async () => {
    const { endpoints, app } = networkSettings('reddit', server.url);
    const networks = { reddit: { clientId: app.clientId, clientSecretParameter: '/fanfare/prod/reddit/client-secret', endpoints } };
    const configuration = configurationSchema.parse({ stage: 'prod', networks });
    const before = (await server.sandbox.calls('reddit')).length;
    const findings = await examineNetworks({ ...nowhere, configuration, publicUrl: PUBLIC_URL });
    expect(findings.filter(({ level }) => level === 'ok').map(lineOf)).toEqual([expect.stringContaining(`Reddit is configured with the app ${app.clientId}, whose secret stands in /fanfare/prod/reddit/client-secret; its callback is ${PUBLIC_URL}/oauth/reddit/callback.`)]);
    expect(await server.sandbox.calls('reddit')).toHaveLength(before);
  });
});
