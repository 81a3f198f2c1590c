import type { AuthorizeRequest, ExchangeRequest, GrantOutcome, Linking, LinkTools } from '../../core/ports/index.ts';
import { askedTwice, consentAt } from '../authorization.ts';
import { VERSION } from './client.ts';
import { BUSINESSES, grantedPermissions, listPages } from './person.ts';
import { lastingToken, readPage, tokenForCode } from './tokens.ts';

/**
 * The pages of a person: each becomes an account with a token of its own, which has no end; the person's token renews it. There is
 * no way to end one page's token by itself: what ends is all that the person allowed the app, for every page. So nothing is
 * revoked when a page is unlinked.
 */
export const linking: Linking = {
  scopes: [
    { scope: 'pages_show_list', needed: 'publishing', means: 'see which pages you manage' },
    { scope: 'pages_read_engagement', needed: 'publishing', means: "see a page's posts" },
    { scope: 'pages_manage_posts', needed: 'publishing', means: 'post on a page' },
    { scope: 'pages_manage_engagement', needed: 'extras', means: 'add first comments' },
    { scope: BUSINESSES, needed: 'extras', means: 'see pages that belong to a business' },
    { scope: 'read_insights', needed: 'analytics', means: "see a page's numbers" },
  ],
  // Meant for apps without a secret.
  pkce: 'none',
  choice: 'many',
  nothingBehind: 'This Facebook login manages no page, or none was ticked. Only pages can be posted to: make one, or ask its owner for a role on it, then link it again.',

  authorize: async (request, tools) => dialog(request, tools),
  exchange: grantOf,

  targets: async (tokens, tools) => {
    const listed = await listPages(tools, tokens);
    if (listed.kind === 'trouble') return listed;
    const targets = listed.value.map(({ id, name, access_token: pageToken, tasks }) => {
      const obstacle = obstacleOf(pageToken, tasks);
      const own = pageToken === undefined ? {} : { tokens: { accessToken: pageToken, refreshToken: tokens.accessToken, expiresAt: null, scopes: tokens.scopes } };
      return { id, type: 'page', name, externalId: id, ...own, ...(obstacle !== null && { obstacle }) };
    });
    return { kind: 'targets', targets };
  },

  check: async ({ externalId }, tools) => {
    const read = await readPage(tools, externalId);
    return read.kind === 'trouble' ? read : { kind: 'accepted', name: read.value.name };
  },
};

/** Where a person consents. */
export function dialog(request: Omit<AuthorizeRequest, 'options'>, tools: LinkTools): ReturnType<typeof consentAt> {
  return consentAt({ url: `${tools.endpoints['www']}/${VERSION}/dialog/oauth`, separator: ',' }, request, tools);
}

/** A person's token of 60 days, with what they allowed. */
export async function grantOf({ callback, redirectUri }: ExchangeRequest, tools: LinkTools): Promise<GrantOutcome> {
  const short = await tokenForCode(tools, { code: callback.get('code') ?? '', redirectUri });
  if (short.kind === 'trouble') return short;
  const lasting = await askedTwice(() => lastingToken(tools, short.value.accessToken));
  if (lasting.kind === 'trouble') return lasting;
  const { accessToken, expiresAt } = lasting.value;
  const scopes = await askedTwice(() => grantedPermissions(tools, accessToken));
  if (scopes.kind === 'trouble') return scopes;
  return { kind: 'granted', tokens: { accessToken, refreshToken: null, expiresAt, scopes: scopes.value.filter((scope) => scope !== 'public_profile') } };
}

/** Why nothing can be posted on a page; null: it can. */
export function obstacleOf(pageToken: string | undefined, tasks: readonly string[] | undefined): string | null {
  if (pageToken === undefined) return 'Facebook gives no access to this page. Ask its owner for a role that may create content.';
  // Left out by some lists: then the first post tells.
  if (tasks === undefined || tasks.includes('CREATE_CONTENT')) return null;
  return 'Your role on this page may not create content. Ask its owner for another one.';
}
