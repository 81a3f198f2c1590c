import { createPrivateKey, randomUUID, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, SignJWT } from 'jose';
import * as z from 'zod';
import { UnusableSecret, type NetworkTools } from '../../../core/ports/index.ts';
import { troubleOf, usualLines, value, type Reply } from '../../answers.ts';
import { serverTime } from './proof.ts';

/** Our app as servers of accounts know it: nowhere registered, but described at the address that is its id. */

type App = Pick<NetworkTools['app'], 'clientSecret'>;

/** The app's id: where it describes itself, beside the callback. */
export function clientIdOf(redirectUri: string): string {
  return new URL('client-metadata.json', redirectUri).href;
}

const publicSchema = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() });

/** What stands at the app's id (AT Protocol OAuth, "Client metadata"). Throws an `UnusableSecret` if the app has no key. */
export async function clientMetadata({ redirectUri, scopes }: { readonly redirectUri: string; readonly scopes: readonly string[] }, app: App) {
  const key = keyOf(app);
  if (key === null) throw new UnusableSecret(`The secret of the app at Bluesky: ${NO_KEY_TEXT} npm run doctor has the command that makes one.`);
  const jwk = publicSchema.parse(key.export({ format: 'jwk' }));
  return {
    client_id: clientIdOf(redirectUri),
    client_name: 'Fanfare',
    application_type: 'web',
    redirect_uris: [redirectUri],
    scope: scopes.join(' '),
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    dpop_bound_access_tokens: true,
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [{ ...jwk, alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(jwk) }] },
  };
}

/** Seconds. */
const ASSERTION_LIFE = 60;

/** Fields of a form. */
export type Assertion = Readonly<Record<'client_id' | 'client_assertion_type' | 'client_assertion', string>>;

/** What a request to an authorization server has in its form, so that it shows who we are (RFC 7523, section 2.2). */
export async function assertion({ clientId, issuer, now }: { readonly clientId: string; readonly issuer: string; readonly now: Date }, app: App): Promise<Reply<Assertion>> {
  const key = keyOf(app);
  if (key === null) return { kind: 'trouble', trouble: NO_KEY };
  const kid = await calculateJwkThumbprint(publicSchema.parse(key.export({ format: 'jwk' })));
  const at = serverTime(issuer, now);
  const signed = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(issuer)
    .setIssuedAt(at)
    .setExpirationTime(at + ASSERTION_LIFE)
    .sign(key);
  return value({ client_id: clientId, client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion: signed });
}

/** Null: what was configured is no key for ES256. */
function keyOf({ clientSecret }: App): KeyObject | null {
  try {
    const key = createPrivateKey(clientSecret);
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null;
  } catch (error) {
    // Whatever OpenSSL says of it: it could not be read.
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}

const NO_KEY_TEXT = 'It is no private key for ES256 (P-256) in PEM.';
const NO_KEY = troubleOf(usualLines('Bluesky').app, { code: null, text: NO_KEY_TEXT }, null);
