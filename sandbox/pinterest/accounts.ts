import { timestamp } from '../../core/clock.ts';
import { authorization, formFields, json, mediaType, oddParameter } from '../http.ts';
import { randomDigits, randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { CODES, invalid, refuse } from './errors.ts';

const SCOPES = ['pins:read', 'pins:write', 'boards:read', 'boards:write', 'user_accounts:read'] as const;
export type Scope = (typeof SCOPES)[number];

const DAY = 24 * 3600;
/** Seconds. */
const ACCESS_TOKEN_LIFE = 30 * DAY;
/** Counted anew at each refresh. */
const REFRESH_TOKEN_LIFE = 60 * DAY;

export interface Account {
  readonly userId: string;
  readonly username: string;
  readonly board: Board;
}

/** Every account has one, with one section. */
export interface Board {
  readonly id: string;
  readonly name: string;
  readonly section: string;
}

interface Grant {
  readonly account: Account;
  readonly scopes: readonly string[];
}

export interface Accounts {
  add(account: NewAccount): LinkedAccount;
  /** The account that a call acts for; refuses a token that is wrong or over, or lacks one of the scopes. */
  authorise(call: Call, scopes: readonly Scope[]): Account;
  /** `POST /v5/oauth/token`. */
  token(call: Call): Answer;
  /** `GET /v5/user_account`. */
  user(account: Account): Answer;
  /** `GET /v5/boards`. */
  boards(call: Call, account: Account): Answer;
  clear(): void;
}

export function createAccounts(world: World): Accounts {
  const accessTokens = new Map<string, { grant: Grant; expiresAt: number }>();
  const refreshTokens = new Map<string, { grant: Grant; expiresAt: number }>();
  const now = () => world.clock.now().getTime();

  function issue(grant: Grant, life: number) {
    const accessToken = `pina_${randomText(80)}`;
    const refreshToken = `pinr.${randomText(90)}`;
    const expiresAt = now() + life * 1000;
    accessTokens.set(accessToken, { grant, expiresAt });
    refreshTokens.set(refreshToken, { grant, expiresAt: now() + REFRESH_TOKEN_LIFE * 1000 });
    return { accessToken, refreshToken, expiresAt };
  }

  return {
    add({ name, accessTokenLife = ACCESS_TOKEN_LIFE, scopes = SCOPES }) {
      const username = name.toLowerCase().replaceAll(/\W+/gu, '').slice(0, 30);
      const board: Board = { id: randomDigits(18), name: 'Fanfare', section: randomDigits(18) };
      const account: Account = { userId: randomDigits(18), username, board };
      const { accessToken, refreshToken, expiresAt } = issue({ account, scopes }, accessTokenLife);
      return { externalId: account.userId, name: username, accessToken, refreshToken, expiresAt: timestamp(new Date(expiresAt)), scopes, defaults: { board: board.id } };
    },

    authorise(call, needed) {
      const token = authorization(call, ['bearer']);
      const found = token === null ? undefined : accessTokens.get(token);
      if (found === undefined || found.expiresAt <= now()) throw refuse(401, CODES.authentication, 'Authentication failed.');
      const missing = needed.find((scope) => !found.grant.scopes.includes(scope));
      if (missing !== undefined) throw refuse(403, CODES.notPermitted, `You are not permitted to access that resource: the token lacks the scope ${missing}.`);
      return found.grant.account;
    },

    token(call) {
      if (mediaType(call) !== 'application/x-www-form-urlencoded') throw invalid('a form is expected.');
      const form = formFields(call);
      const odd = oddParameter(form, ['grant_type', 'refresh_token', 'scope']);
      if (odd !== null) throw invalid(`${odd.name} is ${odd.problem}.`);
      if (form.get('grant_type') !== 'refresh_token') throw invalid('grant_type is not one of refresh_token.');
      const { clientId, clientSecret } = world.app;
      const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
      if (call.headers['authorization'] !== `Basic ${basic}`) throw refuse(401, CODES.authentication, 'Authentication failed: the client is not known.');
      const old = form.get('refresh_token') ?? '';
      const found = refreshTokens.get(old);
      if (found === undefined || found.expiresAt <= now()) throw refuse(400, CODES.invalid, 'The refresh token is invalid or has expired.');
      const { grant } = found;
      const foreign = (form.get('scope') ?? '').split(/[\s,]+/u).find((scope) => scope !== '' && !grant.scopes.includes(scope));
      if (foreign !== undefined) throw invalid(`the scope ${foreign} was not granted.`);
      // A new one has to be stored. Whether the old one serves on is not said: here it does not.
      refreshTokens.delete(old);
      const { accessToken, refreshToken } = issue(grant, ACCESS_TOKEN_LIFE);
      return json(200, {
        response_type: 'refresh_token',
        access_token: accessToken,
        token_type: 'bearer',
        expires_in: ACCESS_TOKEN_LIFE,
        refresh_token: refreshToken,
        refresh_token_expires_in: REFRESH_TOKEN_LIFE,
        scope: grant.scopes.join(' '),
      });
    },

    user: ({ userId, username }) =>
      json(200, {
        id: userId,
        username,
        account_type: 'BUSINESS',
        profile_image: `https://i.pinimg.com/600x600_R/${userId}.jpg`,
        follower_count: 0,
        board_count: 1,
        pin_count: 0,
        monthly_views: 0,
      }),

    boards(call, { board }) {
      const odd = oddParameter(call.query, ['page_size', 'bookmark', 'privacy']);
      if (odd !== null) throw invalid(`the parameter ${odd.name} is ${odd.problem}.`);
      return json(200, { items: [{ id: board.id, name: board.name, description: '', privacy: 'PUBLIC' }], bookmark: null });
    },

    clear() {
      accessTokens.clear();
      refreshTokens.clear();
    },
  };
}
