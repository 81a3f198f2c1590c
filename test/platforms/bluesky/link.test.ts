import { describe, expect, it } from 'vitest';
import type { ExchangeRequest, HttpRequest, HttpResult, LinkTools } from '../../../core/ports/index.ts';
import { linkingOf } from '../support/linking.ts';

/** What linking by a consent refuses to believe: servers anywhere may say anything. */

/** Answers of the network as somebody else gives them: by the end of the address, the JSON in place of what it says. */
function saying(tools: LinkTools, told: Readonly<Record<string, (said: object) => object>>, status = 200): LinkTools & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const send = async (request: HttpRequest): Promise<HttpResult> => {
    asked.push(request.url);
    const result = await tools.send(request);
    const change = Object.entries(told).find(([end]) => new URL(request.url).pathname.endsWith(end))?.[1];
    if (change === undefined || result.kind !== 'answered' || result.answer.status !== 200) return result;
    return { kind: 'answered', answer: { ...result.answer, status, body: JSON.stringify(change(JSON.parse(result.answer.body))) } };
  };
  return { ...tools, send, asked };
}

const RESOURCE = '/.well-known/oauth-protected-resource';
const SERVER = '/.well-known/oauth-authorization-server';

function atBluesky() {
  const at = linkingOf('bluesky');
  const ada = at.login.addPerson({ name: 'Ada' });
  const ask = (options: object, tools: LinkTools) =>
    at.linking.authorize({ scopes: at.scopes, redirectUri: 'https://fanfare.example/oauth/callback', state: 'a-state', challenge: 'a'.repeat(43), options: { ...options } }, tools);
  return { ...at, ada, did: ada.accounts[0]?.externalId ?? '', handle: ada.accounts[0]?.name ?? '', ask };
}

describe('a consent', () => {
  it('begins at the default service, or at the server of the handle, which is told whom to expect', async () => {
    const { ask, tools, handle, did } = atBluesky();
    for (const options of [{}, { handle }, { handle: ` @${handle.toUpperCase()}` }, { handle: did }]) {
      const asked = await ask(options, tools);
      expect(asked).toMatchObject({ kind: 'authorize', url: expect.stringMatching(/request_uri=urn/u) });
      if (asked.kind === 'authorize') expect(JSON.parse(asked.memory ?? '').did).toBe('handle' in options ? did : null);
    }
  });

  it('is not begun for a handle that nobody has', async () => {
    const { ask, tools, linking } = atBluesky();
    expect(await ask({ handle: 'nobody.bsky.social' }, tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'auth_revoked' } });
    expect(linking.optionsSchema?.safeParse({ handle: 'not a handle' }).success).toBe(false);
    expect(linking.optionsSchema?.safeParse({ handle: 'ada.example', password: 'x' }).success).toBe(false);
  });

  it('asks a server itself that names no other one', async () => {
    const { ask, tools } = atBluesky();
    expect(await ask({}, saying(tools, { [RESOURCE]: () => ({ error: 'NotFound' }) }, 404))).toMatchObject({ kind: 'authorize' });
  });

  it.each(['http://169.254.169.254', 'https://10.0.0.1', 'https://localhost', 'https://issuer.example:8443', 'https://issuer.internal'])('sends nothing to %s', async (issuer) => {
    const { ask, tools } = atBluesky();
    const told = saying(tools, { [RESOURCE]: (said) => ({ ...said, authorization_servers: [issuer] }) });
    expect(await ask({}, told)).toMatchObject({ kind: 'trouble', trouble: { class: 'permanent', message: expect.stringContaining('app_password') } });
    expect(told.asked).toHaveLength(1);
  });

  it.each([
    ['is another one than it was said to be', { issuer: 'https://elsewhere.example' }],
    ['sends tokens elsewhere', { token_endpoint: 'http://10.0.0.1/token' }],
    ['does not say in its answers who it is', { authorization_response_iss_parameter_supported: false }],
    ['takes no keys of apps', { token_endpoint_auth_methods_supported: ['none'] }],
    ['takes no proofs of ours', { dpop_signing_alg_values_supported: ['RS256'] }],
    ['reads nothing about apps', { client_id_metadata_document_supported: false }],
  ])('is not begun at a server that %s', async (_what, change) => {
    const { ask, tools } = atBluesky();
    expect(await ask({}, saying(tools, { [SERVER]: (said) => ({ ...said, ...change }) }))).toMatchObject({ kind: 'trouble', trouble: { class: 'permanent' } });
  });
});

/** A callback whose visit was another one. */
const changed = (request: ExchangeRequest, change: object): ExchangeRequest => ({ ...request, memory: JSON.stringify({ ...JSON.parse(request.memory ?? ''), ...change }) });

describe('what comes back from a consent', () => {
  it('counts only with the word of the server that was asked', async () => {
    const { callback, linking, tools, ada } = atBluesky();
    const request = await callback({ _person: ada.id });
    for (const iss of ['https://elsewhere.example', null]) {
      const query = new URLSearchParams(request.callback);
      query.delete('iss');
      if (iss !== null) query.set('iss', iss);
      const told = saying(tools, {});
      expect(await linking.exchange({ ...request, callback: query }, told)).toMatchObject({ kind: 'trouble', trouble: { class: 'permanent' } });
      expect(told.asked).toEqual([]);
    }
    expect(await linking.exchange(request, tools)).toMatchObject({ kind: 'granted' });
  });

  it('is refused, and ended there, where another account has consented than was asked for', async () => {
    const { callback, linking, tools, ada, sandbox } = atBluesky();
    const other = changed(await callback({ _person: ada.id }), { did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa' });
    expect(await linking.exchange(other, tools)).toMatchObject({ kind: 'trouble', trouble: { class: 'permanent', message: expect.stringContaining('Another account') } });
    expect((await sandbox.calls('bluesky')).at(-1)).toMatchObject({ operation: 'token.revoke', status: 200 });
  });

  it('makes no account of whom its own server does not vouch for', async () => {
    const { callback, linking, tools, ada } = atBluesky();
    const granted = await linking.exchange(await callback({ _person: ada.id }), tools);
    if (granted.kind === 'trouble') throw new Error(granted.trouble.message);
    const told = saying(tools, { [RESOURCE]: (said) => ({ ...said, authorization_servers: ['https://elsewhere.example'] }) });
    expect(await linking.targets(granted.tokens, told)).toMatchObject({ kind: 'trouble', trouble: { class: 'permanent' } });
  });

  it('is shown with what to do where the account is not active', async () => {
    const { callback, linking, tools, ada, handle } = atBluesky();
    const granted = await linking.exchange(await callback({ _person: ada.id }), tools);
    if (granted.kind === 'trouble') throw new Error(granted.trouble.message);
    const told = saying(tools, { 'com.atproto.server.getSession': (said) => ({ ...said, active: false, status: 'deactivated' }) });
    const found = await linking.targets(granted.tokens, told);
    expect(found).toMatchObject({ kind: 'targets', targets: [{ name: handle, obstacle: expect.stringContaining('deactivated') }] });
  });
});
