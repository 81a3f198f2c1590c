import { timestamp } from '../../core/clock.ts';
import { createGrants, type Grant } from '../authorization/grants.ts';
import { sole } from '../authorization/persons.ts';
import { createAuthorization, type AuthorizationServer } from '../authorization/server.ts';
import { readAppForm, readTokenRequest } from '../authorization/token-request.ts';
import { authorization, json, oddParameter } from '../http.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { dialect, SCOPES, type Scope } from './authorization.ts';
import { invalid, refuse, refuseToken } from './errors.ts';

export type { Scope } from './authorization.ts';

/** Seconds. */
const ACCESS_TOKEN_LIFE = 2 * 3600;
/** Counted anew at each refresh. */
const REFRESH_TOKEN_LIFE = 180 * 24 * 3600;

export interface Account {
  readonly userId: string;
  readonly username: string;
  readonly name: string;
}

export interface Accounts {
  readonly authorization: AuthorizationServer<Account>;
  add(account: NewAccount): LinkedAccount;
  /** The account that a call acts for; refuses a token that is wrong or over, or lacks one of the scopes. */
  authorise(call: Call, scopes: readonly Scope[]): Account;
  /** `POST /2/oauth2/token`. */
  token(call: Call): Answer;
  /** `POST /2/oauth2/revoke`. */
  revoke(call: Call): Answer;
  /** `GET /2/users/me`. */
  me(call: Call, account: Account): Answer;
  clear(): void;
}

export function createAccounts(world: World, nextId: () => string): Accounts {
  const grants = createGrants<Account, 'access' | 'refresh'>(world.clock, ['access']);
  const server = createAuthorization<Account>({
    world,
    dialect,
    grants,
    newAccount: ({ name }) => ({ userId: nextId(), username: name.toLowerCase().replaceAll(/\W+/gu, '_').slice(0, 15), name }),
    nameOf: ({ userId, username }) => ({ externalId: userId, name: username }),
  });
  const rules = { app: world.app, client: 'basic', encodesBasic: true, idField: 'client_id', invalidClient: 'unauthorized_client', refuse: refuseToken } as const;

  /** A pair; one with a refresh token only if the person allowed it. */
  function issue(grant: Grant<Account>, life = ACCESS_TOKEN_LIFE) {
    const access = grants.issue(grant, 'access', randomText(91), life);
    const refresh = grant.scopes.includes('offline.access') ? grants.issue(grant, 'refresh', randomText(91), REFRESH_TOKEN_LIFE) : null;
    return { access, refresh };
  }

  function shown(grant: Grant<Account>): Answer {
    const { access, refresh } = issue(grant);
    return json(200, {
      token_type: 'bearer',
      expires_in: ACCESS_TOKEN_LIFE,
      access_token: access.text,
      ...(refresh !== null && { refresh_token: refresh.text }),
      scope: grant.scopes.join(' '),
    });
  }

  function exchange(form: URLSearchParams): Answer {
    const redeemed = server.redeem(
      { code: form.get('code'), redirectUri: form.get('redirect_uri'), verifier: form.get('code_verifier') },
      { grants, subject: ({ accounts }) => sole(accounts) },
    );
    if (typeof redeemed === 'string') throw refuseToken(400, 'invalid_request', 'Value passed for the authorization code was invalid.');
    return shown(redeemed.grant);
  }

  function refresh(form: URLSearchParams): Answer {
    const token = grants.find(form.get('refresh_token'), ['refresh']);
    if (token === undefined) throw deadToken();
    if (grants.alive(token.text, ['refresh']) === undefined) {
      // It may have been stolen: whoever holds the newer ones loses them too.
      grants.close(token.grant);
      throw deadToken();
    }
    // A new pair: the old one serves no more.
    for (const old of [...grants.others(token.grant, 'access'), token]) if (old.grant === token.grant) grants.spend(old);
    return shown(token.grant);
  }

  return {
    authorization: server,

    add({ name, accessTokenLife = ACCESS_TOKEN_LIFE, scopes = SCOPES }) {
      const { id: personId, accounts } = server.addPerson({ name });
      const account = sole(accounts);
      const { access, refresh: token } = issue(grants.open({ personId, subject: account, scopes }), accessTokenLife);
      const expiresAt = timestamp(new Date(access.expiresAt ?? 0));
      return { externalId: account.userId, name: account.username, accessToken: access.text, refreshToken: token?.text ?? null, expiresAt, scopes, defaults: {} };
    },

    authorise(call, needed) {
      const token = grants.alive(authorization(call, ['bearer']), ['access']);
      if (token === undefined) throw refuse(401, { detail: 'Unauthorized', headers: { 'www-authenticate': 'Bearer' } });
      const { scopes, subject } = token.grant;
      const missing = needed.find((scope) => !scopes.includes(scope));
      if (missing !== undefined) throw refuse(403, { detail: `The token lacks the required scope ${missing}.` });
      return subject;
    },

    token(call) {
      const form = readTokenRequest(call, { ...rules, grants: { authorization_code: ['code', 'redirect_uri', 'code_verifier'], refresh_token: ['refresh_token'] } });
      return form.get('grant_type') === 'authorization_code' ? exchange(form) : refresh(form);
    },

    revoke(call) {
      const form = readAppForm(call, ['token', 'token_type_hint?'], rules);
      const token = grants.find(form.get('token'), ['access', 'refresh']);
      if (token !== undefined) grants.close(token.grant);
      return json(200, { revoked: true });
    },

    me(call, { userId, username, name }) {
      const odd = oddParameter(call.query, ['user.fields']);
      if (odd !== null) throw invalid(`The query parameter [${odd.name}] is ${odd.problem}.`);
      const more: Readonly<Record<string, unknown>> = {
        username,
        name,
        profile_image_url: `https://pbs.twimg.com/profile_images/${userId}/a_normal.jpg`,
        verified: false,
        verified_type: 'none',
        subscription_type: 'None',
        public_metrics: { followers_count: 0, following_count: 0, tweet_count: 0, listed_count: 0 },
      };
      const wanted = (call.query.get('user.fields') ?? 'username,name').split(',');
      const unknown = wanted.find((field) => !Object.hasOwn(more, field));
      if (unknown !== undefined) throw invalid(`The user.fields query parameter value [${unknown}] is not one of ${Object.keys(more).join(',')}`);
      return json(200, { data: { id: userId, username, name, ...Object.fromEntries(wanted.map((field) => [field, more[field]])) } });
    },

    clear() {
      grants.clear();
      server.clear({ persons: true });
    },
  };
}

function deadToken() {
  return refuseToken(400, 'invalid_request', 'Value passed for the token was invalid.');
}
