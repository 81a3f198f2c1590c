import type { APIGatewayProxyEvent } from 'aws-lambda';
import { timestamp } from '../../core/clock.ts';
import { errorAt, FanfareError } from '../../core/errors.ts';
import { hashKey, isWellFormedKey } from '../../core/keys.ts';
import { scopes, type ApiKey, type Plan, type Scope } from '../../core/model.ts';
import type { Ports, RateSubject } from '../../core/ports/index.ts';
import { tenantOfIdentity } from '../../core/tenants.ts';
import type { Route } from '../http/route.ts';
import { header } from './headers.ts';
import type { VerifyToken } from './jwt.ts';
import type { PlanCache } from './plans.ts';

/** Who calls. Every record that a request sees belongs to this tenant. */
export interface Caller {
  readonly tenantId: string;
  readonly by: 'key' | 'session';
  /** Who it is within the tenant: the key's id, or the subject of the session. */
  readonly actor: string;
  /** What it may do; a session may do everything. */
  readonly scopes: readonly Scope[];
  readonly plan: Plan;
}

export interface Authenticator extends Pick<Ports, 'store' | 'clock'> {
  readonly verifyToken: VerifyToken;
  /** Of tenants without a plan of their own. */
  readonly defaultPlan: Plan;
}

/** The bucket that the caller's requests are taken out of, as authentication found it. */
export interface CallerBucket {
  readonly subject: RateSubject;
  readonly fullAt: number | null;
  /** When a key was last used; null for sessions. */
  readonly key: Pick<ApiKey, 'lastUsedAt'> | null;
}

export interface Authenticated {
  readonly caller: Caller;
  readonly bucket: CallerBucket;
}

/**
 * Finds out who calls: by `X-Api-Key`, which wins where both headers are there, or by the bearer token of a dashboard session;
 * by one read in either case. Throws `unauthenticated`, or `api_key_not_allowed` for a key on a route for sessions.
 */
export async function authenticate(
  auth: Authenticator,
  plans: PlanCache,
  route: Pick<Route, 'auth'>,
  event: APIGatewayProxyEvent,
): Promise<Authenticated> {
  const key = header(event, 'X-Api-Key');
  if (key !== undefined && route.auth === 'jwt') {
    const message = 'This route takes a dashboard session, not an API key: send Authorization: Bearer <JWT> alone.';
    throw errorAt('api_key_not_allowed', 'X-Api-Key', 'not_allowed', message);
  }
  if (key !== undefined) return callerOfKey(auth, plans, key);
  return callerOfToken(auth, header(event, 'Authorization'), route);
}

async function callerOfKey(auth: Authenticator, plans: PlanCache, key: string): Promise<Authenticated> {
  if (/^bearer\s/iu.test(key)) throw badKey('malformed', 'X-Api-Key takes the key alone: leave out the prefix "Bearer ".');
  if (!isWellFormedKey(key)) {
    throw badKey('malformed', 'This is not an API key of ours, or it has a typing mistake: copy it again, whole.');
  }
  const keyHash = hashKey(key);
  const found = await auth.store.getApiKeyWithRate(keyHash);
  if (found === null) throw badKey('unknown', 'There is no such API key.');
  const { apiKey, fullAt } = found;
  if (apiKey.revokedAt !== null) throw badKey('revoked', `This API key was revoked at ${apiKey.revokedAt}: make a new one.`);
  if (apiKey.expiresAt !== null && apiKey.expiresAt <= timestamp(auth.clock.now())) {
    throw badKey('expired', `This API key expired at ${apiKey.expiresAt}: make a new one.`);
  }
  const { tenantId, keyId } = apiKey;
  const caller: Caller = { tenantId, by: 'key', actor: keyId, scopes: apiKey.scopes, plan: await plans.planOf(tenantId) };
  return { caller, bucket: { subject: { keyHash }, fullAt, key: apiKey } };
}

/** Throws `forbidden` for a key that is not allowed what the route needs. */
export function checkScope(caller: Pick<Caller, 'scopes'>, scope: Scope | null): void {
  if (scope === null || caller.scopes.includes(scope)) return;
  const message = `This API key lacks the scope ${scope}: use one that has it, or make a new one.`;
  throw errorAt('forbidden', 'X-Api-Key', 'scope_missing', message);
}

async function callerOfToken(auth: Authenticator, authorization: string | undefined, route: Pick<Route, 'auth'>): Promise<Authenticated> {
  const token = /^bearer +([^\s]+) *$/iu.exec(authorization ?? '')?.[1];
  if (token === undefined) {
    const ways = route.auth === 'jwt' ? 'Authorization: Bearer <JWT>' : 'X-Api-Key: <key>, or Authorization: Bearer <JWT>';
    throw badSession(authorization === undefined ? 'required' : 'malformed', `Say who you are: send ${ways}.`);
  }
  if (token.startsWith('fan_')) throw badSession('malformed', 'An API key is sent as X-Api-Key: <key>, not in Authorization.');
  const identity = await verified(auth.verifyToken, token);
  const request = { tenantId: tenantOfIdentity(identity), at: timestamp(auth.clock.now()) };
  const { tenant, fullAt } = await auth.store.ensureTenantWithRate(request);
  const { tenantId, plan } = tenant;
  const caller: Caller = { tenantId, by: 'session', actor: identity.subject, scopes, plan: plan ?? auth.defaultPlan };
  return { caller, bucket: { subject: { tenantId }, fullAt, key: null } };
}

/** The header that a bad token came in is named by whoever read it there. */
async function verified(verifyToken: VerifyToken, token: string): ReturnType<VerifyToken> {
  try {
    return await verifyToken(token);
  } catch (error) {
    if (!(error instanceof FanfareError) || error.code !== 'unauthenticated') throw error;
    throw errorAt('unauthenticated', 'Authorization', 'invalid', error.message, { cause: error });
  }
}

function badKey(reason: string, message: string): FanfareError {
  return errorAt('unauthenticated', 'X-Api-Key', reason, message);
}

function badSession(reason: string, message: string): FanfareError {
  return errorAt('unauthenticated', 'Authorization', reason, message);
}
