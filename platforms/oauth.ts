import * as z from 'zod';
import { timestampAfter } from '../core/clock.ts';
import type { TokenSet } from '../core/model.ts';
import type { HttpAnswer, HttpRequest, NetworkTools, RefreshOutcome, Trouble } from '../core/ports/index.ts';
import { parseAnswer, unanswered, type ErrorContext } from './answers.ts';

/** A request with an access token in a header (RFC 6750, section 2.1), so that no address holds it. */
export function asBearer(request: HttpRequest, token: string): HttpRequest {
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

/** Networks put spaces or commas between them. */
export function scopesIn(text: string): readonly string[] {
  return text.split(/[ ,]+/u).filter((scope) => scope !== '');
}

/** The refresh of an access token as OAuth 2.0 has it (RFC 6749, section 6), with what each network does in its own way. */
export interface RefreshGrant {
  /** For people: `YouTube`. */
  readonly title: string;
  readonly url: string;
  /** Fields of the form beside the grant and the refresh token. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the request carries and an answer may repeat, beside the refresh token. */
  readonly secrets: readonly string[];
  /** Each refresh token serves once: an answer without a new one is none. */
  readonly rotates?: boolean;
  readonly trouble: (answer: HttpAnswer, context: ErrorContext) => Trouble;
}

const granted = z.object({
  access_token: z.string().min(1),
  /** Seconds. */
  expires_in: z.number().positive(),
  /** Where another one comes, it takes the place of the old. */
  refresh_token: z.string().min(1).optional(),
  scope: z.string().optional(),
});
const rotated = granted.required({ refresh_token: true });

export async function refreshGrant(tokens: TokenSet, tools: Pick<NetworkTools, 'send' | 'now'>, grant: RefreshGrant): Promise<RefreshOutcome> {
  const refreshToken = tokens.refreshToken ?? '';
  const form = new URLSearchParams({ ...grant.fields, grant_type: 'refresh_token', refresh_token: refreshToken });
  const headers = { 'content-type': 'application/x-www-form-urlencoded', ...grant.headers };
  const result = await tools.send({ method: 'POST', url: grant.url, headers, body: form.toString() });
  if (result.kind !== 'answered') return unanswered(grant.title, result);
  const now = tools.now();
  const answer = result.answer.status === 200 ? parseAnswer(grant.rotates === true ? rotated : granted, result.answer) : null;
  if (answer === null) return { kind: 'trouble', trouble: grant.trouble(result.answer, { now, secrets: [refreshToken, ...grant.secrets] }) };
  return {
    kind: 'refreshed',
    tokens: {
      ...tokens,
      accessToken: answer.access_token,
      refreshToken: answer.refresh_token ?? tokens.refreshToken,
      // Rounded up by less than a second: a token is refreshed minutes before its end.
      expiresAt: timestampAfter(now, answer.expires_in),
      scopes: answer.scope === undefined ? tokens.scopes : scopesIn(answer.scope),
    },
  };
}

/**
 * The same at a network that may void a refresh token with its use. If its answer is lost, nobody has the new tokens, and the old
 * refresh token is refused from then on: the link is over only when the old access token serves no more either. `probe`: an address
 * that is read with any access token, and answers 401 to one that is not good.
 */
export async function rotatingGrant(tokens: TokenSet, tools: Pick<NetworkTools, 'send' | 'now'>, grant: RefreshGrant & { readonly probe: string }): Promise<RefreshOutcome> {
  const outcome = await refreshGrant(tokens, tools, grant);
  if (outcome.kind !== 'trouble' || outcome.trouble.class !== 'auth_revoked') return outcome;
  if (await serves(tokens, tools, grant.probe)) return { kind: 'trouble', trouble: { ...outcome.trouble, class: 'retryable' } };
  const { title } = grant;
  const message = `${title} does not accept the link to this account any more: it was ended there, or the answer of ${title} to a renewal was lost, and what it gave then with it. Reconnect the account, then retry.`;
  return { kind: 'trouble', trouble: { ...outcome.trouble, message } };
}

/** Whether an access token is taken. Asked only of one that is not over; no answer counts as yes, since it is asked again. */
async function serves({ accessToken, expiresAt }: TokenSet, tools: Pick<NetworkTools, 'send' | 'now'>, url: string): Promise<boolean> {
  if (expiresAt === null || Date.parse(expiresAt) <= tools.now().getTime()) return false;
  const result = await tools.send(asBearer({ method: 'GET', url, headers: {} }, accessToken));
  return result.kind !== 'answered' || result.answer.status !== 401;
}
