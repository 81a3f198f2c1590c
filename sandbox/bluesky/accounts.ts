import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { timestamp } from '../../core/clock.ts';
import { sole } from '../authorization/persons.ts';
import { authorization, json } from '../http.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { input, nsidSchema, parameters, requireNoBody } from './call.ts';
import { base32 } from './cid.ts';
import { refuse } from './errors.ts';
import type { Limits } from './limits.ts';
import type { Dpop } from './oauth/dpop.ts';
import { demandScope } from './oauth/scopes.ts';
import { createOAuth, type OAuth } from './oauth/server.ts';
import { bearer, serviceDid, type Claims, type Tokens } from './tokens.ts';

/** The app password of every account here. */
export const APP_PASSWORD = 'sand-boxy-pass-word';
/** The password of every account itself, which no app should have. */
export const MAIN_PASSWORD = 'everything-is-open';

/** Seconds. */
const ACCESS_LIFE = 2 * 3600;
const REFRESH_LIFE = 90 * 24 * 3600;
/** For so long a refresh token that was used may be used again, and gives the same next one (measured). */
const REFRESH_GRACE = 2 * 3600;

/** Of a session by app password; a `Privileged` one may also read direct messages. */
const SCOPE = 'com.atproto.appPass';
/** By the account's own password. */
const MAIN_SCOPE = 'com.atproto.access';
const SCOPES: ReadonlyMap<string, string> = new Map([
  [APP_PASSWORD, SCOPE],
  [MAIN_PASSWORD, MAIN_SCOPE],
]);
const WRITING = new Set([MAIN_SCOPE, SCOPE, 'com.atproto.appPassPrivileged']);
const REFRESH_SCOPE = 'com.atproto.refresh';

export interface Account {
  readonly did: string;
  readonly handle: string;
}

/** What an account ended of its sessions by app password. */
interface Ended {
  /** Of the tokens that are made now. */
  generation: number;
  /** Below this generation nothing is taken; below the other one, no access token. */
  revoked: number;
  expired: number;
}

interface Session {
  readonly account: Account;
  readonly scope: string;
  expiresAt: number;
  /** The id of the refresh token that followed. */
  next: string | null;
}

export interface Accounts {
  readonly oauth: OAuth<Account>;
  add(account: NewAccount): LinkedAccount;
  /** By DID or handle. */
  find(name: string): Account | undefined;
  /** Whose session a call has; `method`: also taken with a token made for another service to call it. */
  authorise(call: Call, method?: string): Account;
  createSession(call: Call): Answer;
  readSession(call: Call): Answer;
  refresh(call: Call): Answer;
  deleteSession(call: Call): Answer;
  /** `com.atproto.server.getServiceAuth`. */
  serviceAuth(call: Call): Answer;
  clear(options?: { readonly accounts?: boolean }): void;
}

