import { timestamp } from '../../core/clock.ts';
import { createGrants, type Grant, type Token } from '../authorization/grants.ts';
import { createPersons, sole, type AccountsOf } from '../authorization/persons.ts';
import { createAuthorization, type AuthorizationServer } from '../authorization/server.ts';
import { readTokenRequest } from '../authorization/token-request.ts';
import { badParameter, parameters, refuse, tokenOf } from '../graph.ts';
import { json, oddParameter } from '../http.ts';
import { randomText } from '../random.ts';
import { Refusal } from '../refusal.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import type { Dialect, SecondLogin } from './dialect.ts';

const DAY = 24 * 60 * 60;
/** Seconds that the token is good for which comes for a code. */
const SHORT_TOKEN_LIFE = 3600;
/** Seconds that a long-lived token is good for. */
const TOKEN_LIFE = 60 * DAY;
/** Seconds that a token must be old before it can be refreshed. */
const REFRESH_AGE = DAY;

/** Short-lived tokens come for a code, long-lived ones for a token. */
type Kind = 'short' | 'long';
const KINDS: readonly Kind[] = ['short', 'long'];

export interface Account {
  /** The one that publishing takes. */
  readonly userId: string;
  /** Another number for the same account, as this app sees it. */
  readonly appScopedId: string;
  readonly username: string;
  readonly name: string;
}

/** A call whose token was checked, with its other parameters. */
export interface Authorised {
  readonly account: Account;
  readonly fields: URLSearchParams;
}

export interface Accounts {
  readonly authorization: AuthorizationServer<Account>;
  /** Null: there is no other login. */
  readonly second: SecondLogin | null;
  add(account: NewAccount): LinkedAccount;
  /** Checks token and scope, and that no parameter but these comes, each once. A POST has its parameters in a form body. */
  authorise(call: Call, scope: string, known: readonly string[]): Authorised;
  /** `POST /oauth/access_token`: a short-lived token for a code. */
  exchange(call: Call): Answer;
  /** `GET /access_token`: a long-lived token for a short-lived one. */
  extend(call: Call): Answer;
  /** `GET /refresh_access_token`. */
  refresh(call: Call): Answer;
  clear(): void;
}

type AccountDialect = Pick<Dialect, 'authorization' | 'secondLogin' | 'scopes' | 'comments' | 'replies' | 'token' | 'newIds' | 'refusals'>;

