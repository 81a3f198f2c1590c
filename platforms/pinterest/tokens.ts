import type { TokenSet } from '../../core/model.ts';
import type { RefreshOutcome, RefreshTools } from '../../core/ports/index.ts';
import { refreshGrant } from '../oauth.ts';
import { tokenTrouble } from './errors.ts';

/**
 * A new pair of tokens. Whether an old refresh token serves on is not told: should the answer to a refresh have been lost, the
 * account is held for unlinked only when its old access token serves no more either.
 */
export async function refreshToken(tokens: TokenSet, tools: RefreshTools): Promise<RefreshOutcome> {
  const { clientId, clientSecret } = tools.app;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const outcome = await refreshGrant(tokens, tools, {
    title: 'Pinterest',
    url: `${tools.endpoints['api']}/v5/oauth/token`,
    headers: { authorization: `Basic ${basic}` },
    secrets: [clientSecret, basic],
    trouble: tokenTrouble,
  });
  const stillServes = outcome.kind === 'trouble' && outcome.trouble.class === 'auth_revoked' && (await serves(tokens, tools));
  return stillServes ? { kind: 'trouble', trouble: { ...outcome.trouble, class: 'retryable' } } : outcome;
}

/** Whether Pinterest takes the access token. Asked only of one that is not over; no answer counts as yes, since it is asked again. */
async function serves({ accessToken, expiresAt }: TokenSet, tools: RefreshTools): Promise<boolean> {
  if (expiresAt === null || Date.parse(expiresAt) <= tools.now().getTime()) return false;
  const result = await tools.send({ method: 'GET', url: `${tools.endpoints['api']}/v5/user_account`, headers: { authorization: `Bearer ${accessToken}` } });
  return result.kind !== 'answered' || result.answer.status !== 401;
}
