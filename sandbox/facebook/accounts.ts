import { createHmac } from 'node:crypto';
import { timestamp } from '../../core/clock.ts';
import type { AuthorizationDialect } from '../authorization/dialect.ts';
import { createGrants, type Grant, type Token } from '../authorization/grants.ts';
import type { NewPersonAccount } from '../authorization/persons.ts';
import { createAuthorization, type AuthorizationServer, type SharedDoor } from '../authorization/server.ts';
import { badParameter, nothingThere, refuse, tokenOf } from '../graph.ts';
import { authorization, json, oddParameter } from '../http.ts';
import { randomDigits, randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { dialect as ofFacebook, SCOPES } from './authorization.ts';
import { parametersOf, type Parameters } from './parameters.ts';

export { SCOPES } from './authorization.ts';

/** What only a page does for itself. */
const OF_PAGES: ReadonlySet<string> = new Set([SCOPES.publish, SCOPES.comment]);

/** Seconds that the token of a person is good for which comes for a code, and for such a token. A page's has no end, if it was made from the latter. */
const SHORT_TOKEN_LIFE = 3600;
const LONG_TOKEN_LIFE = 60 * 24 * 60 * 60;

/** Seconds that a long-lived token is given again, before another one comes for it. */
const EXTENDED_ONCE_IN = 24 * 60 * 60;

/** Milliseconds after a consent until the person has to be asked again: then no token serves any more. */
export const DATA_ACCESS = 90 * 24 * 60 * 60 * 1000;

/** What a person may do on a page. `CREATE_CONTENT` is to post. */
const TASKS = ['ADVERTISE', 'ANALYZE', 'CREATE_CONTENT', 'MESSAGING', 'MODERATE', 'MANAGE'];

export interface Page {
  readonly pageId: string;
  readonly name: string;
  readonly username: string;
  /** Of the person who manages it. */
  readonly tasks: readonly string[];
  /** The professional Instagram account that is connected to it; left out: none. */
  readonly instagram?: { readonly id: string; readonly username: string };
}

/** Who allowed something, and for which of their pages. */
export interface Visitor {
  readonly userId: string;
  readonly name: string;
  readonly pages: readonly Page[];
  /** Scopes that were asked for and not allowed. */
  readonly declined: readonly string[];
}

export type Kind = 'short' | 'long' | 'page';
const KINDS: readonly Kind[] = ['short', 'long', 'page'];

/** A call whose token was checked, with its other parameters. */
export interface Caller extends Parameters {
  readonly token: Token<Visitor, Kind>;
}

export interface Authorised extends Parameters {
  readonly page: Page;
}

export interface Accounts {
  readonly authorization: AuthorizationServer<Page>;
  add(account: NewAccount): LinkedAccount;
  /** Checks token, proof and scope, and that no parameter but these comes, each once. Publishing takes the token of the page. */
  authorise(call: Call, scope: string, known: readonly string[]): Authorised;
  /** The same of a call that any token may make, with the scope if one is named. */
  caller(call: Call, scope: string | null, known: readonly string[]): Caller;
  /** Of the server for uploads: the token is in the header alone, as `OAuth`. */
  authoriseUpload(call: Call): Page;
  /** `GET /oauth/access_token`: a person's token for a code, or a long-lived one for such a token. */
  token(call: Call): Answer;
  /** A new token of a page, for the person who holds another token. */
  pageToken(token: Token<Visitor, Kind>, page: Page): string;
  /** The page of a page's token. */
  pageOf(token: Token<Visitor, Kind>): Page | undefined;
  /** Whatever token this text was, unless its grant was ended; it may be over. */
  find(text: string | null): Token<Visitor, Kind> | undefined;
  isAlive(token: Token<Visitor, Kind>): boolean;
  /** The person takes the permission back. */
  end(grant: Grant<Visitor>): void;
  clear(): void;
}

/** `login`: the login by which another network is reached; Facebook's own if left out. */
export function createAccounts(world: Pick<World, 'clock' | 'app'>, login?: { readonly dialect: AuthorizationDialect; readonly shared: SharedDoor<Page> }): Accounts {
  const dialect = login?.dialect ?? ofFacebook;
  // A person's long-lived token makes new ones of pages: no call of publishing is made with it.
  const grants = createGrants<Visitor, Kind>(world.clock, ['short', 'page']);
  const pages = new Map<string, Page>();
  const userIds = new Map<string, string>();
  const server = createAuthorization<Page>({
    world,
    dialect,
    ...(login !== undefined && { shared: login.shared }),
    grants,
    newAccount: newPage,
    nameOf: ({ pageId, name }) => ({ externalId: pageId, name }),
    loginId: ({ id }) => userIdOf(id),
  });

  function userIdOf(personId: string): string {
    const userId = userIds.get(personId) ?? `12${randomDigits(14)}`;
    userIds.set(personId, userId);
    return userId;
  }

  function issue(grant: Grant<Visitor>, kind: Kind, life: number | null): Token<Visitor, Kind> {
    return grants.issue(grant, kind, `EAA${randomText(180).replaceAll(/[-_]/g, 'Z')}`, life);
  }

  function issueOfPage(grant: Grant<Visitor>, page: Page, life: number | null): string {
    const { text } = issue(grant, 'page', life);
    pages.set(text, page);
    return text;
  }

  const isAlive = ({ text, grant }: Token<Visitor, Kind>): boolean => grants.alive(text, KINDS) !== undefined && grant.since + DATA_ACCESS > world.clock.now().getTime();

  function check(text: string | null): Token<Visitor, Kind> {
    const token = grants.find(text, KINDS);
    if (token === undefined) throw refuse({ code: 190, status: 401, message: 'The access token is missing or cannot be read.' });
    if (!isAlive(token)) throw refuse({ code: 190, subcode: 463, status: 401, message: 'The access token has expired.' });
    return token;
  }

  function checkProof(proof: string | null, token: string | null): void {
    if (proof === null) return;
    const right = createHmac('sha256', world.app.clientSecret).update(token ?? '').digest('hex');
    if (proof !== right) throw refuse({ code: 100, message: 'The appsecret_proof is not that of this token.', type: 'GraphMethodException' });
  }

  function caller(call: Call, scope: string | null, known: readonly string[]): Caller {
    const parameters = parametersOf(call);
    const { fields } = parameters;
    const text = tokenOf(call, fields);
    const token = check(text);
    checkProof(fields.get('appsecret_proof'), text);
    if (scope !== null && !token.grant.scopes.includes(scope)) throw refuse({ code: 200, status: 403, message: `The permission ${scope} is missing.` });
    const odd = oddParameter(fields, [...known, 'access_token', 'appsecret_proof']);
    if (odd !== null) throw badParameter(odd.name, odd.problem);
    return { token, ...parameters };
  }

  /** The page that a call is for: that of its token, or the one among the person's that its path names. */
  function pageFor(token: Token<Visitor, Kind>, { path }: Call): Page {
    const [, , , id = ''] = path.split('/');
    const { pages: own } = token.grant.subject;
    const page = pages.get(token.text) ?? own.find(({ pageId }) => id === pageId || id.startsWith(`${pageId}_`)) ?? own[0];
    if (page === undefined) throw nothingThere(id);
    return page;
  }

  function demandTask({ tasks }: Page): void {
    if (!tasks.includes('CREATE_CONTENT')) throw refuse({ code: 200, status: 403, message: 'The person has no role on the page that may post.' });
  }

  function exchange(query: URLSearchParams): Token<Visitor, Kind> {
    const redeemed = server.redeem(
      { code: query.get('code'), redirectUri: query.get('redirect_uri'), verifier: query.get('code_verifier') },
      {
        grants,
        subject: ({ person, accounts, scopes, request }) => ({
          userId: userIdOf(person.id),
          name: person.name,
          pages: accounts,
          declined: request.scopes.filter((scope) => !scopes.includes(scope)),
        }),
      },
    );
    if (redeemed === 'redirect_uri') throw refuse({ code: 100, subcode: 36_008, message: 'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request' });
    if (redeemed === 'expired') throw refuse({ code: 100, subcode: 36_007, message: 'This authorization code has expired.' });
    if (redeemed === 'verifier') throw refuse({ code: 100, message: 'The code_verifier is not that of the code_challenge.' });
    if (typeof redeemed === 'string') throw refuse({ code: 100, subcode: 36_009, message: 'This authorization code has been used.' });
    return issue(redeemed.grant, 'short', SHORT_TOKEN_LIFE);
  }

  function extend(query: URLSearchParams): Token<Visitor, Kind> {
    const token = check(query.get('fb_exchange_token'));
    if (token.kind === 'page') throw refuse({ code: 100, message: 'fb_exchange_token is the token of a page.' });
    const isYoung = token.kind === 'long' && token.issuedAt + EXTENDED_ONCE_IN * 1000 > world.clock.now().getTime();
    return isYoung ? token : issue(token.grant, 'long', LONG_TOKEN_LIFE);
  }

  return {
    authorization: server,
    caller,

    add({ name, accessTokenLife, scopes = Object.values(SCOPES) }) {
      const { id: personId, accounts } = server.addPerson({ name });
      const [page] = accounts;
      if (page === undefined) throw new Error('A new person has no page.');
      // Of a person's token that lives an hour or two, a page's token has the same end.
      const expiresAt = accessTokenLife === undefined ? null : world.clock.now().getTime() + accessTokenLife * 1000;
      const grant = grants.open({ personId, subject: { userId: userIdOf(personId), name, pages: accounts, declined: [] }, scopes });
      return {
        externalId: page.pageId,
        name,
        accessToken: issueOfPage(grant, page, accessTokenLife ?? null),
        refreshToken: issue(grant, 'long', LONG_TOKEN_LIFE).text,
        expiresAt: expiresAt === null ? null : timestamp(new Date(expiresAt)),
        scopes,
        defaults: {},
      };
    },

    authorise(call, scope, known) {
      const { token, ...parameters } = caller(call, scope, known);
      const isOfPage = token.kind === 'page';
      if (OF_PAGES.has(scope) && !isOfPage) throw refuse({ code: 210, status: 403, message: 'This call takes the access token of a page.' });
      const page = pageFor(token, call);
      if (OF_PAGES.has(scope)) demandTask(page);
      return { page, ...parameters };
    },

    authoriseUpload(call) {
      if (call.query.size > 0) throw badParameter([...call.query.keys()].join(', '), 'unknown');
      const token = check(authorization(call, ['oauth']));
      if (token.kind !== 'page' || !token.grant.scopes.includes(SCOPES.publish)) throw refuse({ code: 200, status: 403, message: `The permission ${SCOPES.publish} is missing.` });
      return pageFor(token, call);
    },

    token(call) {
      const isExtension = call.query.get('grant_type') === 'fb_exchange_token';
      const known = isExtension ? ['grant_type', 'fb_exchange_token'] : ['redirect_uri', 'code', 'code_verifier', 'grant_type'];
      const odd = oddParameter(call.query, ['client_id', 'client_secret', ...known]);
      if (odd !== null) throw badParameter(odd.name, odd.problem);
      const { clientId, clientSecret } = world.app;
      if (call.query.get('client_id') !== clientId) throw refuse({ code: 101, message: 'Error validating application. Cannot get application info due to a system error.' });
      if (call.query.get('client_secret') !== clientSecret) throw refuse({ code: 1, message: 'Error validating client secret.' });
      if (!isExtension && (call.query.get('grant_type') ?? 'authorization_code') !== 'authorization_code') throw badParameter('grant_type', 'not known');
      const token = isExtension ? extend(call.query) : exchange(call.query);
      return json(200, { access_token: token.text, token_type: 'bearer', expires_in: grants.left(token) });
    },

    pageToken: (token, page) => issueOfPage(token.grant, page, token.kind === 'short' ? grants.left(token) : null),
    pageOf: ({ text }) => pages.get(text),
    find: (text) => grants.find(text, KINDS),
    isAlive,
    end: (grant) => grants.close(grant),

    clear() {
      grants.clear();
      pages.clear();
      userIds.clear();
      server.clear({ persons: true });
    },
  };
}

export function newPage({ name, mayPublish = true }: NewPersonAccount): Page {
  return {
    pageId: `10${randomDigits(13)}`,
    name,
    username: name.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '.'),
    tasks: mayPublish ? TASKS : TASKS.filter((task) => task === 'ANALYZE'),
  };
}

/** Refuses a call for another page than the token's. */
export function demandPage(page: Page, id: string): void {
  if (page.pageId !== id) throw nothingThere(id);
}
