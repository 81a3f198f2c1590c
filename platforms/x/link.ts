import type { Linking, LinkTools } from '../../core/ports/index.ts';
import { codeGrant, consentAt, revokeToken, withToken, type AuthorizationServer } from '../authorization.ts';
import { readMe } from './client.ts';
import { tokenTrouble } from './errors.ts';

/** A user of X. The code lives for 30 seconds, so it is exchanged while the browser waits. */
export const linking: Linking = {
  scopes: [
    { scope: 'tweet.read', needed: 'publishing', means: "read the account's posts" },
    { scope: 'tweet.write', needed: 'publishing', means: 'post' },
    { scope: 'users.read', needed: 'publishing', means: 'see the profile' },
    { scope: 'media.write', needed: 'publishing', means: 'upload photos and videos' },
    // Without it there is no refresh token, and the link would end after two hours.
    { scope: 'offline.access', needed: 'publishing', means: 'stay connected' },
  ],
  pkce: 'S256',
  choice: 'one',
  nothingBehind: 'There is no X account behind this login. Log in to X with the account that you want to link.',

  authorize: async (request, tools) => consentAt({ url: `${tools.endpoints['www']}/i/oauth2/authorize`, separator: ' ' }, request, tools),

  exchange: (request, tools) => codeGrant(request, tools, serverOf(tools)),

  targets: async ({ accessToken }, tools) => {
    const read = await readMe(withToken(tools, accessToken));
    if (read.kind === 'trouble') return read;
    const { id, username } = read.value;
    return { kind: 'targets', targets: [{ id, type: 'profile', name: username, externalId: id }] };
  },

  check: async (_account, tools) => {
    const read = await readMe(tools);
    return read.kind === 'trouble' ? read : { kind: 'accepted', name: read.value.username };
  },

  revoke: async ({ accessToken, refreshToken }, tools) => {
    const server = { ...serverOf(tools), revocationUrl: `${tools.endpoints['api']}/2/oauth2/revoke` };
    const first = refreshToken === null ? null : await revokeToken({ value: refreshToken, type: 'refresh_token' }, tools, server);
    return first?.kind === 'trouble' ? first : revokeToken({ value: accessToken, type: 'access_token' }, tools, server);
  },
};

function serverOf({ endpoints }: LinkTools): AuthorizationServer {
  return { title: 'X', tokenUrl: `${endpoints['api']}/2/oauth2/token`, authentication: 'basic', trouble: tokenTrouble };
}