export function createAccounts(world: World, { authorization: dialect, secondLogin, scopes: known, comments, replies, token: form, newIds, refusals }: AccountDialect): Accounts {
  const all = [known.basic, known.publish, ...[comments, replies].flatMap((each) => each?.scope ?? [])];
  const grants = createGrants<Account, Kind>(world.clock, KINDS);
  const people: AccountsOf<Account> = {
    dialect,
    newAccount: ({ name }) => ({ ...newIds(), username: name.toLowerCase().replaceAll(/[^a-z0-9._]+/g, '_'), name }),
    nameOf: ({ userId, username }) => ({ externalId: userId, name: username }),
  };
  const shared = { persons: createPersons(people), redirectUris: new Set<string>() };
  const second = secondLogin?.(world, shared) ?? null;
  const server = createAuthorization<Account>({
    ...people,
    world,
    dialect,
    shared,
    grants: {
      revoke(personId) {
        grants.revoke(personId);
        second?.door.revoke(personId);
      },
      expire(personId, seconds) {
        grants.expire(personId, seconds);
        second?.door.expire(personId, seconds);
      },
    },
  });

  const issue = (grant: Grant<Account>, kind: Kind, life: number) => grants.issue(grant, kind, `${form.prefix}${randomText(170).replaceAll(/[-_]/g, 'Z')}`, life);

  function check(text: string | null, kinds: readonly Kind[] = KINDS): Token<Account, Kind> {
    const token = grants.find(text, kinds);
    if (token === undefined) throw refuse({ code: 190, message: 'The access token is missing or cannot be read.' });
    if (grants.alive(token.text, kinds) === undefined) throw refuse({ code: 190, subcode: 463, message: 'The access token has expired.' });
    return token;
  }

  /** A long-lived token that comes of another one. The old one goes on until its own end: nothing says that it dies, and a lost answer would lose the account. */
  function longToken({ grant }: Token<Account, Kind>): Answer {
    return json(200, { access_token: issue(grant, 'long', TOKEN_LIFE).text, token_type: 'bearer', expires_in: TOKEN_LIFE, permissions: grant.scopes.join(',') });
  }

  return {
    authorization: server,
    second,

    add({ name, accessTokenLife = TOKEN_LIFE, scopes = all }) {
      const { id: personId, accounts } = server.addPerson({ name });
      const account = sole(accounts);
      const { text, expiresAt } = issue(grants.open({ personId, subject: account, scopes }), 'long', accessTokenLife);
      return {
        externalId: account.userId,
        name: account.username,
        accessToken: text,
        refreshToken: null,
        expiresAt: timestamp(new Date(expiresAt ?? 0)),
        scopes,
        defaults: {},
      };
    },

    authorise(call, scope, names) {
      if (second !== null && call.path.startsWith(`/${second.host}/`)) return second.authorise(call, scope, names);
      const fields = parameters(call);
      const token = check(tokenOf(call, fields));
      if (!token.grant.scopes.includes(scope)) throw refuse({ code: 10, status: 403, message: `The permission ${scope} is missing.` });
      const odd = oddParameter(fields, [...names, 'access_token']);
      if (odd !== null) throw badParameter(odd.name, odd.problem);
      return { account: token.grant.subject, fields };
    },

    exchange(call) {
      const request = readTokenRequest(call, {
        app: world.app,
        client: 'form',
        refuse: (_status, _error, message) => refuseExchange(message),
        grants: { authorization_code: ['code', 'redirect_uri'] },
      });
      const redeemed = server.redeem(
        { code: request.get('code'), redirectUri: request.get('redirect_uri'), verifier: null },
        { grants, subject: ({ accounts }) => sole(accounts) },
      );
      if (redeemed === 'redirect_uri') throw refuseExchange('Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request');
      if (redeemed === 'expired') throw refuseExchange('This authorization code has expired');
      if (typeof redeemed === 'string') throw refuseExchange('This authorization code has been used');
      const { grant } = redeemed;
      return json(200, { access_token: issue(grant, 'short', SHORT_TOKEN_LIFE).text, ...form.exchanged(grant.subject, grant.scopes) });
    },

    extend(call) {
      const odd = oddParameter(call.query, ['grant_type', 'client_secret', 'access_token']);
      if (odd !== null) throw badParameter(odd.name, odd.problem);
      if (call.query.get('grant_type') !== form.exchangeGrant) throw badParameter('grant_type', `not ${form.exchangeGrant}`);
      if (call.query.get('client_secret') !== world.app.clientSecret) throw refuse({ code: 1, message: 'Error validating client secret.' });
      return longToken(check(call.query.get('access_token'), ['short']));
    },

    refresh(call) {
      const odd = oddParameter(call.query, ['grant_type', 'access_token']);
      if (odd !== null) throw badParameter(odd.name, odd.problem);
      if (call.query.get('grant_type') !== form.refreshGrant) throw badParameter('grant_type', `not ${form.refreshGrant}`);
      const token = check(call.query.get('access_token'), ['long']);
      // By what is left of its life: also of an account that was made with a token near its end.
      if (TOKEN_LIFE - (grants.left(token) ?? 0) < REFRESH_AGE) throw refuse(refusals.tokenTooYoung);
      return longToken(token);
    },

    clear() {
      second?.clear({ tokens: true });
      grants.clear();
      server.clear({ persons: true });
    },
  };
}

/** A refusal of the endpoint that takes codes, which has a shape of its own. */
function refuseExchange(message: string): Refusal {
  return new Refusal(json(400, { error_type: 'OAuthException', code: 400, error_message: message }));
}
