import { timestamp } from '../../core/clock.ts';
import { authorization, formFields, json, mediaType, oddParameter } from '../http.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { invalid, refuse, refuseToken } from './errors.ts';

const SCOPES = ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access'] as const;
export type Scope = (typeof SCOPES)[number];

/** Seconds. */
const ACCESS_TOKEN_LIFE = 2 * 3600;
/** Counted anew at each refresh. */
const REFRESH_TOKEN_LIFE = 180 * 24 * 3600;

export interface Account {
  readonly userId: string;
  readonly username: string;
  readonly name: string;
}

/** All tokens that came of one consent. */
interface Family {
  readonly account: Account;
  readonly scopes: readonly string[];
  accessToken: string;
  accessEnds: number;
  refreshToken: string;
  refreshEnds: number;
  dead: boolean;
}

export interface Accounts {
  add(account: NewAccount): LinkedAccount;
  /** The account that a call acts for; refuses a token that is wrong or over, or lacks one of the scopes. */
  authorise(call: Call, scopes: readonly Scope[]): Account;
  /** `POST /2/oauth2/token`. */
  token(call: Call): Answer;
  /** `GET /2/users/me`. */
  me(call: Call, account: Account): Answer;
  clear(): void;
}

export function createAccounts(world: World, nextId: () => string): Accounts {
  const byAccess = new Map<string, Family>();
  const byRefresh = new Map<string, Family>();
  const now = () => world.clock.now().getTime();

  /** A new pair: the old one serves no more. */
  function renew(family: Family, life: number): void {
    byAccess.delete(family.accessToken);
    family.accessToken = randomText(91);
    family.accessEnds = now() + life * 1000;
    family.refreshToken = randomText(91);
    family.refreshEnds = now() + REFRESH_TOKEN_LIFE * 1000;
    byAccess.set(family.accessToken, family);
    // Old ones stay known, so that one that comes again is recognised.
    byRefresh.set(family.refreshToken, family);
  }

  return {
    add({ name, accessTokenLife = ACCESS_TOKEN_LIFE, scopes = SCOPES }) {
      const username = name.toLowerCase().replaceAll(/\W+/gu, '_').slice(0, 15);
      const account: Account = { userId: nextId(), username, name };
      const family: Family = { account, scopes, accessToken: '', accessEnds: 0, refreshToken: '', refreshEnds: 0, dead: false };
      renew(family, accessTokenLife);
      const refreshToken = scopes.includes('offline.access') ? family.refreshToken : null;
      const expiresAt = timestamp(new Date(family.accessEnds));
      return { externalId: account.userId, name: username, accessToken: family.accessToken, refreshToken, expiresAt, scopes, defaults: {} };
    },

    authorise(call, needed) {
      const token = authorization(call, ['bearer']);
      const family = token === null ? undefined : byAccess.get(token);
      if (family === undefined || family.dead || family.accessEnds <= now()) {
        throw refuse(401, { detail: 'Unauthorized', headers: { 'www-authenticate': 'Bearer' } });
      }
      const missing = needed.find((scope) => !family.scopes.includes(scope));
      if (missing !== undefined) throw refuse(403, { detail: `The token lacks the required scope ${missing}.` });
      return family.account;
    },

    token(call) {
      if (mediaType(call) !== 'application/x-www-form-urlencoded') throw refuseToken(400, 'invalid_request', 'A form is expected.');
      const form = formFields(call);
      const odd = oddParameter(form, ['grant_type', 'refresh_token', 'client_id']);
      if (odd !== null) throw refuseToken(400, 'invalid_request', `${odd.name} is ${odd.problem}.`);
      if (form.get('grant_type') !== 'refresh_token') throw refuseToken(400, 'unsupported_grant_type', 'Only refresh_token is known here.');
      const { clientId, clientSecret } = world.app;
      const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
      if (call.headers['authorization'] !== `Basic ${basic}` || (form.get('client_id') ?? clientId) !== clientId) {
        throw refuseToken(401, 'unauthorized_client', 'Missing valid authorization header');
      }
      const token = form.get('refresh_token') ?? '';
      const family = byRefresh.get(token);
      if (family === undefined || !family.scopes.includes('offline.access')) throw deadToken();
      if (family.dead || family.refreshToken !== token || family.refreshEnds <= now()) {
        // It may have been stolen: whoever holds the newer ones loses them too.
        family.dead = true;
        throw deadToken();
      }
      renew(family, ACCESS_TOKEN_LIFE);
      return json(200, {
        token_type: 'bearer',
        expires_in: ACCESS_TOKEN_LIFE,
        access_token: family.accessToken,
        refresh_token: family.refreshToken,
        scope: family.scopes.join(' '),
      });
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
      byAccess.clear();
      byRefresh.clear();
    },
  };
}

function deadToken() {
  return refuseToken(400, 'invalid_request', 'Value passed for the token was invalid.');
}
