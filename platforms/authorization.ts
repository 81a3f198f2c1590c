import * as oauth from 'oauth4webapi';
import * as z from 'zod';
import { timestampAfter } from '../core/clock.ts';
import type { TokenSet } from '../core/model.ts';
import type { AuthorizeOutcome, AuthorizeRequest, ExchangeRequest, GrantOutcome, HttpAnswer, HttpResult, LinkTools, NetworkTools, RevokeOutcome, Trouble } from '../core/ports/index.ts';
import { theseTokens } from '../core/tokens.ts';
import { appTrouble, parseAnswer, unanswered, type ErrorContext } from './answers.ts';
import { scopesIn } from './oauth.ts';

/**
 * The authorization code grant (RFC 6749, section 4.1) and the revocation of tokens (RFC 7009) for networks that keep to them,
 * by `oauth4webapi`. What a network does in another way is in its `link.ts`.
 */

/** What is a network's own in the address of its consent page. */
interface ConsentPage {
  readonly url: string;
  /** Between the scopes. */
  readonly separator: ' ' | ',';
  /** How it calls the app's id; `client_id` if left out. */
  readonly clientParameter?: string;
  /** Parameters of its own. */
  readonly more?: Readonly<Record<string, string>>;
}

/** The address of a consent page with what is asked (RFC 6749, section 4.1.1, and RFC 7636, section 4.3). */
export function consentAt(
  { url, separator, clientParameter = 'client_id', more = {} }: ConsentPage,
  { scopes, redirectUri, state, challenge }: Omit<AuthorizeRequest, 'options'>,
  { app }: Pick<LinkTools, 'app'>,
): Extract<AuthorizeOutcome, { kind: 'authorize' }> {
  const address = new URL(url);
  const asked = {
    response_type: 'code',
    [clientParameter]: app.clientId,
    redirect_uri: redirectUri,
    scope: scopes.join(separator),
    state,
    ...(challenge !== null && { code_challenge: challenge, code_challenge_method: 'S256' }),
    ...more,
  };
  for (const [name, parameter] of Object.entries(asked)) address.searchParams.set(name, parameter);
  // Some networks do not read `+` as a space.
  address.search = address.search.replaceAll('+', '%20');
  return { kind: 'authorize', url: address.href };
}

/** Tools for the calls that tell who stands behind a token which no account has yet. */
export function withToken<Tools extends LinkTools>(tools: Tools, accessToken: string): Tools & Pick<NetworkTools, 'accessToken' | 'binding'> {
  return { ...tools, ...theseTokens({ accessToken }) };
}

/**
 * A call that comes after the one that used up the code: what passes by itself is asked once more at once, since nobody can begin
 * again with that code.
 */
export async function askedTwice<Outcome extends { readonly kind: string }>(ask: () => Promise<Outcome | Refused>): Promise<Outcome | Refused> {
  const first = await ask();
  return isPassing(first) ? ask() : first;
}

type Refused = { readonly kind: 'trouble'; readonly trouble: Trouble };

function isPassing(outcome: { readonly kind: string } | Refused): boolean {
  return outcome.kind === 'trouble' && 'trouble' in outcome && outcome.trouble.class === 'retryable';
}

/** A network that keeps to the standard, and what is its own in it. */
export interface AuthorizationServer {
  /** For people: `YouTube`. */
  readonly title: string;
  readonly tokenUrl: string;
  /** How the app says who it is: in the form, there by TikTok's name for its id (`client_key`), by HTTP Basic, or with fields of its own. */
  readonly authentication: 'post' | 'key' | 'basic' | Readonly<Record<string, string>>;
  /** The network's words for what its token endpoint refuses. */
  readonly trouble: (answer: HttpAnswer, context: ErrorContext) => Trouble;
}

/**
 * Tells the server beforehand what will be asked (RFC 9126); gives the parameter by which the consent page knows it. `asked` without
 * the fields that show who we are.
 */
