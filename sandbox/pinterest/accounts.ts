import { timestamp } from '../../core/clock.ts';
import { createGrants, type Grant } from '../authorization/grants.ts';
import { createAuthorization, type AuthorizationServer } from '../authorization/server.ts';
import { readTokenRequest } from '../authorization/token-request.ts';
import { authorization, json, oddParameter } from '../http.ts';
import { randomDigits, randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { dialect, SCOPES, type Scope } from './authorization.ts';
import { CODES, invalid, refuse } from './errors.ts';

export type { Scope } from './authorization.ts';

const DAY = 24 * 3600;
/** Seconds. */
const ACCESS_TOKEN_LIFE = 30 * DAY;
/** Counted anew at each refresh. */
const REFRESH_TOKEN_LIFE = 60 * DAY;

/** Boards in one page of a list, unless the call says, and at most. */
const PAGE_DEFAULT = 25;
const PAGE_MAX = 250;

export interface Account {
  readonly userId: string;
  readonly username: string;
  readonly boards: readonly Board[];
}

/** Every board here has one section. */
export interface Board {
  readonly id: string;
  readonly name: string;
  readonly section: string;
}

export interface Accounts {
  readonly authorization: AuthorizationServer<Board>;
  add(account: NewAccount): LinkedAccount;
  /** The account that a call acts for; refuses a token that is wrong or over, or lacks one of the scopes. */
  authorise(call: Call, scopes: readonly Scope[]): Account;
  /** `POST /v5/oauth/token`. */
  token(call: Call): Answer;
  /** `GET /v5/user_account`. */
  user(account: Account): Answer;
  /** `GET /v5/boards`. */
  boards(call: Call, account: Account): Answer;
  /** `GET /v5/boards/{board_id}/sections`. */
  sections(call: Call, account: Account, boardId: string): Answer;
  clear(): void;
}

export function createAccounts(world: World): Accounts {
  const grants = createGrants<Account, 'access' | 'refresh'>(world.clock, ['access']);
  /** By the id of the person. */
  const accounts = new Map<string, Account>();
  const server = createAuthorization<Board>({
    world,
    dialect,
    grants,
    newAccount: ({ name }) => ({ id: randomDigits(18), name, section: randomDigits(18) }),
    nameOf: ({ id, name }) => ({ externalId: id, name }),
    loginId: (person) => accountOf(person).userId,
  });

  /** The user behind a login: there is always one, with or without boards. */
  function accountOf({ id, name, accounts: boards }: { readonly id: string; readonly name: string; readonly accounts: readonly Board[] }): Account {
    const account = accounts.get(id) ?? { userId: randomDigits(18), username: name.toLowerCase().replaceAll(/\W+/gu, '').slice(0, 30), boards };
    accounts.set(id, account);
    return account;
  }

  function issue(grant: Grant<Account>, life = ACCESS_TOKEN_LIFE) {
    const access = grants.issue(grant, 'access', `pina_${randomText(80)}`, life);
    const refresh = grants.issue(grant, 'refresh', `pinr.${randomText(90)}`, REFRESH_TOKEN_LIFE);
    return { access, refresh };
  }

  function shown(grant: Grant<Account>, type: 'authorization_code' | 'refresh_token'): Answer {
    const { access, refresh } = issue(grant);
    return json(200, {
      response_type: type,
      access_token: access.text,
      token_type: 'bearer',
      expires_in: ACCESS_TOKEN_LIFE,
      refresh_token: refresh.text,
      refresh_token_expires_in: REFRESH_TOKEN_LIFE,
      scope: grant.scopes.join(' '),
    });
  }

  function exchange(form: URLSearchParams): Answer {
    // Apps made before September 2025 ask for refresh tokens that go on; newer ones have no others.
    if (![null, 'true'].includes(form.get('continuous_refresh'))) throw invalid('continuous_refresh is not true.');
    const redeemed = server.redeem(
      { code: form.get('code'), redirectUri: form.get('redirect_uri'), verifier: null },
      { grants, subject: ({ person }) => accountOf(person) },
    );
    if (typeof redeemed === 'string') throw invalid(redeemed === 'redirect_uri' ? 'redirect_uri is another than that of the request.' : 'the authorization code is invalid or has expired.');
    return shown(redeemed.grant, 'authorization_code');
  }

  function refresh(form: URLSearchParams): Answer {
    const token = grants.alive(form.get('refresh_token'), ['refresh']);
    if (token === undefined) throw refuse(400, CODES.invalid, 'The refresh token is invalid or has expired.');
    const { grant } = token;
    const foreign = (form.get('scope') ?? '').split(/[\s,]+/u).find((scope) => scope !== '' && !grant.scopes.includes(scope));
    if (foreign !== undefined) throw invalid(`the scope ${foreign} was not granted.`);
    // A new one has to be stored. Whether the old one serves on is not said: here it does not.
    grants.spend(token);
    return shown(grant, 'refresh_token');
  }

  return {
    authorization: server,

    add({ name, accessTokenLife = ACCESS_TOKEN_LIFE, scopes = SCOPES }) {
      const person = server.addPerson({ name, accounts: [{ name: 'Fanfare' }] });
      const account = accountOf(person);
      const { access, refresh: token } = issue(grants.open({ personId: person.id, subject: account, scopes }), accessTokenLife);
      return {
        externalId: account.userId,
        name: account.username,
        accessToken: access.text,
        refreshToken: token.text,
        expiresAt: timestamp(new Date(access.expiresAt ?? 0)),
        scopes,
        defaults: { board: account.boards[0]?.id },
      };
    },

    authorise(call, needed) {
      const token = grants.alive(authorization(call, ['bearer']), ['access']);
      if (token === undefined) throw refuse(401, CODES.authentication, 'Authentication failed.');
      const { scopes, subject } = token.grant;
      const missing = needed.find((scope) => !scopes.includes(scope));
      if (missing !== undefined) throw refuse(403, CODES.notPermitted, `You are not permitted to access that resource: the token lacks the scope ${missing}.`);
      return subject;
    },

    token(call) {
      const form = readTokenRequest(call, {
        app: world.app,
        client: 'basic',
        refuse: (status, _error, message) => (status === 401 ? refuse(401, CODES.authentication, 'Authentication failed: the client is not known.') : invalid(message)),
        grants: { authorization_code: ['code', 'redirect_uri', 'continuous_refresh?'], refresh_token: ['refresh_token', 'scope?'] },
      });
      return form.get('grant_type') === 'authorization_code' ? exchange(form) : refresh(form);
    },

    user: ({ userId, username, boards }) =>
      json(200, {
        id: userId,
        username,
        account_type: 'BUSINESS',
        profile_image: `https://i.pinimg.com/600x600_R/${userId}.jpg`,
        follower_count: 0,
        board_count: boards.length,
        pin_count: 0,
        monthly_views: 0,
      }),

    boards: (call, { boards }) => listed(call, boards.map(({ id, name }) => ({ id, name, description: '', privacy: 'PUBLIC' })), ['privacy']),

    sections(call, { boards }, boardId) {
      const board = boards.find(({ id }) => id === boardId);
      if (board === undefined) throw refuse(404, CODES.board, 'Board not found.');
      return listed(call, [{ id: board.section, name: 'Section' }], []);
    },

    clear() {
      grants.clear();
      accounts.clear();
      server.clear({ persons: true });
    },
  };
}

/** A page of a list: `bookmark` leads to the next one. */
function listed(call: Call, all: readonly object[], known: readonly string[]): Answer {
  const odd = oddParameter(call.query, ['page_size', 'bookmark', ...known]);
  if (odd !== null) throw invalid(`the parameter ${odd.name} is ${odd.problem}.`);
  const size = Number(call.query.get('page_size') ?? PAGE_DEFAULT);
  if (!Number.isInteger(size) || size < 1 || size > PAGE_MAX) throw invalid(`page_size is not between 1 and ${PAGE_MAX}.`);
  const bookmark = call.query.get('bookmark');
  const start = bookmark === null || bookmark === '' ? 0 : Number(Buffer.from(bookmark, 'base64url').toString('utf8'));
  if (!Number.isInteger(start)) throw invalid('the bookmark is none of ours.');
  const end = start + size;
  return json(200, { items: all.slice(start, end), bookmark: end < all.length ? Buffer.from(String(end)).toString('base64url') : null });
}
