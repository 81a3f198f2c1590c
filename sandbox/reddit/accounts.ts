import { timestamp } from '../../core/clock.ts';
import { authorization, formFields, json, mediaType, oddParameter } from '../http.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { refuse } from './errors.ts';

const SCOPES = ['identity', 'submit', 'flair', 'read', 'mysubreddits', 'history'] as const;
export type Scope = (typeof SCOPES)[number];

/** Seconds. The refresh token lasts until the person takes the permission back. */
const ACCESS_TOKEN_LIFE = 24 * 3600;

/** Characters. */
const NAME_MAX = 20;

export interface Account {
  readonly id: string;
  readonly name: string;
}

interface Grant {
  readonly account: Account;
  readonly scopes: readonly string[];
}

export interface Accounts {
  add(account: NewAccount): LinkedAccount;
  /** The account that a call acts for; refuses a token that is wrong or over, or lacks the scope. */
  authorise(call: Call, scope: Scope): Account;
  /** `POST /api/v1/access_token`. */
  token(call: Call): Answer;
  /** `GET /api/v1/me`. */
  me(call: Call): Answer;
  clear(): void;
}

export function createAccounts(world: World, nextId: () => string): Accounts {
  const accessTokens = new Map<string, { grant: Grant; endsAt: number }>();
  const refreshTokens = new Map<string, Grant>();
  const names = new Set<string>();
  const now = () => world.clock.now().getTime();

  function issue(grant: Grant, life: number) {
    const accessToken = `eyJ${randomText(600)}`;
    const endsAt = now() + life * 1000;
    accessTokens.set(accessToken, { grant, endsAt });
    return { accessToken, endsAt };
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
    add({ name, accessTokenLife = ACCESS_TOKEN_LIFE, scopes = SCOPES }) {
      const account: Account = { id: nextId(), name: nameFor(name) };
      const grant: Grant = { account, scopes };
      const refreshToken = randomText(38);
      refreshTokens.set(refreshToken, grant);
      const { accessToken, endsAt } = issue(grant, accessTokenLife);
      return {
        externalId: account.id,
        name: account.name,
        accessToken,
        refreshToken,
        expiresAt: timestamp(new Date(endsAt)),
        scopes,
        // Its own profile: nobody else moderates it.
        defaults: { subreddit: `u_${account.name}` },
      };
    },

    authorise(call, scope) {
      checkUserAgent(call);
      const found = accessTokens.get(authorization(call, ['bearer']) ?? '');
      if (found === undefined || found.endsAt <= now()) throw refuse(401, { headers: { 'www-authenticate': 'Bearer realm="reddit", error="invalid_token"' } });
      if (!found.grant.scopes.includes(scope)) throw refuse(403, { headers: { 'www-authenticate': 'Bearer realm="reddit", error="insufficient_scope"' } });
      return found.grant.account;
    },

    token(call) {
      checkUserAgent(call);
      const { clientId, clientSecret } = world.app;
      const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
      if (call.headers['authorization'] !== `Basic ${basic}`) throw refuse(401, { headers: { 'www-authenticate': 'Basic realm="reddit"' } });
      const form = formFields(call);
      const odd = mediaType(call) === 'application/x-www-form-urlencoded' ? oddParameter(form, ['grant_type', 'refresh_token']) : { name: 'the body' };
      if (odd !== null) return json(400, { error: 'invalid_request', error_description: odd.name });
      if (form.get('grant_type') !== 'refresh_token') return json(400, { error: 'unsupported_grant_type' });
      const grant = refreshTokens.get(form.get('refresh_token') ?? '');
      if (grant === undefined) return json(400, { error: 'invalid_grant' });
      const { accessToken } = issue(grant, ACCESS_TOKEN_LIFE);
      // No refresh token: the old one goes on.
      return json(200, { access_token: accessToken, token_type: 'bearer', expires_in: ACCESS_TOKEN_LIFE, scope: grant.scopes.join(' ') });
    },

    me(call) {
      const { id, name } = accounts.authorise(call, 'identity');
      return json(200, { id, name, icon_img: `https://styles.redditmedia.com/t5_${id}/styles/profileIcon.png?width=256`, total_karma: 1, link_karma: 1, comment_karma: 0 });
    },

    clear() {
      accessTokens.clear();
      refreshTokens.clear();
      names.clear();
    },
  };
  return accounts;
}

/** Who calls says who it is: `<platform>:<app id>:<version>`, and perhaps more. Generic names get 429 or 403. */
function checkUserAgent(call: Call): void {
  if (!/^[\w.-]+:[\w.-]+:v?\d[\w.]*(?: |$)/u.test(call.headers['user-agent'] ?? '')) throw refuse(429);
}