export async function pushRequest(
  asked: Readonly<Record<string, string>>,
  tools: LinkTools,
  server: AuthorizationServer & { readonly pushUrl: string },
): Promise<{ readonly kind: 'pushed'; readonly requestUri: string } | Refused> {
  const { as, client, authentication, secrets } = settingsOf(tools, server);
  const call = oneCall(tools);
  return told(server, call, secrets, tools, async () => {
    const response = await oauth.pushedAuthorizationRequest({ ...as, pushed_authorization_request_endpoint: server.pushUrl }, client, authentication, { ...asked }, call.options);
    const { request_uri: requestUri } = await oauth.processPushedAuthorizationResponse(as, client, response);
    return { kind: 'pushed', requestUri };
  });
}

/** The grant for the code of a callback. */
export async function codeGrant(request: ExchangeRequest, tools: LinkTools, server: AuthorizationServer): Promise<GrantOutcome> {
  const answered = await codeAnswer(request, tools, server);
  return answered.kind === 'trouble' ? answered : { kind: 'granted', tokens: tokensOf(answered.answer, request.scopes, tools.now()) };
}

/** The whole answer to the code of a callback, for networks that say more in it. */
export async function codeAnswer(request: ExchangeRequest, tools: LinkTools, server: AuthorizationServer): Promise<{ readonly kind: 'answered'; readonly answer: oauth.TokenEndpointResponse } | Refused> {
  const { as, client, authentication, secrets } = settingsOf(tools, server);
  const parameters = withoutExtras(request.callback);
  const code = parameters.get('code') ?? '';
  const call = oneCall(tools);
  const definite = { ...server, trouble: aboutCode(server) };
  return told(definite, call, [...secrets, code, request.verifier ?? ''], tools, async () => {
    const valid = oauth.validateAuthResponse(as, client, parameters, request.state);
    const response = await oauth.authorizationCodeGrantRequest(as, client, authentication, valid, request.redirectUri, request.verifier ?? oauth.nopkce, call.options);
    return { kind: 'answered', answer: await oauth.processAuthorizationCodeResponse(as, client, response) };
  });
}

const refusedSchema = z.object({ error: z.enum(['invalid_grant', 'invalid_request']) });

/**
 * The network's words for a code that it does not take: whatever they mean elsewhere, it will not take it later either. Some say
 * `invalid_request` of a code that was used (X does). Anything else with status 401 is about the app, whatever the words
 * (RFC 6749, section 5.2).
 */
function aboutCode({ title, trouble }: AuthorizationServer): AuthorizationServer['trouble'] {
  return (answer, context) => {
    const told = trouble(answer, context);
    const refused = answer.status >= 400 && answer.status < 500 && parseAnswer(refusedSchema, answer) !== null;
    if (refused) return { ...told, class: 'auth_revoked', code: 'reauth_required' };
    return answer.status === 401 ? appTrouble(title, told) : told;
  };
}

/** Ends a token. One that the network does not know is ended already: it answers 200 (RFC 7009, section 2.2). */
export async function revokeToken(
  token: { readonly value: string; readonly type?: 'access_token' | 'refresh_token' },
  tools: LinkTools,
  server: AuthorizationServer & { readonly revocationUrl: string },
): Promise<RevokeOutcome> {
  const { as, client, authentication, secrets } = settingsOf(tools, server);
  const call = oneCall(tools);
  return told(server, call, [...secrets, token.value], tools, async () => {
    // Some networks know of no hint, and take nothing that they do not know.
    const hint = new URLSearchParams(token.type === undefined ? {} : { token_type_hint: token.type });
    const response = await oauth.revocationRequest({ ...as, revocation_endpoint: server.revocationUrl }, client, authentication, token.value, {
      ...call.options,
      additionalParameters: hint,
    });
    await oauth.processRevocationResponse(response);
    return { kind: 'revoked' };
  });
}

/** What is granted and for how long. A network that names no scopes granted what was asked for (RFC 6749, section 5.1). */
export function tokensOf(answer: oauth.TokenEndpointResponse, asked: readonly string[], now: Date): TokenSet {
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token ?? null,
    expiresAt: answer.expires_in === undefined ? null : timestampAfter(now, answer.expires_in),
    scopes: answer.scope === undefined ? asked : scopesIn(answer.scope),
  };
}

