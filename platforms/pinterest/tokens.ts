import type { TokenSet } from '../../core/model.ts';
import type { RefreshOutcome, RefreshTools } from '../../core/ports/index.ts';
import { rotatingGrant } from '../oauth.ts';
import { tokenTrouble } from './errors.ts';

/**
 * A new pair of tokens. Whether an old refresh token serves on is not told: should the answer to a refresh have been lost, the
 * account is held for unlinked only when its old access token serves no more either.
 */
export async function refreshToken(tokens: TokenSet, tools: RefreshTools): Promise<RefreshOutcome> {
  const { clientId, clientSecret } = tools.app;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  return rotatingGrant(tokens, tools, {
    title: 'Pinterest',
    url: `${tools.endpoints['api']}/v5/oauth/token`,
    headers: { authorization: `Basic ${basic}` },
    secrets: [clientSecret, basic],
    trouble: tokenTrouble,
    probe: `${tools.endpoints['api']}/v5/user_account`,
  });
}
