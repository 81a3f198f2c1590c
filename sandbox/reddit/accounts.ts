import { timestamp } from '../../core/clock.ts';
import { createGrants, type Grant } from '../authorization/grants.ts';
import { sole } from '../authorization/persons.ts';
import { createAuthorization, type AuthorizationServer } from '../authorization/server.ts';
import { readAppForm, readTokenRequest } from '../authorization/token-request.ts';
import { authorization, json } from '../http.ts';
import { randomText } from '../random.ts';
import { Refusal } from '../refusal.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { dialect, SCOPES, type Scope } from './authorization.ts';
import { refuse } from './errors.ts';

export type { Scope } from './authorization.ts';

/** Seconds. The refresh token lasts until the person takes the permission back. */
const ACCESS_TOKEN_LIFE = 24 * 3600;

/** Characters. */
const NAME_MAX = 20;

export interface Account {
  readonly id: string;
  readonly name: string;
}

export interface Accounts {
  readonly authorization: AuthorizationServer<Account>;
  add(account: NewAccount): LinkedAccount;
  /** The account that a call acts for; refuses a token that is wrong or over, or lacks the scope. */
  authorise(call: Call, scope: Scope): Account;
  /** `POST /api/v1/access_token`. */
  token(call: Call): Answer;
  /** `POST /api/v1/revoke_token`. */
  revoke(call: Call): Answer;
  /** `GET /api/v1/me`. */
  me(call: Call): Answer;
  clear(): void;
}

/** The user's own subreddit. */
const defaultsOf = (name: string) => ({ subreddit: `u_${name}` });

export function createAccounts(world: World, nextId: () => string): Accounts {
  const grants = createGrants<Account, 'access' | 'refresh'>(world.clock, ['access']);
  const names = new Set<string>();
  const server = createAuthorization<Account>({
    world,
    dialect,
    grants,
    newAccount: ({ name }) => ({ id: nextId(), name: nameFor(name) }),
    nameOf: ({ id, name }) => ({ externalId: id, name, defaults: defaultsOf(name) }),
  });
  const rules = { app: world.app, client: 'basic', refuse: refuseToken } as const;

  const issueAccess = (grant: Grant<Account>, life = ACCESS_TOKEN_LIFE) => grants.issue(grant, 'access', `eyJ${randomText(600)}`, life);
  const issueRefresh = (grant: Grant<Account>) => grants.issue(grant, 'refresh', randomText(38), null);

  function shown(grant: Grant<Account>, more: Readonly<Record<string, string>>): Answer {
    return json(200, { access_token: issueAccess(grant).text, token_type: 'bearer', expires_in: ACCESS_TOKEN_LIFE, ...more, scope: grant.scopes.join(' ') });
  }

  function exchange(form: URLSearchParams): Answer {
    const redeemed = server.redeem(
      { code: form.get('code'), redirectUri: form.get('redirect_uri'), verifier: null },
      { grants, subject: ({ accounts: own }) => sole(own) },
    );
    if (typeof redeemed === 'string') throw refuseToken(400, 'invalid_grant');
    const { grant, consent } = redeemed;
    return shown(grant, consent.request.parameters['duration'] === 'permanent' ? { refresh_token: issueRefresh(grant).text } : {});
  }

  /** Nobody has the same name as another. */
  function nameFor(wanted: string): string {
    const name = wanted.replaceAll(/[^\w-]+/gu, '_').slice(0, NAME_MAX).padEnd(3, '_');
    const more = `_${nextId()}`;
    const free = names.has(name) ? `${name.slice(0, NAME_MAX - more.length)}${more}` : name;
    names.add(free);
    return free;
  }

  const accounts: Accounts = {
    authorization: server,

    add({ name, accessTokenLife = ACCESS_TOKEN_LIFE, scopes = SCOPES }) {
      const { id: personId, accounts: own } = server.addPerson({ name });
      const account = sole(own);
      const grant = grants.open({ personId, subject: account, scopes });
      const { text, expiresAt } = issueAccess(grant, accessTokenLife);
      return {
        externalId: account.id,
        name: account.name,
        accessToken: text,
        refreshToken: issueRefresh(grant).text,
        expiresAt: timestamp(new Date(expiresAt ?? 0)),
        scopes,
        // Its own profile: nobody else moderates it.
        defaults: defaultsOf(account.name),
      };
    },

    authorise(call, scope) {
      checkUserAgent(call);
      const found = grants.alive(authorization(call, ['bearer']), ['access']);
      if (found === undefined) throw refuse(401, { headers: { 'www-authenticate': 'Bearer realm="reddit", error="invalid_token"' } });
      if (!found.grant.scopes.includes(scope)) throw refuse(403, { headers: { 'www-authenticate': 'Bearer realm="reddit", error="insufficient_scope"' } });
      return found.grant.subject;
    },

    token(call) {
      checkUserAgent(call);
      const form = readTokenRequest(call, { ...rules, grants: { authorization_code: ['code', 'redirect_uri'], refresh_token: ['refresh_token'] } });
      if (form.get('grant_type') === 'authorization_code') return exchange(form);
      const token = grants.alive(form.get('refresh_token'), ['refresh']);
      if (token === undefined) throw refuseToken(400, 'invalid_grant');
      // No refresh token: the old one goes on.
      return shown(token.grant, {});
    },

    revoke(call) {
      checkUserAgent(call);
      const token = grants.find(readAppForm(call, ['token', 'token_type_hint?'], rules).get('token'), ['access', 'refresh']);
      if (token !== undefined) grants.close(token.grant);
      return { status: 204, headers: {}, body: '' };
    },

    me(call) {
      const { id, name } = accounts.authorise(call, 'identity');
      return json(200, { id, name, icon_img: `https://styles.redditmedia.com/t5_${id}/styles/profileIcon.png?width=256`, total_karma: 1, link_karma: 1, comment_karma: 0 });
    },

    clear() {
      grants.clear();
      names.clear();
      server.clear({ persons: true });
    },
  };
  return accounts;
}

/** Who calls says who it is: `<platform>:<app id>:<version>`, and perhaps more. Generic names get 429 or 403. */
function checkUserAgent(call: Call): void {
  if (!/^[\w.-]+:[\w.-]+:v?\d[\w.]*(?: |$)/u.test(call.headers['user-agent'] ?? '')) throw refuse(429);
}

/** A refusal of the token endpoint; of an app that is not known it has no words. */
function refuseToken(status: number, error: string, description?: string): Refusal {
  if (status === 401) return refuse(401, { headers: { 'www-authenticate': 'Basic realm="reddit"' } });
  return new Refusal(json(status, { error, ...(description !== undefined && { error_description: description }) }));
}
