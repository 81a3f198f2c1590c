import * as z from 'zod';
import type { Linking, LinkTarget, LinkTools } from '../../core/ports/index.ts';
import { codeGrant, consentAt, withToken, type AuthorizationServer } from '../authorization.ts';
import { tokenTrouble } from './errors.ts';
import { listRoles, readMember, readOrganization, type Role } from './identity.ts';

const MEMBER = 'w_member_social';
const PAGE = 'w_organization_social';
const ADMIN = 'rw_organization_admin';

/** LinkedIn lets any app ask for them. All others need its approval, and asking without ends the consent with an error. */
const SELF_SERVE: readonly string[] = ['openid', 'profile', MEMBER];

/** Roles with which a member may post for a page; the pages call the same one by two names. */
const POSTING_ROLES: readonly string[] = ['ADMINISTRATOR', 'CONTENT_ADMIN', 'CONTENT_ADMINISTRATOR'];

const optionsSchema = z.strictObject({
  pages: z.boolean().optional().meta({ description: 'Asks for the pages that the member manages too. Needs an app with the Community Management API.' }),
});

/** A member and the pages on which they have a role: each is an author, with the member's tokens. Ending them would end all: nothing is revoked. */
export const linking: Linking = {
  scopes: [
    { scope: 'openid', needed: 'publishing', means: 'see who you are' },
    { scope: 'profile', needed: 'publishing', means: 'see your name' },
    { scope: MEMBER, needed: 'extras', means: 'post in your name' },
    { scope: PAGE, needed: 'extras', means: 'post for your pages' },
    { scope: ADMIN, needed: 'extras', means: 'see which pages you manage' },
    { scope: 'r_organization_social', needed: 'analytics', means: "see your pages' posts and their numbers" },
  ],
  pkce: 'none',
  choice: 'many',
  optionsSchema,
  nothingBehind: 'There is no LinkedIn member behind this login. Log in to LinkedIn with the account that you want to link.',

  authorize: async (request, tools) => {
    const withPages = optionsSchema.parse(request.options).pages === true;
    const scopes = withPages ? request.scopes : request.scopes.filter((scope) => SELF_SERVE.includes(scope));
    return consentAt({ url: `${tools.endpoints['www']}/oauth/v2/authorization`, separator: ' ' }, { ...request, scopes }, tools);
  },

  exchange: (request, tools) => codeGrant(request, tools, serverOf(tools)),

  targets: async ({ accessToken, scopes }, tools) => {
    const known = withToken(tools, accessToken);
    const member = await readMember(known);
    if (member.kind === 'trouble') return member;
    const targets: LinkTarget[] = [targetOf('profile', member.value, scopes.includes(MEMBER) ? null : 'Posting in your name was not allowed. Link the account again and allow it.')];
    const roles = scopes.includes(ADMIN) ? await listRoles(known) : null;
    if (roles?.kind === 'trouble') return roles;
    for (const [urn, role] of bestRoles(roles?.value ?? [])) {
      const page = await readOrganization(known, urn);
      // One that cannot be looked at is listed all the same, by its number.
      if (page.kind === 'trouble' && page.refusal?.definite !== true) return page;
      const author = page.kind === 'trouble' ? { urn, name: urn } : page.value;
      targets.push(targetOf('organisation', author, obstacleOf(role, scopes)));
    }
    return { kind: 'targets', targets };
  },

  check: async ({ externalId }, tools) => {
    const isPage = externalId.startsWith('urn:li:organization:');
    const read = isPage ? await readOrganization(tools, externalId) : await readMember(tools);
    return read.kind === 'trouble' ? read : { kind: 'accepted', name: read.value.name };
  },
};

function targetOf(type: string, { urn, name }: { readonly urn: string; readonly name: string }, obstacle: string | null): LinkTarget {
  return { id: urn, type, name, externalId: urn, ...(obstacle !== null && { obstacle }) };
}

/** Each page once, with the role that lets the member do most. */
function bestRoles(roles: readonly Role[]): ReadonlyMap<string, string> {
  const best = new Map<string, string>();
  for (const { organization, role } of roles) if (!best.has(organization) || POSTING_ROLES.includes(role)) best.set(organization, role);
  return best;
}

/** Why nothing can be posted for a page; null: it can. */
function obstacleOf(role: string, scopes: readonly string[]): string | null {
  if (!POSTING_ROLES.includes(role)) return 'Your role on this page may not create content. Ask its administrator for another one.';
  return scopes.includes(PAGE) ? null : 'Posting for your pages was not allowed. Link the account again and allow it.';
}

function serverOf({ endpoints }: LinkTools): AuthorizationServer {
  return { title: 'LinkedIn', tokenUrl: `${endpoints['www']}/oauth/v2/accessToken`, authentication: 'post', trouble: tokenTrouble };
}
