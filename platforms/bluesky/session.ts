import * as z from 'zod';
import { timestampAfter } from '../../core/clock.ts';
import type { TokenSet } from '../../core/model.ts';
import type { GrantOutcome, HttpResult, LinkTools, RefreshOutcome, RefreshTools, RevokeOutcome } from '../../core/ports/index.ts';
import { parseAnswer, unanswered } from '../answers.ts';
import { askedTwice } from '../authorization.ts';
import { findServer } from './client.ts';
import type { Owner } from './owner.ts';
import { MAIN_PASSWORD, NO_SERVER, NO_SESSION, sessionTrouble, signInTrouble } from './errors.ts';

/** Sessions of app passwords: two tokens of the account's own server. A password makes one, and is forgotten. */

/** What an app password allows, in the words of a consent: "equivalent to app passwords", as the protocol has it. */
export const APP_PASSWORD_SCOPES = ['atproto', 'transition:generic'] as const;

/** The scope of a session that the account's own password made. */
const MAIN_SCOPE = 'com.atproto.access';

type Tools = Pick<LinkTools, 'send' | 'now' | 'endpoints'>;

const sessionSchema = z.object({ accessJwt: z.string().min(1), refreshJwt: z.string().min(1), did: z.string() });

/** A session for an app password. A session of the account's own password is ended again, and refused. */
export async function createSession(owner: Owner, password: string, tools: Tools): Promise<GrantOutcome> {
  const { did, server } = owner;
  const result = await tools.send({
    method: 'POST',
    url: methodAt(server, 'createSession'),
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ identifier: did, password }),
  });
  if (result.kind !== 'answered') return unanswered('Bluesky', result);
  const session = result.answer.status === 200 ? parseAnswer(sessionSchema, result.answer) : null;
  if (session === null) return { kind: 'trouble', trouble: signInTrouble(result.answer, { now: tools.now(), secrets: [password] }) };
  const isMain = claimsIn(session.accessJwt)?.scope === MAIN_SCOPE;
  if (isMain || session.did !== did) {
    // Where it cannot be ended, it ends by itself: nobody has its tokens.
    await askedTwice(() => deleteSession(server, session.refreshJwt, tools));
    return { kind: 'trouble', trouble: isMain ? MAIN_PASSWORD : NO_SERVER };
  }
  return { kind: 'granted', tokens: tokensOf(session, APP_PASSWORD_SCOPES, tools.now()) };
}

/**
 * A new session for an old one. Both tokens are replaced; the old refresh token may be used again for two hours and gives the
 * same next one (measured), so that a lost answer loses nothing.
 */
export async function refreshSession(tokens: TokenSet, tools: RefreshTools): Promise<RefreshOutcome> {
  const token = tokens.refreshToken;
  if (token === null) return { kind: 'trouble', trouble: NO_SESSION };
  const did = tools.account.externalId;
  const server = await findServer(tools, did);
  if (server.kind === 'trouble') return { kind: 'trouble', trouble: server.trouble };

  const result = await withRefreshToken(server.value, 'refreshSession', token, tools);
  if (result.kind !== 'answered') return unanswered('Bluesky', result);
  const session = result.answer.status === 200 ? parseAnswer(sessionSchema, result.answer) : null;
  if (session === null || session.did !== did) return { kind: 'trouble', trouble: sessionTrouble(result.answer, { now: tools.now(), secrets: [token] }) };
  return { kind: 'refreshed', tokens: tokensOf(session, tokens.scopes, tools.now()) };
}

/** Ends a session. Its access token goes on until its own end, two hours at most. */
export async function endSession(tokens: TokenSet, tools: Tools): Promise<RevokeOutcome> {
  const { refreshToken } = tokens;
  const did = ownerOf(tokens);
  if (refreshToken === null || did === null) return { kind: 'trouble', trouble: NO_SESSION };
  const server = await findServer(tools, did);
  return server.kind === 'trouble' ? { kind: 'trouble', trouble: server.trouble } : deleteSession(server.value, refreshToken, tools);
}

async function deleteSession(server: string, refreshToken: string, tools: Tools): Promise<RevokeOutcome> {
  const result = await withRefreshToken(server, 'deleteSession', refreshToken, tools);
  if (result.kind !== 'answered') return unanswered('Bluesky', result);
  if (result.answer.status === 200) return { kind: 'revoked' };
  return { kind: 'trouble', trouble: sessionTrouble(result.answer, { now: tools.now(), secrets: [refreshToken] }) };
}

/** Without a body, not even an empty object: the server refuses one. */
function withRefreshToken(server: string, method: 'refreshSession' | 'deleteSession', token: string, tools: Tools): Promise<HttpResult> {
  return tools.send({ method: 'POST', url: methodAt(server, method), headers: { authorization: `Bearer ${token}` } });
}

function methodAt(server: string, method: string): string {
  return `${server}/xrpc/com.atproto.server.${method}`;
}

function tokensOf({ accessJwt, refreshJwt }: z.output<typeof sessionSchema>, scopes: readonly string[], now: Date): TokenSet {
  const claims = claimsIn(accessJwt);
  // By our own clock, since the server's may be another.
  const expiresAt = claims?.iat === undefined || claims.exp === undefined ? null : timestampAfter(now, claims.exp - claims.iat);
  return { accessToken: accessJwt, refreshToken: refreshJwt, expiresAt, scopes: [...scopes] };
}

const claimsSchema = z.object({ iat: z.number().optional(), exp: z.number().optional(), scope: z.string().optional(), sub: z.string().optional() });

/** What a token says of itself; null: it is in another form. Who made it was asked for it over TLS, so nobody verifies it. */
function claimsIn(token: string): z.output<typeof claimsSchema> | null {
  return parseAnswer(claimsSchema, { body: Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8') });
}

/** Whose session it is, as its own tokens say; null: they do not. */
export function ownerOf({ accessToken }: TokenSet): string | null {
  return claimsIn(accessToken)?.sub ?? null;
}
