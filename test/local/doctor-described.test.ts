import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { callbackUrl } from '../../core/linking/ports.ts';
import { askDescribed } from '../../local/doctor/ask-described.ts';
import { linkingOf } from '../../platforms/linkings.ts';
import { selfDescribed } from '../../platforms/self-described.ts';
import { httpTransport } from '../../platforms/transport.ts';
import { networkSettings } from '../../sandbox/networks.ts';
import { startSandbox, type SandboxServer } from '../../sandbox/server.ts';
import { newKey, serveDescription } from './support/described-app.ts';

describe.each([...selfDescribed])('%s, asked about an app that describes itself,', (network) => {
  const key = newKey();
  const linking = linkingOf(network);
  let server: SandboxServer;
  let stage: Awaited<ReturnType<typeof serveDescription>>;

  beforeAll(async () => {
    [server, stage] = await Promise.all([startSandbox(), serveDescription(network, key)]);
  });
  afterEach(() => {
    server.sandbox.faults.clear();
    stage.answerWith(null);
  });
  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
    await server.stop();
  });

  async function ask({ clientSecret = key, publicUrl = stage.publicUrl, timeout = 8 }: { clientSecret?: string; publicUrl?: string; timeout?: number } = {}) {
    const settings = { endpoints: networkSettings(network, server.url).endpoints, app: { clientId: '', clientSecret } };
    const ours = await linking.clientMetadata?.({ redirectUri: callbackUrl(publicUrl, network), scopes: linking.scopes.map(({ scope }) => scope) }, settings);
    if (ours === undefined) throw new Error(`${network} has an app that is registered.`);
    const asked = await askDescribed({ network, linking, settings, publicUrl, transport: httpTransport({ defaultTimeout: timeout }), timeout }, ours);
    expect(JSON.stringify(asked)).not.toContain('PRIVATE KEY');
    return asked;
  }

  it('accepts it by the key that is served', async () => {
    expect(await ask()).toEqual({ described: { kind: 'right' }, app: { kind: 'accepted' } });
  });

  it('refuses another key than the one that is served', async () => {
    expect(await ask({ clientSecret: newKey() })).toEqual({ described: { kind: 'other_key' }, app: { kind: 'refused', words: expect.stringMatching(/^invalid_client: \w/u) } });
  });

  it.each([
    ['an error', { status: 503, body: 'oops' }, '503 oops'],
    ['a way elsewhere', { status: 301, body: '' }, '301'],
    ['a page', { status: 200, body: '<html>Who are you?</html>' }, '200 Who are you?'],
  ])('refuses it where %s stands in place of what it says of itself', async (_, answer, words) => {
    stage.answerWith(answer);
    expect(await ask()).toEqual({ described: { kind: 'wrong', words }, app: { kind: 'refused', words: expect.stringMatching(/^invalid_client_metadata: \w/u) } });
  });

  it('refuses an app that calls itself by another address', async () => {
    stage.answerWith(await stage.describe('https://other.example.com'));
    const { described, app } = await ask();
    expect([described, app.kind]).toEqual([{ kind: 'wrong', words: `its client_id is https://other.example.com/oauth/${network}/client-metadata.json` }, 'refused']);
  });

  it('refuses it where nothing answers; from here that is not told from a stage behind a wall', async () => {
    const { described, app } = await ask({ publicUrl: 'http://127.0.0.1:9' });
    expect([described.kind, app]).toEqual(['unread', { kind: 'refused', words: expect.stringContaining('invalid_client_metadata: ') }]);
  });

  it.each([
    ['cuts the connection', { effect: 'drop_before' }],
    ['is out of order', { effect: 'refuse', status: 500, body: 'oops' }],
    ['is slow', { effect: 'delay', ms: 8_000 }],
  ] as const)('tells nothing while it %s, and is not waited for', async (_, fault) => {
    server.sandbox.addFault({ network, times: 3, ...fault });
    const begunAt = performance.now();
    const { described, app } = await ask({ timeout: 2 });
    expect([described.kind, app.kind]).toEqual(['right', 'not_told']);
    expect(performance.now() - begunAt).toBeLessThan(6_000);
  });
});
