import { timestamp } from '../../core/clock.ts';
import { badParameter, parameters, refuse, tokenOf } from '../graph.ts';
import { json, oddParameter } from '../http.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import type { Dialect } from './dialect.ts';

const DAY = 24 * 60 * 60;
/** Seconds that a long-lived token is good for. */
const TOKEN_LIFE = 60 * DAY;
/** Seconds that a token must be old before it can be refreshed. */
const REFRESH_AGE = DAY;

export interface Account {
  /** The one that publishing takes. */
  readonly userId: string;
  /** Another number for the same account, as this app sees it. */
  readonly appScopedId: string;
  readonly username: string;
  readonly name: string;
}

interface Token {
  readonly account: Account;
  readonly scopes: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** A call whose token was checked, with its other parameters. */
export interface Authorised {
  readonly account: Account;
  readonly fields: URLSearchParams;
}

export interface Accounts {
  add(account: NewAccount): LinkedAccount;
  /** Checks token and scope, and that no parameter but these comes, each once. A POST has its parameters in a form body. */
  authorise(call: Call, scope: string, known: readonly string[]): Authorised;
  /** `GET /refresh_access_token`. */
  refresh(call: Call): Answer;
  clear(): void;
}

type AccountDialect = Pick<Dialect, 'scopes' | 'comments' | 'replies' | 'token' | 'newIds' | 'refusals'>;

export function createAccounts(world: World, { scopes: known, comments, replies, token: form, newIds, refusals }: AccountDialect): Accounts {
  const tokens = new Map<string, Token>();
  const all = [known.basic, known.publish, ...[comments, replies].flatMap((each) => each?.scope ?? [])];
  const now = () => world.clock.now().getTime();

  function issue(account: Account, scopes: readonly string[], life: number) {
    const accessToken = `${form.prefix}${randomText(170).replaceAll(/[-_]/g, 'Z')}`;
    const expiresAt = now() + life * 1000;
    tokens.set(accessToken, { account, scopes, issuedAt: expiresAt - TOKEN_LIFE * 1000, expiresAt });
    return { accessToken, expiresAt };
  }

  function check(text: string | null): Token {
    const token = text === null ? undefined : tokens.get(text);
    if (token === undefined) throw refuse({ code: 190, message: 'The access token is missing or cannot be read.' });
    if (token.expiresAt <= now()) throw refuse({ code: 190, subcode: 463, message: 'The access token has expired.' });
    return token;
  }

  return {
    add({ name, accessTokenLife = TOKEN_LIFE, scopes = all }) {
      const username = name.toLowerCase().replaceAll(/[^a-z0-9._]+/g, '_');
      const account: Account = { ...newIds(), username, name };
      const { accessToken, expiresAt } = issue(account, scopes, accessTokenLife);
      return {
        externalId: account.userId,
        name: username,
        accessToken,
        refreshToken: null,
        expiresAt: timestamp(new Date(expiresAt)),
        scopes,
        defaults: {},
      };
    },

    authorise(call, scope, names) {
      const fields = parameters(call);
      const token = check(tokenOf(call, fields));
      if (!token.scopes.includes(scope)) throw refuse({ code: 10, status: 403, message: `The permission ${scope} is missing.` });
      const odd = oddParameter(fields, [...names, 'access_token']);
      if (odd !== null) throw badParameter(odd.name, odd.problem);
      return { account: token.account, fields };
    },

    refresh(call) {
      const odd = oddParameter(call.query, ['grant_type', 'access_token']);
      if (odd !== null) throw badParameter(odd.name, odd.problem);
      if (call.query.get('grant_type') !== form.refreshGrant) throw badParameter('grant_type', `not ${form.refreshGrant}`);
      const token = check(call.query.get('access_token'));
      if (now() - token.issuedAt < REFRESH_AGE * 1000) throw refuse(refusals.tokenTooYoung);
      // The old token goes on until its own end: nothing says that it dies, and a lost answer would lose the account.
      const { accessToken } = issue(token.account, token.scopes, TOKEN_LIFE);
      return json(200, { access_token: accessToken, token_type: 'bearer', expires_in: TOKEN_LIFE, permissions: token.scopes.join(',') });
    },

    clear: () => tokens.clear(),
  };
}
