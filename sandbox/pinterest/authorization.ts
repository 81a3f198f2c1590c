import type { AuthorizationDialect } from '../authorization/dialect.ts';
import { randomText } from '../random.ts';

export const SCOPES = ['pins:read', 'pins:write', 'boards:read', 'boards:write', 'user_accounts:read'] as const;
export type Scope = (typeof SCOPES)[number];

/** Pinterest's consent page (`/www`), and the address of its tokens. What an app may revoke is not documented. */
export const dialect: AuthorizationDialect = {
  title: 'Pinterest',
  page: '/www/oauth/',
  clientParameter: 'client_id',
  separator: ',',
  scopes: {
    'user_accounts:read': 'See your user account',
    'boards:read': 'See your public boards, including group boards you join',
    'boards:write': 'Create, update, or delete your public boards',
    'pins:read': 'See your public Pins',
    'pins:write': 'Create, update, or delete your public Pins',
    'boards:read_secret': 'See your secret boards',
    'pins:read_secret': 'See your secret Pins',
  },
  pkce: 'none',
  codeLife: 600,
  newCode: () => randomText(40),
  accounts: 'all',
  denied: { error: 'access_denied' },
  token: { path: '/api/v5/oauth/token', client: 'basic' },
  revocation: null,
  identity: '/api/v5/user_account',
  refresh: 'rotates',
};
