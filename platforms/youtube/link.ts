import type { Linking, LinkTools } from '../../core/ports/index.ts';
import { unanswered } from '../answers.ts';
import { codeGrant, consentAt, withToken, type AuthorizationServer } from '../authorization.ts';
import { readChannels } from './client.ts';
import { tokenTrouble } from './errors.ts';

const SCOPE = 'https://www.googleapis.com/auth';

/** A Google account with a channel; the person picks the account, or one of its brand accounts, on the consent page. */
export const linking: Linking = {
  scopes: [
    { scope: `${SCOPE}/youtube.upload`, needed: 'publishing', means: 'upload videos' },
    // Without it, neither the channel nor what became of a video can be seen.
    { scope: `${SCOPE}/youtube.readonly`, needed: 'publishing', means: 'see the channel and its videos' },
    { scope: `${SCOPE}/youtube.force-ssl`, needed: 'extras', means: 'add captions and comments' },
    { scope: `${SCOPE}/yt-analytics.readonly`, needed: 'analytics', means: "see the channel's statistics" },
  ],
  pkce: 'S256',
  choice: 'many',
  nothingBehind: 'This Google account has no YouTube channel. Make one at youtube.com, or choose another account.',

  authorize: async (request, tools) => {
    // Only with the first two there is always a refresh token, also for a person who consented before.
    const more = { access_type: 'offline', prompt: 'consent', include_granted_scopes: 'true' };
    return consentAt({ url: `${tools.endpoints['accounts']}/o/oauth2/v2/auth`, separator: ' ', more }, request, tools);
  },

  exchange: (request, tools) => codeGrant(request, tools, serverOf(tools)),

  targets: async ({ accessToken }, tools) => {
    const read = await readChannels(withToken(tools, accessToken));
    if (read.kind === 'trouble') return read;
    return { kind: 'targets', targets: read.value.map(({ id, title }) => ({ id, type: 'channel', name: title, externalId: id })) };
  },

  check: async (_account, tools) => {
    const read = await readChannels(tools);
    return read.kind === 'trouble' ? read : { kind: 'accepted', name: read.value[0]?.title ?? null };
  },

  // Google ends the whole grant by either token, and takes the token in the query, from anybody who has it.
  revoke: async ({ accessToken, refreshToken }, { send, now, endpoints }) => {
    const token = refreshToken ?? accessToken;
    const url = `${endpoints['oauth']}/revoke?${new URLSearchParams({ token }).toString()}`;
    const result = await send({ method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    if (result.kind !== 'answered') return unanswered('Google', result);
    if (result.answer.status === 200) return { kind: 'revoked' };
    return { kind: 'trouble', trouble: tokenTrouble(result.answer, { now: now(), secrets: [token] }) };
  },
};

function serverOf({ endpoints }: LinkTools): AuthorizationServer {
  return { title: 'Google', tokenUrl: `${endpoints['oauth']}/token`, authentication: 'post', trouble: tokenTrouble };
}
