import { createHash, createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { json } from '../../http.ts';
import { Refusal } from '../../refusal.ts';
import type { Call, World } from '../../stand-in.ts';
import { publicKeySchema, readJwt, thumbprint } from './jwt.ts';

/** Proofs that who calls holds the key of their token (RFC 9449), each with a nonce of the server. */
export interface Dpop {
  /** The nonce that answers bring; it changes every minute, and is taken for three. */
  nonce(): string;
  /**
   * The thumbprint of the key with which a call is proved. `token`: of a call to a resource, with the token that it brings; null: of one
   * to the authorization server. Refuses a call without a good proof in the words of the one or the other.
   */
  check(call: Call, token: string | null): string;
  clear(): void;
}

/** Milliseconds. */
const NONCE_STEP = 60_000;
const NONCE_STEPS = 3;
/** Seconds that the clock of a client may be wrong, either way. */
const SKEW = 180;

const headerSchema = z.object({ typ: z.literal('dpop+jwt'), alg: z.literal('ES256'), jwk: publicKeySchema });
const claimsSchema = z.object({ jti: z.string().min(1), htm: z.string(), htu: z.string(), iat: z.number(), nonce: z.string().optional(), ath: z.string().optional() });

export function createDpop(world: Pick<World, 'clock' | 'baseUrl'>): Dpop {
  const secret = randomBytes(32);
  const seen = new Set<string>();
  const step = () => Math.floor(world.clock.now().getTime() / NONCE_STEP);
  const nonceOf = (count: number) => createHmac('sha256', secret).update(String(count)).digest('base64url');

  return {
    nonce: () => nonceOf(step()),

    check(call, token) {
      const refuse = (error: string, description: string) => refusal(token !== null, error, description);
      const text = call.headers['dpop'];
      if (text === undefined) throw refuse('invalid_dpop_proof', 'DPoP proof required');
      const proof = readJwt(text, headerSchema, claimsSchema);
      if (proof === null || !proof.isSignedBy(proof.header.jwk)) throw refuse('invalid_dpop_proof', 'Invalid DPoP proof');
      const { jti, htm, htu, iat, nonce, ath } = proof.claims;
      if (nonce === undefined) throw refuse('use_dpop_nonce', 'Authorization server requires nonce in DPoP proof');
      if (!Array.from({ length: NONCE_STEPS }, (_, back) => nonceOf(step() - back)).includes(nonce)) throw refuse('use_dpop_nonce', 'DPoP "nonce" mismatch');
      if (Math.abs(iat - world.clock.now().getTime() / 1000) > SKEW) throw refuse('invalid_dpop_proof', 'DPoP "iat" is too far from now');
      if (htm !== call.method) throw refuse('invalid_dpop_proof', 'DPoP "htm" mismatch');
      if (htu !== `${world.baseUrl}${call.path}`) throw refuse('invalid_dpop_proof', 'DPoP "htu" mismatch');
      if (ath !== (token === null ? undefined : createHash('sha256').update(token).digest('base64url'))) throw refuse('invalid_dpop_proof', 'DPoP "ath" mismatch');
      if (seen.has(jti)) throw refuse('invalid_dpop_proof', 'DPoP proof replayed');
      seen.add(jti);
      return thumbprint(proof.header.jwk);
    },

    clear: () => seen.clear(),
  };
}

/** A refusal of a resource, which is an XRPC error, or of the authorization server: that one asks for a nonce without a challenge (measured). */
function refusal(isResource: boolean, error: string, description: string): Refusal {
  if (!isResource && error === 'use_dpop_nonce') return new Refusal(json(400, { error, error_description: description }));
  const headers = { 'www-authenticate': `DPoP algs="ES256", error="${error}", error_description="${description.replaceAll('"', "'")}"` };
  return new Refusal(json(401, { error, [isResource ? 'message' : 'error_description']: description }, headers));
}
