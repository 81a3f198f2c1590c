import * as z from 'zod';
import { timestampAfter } from '../../core/clock.ts';
import type { TokenSet } from '../../core/model.ts';
import type { HttpRequest, LinkTools, NetworkTools, RefreshOutcome, RefreshTools } from '../../core/ports/index.ts';
import { parseAnswer, troubleOf, unanswered, value, type Reply } from '../answers.ts';
import { graphLines, grantTrouble } from '../graph.ts';
import { addressOf, call, get, signed } from './client.ts';
import { refusalOf } from './errors.ts';

/**
 * The tokens of a person, and those of pages, which come of them. A page's has no end of its own; a person's lives for 60 days, and one
 * that is still good is exchanged for another one. Whatever is renewed, the person is asked anew 90 days after the consent.
 */

const DAY = 24 * 3600;

export const PAGE_TERMS = {
  // Half the life of the person's token, with which a page's is renewed.
  restsAtMost: 30 * DAY,
  // To when the person lets the app see their data: then they are asked anew.
  consentLasts: 90 * DAY,
} as const;

/** A token of the person; null: it has no end that Facebook names. */
export interface PersonToken {
  readonly accessToken: string;
  readonly expiresAt: string | null;
}

const personSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().positive().optional() });

/** A token of an hour or two, for the code that the browser brought. */
export async function tokenForCode(tools: LinkTools, { code, redirectUri }: { readonly code: string; readonly redirectUri: string }): Promise<Reply<PersonToken>> {
  return tokenCall(tools, { redirect_uri: redirectUri, code }, [code]);
}

/** One of 60 days, for such a token, or for another one of 60 days that is not over. */
export async function lastingToken(tools: LinkTools, token: string): Promise<Reply<PersonToken>> {
  return tokenCall(tools, { grant_type: 'fb_exchange_token', fb_exchange_token: token }, [token]);
}

async function tokenCall(tools: LinkTools, parameters: Readonly<Record<string, string>>, secrets: readonly string[]): Promise<Reply<PersonToken>> {
  const { clientId, clientSecret } = tools.app;
  const query = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...parameters });
  const request: HttpRequest = { method: 'GET', url: `${addressOf(tools, 'oauth/access_token')}?${query.toString()}`, headers: {} };
  const result = await tools.send(request);
  if (result.kind !== 'answered') return unanswered('Facebook', result);
  const now = tools.now();
  const granted = result.answer.status === 200 ? parseAnswer(personSchema, result.answer) : null;
  if (granted !== null) {
    return value({ accessToken: granted.access_token, expiresAt: granted.expires_in === undefined ? null : timestampAfter(now, granted.expires_in) });
  }
  const refusal = refusalOf(result.answer, { now, secrets: [clientSecret, ...secrets] });
  return { kind: 'trouble', trouble: grantTrouble('Facebook', result.answer, refusal) };
}

const pageSchema = z.object({ access_token: z.string().min(1) });

/**
 * A new token of the page, by the token of the person who linked it: the refresh token here, which is exchanged for a younger one
 * first. Nothing of it serves once only. A person's token that is over does not end the link as long as the page's own serves.
 */
export async function refreshToken(tokens: TokenSet, tools: RefreshTools): Promise<RefreshOutcome> {
  const { relink } = graphLines('Facebook');
  if (tokens.refreshToken === null) return { kind: 'trouble', trouble: troubleOf(relink, { code: null, text: null }, null) };
  const younger = await lastingToken(tools, tokens.refreshToken);
  if (younger.kind === 'trouble' && younger.trouble.class !== 'auth_revoked') return younger;
  const personToken = younger.kind === 'trouble' ? tokens.refreshToken : younger.value.accessToken;
  const pageToken = await readPageToken(tools, personToken, [tokens.accessToken]);
  if (pageToken.kind === 'value') return { kind: 'refreshed', tokens: { ...tokens, accessToken: pageToken.value, refreshToken: personToken, expiresAt: null } };
  const { trouble } = pageToken;
  if (trouble.class !== 'auth_expired' && trouble.class !== 'auth_revoked') return pageToken;
  const own = await readPage({ ...tools, accessToken: () => Promise.resolve(tokens.accessToken) }, tools.account.externalId);
  if (own.kind === 'value') return { kind: 'refreshed', tokens };
  const isOver = own.trouble.class === 'auth_expired' || own.trouble.class === 'auth_revoked';
  // There is no other token to try.
  return { kind: 'trouble', trouble: isOver ? { ...trouble, class: 'auth_revoked' } : own.trouble };
}

async function readPageToken(tools: RefreshTools, personToken: string, secrets: readonly string[]): Promise<Reply<string>> {
  const result = await tools.send(signed(get(tools, tools.account.externalId, { fields: 'access_token' }), personToken, tools));
  if (result.kind !== 'answered') return unanswered('Facebook', result);
  const granted = result.answer.status === 200 ? parseAnswer(pageSchema, result.answer) : null;
  if (granted !== null) return value(granted.access_token);
  return { kind: 'trouble', trouble: refusalOf(result.answer, { now: tools.now(), secrets: [personToken, ...secrets] }).trouble };
}

const meSchema = z.object({ id: z.string().min(1), name: z.string().min(1) });

/** The page of a page's token. */
export async function readPage(tools: Pick<NetworkTools, 'send' | 'now' | 'endpoints' | 'app' | 'accessToken'>, pageId: string): Promise<Reply<z.output<typeof meSchema>>> {
  return call(tools, get(tools, pageId, { fields: 'id,name' }), meSchema);
}
