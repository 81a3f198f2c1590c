import type { Linking, LinkTools } from '../../core/ports/index.ts';
import { codeGrant, consentAt, revokeToken, withToken, type AuthorizationServer } from '../authorization.ts';
import { readMe, userAgent } from './client.ts';
import { tokenTrouble } from './errors.ts';

/** A user. The subreddit to post in is an option of each upload, or a default of the account. */
export const linking: Linking = {
  scopes: [
    { scope: 'identity', needed: 'publishing', means: 'see who you are' },
    { scope: 'submit', needed: 'publishing', means: 'post and comment' },
    { scope: 'read', needed: 'publishing', means: 'see posts and what subreddits take' },
    // Without it, a lost answer could not be looked up.
    { scope: 'history', needed: 'publishing', means: 'see your own posts' },
    { scope: 'flair', needed: 'extras', means: 'choose a flair' },
    { scope: 'mysubreddits', needed: 'extras', means: 'see your subreddits' },
  ],
  pkce: 'none',
  choice: 'one',
  nothingBehind: 'There is no Reddit account behind this login. Log in to Reddit with the account that you want to link.',

  authorize: async (request, tools) =>
    // Of a consent for a time there is no refresh token.
    consentAt({ url: `${tools.endpoints['www']}/api/v1/authorize`, separator: ' ', more: { duration: 'permanent' } }, request, tools),

  exchange: (request, tools) => codeGrant(request, known(tools), serverOf(tools)),

  targets: async ({ accessToken }, tools) => {
    const read = await readMe(withToken(tools, accessToken));
    if (read.kind === 'trouble') return read;
    const { id, name } = read.value;
    return { kind: 'targets', targets: [{ id, type: 'profile', name, externalId: id }] };
  },

  check: async (_account, tools) => {
    const read = await readMe(tools);
    return read.kind === 'trouble' ? read : { kind: 'accepted', name: read.value.name };
  },

  // The refresh token takes its access tokens with it.
  revoke: ({ accessToken, refreshToken }, tools) => {
    const token = refreshToken === null ? ({ value: accessToken, type: 'access_token' } as const) : ({ value: refreshToken, type: 'refresh_token' } as const);
    return revokeToken(token, known(tools), { ...serverOf(tools), revocationUrl: `${tools.endpoints['www']}/api/v1/revoke_token` });
  },
};

/** Who calls says who it is, here too. */
function known(tools: LinkTools): LinkTools {
  return { ...tools, send: (request) => tools.send({ ...request, headers: { ...request.headers, 'user-agent': userAgent(tools) } }) };
}

function serverOf({ endpoints }: LinkTools): AuthorizationServer {
  return { title: 'Reddit', tokenUrl: `${endpoints['www']}/api/v1/access_token`, authentication: 'basic', trouble: tokenTrouble };
}
