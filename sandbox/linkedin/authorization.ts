import type { AuthorizationDialect } from '../authorization/dialect.ts';
import { randomText } from '../random.ts';

export const SCOPES = {
  /** To post for oneself. Nothing lets an app read what a member has posted. */
  member: 'w_member_social',
  page: 'w_organization_social',
  readPage: 'r_organization_social',
  /** To list the pages of a member. */
  admin: 'rw_organization_admin',
  identity: 'openid',
} as const;

/** LinkedIn's consent page and the addresses of its tokens (`/www`). A consent is for the member and all their pages. */
export const dialect: AuthorizationDialect = {
  title: 'LinkedIn',
  page: '/www/oauth/v2/authorization',
  clientParameter: 'client_id',
  separator: ' ',
  scopes: {
    [SCOPES.identity]: 'Sign in with your LinkedIn identity',
    profile: 'Use your name and photo',
    email: 'Use the primary email address of your account',
    [SCOPES.member]: 'Create, modify, and delete posts, comments, and reactions on your behalf',
    r_basicprofile: 'Use your basic profile including your name, photo, headline, and public profile URL',
    [SCOPES.page]: "Create, modify, and delete posts, comments, and reactions on your organization's behalf",
    [SCOPES.readPage]: "Retrieve your organization's posts, including any comments, reactions, and other engagement data",
    [SCOPES.admin]: "Manage your organization's pages and retrieve reporting data",
    r_member_postAnalytics: 'Retrieve reporting data of your posts',
    r_member_profileAnalytics: 'Retrieve reporting data of your profile',
  },
  pkce: 'none',
  codeLife: 30 * 60,
  newCode: () => `AQ${randomText(150)}`,
  accounts: 'all',
  denied: { error: 'user_cancelled_authorize', error_description: 'The user cancelled the authorization' },
  tellsClient: true,
  scopeError: 'unauthorized_scope_error',
  token: { path: '/www/oauth/v2/accessToken', client: 'form' },
  revocation: null,
  identity: '/api/v2/userinfo',
  refresh: 'kept',
  refreshByApproval: true,
};
