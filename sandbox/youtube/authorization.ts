import type { AuthorizationDialect } from '../authorization/dialect.ts';
import { randomText } from '../random.ts';

export const SCOPES = {
  upload: 'https://www.googleapis.com/auth/youtube.upload',
  readonly: 'https://www.googleapis.com/auth/youtube.readonly',
  full: 'https://www.googleapis.com/auth/youtube',
  forceSsl: 'https://www.googleapis.com/auth/youtube.force-ssl',
  analytics: 'https://www.googleapis.com/auth/yt-analytics.readonly',
} as const;

/** Google's consent page (`/accounts`), for one channel of a person, and the addresses of its tokens. */
export const dialect: AuthorizationDialect = {
  title: 'YouTube',
  page: '/accounts/o/oauth2/v2/auth',
  clientParameter: 'client_id',
  separator: ' ',
  scopes: {
    [SCOPES.upload]: 'Manage your YouTube videos',
    [SCOPES.readonly]: 'View your YouTube account',
    [SCOPES.full]: 'Manage your YouTube account',
    [SCOPES.forceSsl]: 'See, edit, and permanently delete your YouTube videos, ratings, comments and captions',
    [SCOPES.analytics]: 'View YouTube Analytics reports for your YouTube content',
  },
  parameters: {
    access_type: /^(?:online|offline)$/u,
    prompt: /^(?:none|consent|select_account|consent select_account|select_account consent)$/u,
    include_granted_scopes: /^(?:true|false)$/u,
    login_hint: /^.+$/u,
  },
  lasting: { access_type: 'offline', prompt: 'consent' },
  pkce: 'optional',
  codeLife: 600,
  newCode: () => `4/0A${randomText(70)}`,
  accounts: 'one',
  denied: { error: 'access_denied' },
  allowed: (scopes) => ({ scope: scopes.join(' ') }),
  token: { path: '/oauth/token', client: 'form' },
  revocation: { path: '/oauth/revoke', client: 'query' },
  identity: '/api/youtube/v3/channels?part=id&mine=true',
  refresh: 'kept',
};
