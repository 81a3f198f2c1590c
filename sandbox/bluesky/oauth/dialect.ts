import type { AuthorizationDialect } from '../../authorization/dialect.ts';
import { randomText } from '../../random.ts';

/** Scopes that are made of parts: of a collection, of files, of calls to other services. */
export const GRANULAR = /^(?:repo|blob|rpc):\S+$/u;

/** The consent page of an account's server and the addresses of its tokens. `issuer` is where the server is. */
export function dialectOf(issuer: string): AuthorizationDialect {
  return {
    title: 'Bluesky',
    page: '/pds/oauth/authorize',
    pushed: '/pds/oauth/par',
    clientParameter: 'client_id',
    separator: ' ',
    scopes: {
      atproto: 'Know who you are',
      'transition:generic': 'Do everything that an app password may do, but for chat',
      'transition:email': 'See your email address',
      'transition:chat.bsky': 'Read and write your chats',
      'repo:app.bsky.feed.post': 'Create, change and delete your posts',
      'blob:*/*': 'Upload files',
      'rpc:*?aud=*': 'Call other services as you',
    },
    fixedScopes: ['atproto'],
    parameters: { login_hint: /^.+$/u, prompt: /^(?:login|consent|select_account|create)$/u, response_mode: /^query$/u },
    pkce: 'required',
    codeLife: 300,
    newCode: () => `cod-${randomText(43)}`,
    accounts: 'login',
    denied: { error: 'access_denied', error_description: 'Access denied', iss: issuer },
    allowed: () => ({ iss: issuer }),
    token: { path: '/pds/oauth/token', client: 'assertion' },
    revocation: { path: '/pds/oauth/revoke', client: 'assertion' },
    identity: '/pds/xrpc/com.atproto.server.getSession',
    refresh: 'single_use',
  };
}
