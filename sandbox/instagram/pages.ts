import type { AuthorizationDialect } from '../authorization/dialect.ts';
import { consentOperation } from '../authorization/consent.ts';
import type { Person, Persons } from '../authorization/persons.ts';
import type { SharedDoor } from '../authorization/server.ts';
import type { Account } from '../containers/accounts.ts';
import type { LoginOperation, SecondLogin } from '../containers/dialect.ts';
import { createAccounts, newPage, SCOPES, type Page } from '../facebook/accounts.ts';
import { dialect as ofFacebook } from '../facebook/authorization.ts';
import { listBusinesses, listPages, listPermissions } from '../facebook/person.ts';
import { readPageToken } from '../facebook/read.ts';
import { nothingThere, pick } from '../graph.ts';
import { json } from '../http.ts';
import type { Call, World } from '../stand-in.ts';

/**
 * Facebook Login: one consent for the accounts of all pages that a person ticks. Each account of a person belongs to a page of its own,
 * whose token is good for it; a call takes the token of a page or of the person.
 */

/** The permission of Facebook Login for each of Instagram Login. */
const OF_PAGES: Readonly<Record<string, string>> = {
  instagram_business_basic: 'instagram_basic',
  instagram_business_content_publish: 'instagram_content_publish',
  instagram_business_manage_comments: 'instagram_manage_comments',
  instagram_business_manage_insights: 'instagram_manage_insights',
};

const dialect: AuthorizationDialect = {
  ...ofFacebook,
  page: '/dialog/v23.0/dialog/oauth',
  scopes: {
    instagram_basic: 'Access the profile and posts of the Instagram account connected to your Page',
    instagram_content_publish: 'Upload media and create posts on the Instagram account connected to your Page',
    instagram_manage_comments: 'Manage comments on the Instagram account connected to your Page',
    instagram_manage_insights: 'Access insights of the Instagram account connected to your Page',
    [SCOPES.list]: 'Show a list of the Pages that you manage',
    [SCOPES.read]: 'Read content posted on the Page',
    business_management: 'Manage your business',
  },
  token: { path: '/facebook/v23.0/oauth/access_token', client: 'query' },
  identity: '/facebook/v23.0/me?fields=id,name',
};

const CONSENT = /^\/dialog\/v2[345]\.0\/dialog\/oauth$/u;
const CALL = /^\/facebook\/v2[345]\.0\/([^/]+)(?:\/([^/]+))?$/u;

export function createPageLogin(world: World, { persons, redirectUris }: SharedDoor<Account>): SecondLogin {
  const pages = new Map<string, { readonly page: Page; readonly account: Account }>();

  function pageOf(account: Account): Page {
    const known = [...pages.values()].find((each) => each.account.userId === account.userId);
    if (known !== undefined) return known.page;
    const page: Page = { ...newPage({ name: account.name }), instagram: { id: account.userId, username: account.username } };
    pages.set(page.pageId, { page, account });
    return page;
  }

  const app = world.loginApp ?? world.app;
  const accounts = createAccounts({ clock: world.clock, app }, { dialect, shared: { persons: withPages(persons, pageOf), redirectUris } });
  const person = { world: { app, baseUrl: world.baseUrl }, accounts };

  function authorise(call: Call, scope: string, known: readonly string[]): ReturnType<SecondLogin['authorise']> {
    const { token, fields } = accounts.caller(call, OF_PAGES[scope] ?? scope, known);
    const [, id = ''] = CALL.exec(call.path) ?? [];
    const own = token.grant.subject.pages;
    const page = accounts.pageOf(token) ?? own.find(({ instagram }) => instagram?.id === id) ?? own[0];
    const found = pages.get(page?.pageId ?? '');
    if (found === undefined) throw nothingThere(id);
    const asked = [...fields].filter(([name]) => name !== 'access_token' && name !== 'appsecret_proof');
    return { account: found.account, fields: new URLSearchParams(asked) };
  }

  function operation(call: Call): LoginOperation | undefined {
    const { method, path, query } = call;
    if (CONSENT.test(path) && (method === 'GET' || method === 'POST')) return consentOperation(call);
    const [, id = '', edge = ''] = CALL.exec(path) ?? [];
    if (method !== 'GET' || id === '') return undefined;
    if (id === 'oauth' && edge === 'access_token') return query.get('grant_type') === 'fb_exchange_token' ? 'token.extend' : 'token.exchange';
    if (edge === 'permissions') return 'permissions.list';
    if (edge === 'accounts') return 'pages.list';
    if (edge === 'businesses') return 'businesses.list';
    if (edge !== '') return undefined;
    if (pages.has(id)) return query.get('fields') === 'access_token' ? 'token.refresh' : 'page.read';
    return [...pages.values()].some(({ account }) => account.userId === id) ? 'me.read' : undefined;
  }

  return {
    host: 'facebook',
    authorise,
    operation,
    answer(call, name) {
      const [, id = ''] = CALL.exec(call.path) ?? [];
      switch (name) {
        case 'consent.show':
        case 'consent.decide':
          return accounts.authorization.consent(call);
        case 'token.exchange':
        case 'token.extend':
          return accounts.token(call);
        case 'token.refresh':
          return readPageToken({ accounts }, call, id);
        case 'permissions.list':
          return listPermissions(person, call, id);
        case 'pages.list':
          return listPages(person, call, id);
        case 'businesses.list':
          return listBusinesses(person, call, id);
        case 'page.read': {
          const { page, fields } = accounts.authorise(call, SCOPES.read, ['fields']);
          if (page.pageId !== id) throw nothingThere(id);
          return json(200, pick(id, { name: page.name, username: page.username }, fields.get('fields')));
        }
        case 'me.read': {
          const { account, fields } = authorise(call, 'instagram_business_basic', ['fields']);
          if (account.userId !== id) throw nothingThere(id);
          return json(200, pick(id, { username: account.username, name: account.name }, fields.get('fields')));
        }
      }
    },
    door: accounts.authorization.door,
    clear(options) {
      accounts.authorization.clear();
      if (options?.tokens !== true) return;
      accounts.clear();
      pages.clear();
    },
  };
}

/** The same persons, with the pages of their accounts in place of these. */
function withPages(persons: Persons<Account>, pageOf: (account: Account) => Page): Persons<Page> {
  const mapped = (person: Person<Account>): Person<Page> => ({ ...person, accounts: person.accounts.map(pageOf) });
  const perhaps = (person: Person<Account> | undefined): Person<Page> | undefined => (person === undefined ? undefined : mapped(person));
  return {
    add: (person) => mapped(persons.add(person)),
    get: (id) => perhaps(persons.get(id)),
    find: (text) => perhaps(persons.find(text)),
    all: () => persons.all().map(mapped),
    show: ({ id, name, accounts }) => ({ id, name, accounts: accounts.map((page) => ({ externalId: page.pageId, name: page.name })) }),
    clear: () => persons.clear(),
  };
}
