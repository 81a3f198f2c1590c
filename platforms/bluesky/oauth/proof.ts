import { createHash, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import * as z from 'zod';
import type { HttpAnswer, HttpRequest, HttpResult, NetworkTools } from '../../../core/ports/index.ts';
import { parseAnswer } from '../../answers.ts';
import type { PrivateKey } from './binding.ts';

/**
 * Proofs that who calls holds the key to which a token is bound (DPoP, RFC 9449). Each has a nonce that the server gave, which it
 * changes every few minutes, and the time by the server's clock, since it takes none that is minutes off.
 */

/** What a server said last. */
interface Heard {
  /** Null: none yet. */
  readonly nonce: string | null;
  /** Seconds by which its clock is ahead of ours. */
  readonly ahead: number;
  /** When it gave the nonce, by our clock, in milliseconds of the epoch. */
  readonly at: number;
}

/** By origin. Nothing of it is secret or an account's own: a server gives the same to all. */
const heardFrom = new Map<string, Heard>();
const SERVERS_MAX = 1000;

type Tools = Pick<NetworkTools, 'send' | 'now'>;

/** What a call is proved with: a key, and the access token with which it comes; null: it comes with none. */
export interface Credentials {
  readonly key: PrivateKey;
  readonly token: string | null;
}

/** Sends a request with its proof, and once more if the server wants another nonce: then it has not looked at the request. */
export async function sendProved(tools: Tools, request: HttpRequest, credentials: Credentials): Promise<HttpResult> {
  const used = nonceFor(request);
  const result = await tools.send(await proved(request, credentials, tools.now()));
  listen(request, result, tools.now());
  if (result.kind !== 'answered' || !wantsNonce(result.answer) || nonceFor(request) === used) return result;
  const again = await tools.send(await proved(request, credentials, tools.now()));
  listen(request, again, tools.now());
  return again;
}

/** A request with its proof, with the nonce that its server gave last. */
export async function proved(request: HttpRequest, { key, token }: Credentials, now: Date): Promise<HttpRequest> {
  const { d: _private, ...jwk } = key;
  const nonce = nonceFor(request);
  const [target = ''] = request.url.split(/[?#]/u, 1);
  const claims = {
    jti: randomUUID(),
    htm: request.method,
    htu: target,
    ...(nonce !== null && { nonce }),
    ...(token !== null && { ath: createHash('sha256').update(token).digest('base64url') }),
  };
  const proof = await new SignJWT(claims).setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk }).setIssuedAt(serverTime(request.url, now)).sign(key);
  return { ...request, headers: { ...request.headers, dpop: proof, ...(token !== null && { authorization: `DPoP ${token}` }) } };
}

/** Null: the server has given none yet. */
function nonceFor({ url }: Pick<HttpRequest, 'url'>): string | null {
  return heardFrom.get(new URL(url).origin)?.nonce ?? null;
}

/** Notes what an answer says of the server's clock, and the nonce that it gives. */
export function listen({ url }: Pick<HttpRequest, 'url'>, result: HttpResult, now: Date): void {
  if (result.kind !== 'answered') return;
  const { headers } = result.answer;
  const { origin } = new URL(url);
  const known = heardFrom.get(origin) ?? { nonce: null, ahead: 0, at: 0 };
  // A copy is as old as it says, and was dated by the server.
  const date = Date.parse(headers['date'] ?? '') + Number(headers['age'] ?? 0) * 1000;
  const nonce = headers['dpop-nonce'] ?? null;
  // Last in the order of the map, of which the first goes when there are too many.
  heardFrom.delete(origin);
  heardFrom.set(origin, {
    nonce: nonce ?? known.nonce,
    ahead: Number.isNaN(date) ? known.ahead : Math.round((date - now.getTime()) / 1000),
    at: nonce === null ? known.at : now.getTime(),
  });
  const [oldest] = heardFrom.keys();
  if (heardFrom.size > SERVERS_MAX && oldest !== undefined) heardFrom.delete(oldest);
}

/** Seconds since 1970 by the clock of the server of an address, as far as it was heard. */
export function serverTime(url: string, now: Date): number {
  return Math.floor(now.getTime() / 1000) + (heardFrom.get(new URL(url).origin)?.ahead ?? 0);
}

/** Seconds for which a nonce is surely taken: servers change theirs every minute, and take the last ones too (measured: three). */
const NONCE_LIFE = 60;

/** Whether a call to an address can be made without being refused for its nonce. */
export function hasNonce(url: string, now: Date): boolean {
  const heard = heardFrom.get(new URL(url).origin);
  return heard !== undefined && heard.nonce !== null && Math.abs(now.getTime() - heard.at) < NONCE_LIFE * 1000;
}

const refusedSchema = z.object({ error: z.literal('use_dpop_nonce') });

function wantsNonce(answer: HttpAnswer): boolean {
  return (answer.status === 400 || answer.status === 401) && parseAnswer(refusedSchema, answer) !== null;
}
