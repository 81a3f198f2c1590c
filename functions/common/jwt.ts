import { JwtVerifier } from 'aws-jwt-verify/jwt-verifier';
import { JwksValidationError, JwkValidationError, JwtBaseError } from 'aws-jwt-verify/error';
import { SimpleJwksCache, SimplePenaltyBox } from 'aws-jwt-verify/jwk';
import * as z from 'zod';
import { FanfareError } from '../../core/errors.ts';
import type { Identity } from '../../core/tenants.ts';
import type { IdentitySettings } from '../environment.ts';

/** Throws `unauthenticated` for a token that is not good, `busy` if the issuer's keys cannot be had now. */
export type VerifyToken = (token: string) => Promise<Identity>;

/** Milliseconds for one request to the issuer. */
const FETCH_TIMEOUT = 3_000;
/** Characters of a tenant claim. */
const LONGEST_TENANT = 256;
/** Requests for the keys at most this often (seconds) while tokens name a key that the issuer does not have. */
const UNKNOWN_KEY_PAUSE = 2;

const discovery = z.object({ issuer: z.string(), jwks_uri: z.url() });

class IssuerUnreachable extends Error {
  override readonly name = 'IssuerUnreachable';
}

/**
 * Verifies dashboard sessions: signature, issuer, life and audience, the latter in `aud` or, as Cognito's access tokens have
 * it, in `client_id`. Keys are fetched on first use and kept; where no address of keys is configured, the issuer's discovery
 * document names it (OpenID Connect Discovery 1.0, section 4).
 */
export function tokenVerifier(identity: IdentitySettings): VerifyToken {
  let verifier: Promise<ReturnType<typeof createVerifier>> | undefined;
  const load = async () => {
    try {
      return createVerifier(identity, await jwksUriOf(identity));
    } catch (error) {
      verifier = undefined;
      throw error;
    }
  };
  return async (token) => {
    try {
      const payload = await (await (verifier ??= load())).verify(token);
      return { issuer: identity.issuer, subject: claims.parse(payload).sub, tenant: tenantIn(payload, identity.tenantClaim) };
    } catch (error) {
      throw refusal(error);
    }
  };
}

const claims = z.object({
  sub: z.string().min(1),
  exp: z.number(),
  aud: z.union([z.string(), z.array(z.string())]).optional(),
  client_id: z.string().optional(),
});

function createVerifier(identity: IdentitySettings, jwksUri: string) {
  return JwtVerifier.create(
    { issuer: identity.issuer, audience: null, jwksUri, customJwtCheck: ({ payload }) => checkClaims(payload, identity.audience) },
    {
      jwksCache: new SimpleJwksCache({
        fetcher: { fetch: fetchBytes },
        penaltyBox: new SimplePenaltyBox({ waitSeconds: UNKNOWN_KEY_PAUSE }),
      }),
    },
  );
}

function checkClaims(payload: unknown, audience: string): void {
  const parsed = claims.safeParse(payload);
  if (!parsed.success) throw new FanfareError('unauthenticated', 'The session token lacks its subject or its end: sign in again.');
  const { aud, client_id: clientId } = parsed.data;
  const audiences = aud === undefined ? [clientId] : [aud].flat();
  if (!audiences.includes(audience)) throw new FanfareError('unauthenticated', 'The session token is for another application.');
}

/** Where people share tenants, nobody falls back to one of his own: what is missing, the operator has forgotten. */
function tenantIn(payload: unknown, claim: string | null): string | null {
  if (claim === null) return null;
  const parsed = z.object({ [claim]: z.string().min(1).max(LONGEST_TENANT) }).safeParse(payload);
  const tenant = parsed.success ? parsed.data[claim] : undefined;
  if (tenant !== undefined) return tenant;
  const message = `The session token has no claim ${claim}, which names the tenant here: ask the operator for one, or send the token that has it.`;
  throw new FanfareError('unauthenticated', message);
}

async function jwksUriOf(identity: IdentitySettings): Promise<string> {
  if (identity.jwksUri !== null) return identity.jwksUri;
  const base = identity.issuer.replace(/\/$/u, '');
  const bytes = await fetchBytes(`${base}/.well-known/openid-configuration`);
  const document = discovery.safeParse(parseJson(bytes));
  if (!document.success || document.data.issuer !== identity.issuer) {
    throw new IssuerUnreachable(`The discovery document of ${identity.issuer} is not of this issuer.`);
  }
  // A document fetched over TLS must not lead to keys that anybody on the way could replace.
  if (identity.issuer.startsWith('https:') && !document.data.jwks_uri.startsWith('https:')) {
    throw new IssuerUnreachable(`The discovery document of ${identity.issuer} names keys without TLS.`);
  }
  return document.data.jwks_uri;
}

/** The library's own fetcher takes https only; a local issuer speaks http. Which one it is, the operator configured. */
async function fetchBytes(uri: string): Promise<ArrayBuffer> {
  try {
    const answer = await fetch(uri, { redirect: 'error', signal: AbortSignal.timeout(FETCH_TIMEOUT) });
    if (answer.status !== 200) throw new IssuerUnreachable(`${uri} answered ${answer.status}.`);
    return await answer.arrayBuffer();
  } catch (cause) {
    if (cause instanceof IssuerUnreachable) throw cause;
    throw new IssuerUnreachable(`${uri} cannot be reached.`, { cause });
  }
}

function parseJson(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new IssuerUnreachable('The discovery document is not JSON.', { cause });
  }
}

function refusal(error: unknown): unknown {
  if (error instanceof IssuerUnreachable || error instanceof JwksValidationError || error instanceof JwkValidationError) {
    return new FanfareError('busy', 'Sessions cannot be checked at the moment: try again.', { cause: error, retryAfter: 5 });
  }
  if (error instanceof JwtBaseError) {
    return new FanfareError('unauthenticated', 'The session token is not valid or has ended: sign in again.', { cause: error });
  }
  return error;
}
