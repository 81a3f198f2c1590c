import { createHash, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import type { Clock } from '../../../core/clock.ts';
import type { HttpRequest } from '../../../core/ports/index.ts';

/** Keys, proofs and assertions of an app at a network that binds tokens to keys, made by hand. */
export interface Key {
  readonly secret: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

export function newKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { secret: privateKey, jwk: { ...publicKey.export({ format: 'jwk' }) } };
}

export function jwt(header: object, claims: object, { secret }: Key): string {
  const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${text}.${sign('sha256', Buffer.from(text), { key: secret, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

function seconds(clock: Clock): number {
  return Math.floor(clock.now().getTime() / 1000);
}

/** Adds the proof to a request (RFC 9449). */
export function prover(clock: Clock, key: Key) {
  return (request: HttpRequest, token: string | null, nonce: string | null): HttpRequest => {
    const claims = {
      jti: randomUUID(),
      htm: request.method,
      htu: request.url.split('?')[0],
      iat: seconds(clock),
      ...(nonce !== null && { nonce }),
      ...(token !== null && { ath: createHash('sha256').update(token).digest('base64url') }),
    };
    return { ...request, headers: { ...request.headers, dpop: jwt({ typ: 'dpop+jwt', alg: 'ES256', jwk: key.jwk }, claims, key) } };
  };
}

/** Fields that say which app it is (RFC 7523). */
export function assertion({ clientId, issuer, key, clock }: { clientId: string; issuer: string; key: Key; clock: Clock }): Readonly<Record<string, string>> {
  const claims = { iss: clientId, sub: clientId, aud: issuer, jti: randomUUID(), iat: seconds(clock) };
  return { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: jwt({ alg: 'ES256', kid: 'key-1' }, claims, key) };
}

/** What an app says of itself at its address. */
export function clientMetadata(app: { clientId: string; redirectUris: readonly string[]; scopes: readonly string[]; key: Key | null }) {
  const { clientId, redirectUris, scopes, key } = app;
  return {
    client_id: clientId,
    client_name: 'Fanfare',
    redirect_uris: redirectUris,
    scope: scopes.join(' '),
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    dpop_bound_access_tokens: true,
    application_type: 'web',
    ...(key === null
      ? { token_endpoint_auth_method: 'none' }
      : { token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256', jwks: { keys: [{ ...key.jwk, kid: 'key-1' }] } }),
  };
}
