import * as z from 'zod';
import { timestampAfter } from '../../core/clock.ts';
import type { TokenSet } from '../../core/model.ts';
import type { NetworkTools, RefreshOutcome } from '../../core/ports/index.ts';
import { parseAnswer, unanswered } from '../answers.ts';
import { tokenTrouble } from './errors.ts';

type Tools = Pick<NetworkTools, 'send' | 'now' | 'endpoints' | 'app'>;

const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  /** Without it the account would be lost at the end of the access token. */
  refresh_token: z.string().min(1),
  scope: z.string().optional(),
});

/**
 * A new pair of tokens. A refresh token serves once: one that comes again is refused, and may end the whole link. So when the
 * answer to a refresh was lost, the account is held for unlinked only when its old access token serves no more either.
 */
export async function refreshToken(tokens: TokenSet, tools: Tools): Promise<RefreshOutcome> {
  const { clientId, clientSecret } = tools.app;
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: tokens.refreshToken ?? '' });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${basic}` };
  const result = await tools.send({ method: 'POST', url: `${tools.endpoints['api']}/2/oauth2/token`, headers, body: form.toString() });
  if (result.kind !== 'answered') return unanswered('X', result);
  const now = tools.now();
  const granted = result.answer.status === 200 ? parseAnswer(tokenSchema, result.answer) : null;
  if (granted === null) {
    const trouble = tokenTrouble(result.answer, { now, secrets: [tokens.refreshToken ?? '', clientSecret, basic] });
    const stillServes = trouble.class === 'auth_revoked' && (await serves(tokens, tools));
    return { kind: 'trouble', trouble: stillServes ? { ...trouble, class: 'retryable' } : trouble };
  }
  return {
    kind: 'refreshed',
    tokens: {
      accessToken: granted.access_token,
      refreshToken: granted.refresh_token,
      expiresAt: timestampAfter(now, granted.expires_in),
      scopes: granted.scope === undefined ? tokens.scopes : granted.scope.split(' ').filter((scope) => scope !== ''),
    },
  };
}

/** Whether X takes the access token. Asked only of one that is not over; no answer counts as yes, since it is asked again. */
async function serves({ accessToken, expiresAt }: TokenSet, tools: Tools): Promise<boolean> {
  if (expiresAt === null || Date.parse(expiresAt) <= tools.now().getTime()) return false;
  const result = await tools.send({ method: 'GET', url: `${tools.endpoints['api']}/2/users/me`, headers: { authorization: `Bearer ${accessToken}` } });
  return result.kind !== 'answered' || result.answer.status !== 401;
}
