import { oddParameter } from '../http.ts';
import type { App, Call } from '../stand-in.ts';
import type { AuthorizationDialect } from './dialect.ts';

/** What an app asks a person for, checked. */
export interface AuthorizationRequest {
  readonly clientId: string;
  /** As the consent page shows it. */
  readonly clientName: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly scopes: readonly string[];
  /** Of PKCE; null: there is none. */
  readonly challenge: string | null;
  /** The network's own parameters. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Why a request cannot be put before a person. `redirectUri`: the client may be told, at this address; null: only the person. */
export interface RequestProblem {
  readonly error: string;
  readonly description: string;
  readonly redirectUri: string | null;
  readonly state: string | null;
}

/** The name under which the operator's app is registered. */
const APP_NAME = 'Fanfare';

/** Parameters of the sandbox's own, with which tests consent at once. */
export const SANDBOX_PARAMETERS = ['_consent', '_person', '_scopes', '_accounts'] as const;

const OAUTH_PARAMETERS = ['response_type', 'redirect_uri', 'scope', 'state'];
const PKCE_PARAMETERS = ['code_challenge', 'code_challenge_method'];

export function readRequest(
  { query }: Pick<Call, 'query'>,
  { dialect, app, redirectUris }: { readonly dialect: AuthorizationDialect; readonly app: App; readonly redirectUris: ReadonlySet<string> },
): AuthorizationRequest | RequestProblem {
  const { clientParameter, parameters: own = {}, requiredParameters = [], pkce } = dialect;
  const clientId = query.get(clientParameter);
  const redirectUri = query.get('redirect_uri') ?? '';
  const state = query.get('state');
  const toPerson = (error: string, description: string): RequestProblem => ({ error, description, redirectUri: null, state });
  if (clientId !== app.clientId) return toPerson('invalid_client', `${clientParameter} is not that of a registered app.`);
  if (!redirectUris.has(redirectUri)) return toPerson('redirect_uri_mismatch', `redirect_uri is not registered for this app: ${redirectUri}`);

  const problem = (error: string, description: string): RequestProblem => ({ error, description, redirectUri: dialect.tellsClient === true ? redirectUri : null, state });
  const known = [clientParameter, ...OAUTH_PARAMETERS, ...(pkce === 'none' ? [] : PKCE_PARAMETERS), ...Object.keys(own), ...SANDBOX_PARAMETERS];
  const odd = oddParameter(query, known);
  if (odd !== null) return problem('invalid_request', `The parameter ${odd.name} is ${odd.problem}.`);
  if (query.get('response_type') !== 'code') return problem('unsupported_response_type', 'response_type is not code.');
  if (state === null || state === '') return problem('invalid_request', 'state is missing.');
  const missing = requiredParameters.find((name) => !query.has(name));
  if (missing !== undefined) return problem('invalid_request', `${missing} is missing.`);
  const wrong = Object.keys(own).find((name) => query.has(name) && own[name]?.test(query.get(name) ?? '') !== true);
  if (wrong !== undefined) return problem('invalid_request', `${wrong} is not of the right form.`);

  const scopes = (query.get('scope') ?? '').split(dialect.separator).filter((scope) => scope !== '');
  const unknown = scopes.find((scope) => !Object.hasOwn(dialect.scopes, scope));
  if (scopes.length === 0 || unknown !== undefined) return problem(dialect.scopeError ?? 'invalid_scope', unknown === undefined ? 'scope is missing.' : `The scope ${unknown} is not known.`);

  const challenge = query.get('code_challenge');
  const flaw = flawOfChallenge(challenge, query.get('code_challenge_method'), dialect);
  if (flaw !== null) return problem('invalid_request', flaw);
  const parameters = Object.fromEntries(Object.keys(own).flatMap((name) => (query.has(name) ? [[name, query.get(name) ?? '']] : [])));
  return { clientId, clientName: APP_NAME, redirectUri, state, scopes: [...new Set(scopes)], challenge, parameters };
}

/** What is wrong with a challenge (RFC 7636 section 4.3); `plain` is not taken here. */
function flawOfChallenge(challenge: string | null, method: string | null, { pkce, challenge: encoding = 'base64url' }: AuthorizationDialect): string | null {
  if (challenge === null && method === null) return pkce === 'required' ? 'code_challenge is missing.' : null;
  if (method !== 'S256') return 'code_challenge_method is not S256.';
  const form = encoding === 'hex' ? /^[0-9a-f]{64}$/u : /^[\w-]{43}$/u;
  return form.test(challenge ?? '') ? null : `code_challenge is not the ${encoding} form of a SHA-256.`;
}
