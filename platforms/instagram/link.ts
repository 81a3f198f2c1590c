import * as z from 'zod';
import type { Linking, LinkTools, Trouble } from '../../core/ports/index.ts';
import type { TokenSet } from '../../core/model.ts';
import { usualLines, troubleOf } from '../answers.ts';
import { graphGet } from '../container-calls.ts';
import { containerLinking } from '../container-link.ts';
import { dialog, grantOf, obstacleOf } from '../facebook/link.ts';
import { BUSINESSES, listPages } from '../facebook/person.ts';
import { graphCall } from '../graph.ts';
import { asLinked, atFacebook, readBinding, surelyAtFacebook, writeBinding } from './by-page.ts';
import { names } from './client.ts';

/**
 * Two ways to a professional account. By Instagram Login the login is the account, and no page of Facebook is needed; by Facebook
 * Login one consent is for the accounts of all pages that the person ticks there.
 */

const optionsSchema = z.strictObject({
  login: z
    .enum(['instagram', 'facebook'])
    .default('instagram')
    .meta({ description: 'Where the person consents: at Instagram, for the account that they log in with, or at Facebook, for accounts that belong to their pages.' }),
});

/** A professional account, by Instagram Login. */
const byInstagram = containerLinking({
  names,
  scopes: [
    { scope: 'instagram_business_basic', needed: 'publishing', means: 'see the account and its posts' },
    { scope: 'instagram_business_content_publish', needed: 'publishing', means: 'post photos and reels' },
    { scope: 'instagram_business_manage_comments', needed: 'extras', means: 'add first comments' },
    { scope: 'instagram_business_manage_insights', needed: 'analytics', means: "see the account's numbers" },
  ],
  nothingBehind:
    'There is no professional Instagram account behind this login. Turn it into a business or creator account in the app, and connect it to a page if you log in with Facebook; then link it again.',
  exchange: { endpoint: 'api', path: '/oauth/access_token' },
  longTokenGrant: 'ig_exchange_token',
  // `id` is another one, which publishing does not take.
  meFields: 'user_id,username',
  meSchema: z.object({ user_id: z.union([z.string().min(1), z.number()]).transform(String), username: z.string().min(1) }).transform(({ user_id: id, username }) => ({ id, username })),
});

/**
 * What Facebook Login is asked for, by the permission of Instagram Login that it stands for: accounts know their scopes by these names
 * alone, whichever way they were linked. An account of a page cannot be seen without the page.
 */
export const PAGE_SCOPES: Readonly<Record<string, readonly string[]>> = {
  instagram_business_basic: ['instagram_basic', 'pages_show_list', 'pages_read_engagement'],
  instagram_business_content_publish: ['instagram_content_publish'],
  instagram_business_manage_comments: ['instagram_manage_comments'],
  instagram_business_manage_insights: ['instagram_manage_insights'],
};

const usernameSchema = z.object({ username: z.string().min(1) });

export const linking: Linking = {
  ...byInstagram,
  choice: 'many',
  optionsSchema,

  authorize: async (request, tools) => {
    if (optionsSchema.parse(request.options).login === 'instagram') return byInstagram.authorize(request, tools);
    const facebook = await atFacebook(tools);
    if (facebook === null) return { kind: 'trouble', trouble: NO_APP };
    const scopes = [...request.scopes.flatMap((scope) => PAGE_SCOPES[scope] ?? []), BUSINESSES];
    return { ...dialog({ ...request, scopes }, facebook), memory: BY_FACEBOOK };
  },

  exchange: async (request, tools) => {
    if (request.memory !== BY_FACEBOOK) return byInstagram.exchange(request, tools);
    const granted = await grantOf(request, await surelyAtFacebook(tools));
    if (granted.kind === 'trouble') return granted;
    const { scopes } = granted.tokens;
    const known = Object.keys(PAGE_SCOPES).filter((scope) => PAGE_SCOPES[scope]?.every((each) => scopes.includes(each)));
    return { kind: 'granted', tokens: { ...granted.tokens, scopes: known, binding: writeBinding({ page: null, businesses: scopes.includes(BUSINESSES) }) } };
  },

  targets: (tokens, tools) => (tokens.binding === undefined ? byInstagram.targets(tokens, tools) : accountsOfPages(tokens, tokens.binding, tools)),

  check: async (account, tools) => {
    if ((await tools.binding()) === null) return byInstagram.check(account, tools);
    const there = await asLinked(tools);
    const read = await graphCall(names, there, graphGet(names, there, account.externalId, { fields: 'username' }), usernameSchema);
    return read.kind === 'trouble' ? read : { kind: 'accepted', name: read.value.username };
  },
};

/** What `exchange` is to have again. */
const BY_FACEBOOK = 'facebook';

const NO_APP: Trouble = troubleOf(
  { ...usualLines('Facebook').app, message: 'This installation has no app at Facebook, by which accounts of pages are linked. Link the account with Instagram’s own login, or tell the operator.' },
  { code: null, text: null },
  null,
);

/** The accounts of a person's pages, each with the tokens of its page. A page without one is nothing to choose. */
async function accountsOfPages(tokens: TokenSet, binding: string, tools: LinkTools): ReturnType<Linking['targets']> {
  const { businesses } = readBinding(binding);
  const there = await surelyAtFacebook(tools);
  const listed = await listPages(there, { accessToken: tokens.accessToken, scopes: businesses ? [BUSINESSES] : [] }, ['instagram_business_account{id,username}']);
  if (listed.kind === 'trouble') return listed;
  const targets = listed.value.flatMap(({ id: page, name, access_token: pageToken, tasks, instagram_business_account: account }) => {
    if (account === undefined) return [];
    const obstacle = obstacleOf(pageToken, tasks);
    const own = pageToken === undefined ? {} : { tokens: { accessToken: pageToken, refreshToken: tokens.accessToken, expiresAt: null, scopes: tokens.scopes, binding: writeBinding({ page, businesses }) } };
    return [{ id: account.id, type: 'profile', name: account.username ?? name, externalId: account.id, ...own, ...(obstacle !== null && { obstacle }) }];
  });
  return { kind: 'targets', targets };
}
