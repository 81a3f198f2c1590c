import { beforeEach, describe, expect, it } from 'vitest';
import { standIns } from '../../../sandbox/networks.ts';
import { createSandbox } from '../../../sandbox/sandbox.ts';
import { testClock } from '../in-process.ts';
import { appAt, arrival, CALLBACK, STATE, tokensOf } from './client.ts';

const sandbox = createSandbox({ clock: testClock(), baseUrl: 'http://sandbox.test', processingSeconds: 0 });
const networks = Object.keys(standIns).map((network) => ({ network, dialect: sandbox.login(network).dialect }));

describe.each(networks)('linking at $network', ({ network, dialect }) => {
  let at: ReturnType<typeof appAt>;
  let ada: string;

  beforeEach(() => {
    at = appAt(network);
    ada = at.login.addPerson({ name: 'Ada Lovelace' }).id;
  });

  it('gives tokens for a consent, and they are those of the person', async () => {
    const [person] = at.login.persons();
    const { access_token: token } = await at.link();
    const answer = await at.identity(token);
    expect(answer.status).toBe(200);
    expect(answer.body).toContain(dialect.accounts === 'login' || dialect.accounts === 'one' ? person?.accounts[0]?.externalId : '"');
  });

  it('hands the state back, with the code', async () => {
    const arrived = await at.decide();
    expect(arrived.get('state')).toBe(STATE);
    expect(arrived.get('code')).toMatch(/^.{20,}$/u);
  });

  it('takes a code once: a second time is refused, and ends what came of the first', async () => {
    const { verifier, challenge } = at.pkce();
    const proof = dialect.pkce === 'none' ? null : verifier;
    const code = (await at.decide(proof === null ? {} : challenge)).get('code') ?? '';
    const { access_token: token } = tokensOf(await at.exchange(code, proof));
    expect((await at.identity(token)).status).toBe(200);
    const again = await at.exchange(code, proof);
    expect(again.status).toBeGreaterThanOrEqual(400);
    expect(again.body).not.toContain('access_token');
    expect((await at.identity(token)).status).toBeGreaterThanOrEqual(400);
  });

  it('takes a code until its end, and not later', async () => {
    const { verifier, challenge } = at.pkce();
    const proof = dialect.pkce === 'none' ? null : verifier;
    const inTime = (await at.decide(proof === null ? {} : challenge)).get('code') ?? '';
    const late = (await at.decide(proof === null ? {} : challenge)).get('code') ?? '';
    at.clock.advance(dialect.codeLife - 1);
    expect((await at.exchange(inTime, proof)).status).toBe(200);
    at.clock.advance(1);
    expect((await at.exchange(late, proof)).status).toBeGreaterThanOrEqual(400);
  });

  it('takes a code for the redirect address of its request alone', async () => {
    at.login.registerRedirect(`${CALLBACK}/other`);
    const { verifier, challenge } = at.pkce();
    const proof = dialect.pkce === 'none' ? null : verifier;
    const code = (await at.decide(proof === null ? {} : challenge)).get('code') ?? '';
    expect((await at.exchange(code, proof, { redirect_uri: `${CALLBACK}/other` })).status).toBeGreaterThanOrEqual(400);
  });

  it('gives no tokens to an app that does not know its secret', async () => {
    const code = (await at.decide()).get('code') ?? '';
    const fields = { ...(dialect.token.client !== 'query' && { grant_type: 'authorization_code' }), code, redirect_uri: CALLBACK };
    expect((await at.call(dialect.token, fields, { secret: 'wrong' })).status).toBeGreaterThanOrEqual(400);
  });

  it.runIf(dialect.pkce !== 'none')('refuses a wrong verifier and a missing one, and the code is gone then', async () => {
    const { verifier, challenge } = at.pkce();
    for (const wrong of [at.pkce().verifier, null]) {
      const code = (await at.decide(challenge)).get('code') ?? '';
      expect((await at.exchange(code, wrong)).status).toBeGreaterThanOrEqual(400);
      if (wrong !== null) expect((await at.exchange(code, verifier)).status).toBeGreaterThanOrEqual(400);
    }
  });

  it.runIf(dialect.pkce === 'none')('takes no challenge', async () => {
    expect((await at.open(at.pkce().challenge)).body).not.toContain('<form');
  });

  it.each(['https://elsewhere.example/', `${CALLBACK}/`, `${CALLBACK}?a=1`, ''])('never leads to an address that is not registered: %j', async (uri) => {
    const answer = await at.open({ redirect_uri: uri, _consent: 'allow' });
    expect(answer.status).toBe(400);
    expect(answer.headers['location']).toBeUndefined();
  });

  it('registers no address without https, but for the own machine, and none with a fragment', () => {
    expect(() => at.login.registerRedirect('http://app.example/')).toThrow('https');
    expect(() => at.login.registerRedirect('https://app.example/#a')).toThrow('fragment');
    at.login.registerRedirect('http://localhost:4566/oauth');
    expect(at.login.redirectUris()).toEqual([CALLBACK, 'http://localhost:4566/oauth']);
  });

  it.each([
    ['another app', { [dialect.clientParameter]: 'somebody-else' }],
    ['no state', { state: null }],
    ['another response type', { response_type: 'token' }],
    ['a scope that is not known', { scope: 'everything' }],
    ['no scope', { scope: null }],
    ['a parameter that is not known', { pkce: 'yes' }],
    ['a challenge that is no hash', { code_challenge: 'plain-text', code_challenge_method: 'plain' }],
  ])('puts no request with %s before a person', async (_what, change) => {
    const { challenge } = at.pkce();
    const answer = await at.open({ ...(dialect.pkce !== 'none' && challenge), _consent: 'allow', ...change });
    expect(answer.body).not.toContain('<form');
    expect(answer.headers['location'] ?? '').not.toContain('code=');
  });

  it('tells of a refusal, and gives no code', async () => {
    const arrived = await at.decide({ _consent: 'deny' });
    expect(Object.fromEntries(arrived)).toEqual({ ...dialect.denied, state: STATE });
    expect(arrived.has('code')).toBe(false);
  });

  it('leaves out a scope that was unticked', async () => {
    const [kept = '', ...rest] = Object.keys(dialect.scopes);
    const unticked = rest.filter((scope) => !(dialect.fixedScopes ?? []).includes(scope));
    const tokens = await at.link({ _scopes: [kept, ...(dialect.fixedScopes ?? [])].join(',') });
    const granted = tokens.scope?.split(/[\s,]+/u) ?? [];
    for (const scope of unticked) expect(granted).not.toContain(scope);
  });

  it('ends all tokens when the person takes the permission back', async () => {
    const { access_token: token, refresh_token: refreshToken } = await at.link();
    at.login.revoke(ada);
    expect((await at.identity(token)).status).toBeGreaterThanOrEqual(400);
    if (refreshToken !== undefined) expect((await at.refresh(refreshToken)).status).toBeGreaterThanOrEqual(400);
  });

  it('ends an access token by the clock, and when the sandbox is told to', async () => {
    const { access_token: first, expires_in: life } = await at.link();
    if (life !== undefined) {
      at.clock.advance(life - 1);
      expect((await at.identity(first)).status).toBe(200);
      at.clock.advance(1);
      expect((await at.identity(first)).status).toBeGreaterThanOrEqual(400);
    }
    const { access_token: second } = await at.link();
    at.login.expire(ada);
    expect((await at.identity(second)).status).toBeGreaterThanOrEqual(400);
  });

  it.runIf(dialect.revocation !== null)('ends the whole link when the app revokes one of its tokens', async () => {
    const { access_token: token, refresh_token: refreshToken } = await at.link();
    expect((await at.revoke(refreshToken ?? token)).status).toBeLessThan(300);
    expect((await at.identity(token)).status).toBeGreaterThanOrEqual(400);
    if (refreshToken !== undefined) expect((await at.refresh(refreshToken)).status).toBeGreaterThanOrEqual(400);
  });

  it.runIf(dialect.refresh === 'kept')('keeps a refresh token as long as it is used', async () => {
    const { refresh_token: token = '' } = await at.link();
    for (let round = 0; round < 3; round += 1) {
      const renewed = tokensOf(await at.refresh(token));
      expect([token, undefined]).toContain(renewed.refresh_token);
      expect((await at.identity(renewed.access_token)).status).toBe(200);
    }
  });

  it.runIf(dialect.refresh === 'rotates' || dialect.refresh === 'single_use')('gives a new refresh token each time; the old one serves no more', async () => {
    const first = await at.link();
    const second = tokensOf(await at.refresh(first.refresh_token ?? ''));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await at.identity(second.access_token)).status).toBe(200);
    expect((await at.refresh(first.refresh_token ?? '')).status).toBeGreaterThanOrEqual(400);
    // Where it may have been stolen, whoever holds the newer ones loses them too.
    const survives = dialect.refresh === 'rotates';
    expect((await at.identity(second.access_token)).status === 200).toBe(survives);
    expect((await at.refresh(second.refresh_token ?? '')).status === 200).toBe(survives);
  });

  it('has used up a code whose answer was lost, and has not where nothing arrived', async () => {
    const { verifier, challenge } = at.pkce();
    const proof = dialect.pkce === 'none' ? null : verifier;
    const changes = proof === null ? {} : challenge;
    const fault = (effect: 'drop_before' | 'drop_after') => at.sandbox.addFault({ network, operation: 'token.exchange', effect });
    const [safe, lost] = [(await at.decide(changes)).get('code') ?? '', (await at.decide(changes)).get('code') ?? ''];
    // Where each call has to be proved with a nonce, the first one is to be told it.
    await at.exchange('none', proof);
    fault('drop_before');
    await expect(at.exchange(safe, proof)).rejects.toThrow('cut');
    expect((await at.exchange(safe, proof)).status).toBe(200);
    fault('drop_after');
    if (dialect.pushed !== undefined) return;
    await expect(at.exchange(lost, proof)).rejects.toThrow('cut');
    expect((await at.exchange(lost, proof)).status).toBeGreaterThanOrEqual(400);
  });

  it('is done by clicking on the page, without scripts', async () => {
    const { verifier, challenge } = at.pkce();
    const url = await at.pageUrl(dialect.pkce === 'none' ? {} : challenge);
    const page = await at.get(url);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.body).not.toContain('<script');
    const decided = await at.send({ method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `${filledIn(page.body).toString()}&decision=allow` });
    const code = arrival(decided).get('code') ?? '';
    const { access_token: token } = tokensOf(await at.exchange(code, dialect.pkce === 'none' ? null : verifier));
    expect((await at.identity(token)).status).toBe(200);
    const denied = await at.send({ method: 'POST', url: await at.pageUrl(), headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: `${filledIn(page.body).toString()}&decision=deny` });
    expect(arrival(denied).has('code')).toBe(false);
  });

  it('logs its calls by name, each of them open to faults, and none with a secret', async () => {
    const tokens = await at.link();
    if (tokens.refresh_token !== undefined) await at.refresh(tokens.refresh_token);
    const log = await at.sandbox.calls(network);
    const names = log.map(({ operation }) => operation);
    expect(names).toContain('consent.decide');
    expect(names).toContain('token.exchange');
    expect(names).not.toContain('unknown');
    for (const text of [tokens.access_token, at.app.clientSecret, STATE]) expect(JSON.stringify(log)).not.toContain(text);
    for (const operation of new Set(names)) at.sandbox.addFault({ network, operation, effect: 'refuse', status: 500 });
    expect((await at.open({ _consent: 'allow' })).status).toBe(500);
  });
});

/** What a browser sends of a page's form if nobody changes anything. */
function filledIn(page: string): URLSearchParams {
  const inputs = [...page.matchAll(/<input ([^>]*)>/gu)].map(([, attributes = '']) => attributes);
  const sent = inputs.filter((attributes) => !attributes.includes('disabled') && (attributes.includes('checked') || attributes.includes('type="text"')));
  return new URLSearchParams(sent.map((attributes): [string, string] => [/name="([^"]*)"/u.exec(attributes)?.[1] ?? '', decode(/value="([^"]*)"/u.exec(attributes)?.[1] ?? '')]));
}

function decode(text: string): string {
  return text.replaceAll(/&#(\d+);/gu, (_all, code: string) => String.fromCharCode(Number(code)));
}
