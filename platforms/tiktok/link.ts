import type { Linking, LinkTools } from '../../core/ports/index.ts';
import { codeGrant, consentAt, revokeToken, withToken, type AuthorizationServer } from '../authorization.ts';
import { readUser } from './client.ts';
import { tokenTrouble } from './errors.ts';

const PROFILE = 'user.info.profile';

/** A creator: the login is the account. Its id is this app's own for the creator. */
export const linking: Linking = {
  scopes: [
    { scope: 'user.info.basic', needed: 'publishing', means: 'see who you are' },
    { scope: 'video.publish', needed: 'publishing', means: 'post videos and photos' },
    { scope: PROFILE, needed: 'extras', means: 'see the username' },
    { scope: 'video.list', needed: 'analytics', means: 'see the videos and their numbers' },
    { scope: 'user.info.stats', needed: 'analytics', means: "see the profile's numbers" },
  ],
  // On the web a challenge is optional; the kits that demand one have it in hexadecimal digits.
  pkce: 'hex',
  choice: 'one',
  nothingBehind: 'There is no TikTok account behind this login. Log in to TikTok with the account that you want to link.',

  authorize: async (request, tools) =>
    consentAt({ url: `${tools.endpoints['www']}/v2/auth/authorize/`, separator: ',', clientParameter: 'client_key' }, request, tools),

  exchange: (request, tools) => codeGrant(request, tools, serverOf(tools)),

  targets: async ({ accessToken, scopes }, tools) => {
    const withName = scopes.includes(PROFILE);
    const read = await readUser(withToken(tools, accessToken), ['open_id', 'display_name', ...(withName ? ['username' as const] : [])]);
    if (read.kind === 'trouble') return read;
    const { open_id: id, display_name: shown, username } = read.value;
    return { kind: 'targets', targets: [{ id, type: 'profile', name: username ?? shown ?? id, externalId: id }] };
  },

  check: async (_account, tools) => {
    const read = await readUser(tools, ['open_id', 'display_name']);
    // The name that was linked may be the username, which not every token may read.
    return read.kind === 'trouble' ? read : { kind: 'accepted', name: null };
  },

  revoke: ({ accessToken }, tools) => revokeToken({ value: accessToken }, tools, { ...serverOf(tools), revocationUrl: `${tools.endpoints['api']}/v2/oauth/revoke/` }),
};

function serverOf({ endpoints }: LinkTools): AuthorizationServer {
  return { title: 'TikTok', tokenUrl: `${endpoints['api']}/v2/oauth/token/`, authentication: 'key', trouble: tokenTrouble };
}
