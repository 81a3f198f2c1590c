import type { TokenSet } from '../../core/model.ts';
import type { NetworkTools, RefreshOutcome } from '../../core/ports/index.ts';
import { refreshGrant } from '../oauth.ts';
import { tokenTrouble } from './errors.ts';

type Tools = Pick<NetworkTools, 'send' | 'now' | 'endpoints' | 'app'>;

/**
 * A new pair of tokens. A refresh token serves once: one that comes again is refused, and may end the whole link. So when the
 * answer to a refresh was lost, the account is held for unlinked only when its old access token serves no more either.
 */
export async function refreshToken(tokens: TokenSet, tools: Tools): Promise<RefreshOutcome> {
  const { clientId, clientSecret } = tools.app;
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
  const outcome = await refreshGrant(tokens, tools, {
    title: 'X',
    url: `${tools.endpoints['api']}/2/oauth2/token`,
    headers: { authorization: `Basic ${basic}` },
    secrets: [clientSecret, basic],
    rotates: true,
    trouble: tokenTrouble,
  });
  const stillServes = outcome.kind === 'trouble' && outcome.trouble.class === 'auth_revoked' && (await serves(tokens, tools));
  return stillServes ? { kind: 'trouble', trouble: { ...outcome.trouble, class: 'retryable' } } : outcome;
}

/** Whether X takes the access token. Asked only of one that is not over; no answer counts as yes, since it is asked again. */
async function serves({ accessToken, expiresAt }: TokenSet, tools: Tools): Promise<boolean> {
  if (expiresAt === null || Date.parse(expiresAt) <= tools.now().getTime()) return false;
  const result = await tools.send({ method: 'GET', url: `${tools.endpoints['api']}/2/users/me`, headers: { authorization: `Bearer ${accessToken}` } });
  return result.kind !== 'answered' || result.answer.status !== 401;
}
