import type { AuthorizationDialect } from '../authorization/dialect.ts';
import { randomText } from '../random.ts';

export const SCOPES = ['identity', 'submit', 'flair', 'read', 'mysubreddits', 'history'] as const;
export type Scope = (typeof SCOPES)[number];

/** Reddit's consent page and the addresses of its tokens (`/www`). A refresh token comes with `duration=permanent` alone. */
export const dialect: AuthorizationDialect = {
  title: 'Reddit',
  page: '/www/api/v1/authorize',
  clientParameter: 'client_id',
  separator: ' ',
  scopes: {
    identity: 'Access your username and signup date',
    submit: 'Submit links and comments from your account',
    flair: 'Select your subreddit flair and link flair on your submissions',
    read: 'Access posts and comments through your account',
    mysubreddits: 'Access the list of subreddits you moderate, contribute to, and subscribe to',
    history: 'Access your voting history and comments or submissions you have saved or hidden',
    edit: 'Edit and delete your comments and submissions',
  },
  parameters: { duration: /^(?:temporary|permanent)$/u },
  lasting: { duration: 'permanent' },
  pkce: 'none',
  codeLife: 600,
  newCode: () => randomText(30),
  accounts: 'login',
  denied: { error: 'access_denied' },
  fragment: '#_',
  tellsClient: true,
  token: { path: '/www/api/v1/access_token', client: 'basic' },
  revocation: { path: '/www/api/v1/revoke_token', client: 'basic' },
  identity: '/oauth/api/v1/me',
  refresh: 'kept',
};
