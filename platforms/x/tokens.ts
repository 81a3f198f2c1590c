import type { TokenSet } from '../../core/model.ts';
import type { NetworkTools, RefreshOutcome } from '../../core/ports/index.ts';
import { rotatingGrant } from '../oauth.ts';
import { tokenTrouble } from './errors.ts';

type Tools = Pick<NetworkTools, 'send' | 'now' | 'endpoints' | 'app'>;

/**
 * A new pair of tokens. A refresh token serves once: one that comes again is refused, and may end the whole link. So when the
 * answer to a refresh was lost, the account is held for unlinked only when its old access token serves no more either.
 */
export async function refreshToken(tokens: TokenSet, tools: Tools): Promise<RefreshOutcome> {
  const { clientId, clientSecret } = tools.app;
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
  return rotatingGrant(tokens, tools, {
    title: 'X',
    url: `${tools.endpoints['api']}/2/oauth2/token`,
    headers: { authorization: `Basic ${basic}` },
    secrets: [clientSecret, basic],
    rotates: true,
    trouble: tokenTrouble,
    probe: `${tools.endpoints['api']}/2/users/me`,
  });
}
