import { timestamp } from '../../core/clock.ts';
import { createGrants, type Grant } from '../authorization/grants.ts';
import { sole } from '../authorization/persons.ts';
import { createAuthorization, type AuthorizationServer } from '../authorization/server.ts';
import { readAppForm, readTokenRequest } from '../authorization/token-request.ts';
import { authorization, json, oddParameter } from '../http.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { dialect, SCOPES } from './authorization.ts';
import { badParameter, ok, refuse, refuseToken } from './errors.ts';

export { SCOPES } from './authorization.ts';

const DAY = 24 * 60 * 60;
/** Seconds. */
const ACCESS_TOKEN_LIFE = DAY;
const REFRESH_TOKEN_LIFE = 365 * DAY;

export interface Creator {
  /** Of the user for this app. */
  readonly openId: string;
  readonly username: string;
  readonly nickname: string;
}

/** The creators and their tokens. */
export interface Accounts {
  readonly authorization: AuthorizationServer<Creator>;
  add(account: NewAccount): LinkedAccount;
  /** The creator that a call acts for; refuses a token that is wrong, has expired, or lacks the scope. */
  authorise(call: Call, scope: string): Creator;
  /** `POST /v2/oauth/token/`. */
  token(call: Call): Answer;
  /** `POST /v2/oauth/revoke/`. */
  revoke(call: Call): Answer;
  /** `GET /v2/user/info/`. */
  userInfo(call: Call): Answer;
  clear(): void;
}

/** A privacy level that every creator may choose. */
const DEFAULTS = { privacyLevel: 'PUBLIC_TO_EVERYONE' };

export function createAccounts(world: World): Accounts {
  const grants = createGrants<Creator, 'access' | 'refresh'>(world.clock, ['access']);
  const server = createAuthorization<Creator>({
    world,
    dialect,
    grants,
    newAccount: ({ name }) => ({ openId: `-000${randomText(32)}`, username: name.toLowerCase().replaceAll(/[^a-z0-9._]+/g, '_'), nickname: name }),
    nameOf: ({ openId, username }) => ({ externalId: openId, name: username, defaults: DEFAULTS }),
  });
  const rules = { app: world.app, client: 'form', idField: 'client_key', refuse: refuseToken } as const;

  function issue(grant: Grant<Creator>, life = ACCESS_TOKEN_LIFE) {
    const access = grants.issue(grant, 'access', `act.${randomText(64)}`, life);
    const refresh = grants.issue(grant, 'refresh', `rft.${randomText(64)}`, REFRESH_TOKEN_LIFE);
    return { access, refresh };
  }

  function shown(grant: Grant<Creator>): Answer {
    const { access, refresh } = issue(grant);
    return json(200, {
      open_id: grant.subject.openId,
      scope: grant.scopes.join(','),
      access_token: access.text,
      expires_in: ACCESS_TOKEN_LIFE,
      refresh_token: refresh.text,
      refresh_expires_in: REFRESH_TOKEN_LIFE,
      token_type: 'Bearer',
    });
  }

  function exchange(form: URLSearchParams): Answer {
    const redeemed = server.redeem(
      { code: form.get('code'), redirectUri: form.get('redirect_uri'), verifier: form.get('code_verifier') },
      { grants, subject: ({ accounts }) => sole(accounts) },
    );
    if (redeemed === 'redirect_uri') throw refuseToken(400, 'invalid_request', 'Redirect_uri is not matched with the uri when requesting code.');
    if (redeemed === 'verifier') throw refuseToken(400, 'invalid_request', 'Code verifier or code challenge is invalid.');
    if (typeof redeemed === 'string') throw refuseToken(400, 'invalid_grant', 'Authorization code is expired.');
    return shown(redeemed.grant);
  }

  function check(call: Call): Grant<Creator> {
    const found = grants.alive(authorization(call, ['bearer']), ['access']);
    if (found === undefined) throw refuse(401, 'access_token_invalid', 'The access token is invalid or has expired.');
    return found.grant;
  }

  return {
    authorization: server,

    add({ name, accessTokenLife = ACCESS_TOKEN_LIFE, scopes = Object.values(SCOPES) }) {
      const { id: personId, accounts } = server.addPerson({ name });
      const creator = sole(accounts);
      const { access, refresh } = issue(grants.open({ personId, subject: creator, scopes }), accessTokenLife);
      return {
        externalId: creator.openId,
        name: creator.username,
        accessToken: access.text,
        refreshToken: refresh.text,
        expiresAt: timestamp(new Date(access.expiresAt ?? 0)),
        scopes,
        defaults: DEFAULTS,
      };
    },

    authorise(call, scope) {
      const { subject, scopes } = check(call);
      if (!scopes.includes(scope)) throw refuse(401, 'scope_not_authorized', `The user has not granted ${scope}.`);
      return subject;
    },

    token(call) {
      const form = readTokenRequest(call, { ...rules, grants: { authorization_code: ['code', 'redirect_uri', 'code_verifier?'], refresh_token: ['refresh_token'] } });
      if (form.get('grant_type') === 'authorization_code') return exchange(form);
      const token = grants.alive(form.get('refresh_token'), ['refresh']);
      if (token === undefined) throw refuseToken(400, 'invalid_grant', 'The refresh token is invalid or has expired.');
      // A new one may come, and has to take the place of the old. Whether the old one serves on is not said: here it does not.
      grants.spend(token);
      return shown(token.grant);
    },

    revoke(call) {
      const token = grants.find(readAppForm(call, ['token'], rules).get('token'), ['access', 'refresh']);
      if (token === undefined) throw refuseToken(400, 'invalid_request', 'The token is invalid.');
      grants.close(token.grant);
      return json(200, {});
    },

    userInfo(call) {
      const { subject: creator, scopes } = check(call);
      const values: Readonly<Record<string, readonly [scope: string, value: string]>> = {
        open_id: [SCOPES.basic, creator.openId],
        union_id: [SCOPES.basic, `union${creator.openId}`],
        avatar_url: [SCOPES.basic, `https://p16-sign.tiktokcdn.com/${creator.username}.jpeg`],
        display_name: [SCOPES.basic, creator.nickname],
        username: [SCOPES.profile, creator.username],
      };
      const names = fieldsOf(call, Object.keys(values));
      const lacking = names.map((name) => values[name]?.[0] ?? '').find((scope) => !scopes.includes(scope));
      if (lacking !== undefined) throw refuse(401, 'scope_not_authorized', `The user has not granted ${lacking}.`);
      return ok({ user: Object.fromEntries(names.map((name) => [name, values[name]?.[1]])) });
    },

    clear() {
      grants.clear();
      server.clear({ persons: true });
    },
  };
}

/** The names in `?fields=`, the only parameter: at least one, and each known. */
export function fieldsOf(call: Call, known: readonly string[]): readonly string[] {
  const odd = oddParameter(call.query, ['fields']);
  if (odd !== null) throw badParameter(`The parameter ${odd.name} is ${odd.problem}.`);
  const names = (call.query.get('fields') ?? '').split(',').filter((name) => name !== '');
  const unknown = names.find((name) => !known.includes(name));
  if (names.length === 0 || unknown !== undefined) throw badParameter(`fields is missing, or names what does not exist: ${unknown}.`);
  return names;
}