function settingsOf({ app }: LinkTools, { tokenUrl, authentication }: AuthorizationServer) {
  const { clientId, clientSecret } = app;
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64');
  return {
    as: { issuer: tokenUrl, token_endpoint: tokenUrl } satisfies oauth.AuthorizationServer,
    client: { client_id: clientId } satisfies oauth.Client,
    authentication: authenticationOf(authentication, { clientId, clientSecret, basic }),
    secrets: [clientSecret, basic],
  };
}

function authenticationOf(
  way: AuthorizationServer['authentication'],
  { clientId, clientSecret, basic }: { readonly clientId: string; readonly clientSecret: string; readonly basic: string },
): oauth.ClientAuth {
  switch (way) {
    case 'post':
      return oauth.ClientSecretPost(clientSecret);
    case 'basic':
      return byHeader(basic);
    case 'key':
      return byFields({ client_key: clientId, client_secret: clientSecret });
    default:
      return byFields(way);
  }
}

function byFields(fields: Readonly<Record<string, string>>): oauth.ClientAuth {
  return (_server, _client, body) => {
    for (const [name, field] of Object.entries(fields)) body.set(name, field);
  };
}

/** As refreshing does it: the library's own way also escapes `-`, `_` and `.`, which servers that do not unescape take for another secret. */
function byHeader(basic: string): oauth.ClientAuth {
  return (_server, _client, _body, headers) => headers.set('authorization', `Basic ${basic}`);
}

/** State and code are what the grant needs; the library would hold an `iss` against metadata that these networks do not publish. */
function withoutExtras(callback: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...callback].filter(([name]) => name === 'code' || name === 'state' || name === 'error'));
}

/** The library's one request by our own transport, and what became of it. */
interface OneCall {
  readonly options: {
    readonly [oauth.customFetch]: (url: string, options: oauth.CustomFetchOptions<'POST', URLSearchParams>) => Promise<Response>;
    readonly [oauth.allowInsecureRequests]: true;
  };
  result(): HttpResult | null;
}

class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

function oneCall({ send }: LinkTools): OneCall {
  let known: HttpResult | null = null;
  return {
    options: {
      [oauth.customFetch]: async (url, { method, headers, body }) => {
        const result = await send({ method, url, headers, body: body.toString() });
        known = result;
        if (result.kind !== 'answered') throw new Unanswered(result.reason);
        const { status, headers: given, body: text } = result.answer;
        // Reddit answers 204 where the standard says 200.
        if (status === 204) return new Response(null, { status: 200 });
        return new Response(status === 304 ? null : withTokenType(text), { status, headers: given });
      },
      // Whether an address is safe is decided where it is configured: stand-ins are reached by http.
      [oauth.allowInsecureRequests]: true,
    },
    result: () => known,
  };
}

const tokensSchema = z.looseObject({ access_token: z.string(), token_type: z.undefined().optional() });

/** All of these networks give bearer tokens; LinkedIn does not say so, which the standard demands. */
function withTokenType(body: string): string {
  const tokens = parseAnswer(tokensSchema, { body });
  return tokens === null ? body : JSON.stringify({ ...tokens, token_type: 'bearer' });
}

/** What the library throws, as the network's trouble: whatever it is, the network's own answer says what it means. */
async function told<Outcome>(
  { title, trouble }: AuthorizationServer,
  call: OneCall,
  secrets: readonly string[],
  tools: LinkTools,
  work: () => Promise<Outcome>,
): Promise<Outcome | { readonly kind: 'trouble'; readonly trouble: Trouble }> {
  try {
    return await work();
  } catch (error) {
    const result = call.result();
    // Before any request: the callback is not what it should be, or something of ours is wrong.
    if (result === null) throw error;
    if (result.kind !== 'answered') return unanswered(title, result);
    return { kind: 'trouble', trouble: trouble(result.answer, { now: tools.now(), secrets: secrets.filter((secret) => secret !== '') }) };
  }
}
