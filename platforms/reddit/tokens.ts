import type { TokenSet } from '../../core/model.ts';
import type { RefreshOutcome, RefreshTools } from '../../core/ports/index.ts';
import { refreshGrant } from '../oauth.ts';
import { userAgent } from './client.ts';
import { tokenTrouble } from './errors.ts';

/** A new access token. The refresh token lasts until the person takes the permission back, and may be used again and again. */
export async function refreshToken(tokens: TokenSet, tools: RefreshTools): Promise<RefreshOutcome> {
  const { clientId, clientSecret } = tools.app;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  return refreshGrant(tokens, tools, {
    title: 'Reddit',
    url: `${tools.endpoints['www']}/api/v1/access_token`,
    headers: { authorization: `Basic ${basic}`, 'user-agent': userAgent(tools) },
    secrets: [clientSecret, basic],
    trouble: tokenTrouble,
  });
}
