import * as z from 'zod';
import { timestampAfter } from '../../core/clock.ts';
import type { TokenSet } from '../../core/model.ts';
import type { RefreshOutcome, RefreshTools } from '../../core/ports/index.ts';
import { parseAnswer, unanswered } from '../answers.ts';
import { userAgent } from './client.ts';
import { tokenTrouble } from './errors.ts';

const tokenSchema = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  /** It stays as it is; should another one come, it counts. */
  refresh_token: z.string().min(1).optional(),
  scope: z.string().optional(),
});

/** A new access token. The refresh token lasts until the person takes the permission back, and may be used again and again. */
export async function refreshToken(tokens: TokenSet, tools: RefreshTools): Promise<RefreshOutcome> {
  const { clientId, clientSecret } = tools.app;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: tokens.refreshToken ?? '' });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: `Basic ${basic}`, 'user-agent': userAgent(tools) };
  const result = await tools.send({ method: 'POST', url: `${tools.endpoints['www']}/api/v1/access_token`, headers, body: form.toString() });
  if (result.kind !== 'answered') return unanswered('Reddit', result);
  const now = tools.now();
  const granted = result.answer.status === 200 ? parseAnswer(tokenSchema, result.answer) : null;
  if (granted === null) {
    const secrets = [tokens.refreshToken ?? '', clientSecret, basic];
    return { kind: 'trouble', trouble: tokenTrouble(result.answer, { now, secrets }) };
  }
  return {
    kind: 'refreshed',
    tokens: {
      accessToken: granted.access_token,
      refreshToken: granted.refresh_token ?? tokens.refreshToken,
      expiresAt: timestampAfter(now, granted.expires_in),
      scopes: granted.scope === undefined ? tokens.scopes : granted.scope.split(/[ ,]+/u).filter((scope) => scope !== ''),
    },
  };
}