export function createAccounts({ world, tokens, limits, dpop }: { world: World; tokens: Tokens; limits: Limits; dpop: Dpop }): Accounts {
  const ended = new Map<string, Ended>();
  const accounts = new Map<string, Account>();
  /** By the id of the refresh token. */
  const sessions = new Map<string, Session>();
  const aud = serviceDid(world.baseUrl);
  const oauth = createOAuth<Account>({
    world,
    dpop,
    newAccount: ({ name }) => create(name),
    nameOf: ({ did, handle }) => ({ externalId: did, name: handle }),
    didOf: ({ did }) => did,
    sessions: {
      revoke(account) {
        const state = endedOf(account);
        state.generation += 1;
        state.revoked = state.generation;
      },
      expire(account) {
        const state = endedOf(account);
        state.generation += 1;
        state.expired = state.generation;
      },
    },
  });

  function create(name: string): Account {
    const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || 'somebody';
    const taken = [...accounts.values()].filter(({ handle }) => handle.startsWith(slug)).length;
    const account = { did: `did:plc:${base32(randomBytes(15))}`, handle: `${slug}${taken === 0 ? '' : `-${taken + 1}`}.bsky.social` };
    accounts.set(account.did, account);
    return account;
  }

  function endedOf({ did }: Account): Ended {
    const state = ended.get(did) ?? { generation: 0, revoked: 0, expired: 0 };
    ended.set(did, state);
    return state;
  }

  function find(name: string): Account | undefined {
    return accounts.get(name) ?? [...accounts.values()].find(({ handle }) => handle === name.toLowerCase());
  }

  function accessToken(account: Account, scope: string, life = ACCESS_LIFE): string {
    return tokens.sign('at+jwt', { scope, aud, sub: account.did, generation: endedOf(account).generation, exp: tokens.now() + life });
  }

  function open(account: Account, scope: string, jti = randomText(43)): string {
    if (!sessions.has(jti)) sessions.set(jti, { account, scope, expiresAt: tokens.now() + REFRESH_LIFE, next: null });
    return tokens.sign('refresh+jwt', { scope: REFRESH_SCOPE, aud, sub: account.did, jti, generation: endedOf(account).generation, exp: tokens.now() + REFRESH_LIFE });
  }

  /** The claims of a token that is ours and not over. */
  function checked(call: Call): Claims {
    const claims = tokens.read(bearer(call));
    if (claims === null) throw refuse(400, 'InvalidToken', 'Token could not be verified');
    if (claims.exp <= tokens.now()) throw refuse(400, 'ExpiredToken', 'Token has expired');
    const state = ended.get(claims.sub ?? '');
    if (state !== undefined && claims.generation !== undefined) {
      if (claims.generation < state.revoked) throw refuse(400, 'ExpiredToken', 'Token has been revoked');
      if (claims.generation < state.expired && claims.scope !== REFRESH_SCOPE) throw refuse(400, 'ExpiredToken', 'Token has expired');
    }
    return claims;
  }

  /** The same with the token of a consent, which is bound to a key. */
  function byProof(call: Call, token: string): Account {
    const grant = oauth.find(token);
    const thumbprint = dpop.check(call, token);
    if (grant?.subject.thumbprint !== thumbprint) {
      const headers = { 'www-authenticate': 'DPoP algs="ES256", error="invalid_token", error_description="The token is not known, is over, or is bound to another key"' };
      throw refuse(401, 'invalid_token', 'The token is not known, is over, or is bound to another key', headers);
    }
    demandScope(call, grant.scopes);
    return grant.subject.account;
  }

  function authorise(call: Call, method?: string): Account {
    const proved = authorization(call, ['dpop']);
    if (proved !== null) return byProof(call, proved);
    const claims = checked(call);
    if (claims.lxm !== undefined && claims.lxm === method) {
      if (claims.aud !== aud) throw refuse(401, 'BadJwtAudience', 'jwt audience does not match service did');
      const issuer = accounts.get(claims.iss ?? '');
      if (issuer !== undefined) return issuer;
    }
    if (!WRITING.has(claims.scope ?? '')) throw refuse(400, 'InvalidToken', 'Bad token scope');
    const account = accounts.get(claims.sub ?? '');
    if (account === undefined) throw refuse(403, 'AccountNotFound', 'Account not found');
    return account;
  }

  return {
    oauth,
    find,

    add({ name, accessTokenLife = ACCESS_LIFE, scopes = [SCOPE] }) {
      const account = sole(oauth.authorization.addPerson({ name }).accounts);
      const [scope = SCOPE] = scopes;
      return {
        externalId: account.did,
        name: account.handle,
        accessToken: accessToken(account, scope, accessTokenLife),
        refreshToken: open(account, scope),
        expiresAt: timestamp(new Date(world.clock.now().getTime() + accessTokenLife * 1000)),
        scopes,
        defaults: {},
      };
    },

    authorise,

    createSession(call) {
      const { identifier, password } = input(call, z.strictObject({ identifier: z.string(), password: z.string() }));
      const account = find(identifier);
      // Counted by the name that was given, right or wrong.
      const headers = limits.spend(account?.did ?? identifier, ['sessionsPer5Minutes', 'sessionsPerDay']);
      const scope = SCOPES.get(password);
      if (account === undefined || scope === undefined) throw refuse(401, 'AuthenticationRequired', 'Invalid identifier or password', headers);
      return json(200, { accessJwt: accessToken(account, scope), refreshJwt: open(account, scope), ...shown(account) }, headers);
    },

    readSession(call) {
      parameters(call, {});
      return json(200, shown(authorise(call)));
    },

    refresh(call) {
      parameters(call, {});
      requireNoBody(call);
      const claims = checked(call);
      if (claims.scope !== REFRESH_SCOPE) throw refuse(400, 'InvalidToken', 'Token could not be verified');
      const session = sessions.get(claims.jti ?? '');
      if (session === undefined || session.expiresAt <= tokens.now()) throw refuse(400, 'ExpiredToken', 'Token has been revoked');
      session.expiresAt = Math.min(session.expiresAt, tokens.now() + REFRESH_GRACE);
      session.next ??= randomText(43);
      const { account, scope, next } = session;
      return json(200, { accessJwt: accessToken(account, scope), refreshJwt: open(account, scope, next), ...shown(account) });
    },

    deleteSession(call) {
      parameters(call, {});
      requireNoBody(call);
      const claims = checked(call);
      if (claims.scope !== REFRESH_SCOPE) throw refuse(400, 'InvalidToken', 'Token could not be verified');
      // Its access token goes on until its own end.
      sessions.delete(claims.jti ?? '');
      return { status: 200, headers: {}, body: '' };
    },

    serviceAuth(call) {
      const account = authorise(call);
      const { aud: audience, lxm, exp } = parameters(call, {
        aud: z.string().regex(/^did:[a-z]+:[A-Za-z0-9.%:_-]+(#\w+)?$/u, 'aud must be a valid atproto DID or did#serviceId reference'),
        lxm: nsidSchema.optional(),
        exp: z.coerce.number().int().optional(),
      });
      const ends = exp ?? tokens.now() + 60;
      if (ends <= tokens.now()) throw refuse(400, 'BadExpiration', 'expiration is in past');
      if (ends > tokens.now() + 3600) throw refuse(400, 'BadExpiration', 'cannot request a token with an expiration more than an hour in the future');
      if (lxm === undefined && ends > tokens.now() + 60) {
        throw refuse(400, 'BadExpiration', 'cannot request a method-less token with an expiration more than a minute in the future');
      }
      const token = tokens.sign('JWT', { iss: account.did, aud: audience, exp: ends, jti: randomText(22), ...(lxm !== undefined && { lxm }) });
      return json(200, { token });
    },

    clear(options) {
      oauth.clear(options);
      if (options?.accounts !== true) return;
      accounts.clear();
      sessions.clear();
      ended.clear();
    },
  };
}

/** What the server says of an account to whom it belongs. */
function shown({ did, handle }: Account) {
  return { did, handle, email: `${handle}@example.com`, emailConfirmed: true, active: true };
}
