import type { APIGatewayProxyEvent } from 'aws-lambda';
import { timestamp } from '../../core/clock.ts';
import { FanfareError } from '../../core/errors.ts';
import { hashKey, isWellFormedKey } from '../../core/keys.ts';
import type { ApiKey } from '../../core/model.ts';
import type { Log, Ports } from '../../core/ports/index.ts';
import { tenantOf } from '../../core/tenants.ts';
import type { Route } from '../http/route.ts';
import { header } from './headers.ts';
import type { VerifyToken } from './jwt.ts';

/** Who calls. Every record that a request sees belongs to this tenant. */
export interface Caller {
  readonly tenantId: string;
  readonly by: 'key' | 'session';
}

export interface Authenticator extends Pick<Ports, 'store' | 'clock'> {
  readonly verifyToken: VerifyToken;
}

/** `lastUsedAt` of a key is written at most once in so many milliseconds. */
const TOUCH_EVERY = 3_600_000;

/**
 * Finds out who calls: by `X-Api-Key`, which wins where both headers are there, or by the bearer token of a dashboard
 * session. Throws `unauthenticated`, or `api_key_not_allowed` for a key on a route for sessions.
 */
export async function authenticate(auth: Authenticator, route: Pick<Route, 'auth'>, event: APIGatewayProxyEvent, log: Log): Promise<Caller> {
  const key = header(event, 'X-Api-Key');
  if (key !== undefined && route.auth === 'jwt') {
    const message = 'This route takes a dashboard session, not an API key: send Authorization: Bearer <JWT> alone.';
    throw new FanfareError('api_key_not_allowed', message);
  }
  if (key !== undefined) return callerOfKey(auth, key, log);
  return callerOfToken(auth, header(event, 'Authorization'), route);
}

async function callerOfKey(auth: Authenticator, key: string, log: Log): Promise<Caller> {
  if (/^bearer\s/iu.test(key)) {
    throw new FanfareError('unauthenticated', 'X-Api-Key takes the key alone: leave out the prefix "Bearer ".');
  }
  if (!isWellFormedKey(key)) {
    throw new FanfareError('unauthenticated', 'This is not an API key of ours, or it has a typing mistake: copy it again, whole.');
  }
  const apiKey = await auth.store.getApiKey(hashKey(key));
  if (apiKey === null) throw new FanfareError('unauthenticated', 'There is no such API key.');
  if (apiKey.revokedAt !== null) throw new FanfareError('unauthenticated', 'This API key was revoked: make a new one.');
  await touch(auth, apiKey, log);
  return { tenantId: apiKey.tenantId, by: 'key' };
}

/** When a key was last used is for people to look at: a request does not fail for it. */
async function touch(auth: Authenticator, apiKey: ApiKey, log: Log): Promise<void> {
  const now = auth.clock.now();
  if (apiKey.lastUsedAt !== null && now.getTime() - Date.parse(apiKey.lastUsedAt) <= TOUCH_EVERY) return;
  try {
    await auth.store.touchApiKey(apiKey.keyHash, timestamp(now));
  } catch (error) {
    log.warn('the time of use of a key could not be written', { keyId: apiKey.keyId, tenantId: apiKey.tenantId, error });
  }
}

async function callerOfToken(auth: Authenticator, authorization: string | undefined, route: Pick<Route, 'auth'>): Promise<Caller> {
  const token = /^bearer +([^\s]+) *$/iu.exec(authorization ?? '')?.[1];
  if (token === undefined) {
    const ways = route.auth === 'jwt' ? 'Authorization: Bearer <JWT>' : 'X-Api-Key: <key>, or Authorization: Bearer <JWT>';
    throw new FanfareError('unauthenticated', `Say who you are: send ${ways}.`);
  }
  if (token.startsWith('fan_')) {
    throw new FanfareError('unauthenticated', 'An API key is sent as X-Api-Key: <key>, not in Authorization.');
  }
  const { issuer, subject } = await auth.verifyToken(token);
  return { tenantId: tenantOf(issuer, subject), by: 'session' };
}
