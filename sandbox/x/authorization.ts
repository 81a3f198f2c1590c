import type { AuthorizationDialect } from '../authorization/dialect.ts';
import { randomText } from '../random.ts';

export const SCOPES = ['tweet.read', 'tweet.write', 'users.read', 'media.write', 'offline.access'] as const;
export type Scope = (typeof SCOPES)[number];

/** X's consent page (`/www`), and the addresses of its tokens. */
export const dialect: AuthorizationDialect = {
  title: 'X',
  page: '/www/i/oauth2/authorize',
  clientParameter: 'client_id',
  separator: ' ',
  scopes: {
    'tweet.read': 'See posts from your timeline',
    'tweet.write': 'Post and repost for you',
    'users.read': 'See your profile',
    'media.write': 'Upload media for you',
    'offline.access': 'Stay connected to your account until you revoke access',
  },
  pkce: 'required',
  codeLife: 30,
  newCode: () => randomText(91),
  accounts: 'login',
  denied: { error: 'access_denied' },
  token: { path: '/api/2/oauth2/token', client: 'basic' },
  revocation: { path: '/api/2/oauth2/revoke', client: 'basic' },
  identity: '/api/2/users/me',
  refresh: 'single_use',
};
