import { createHmac } from 'node:crypto';
import { timestamp } from '../../core/clock.ts';
import { badParameter, nothingThere, refuse, tokenOf } from '../graph.ts';
import { authorization, oddParameter } from '../http.ts';
import { randomDigits, randomText } from '../random.ts';
import type { Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { parametersOf, type Parameters } from './parameters.ts';

export const SCOPES = { list: 'pages_show_list', read: 'pages_read_engagement', publish: 'pages_manage_posts', comment: 'pages_manage_engagement' } as const;

/** What only a page does for itself. */
const OF_PAGES: ReadonlySet<string> = new Set([SCOPES.publish, SCOPES.comment]);

/** Seconds that the token of a person is good for; that of a page has no end, if it was made from such a one. */
const USER_TOKEN_LIFE = 60 * 24 * 60 * 60;

export interface Page {
  readonly pageId: string;
  readonly name: string;
  readonly username: string;
}

interface Token {
  readonly of: 'page' | 'person';
  readonly page: Page;
  readonly scopes: readonly string[];
  /** Null: it has no end. */
  readonly expiresAt: number | null;
}

/** A call whose token was checked, with its other parameters. */
export interface Authorised extends Parameters {
  readonly page: Page;
  readonly tokenOf: Token['of'];
}

export interface Accounts {
  add(account: NewAccount): LinkedAccount;
  /** Checks token, proof and scope, and that no parameter but these comes, each once. Publishing takes the token of the page. */
  authorise(call: Call, scope: string, known: readonly string[]): Authorised;
  /** Of the server for uploads: the token is in the header alone, as `OAuth`. */
  authoriseUpload(call: Call): Page;
  /** A new token of a page, for the person who holds `call`'s token. */
  pageToken(page: Page, scopes: readonly string[]): string;
  scopesOf(call: Call): readonly string[];
  clear(): void;
}

export function createAccounts(world: World): Accounts {
  const tokens = new Map<string, Token>();
  const now = () => world.clock.now().getTime();

  function issue(token: Token): string {
    const text = `EAA${randomText(180).replaceAll(/[-_]/g, 'Z')}`;
    tokens.set(text, token);
    return text;
  }

  function check(text: string | null): Token {
    const token = text === null ? undefined : tokens.get(text);
    if (token === undefined) throw refuse({ code: 190, status: 401, message: 'The access token is missing or cannot be read.' });
    if (token.expiresAt !== null && token.expiresAt <= now()) throw refuse({ code: 190, subcode: 463, status: 401, message: 'The access token has expired.' });
    return token;
  }

  function checkProof(proof: string | null, token: string | null): void {
    if (proof === null) return;
    const right = createHmac('sha256', world.app.clientSecret).update(token ?? '').digest('hex');
    if (proof !== right) throw refuse({ code: 100, message: 'The appsecret_proof is not that of this token.', type: 'GraphMethodException' });
  }

  return {
    add({ name, accessTokenLife, scopes = Object.values(SCOPES) }) {
      const username = name.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '.');
      const page: Page = { pageId: `10${randomDigits(13)}`, name, username };
      // Of a person's token that lives an hour or two, a page's token has the same end.
      const expiresAt = accessTokenLife === undefined ? null : now() + accessTokenLife * 1000;
      return {
        externalId: page.pageId,
        name,
        accessToken: issue({ of: 'page', page, scopes, expiresAt }),
        refreshToken: issue({ of: 'person', page, scopes, expiresAt: now() + USER_TOKEN_LIFE * 1000 }),
        expiresAt: expiresAt === null ? null : timestamp(new Date(expiresAt)),
        scopes,
        defaults: {},
      };
    },

    authorise(call, scope, known) {
      const parameters = parametersOf(call);
      const { fields } = parameters;
      const text = tokenOf(call, fields);
      const token = check(text);
      checkProof(fields.get('appsecret_proof'), text);
      if (!token.scopes.includes(scope)) throw refuse({ code: 200, status: 403, message: `The permission ${scope} is missing.` });
      const odd = oddParameter(fields, [...known, 'access_token', 'appsecret_proof']);
      if (odd !== null) throw badParameter(odd.name, odd.problem);
      if (OF_PAGES.has(scope) && token.of !== 'page') throw refuse({ code: 210, status: 403, message: 'This call takes the access token of a page.' });
      return { page: token.page, tokenOf: token.of, ...parameters };
    },

    authoriseUpload(call) {
      if (call.query.size > 0) throw badParameter([...call.query.keys()].join(', '), 'unknown');
      const token = check(authorization(call, ['oauth']));
      if (token.of !== 'page' || !token.scopes.includes(SCOPES.publish)) throw refuse({ code: 200, status: 403, message: `The permission ${SCOPES.publish} is missing.` });
      return token.page;
    },

    pageToken: (page, scopes) => issue({ of: 'page', page, scopes, expiresAt: null }),

    scopesOf: (call) => check(tokenOf(call, parametersOf(call).fields)).scopes,

    clear: () => tokens.clear(),
  };
}

/** Refuses a call for another page than the token's. */
export function demandPage(page: Page, id: string): void {
  if (page.pageId !== id) throw nothingThere(id);
}
