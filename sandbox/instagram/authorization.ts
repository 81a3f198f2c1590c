import type { AuthorizationDialect } from '../authorization/dialect.ts';
import { randomText } from '../random.ts';

/** Instagram's consent page and where codes are taken (`/www`, `/api`). No PKCE, no revocation: the person takes the permission back in the app. */
export const authorization: AuthorizationDialect = {
  title: 'Instagram',
  page: '/www/oauth/authorize',
  clientParameter: 'client_id',
  separator: ',',
  scopes: {
    instagram_business_basic: 'Read your profile and your media',
    instagram_business_content_publish: 'Publish content for you',
    instagram_business_manage_insights: 'Read insights of your account and your media',
    instagram_business_manage_comments: 'Read and write comments for you',
  },
  fixedScopes: ['instagram_business_basic'],
  parameters: { enable_fb_login: /^[01]$/u, force_reauth: /^(?:true|false)$/u },
  pkce: 'none',
  codeLife: 600,
  newCode: () => `AQ${randomText(180)}`,
  accounts: 'login',
  others: true,
  denied: { error: 'access_denied', error_reason: 'user_denied', error_description: 'Permissions error' },
  fragment: '#_',
  token: { path: '/api/oauth/access_token', client: 'form' },
  revocation: null,
  identity: '/graph/v23.0/me?fields=user_id,username',
  refresh: 'extends',
};
