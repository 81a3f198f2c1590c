import type { AuthorizationDialect } from '../authorization/dialect.ts';
import { randomText } from '../random.ts';

export const SCOPES = { list: 'pages_show_list', read: 'pages_read_engagement', publish: 'pages_manage_posts', comment: 'pages_manage_engagement' } as const;

/** Facebook's consent page (`/www`), on which a person ticks pages, and the address of its tokens. All versions have the same. */
export const dialect: AuthorizationDialect = {
  title: 'Facebook',
  page: '/www/v23.0/dialog/oauth',
  clientParameter: 'client_id',
  separator: ',',
  scopes: {
    [SCOPES.list]: 'Show a list of the Pages that you manage',
    [SCOPES.read]: 'Read content posted on the Page',
    [SCOPES.publish]: 'Create and manage content on your Page',
    [SCOPES.comment]: 'Manage comments on your Page',
    read_insights: 'Access your Page and app insights',
    business_management: 'Manage your business',
  },
  parameters: { auth_type: /^(?:rerequest|reauthenticate)$/u },
  pkce: 'optional',
  codeLife: 600,
  newCode: () => `AQ${randomText(250)}`,
  accounts: 'many',
  denied: { error: 'access_denied', error_code: '200', error_description: 'Permissions error', error_reason: 'user_denied' },
  fragment: '#_=_',
  token: { path: '/graph/v23.0/oauth/access_token', client: 'query' },
  revocation: null,
  identity: '/graph/v23.0/me?fields=id,name',
  refresh: 'extends',
};
