import { timestamp } from '../../core/clock.ts';
import { authorization, formFields, json, mediaType, oddParameter } from '../http.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { badParameter, ok, refuse, refuseToken } from './errors.ts';

export const SCOPES = {
  basic: 'user.info.basic',
  profile: 'user.info.profile',
  publish: 'video.publish',
  list: 'video.list',
} as const;

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

interface Grant {
  readonly creator: Creator;
  readonly scopes: readonly string[];
}

interface Token {
  readonly grant: Grant;
  readonly expiresAt: number;
}

/** The creators and their tokens. */
export interface Accounts {
  add(account: NewAccount): LinkedAccount;
  /** The creator that a call acts for; refuses a token that is wrong, has expired, or lacks the scope. */
  authorise(call: Call, scope: string): Creator;
  /** `POST /v2/oauth/token/`. */
  token(call: Call): Answer;
  /** `GET /v2/user/info/`. */
  userInfo(call: Call): Answer;
  clear(): void;
}

export function createAccounts(world: World): Accounts {
  const accessTokens = new Map<string, Token>();
  const refreshTokens = new Map<string, Token>();
  const now = () => world.clock.now().getTime();

  function issue(grant: Grant, life: number) {
    const accessToken = `act.${randomText(64)}`;
    const refreshToken = `rft.${randomText(64)}`;
    const expiresAt = now() + life * 1000;
    accessTokens.set(accessToken, { grant, expiresAt });
    refreshTokens.set(refreshToken, { grant, expiresAt: now() + REFRESH_TOKEN_LIFE * 1000 });
    return { accessToken, refreshToken, expiresAt };
  }

  function check(call: Call): Grant {
    const token = authorization(call, ['bearer']);
    const found = token === null ? undefined : accessTokens.get(token);
    if (found === undefined || found.expiresAt <= now()) throw refuse(401, 'access_token_invalid', 'The access token is invalid or has expired.');
    return found.grant;
  }

  return {
    add({ name, accessTokenLife = ACCESS_TOKEN_LIFE, scopes = Object.values(SCOPES) }) {
      const username = name.toLowerCase().replaceAll(/[^a-z0-9._]+/g, '_');
      const creator: Creator = { openId: `-000${randomText(32)}`, username, nickname: name };
      const { accessToken, refreshToken, expiresAt } = issue({ creator, scopes }, accessTokenLife);
      return {
        externalId: creator.openId,
        name: username,
        accessToken,
        refreshToken,
        expiresAt: timestamp(new Date(expiresAt)),
        scopes,
        defaults: { privacyLevel: 'PUBLIC_TO_EVERYONE' },
      };
    },

    authorise(call, scope) {
      const { creator, scopes } = check(call);
      if (!scopes.includes(scope)) throw refuse(401, 'scope_not_authorized', `The user has not granted ${scope}.`);
      return creator;
    },

    token(call) {
      if (mediaType(call) !== 'application/x-www-form-urlencoded') throw refuseToken(400, 'invalid_request', 'A form is expected.');
      const form = formFields(call);
      const odd = oddParameter(form, ['client_key', 'client_secret', 'grant_type', 'refresh_token']);
      if (odd !== null) throw refuseToken(400, 'invalid_request', `${odd.name} is ${odd.problem}.`);
      if (form.get('grant_type') !== 'refresh_token') throw refuseToken(400, 'unsupported_grant_type', 'Only refresh_token is known here.');
      const { clientId, clientSecret } = world.app;
      if (form.get('client_key') !== clientId || form.get('client_secret') !== clientSecret) {
        throw refuseToken(401, 'invalid_client', 'The client key or secret is wrong.');
      }
      const old = form.get('refresh_token') ?? '';
      if (old === '') throw refuseToken(400, 'invalid_request', 'refresh_token is missing.');
      const found = refreshTokens.get(old);
      if (found === undefined || found.expiresAt <= now()) throw refuseToken(400, 'invalid_grant', 'The refresh token is invalid or has expired.');
      // A new one may come, and has to take the place of the old. Whether the old one serves on is not said: here it does not.
      refreshTokens.delete(old);
      const { accessToken, refreshToken } = issue(found.grant, ACCESS_TOKEN_LIFE);
      const { creator, scopes } = found.grant;
      return json(200, {
        open_id: creator.openId,
        scope: scopes.join(','),
        access_token: accessToken,
        expires_in: ACCESS_TOKEN_LIFE,
        refresh_token: refreshToken,
        refresh_expires_in: REFRESH_TOKEN_LIFE,
        token_type: 'Bearer',
      });
    },

    userInfo(call) {
      const { creator, scopes } = check(call);
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
      accessTokens.clear();
      refreshTokens.clear();
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
