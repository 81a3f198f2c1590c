import type { AuthorizationDialect } from '../authorization/dialect.ts';
import { randomDigits, randomText } from '../random.ts';

export const SCOPES = {
  basic: 'user.info.basic',
  profile: 'user.info.profile',
  publish: 'video.publish',
  list: 'video.list',
} as const;

/** TikTok's consent page (`/www`), and the addresses of its tokens. */
export const dialect: AuthorizationDialect = {
  title: 'TikTok',
  page: '/www/v2/auth/authorize/',
  clientParameter: 'client_key',
  separator: ',',
  scopes: {
    [SCOPES.basic]: 'Read your avatar and display name',
    [SCOPES.profile]: 'Read your username, bio and whether you are verified',
    [SCOPES.publish]: 'Post content to TikTok',
    [SCOPES.list]: 'Read your public videos on TikTok',
    'user.info.stats': 'Read your numbers of followers, likes and videos',
    'video.upload': 'Share content to TikTok as a draft',
  },
  fixedScopes: [SCOPES.basic],
  parameters: { disable_auto_auth: /^[01]$/u },
  // Mandatory in its kits for desktops and phones, optional on the web.
  pkce: 'optional',
  challenge: 'hex',
  redirectQuery: false,
  codeLife: 600,
  // It has characters that a URL escapes: who does not decode it sends another one.
  newCode: () => `${randomText(60)}*0!${randomDigits(4)}.va`,
  accounts: 'login',
  denied: { error: 'access_denied', error_description: 'User denied the authorization' },
  allowed: (scopes) => ({ scopes: scopes.join(',') }),
  token: { path: '/api/v2/oauth/token/', client: 'form' },
  revocation: { path: '/api/v2/oauth/revoke/', client: 'form' },
  identity: '/api/v2/user/info/?fields=open_id',
  refresh: 'rotates',
};
