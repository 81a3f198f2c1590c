import { generateKeyPair } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokenVerifier } from '../../functions/common/jwt.ts';
import { startIssuer } from './support/issuer.ts';
import type { TestIssuer } from './support/issuer.ts';

const seconds = () => Math.floor(Date.now() / 1000);

describe('a dashboard session', () => {
  let issuer: TestIssuer;
  beforeEach(async () => {
    issuer = await startIssuer();
  });
  afterEach(() => issuer.close());

  const good = () => ({ iss: issuer.url, sub: 'user-1', aud: 'dashboard', exp: seconds() + 60 });
  const verifier = (jwksUri: string | null = issuer.jwksUri) => tokenVerifier({ issuer: issuer.url, audience: 'dashboard', jwksUri, tenantClaim: null });
  const reading = (tenantClaim: string | null) => tokenVerifier({ issuer: issuer.url, audience: 'dashboard', jwksUri: issuer.jwksUri, tenantClaim });

  it('is taken from the configured issuer for this audience', async () => {
    await expect(verifier()(await issuer.sign(good()))).resolves.toEqual({ issuer: issuer.url, subject: 'user-1', tenant: null });
  });

  it('may name its audience among others, or as client_id, as the access tokens of Cognito do', async () => {
    const { aud: _, ...access } = good();
    await expect(verifier()(await issuer.sign({ ...good(), aud: ['other', 'dashboard'] }))).resolves.toMatchObject({ subject: 'user-1' });
    await expect(verifier()(await issuer.sign({ ...access, client_id: 'dashboard', token_use: 'access' }))).resolves.toMatchObject({
      subject: 'user-1',
    });
  });

  it.each([
    ['for another audience', { aud: 'other' }],
    ['for another audience, with ours as client_id', { aud: 'other', client_id: 'dashboard' }],
    ['without audience', { aud: undefined }],
    ['of another issuer', { iss: 'https://elsewhere.example' }],
    ['that has ended', { exp: seconds() - 1 }],
    ['that never ends', { exp: undefined }],
    ['that has not begun', { nbf: seconds() + 60 }],
    ['without subject', { sub: undefined }],
    ['with an empty subject', { sub: '' }],
  ])('%s is refused', async (_, claims) => {
    const { iss, sub, aud, exp } = good();
    const given = Object.entries({ iss, sub, aud, exp, ...claims }).filter(([, value]) => value !== undefined);
    const token = await issuer.sign(Object.fromEntries(given));
    await expect(verifier()(token)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('with a changed subject, a foreign signature or none at all is refused', async () => {
    const token = await issuer.sign(good());
    const [header, , signature] = token.split('.');
    const payload = Buffer.from(JSON.stringify({ ...good(), sub: 'user-2' })).toString('base64url');
    const none = `${Buffer.from('{"alg":"none","kid":"one"}').toString('base64url')}.${payload}.`;
    const other = await startIssuer({ keys: generateKeyPair('RS256') });
    const foreign = await other.sign(good());
    await other.close();
    for (const bad of [`${header}.${payload}.${signature}`, none, foreign, `${token}x`, 'x.y.z', 'x', '']) {
      await expect(verifier()(bad), bad).rejects.toMatchObject({ code: 'unauthenticated' });
    }
  });

  it('with an unknown key is refused, and does not make us ask the issuer each time', async () => {
    const verify = verifier();
    const token = await issuer.sign(good(), { kid: 'two' });
    for (let i = 0; i < 5; i += 1) await expect(verify(token)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(issuer.requests).toEqual(['/keys']);
    await expect(verify(await issuer.sign(good()))).resolves.toMatchObject({ subject: 'user-1' });
  });

  it('is checked with keys that are fetched once', async () => {
    const verify = verifier();
    const token = await issuer.sign(good());
    await Promise.all([verify(token), verify(token)]);
    await verify(token);
    expect(issuer.requests).toEqual(['/keys']);
  });

  it('is checked with the keys that the discovery document names, if none are configured', async () => {
    await expect(verifier(null)(await issuer.sign(good()))).resolves.toMatchObject({ subject: 'user-1' });
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  it('waits out an issuer that cannot be reached: try again, not sign in again', async () => {
    const verify = verifier(null);
    const token = await issuer.sign(good());
    issuer.break(true);
    await expect(verify(token)).rejects.toMatchObject({ code: 'busy', retryAfter: 5 });
    issuer.break(false);
    await expect(verify(token)).resolves.toMatchObject({ subject: 'user-1' });
  });

  it('is not checked with the keys of a discovery document that is of another issuer', async () => {
    const liar = await startIssuer({ discovery: (url) => ({ issuer: 'https://elsewhere.example', jwks_uri: `${url}/keys` }) });
    const verify = tokenVerifier({ issuer: liar.url, audience: 'dashboard', jwksUri: null, tenantClaim: null });
    await expect(verify(await liar.sign({ ...good(), iss: liar.url }))).rejects.toMatchObject({ code: 'busy' });
    expect(liar.requests).toEqual(['/.well-known/openid-configuration']);
    await liar.close();
  });

  describe('where a tenant claim is configured', () => {
    it('names the tenant by it, and by nothing else', async () => {
      const token = await issuer.sign({ ...good(), 'custom:tenantId': 'acme', tenant: 'other' });
      expect(await reading('custom:tenantId')(token)).toMatchObject({ subject: 'user-1', tenant: 'acme' });
      expect(await reading('tenant')(token)).toMatchObject({ tenant: 'other' });
      expect(await reading(null)(token)).toMatchObject({ tenant: null });
    });

    it.each([
      ['nothing', undefined],
      ['no text', 7],
      ['an empty text', ''],
      ['several', ['acme', 'other']],
      ['more than 256 characters', 'x'.repeat(257)],
    ])('is refused with %s in it, in words that name the claim', async (_, tenant) => {
      const token = await issuer.sign({ ...good(), ...(tenant === undefined ? {} : { tenant }) });
      const refusal = { code: 'unauthenticated', message: expect.stringContaining('no claim tenant') };
      await expect(reading('tenant')(token)).rejects.toMatchObject(refusal);
    });
  });
});
