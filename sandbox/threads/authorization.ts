import type { AuthorizationDialect } from '../authorization/dialect.ts';
import { randomText } from '../random.ts';

/** Threads's consent page and where codes are taken (`/www`). No PKCE, no revocation: the person takes the permission back in the app. */
export const authorization: AuthorizationDialect = {
  title: 'Threads',
  page: '/www/oauth/authorize',
  clientParameter: 'client_id',
  separator: ',',
  scopes: {
    threads_basic: 'Read your profile and your threads',
    threads_content_publish: 'Create and share threads for you',
    threads_manage_insights: 'Read insights of your profile and your threads',
    threads_delete: 'Delete your threads',
    threads_manage_replies: 'Create replies and manage who may reply',
    threads_read_replies: 'Read replies to your threads',
  },
  fixedScopes: ['threads_basic'],
  pkce: 'none',
  codeLife: 600,
  newCode: () => `AQ${randomText(180)}`,
  accounts: 'login',
  denied: { error: 'access_denied', error_reason: 'user_denied', error_description: 'Permissions error' },
  fragment: '#_',
  token: { path: '/graph/oauth/access_token', client: 'form' },
  revocation: null,
  identity: '/graph/v1.0/me?fields=id,username',
  refresh: 'extends',
};
