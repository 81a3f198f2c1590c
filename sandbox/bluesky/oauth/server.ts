import { createGrants, type Grant } from '../../authorization/grants.ts';
import { sole } from '../../authorization/persons.ts';
import { SANDBOX_PARAMETERS, type AuthorizationRequest, type RequestProblem } from '../../authorization/request.ts';
import { createAuthorization, type AuthorizationServer, type AuthorizationSettings } from '../../authorization/server.ts';
import { formFields, json, mediaType, oddParameter } from '../../http.ts';
import { randomText } from '../../random.ts';
import type { Answer, Call, World } from '../../stand-in.ts';
import { createClients, isRedirectOf, refuseOAuth, type Client } from './clients.ts';
import { dialectOf, GRANULAR } from './dialect.ts';
import type { Dpop } from './dpop.ts';

/** Seconds. */
const ACCESS_LIFE = 3599;
const REQUEST_LIFE = 299;
const DAY = 24 * 3600;
/** How long a refresh token lives, and all of a link: of an app without a key, and with one. */
const LIVES = { public: { refresh: 14 * DAY, link: 14 * DAY }, confidential: { refresh: 90 * DAY, link: 730 * DAY } } as const;

/** What the tokens of a consent are bound to. */
export interface Bound<Account> {
  readonly account: Account;
  readonly clientId: string;
  /** Of the key that proves each call. */
  readonly thumbprint: string;
  readonly lives: (typeof LIVES)[keyof typeof LIVES];
}

export interface OAuth<Account> {
  readonly authorization: AuthorizationServer<Account>;
  /** `POST /oauth/par`: takes what an app is going to ask. */
  push(call: Call): Promise<Answer>;
  token(call: Call): Promise<Answer>;
  revoke(call: Call): Promise<Answer>;
  /** The grant of an access token that can be used; undefined: there is none. */
  find(accessToken: string): Grant<Bound<Account>> | undefined;
  /** `/.well-known/oauth-protected-resource` and `/.well-known/oauth-authorization-server`. */
  describeResource(): Answer;
  describeServer(): Answer;
  clear(options?: { readonly accounts?: boolean }): void;
}

export interface OAuthSettings<Account> extends Pick<AuthorizationSettings<Account>, 'newAccount' | 'nameOf'> {
  readonly world: World;
  readonly dpop: Dpop;
  readonly didOf: (account: Account) => string;
  /** What else a person can take back or let expire: sessions of app passwords. */
  readonly sessions: { revoke(account: Account): void; expire(account: Account): void };
}

interface Pushed {
  readonly request: AuthorizationRequest;
  /** Milliseconds of the epoch. */
  readonly endsAt: number;
}

export function createOAuth<Account>({ world, dpop, newAccount, nameOf, didOf, sessions }: OAuthSettings<Account>): OAuth<Account> {
  const issuer = `${world.baseUrl}/pds`;
  const dialect = dialectOf(issuer);
  const clients = createClients(world, issuer);
  const grants = createGrants<Bound<Account>, 'access' | 'refresh'>(world.clock, ['access']);
  const pushed = new Map<string, Pushed>();
  /** The thumbprint of the key with which a request was pushed: its code is good for this key alone. */
  const keys = new WeakMap<AuthorizationRequest, string>();
  const now = () => world.clock.now().getTime();

  const authorization = createAuthorization<Account>({
    world,
    dialect,
    newAccount,
    nameOf,
    read: ({ query }) => readPushed(query),
    decided(request) {
      for (const [uri, each] of pushed) if (each.request === request) pushed.delete(uri);
    },
    grants: {
      revoke(personId) {
        grants.revoke(personId);
        for (const account of authorization.person(personId)?.accounts ?? []) sessions.revoke(account);
      },
      expire(personId, seconds) {
        grants.expire(personId, seconds);
        if (seconds > 0) return;
        for (const account of authorization.person(personId)?.accounts ?? []) sessions.expire(account);
      },
    },
  });

  function readPushed(query: URLSearchParams): AuthorizationRequest | RequestProblem {
    const odd = oddParameter(query, ['client_id', 'request_uri', ...SANDBOX_PARAMETERS]);
    if (odd !== null) return problem(`The parameter ${odd.name} is ${odd.problem}.`);
    const found = pushed.get(query.get('request_uri') ?? '');
    if (found === undefined || found.endsAt <= now()) return problem('This request has expired, or was never pushed.');
    if (found.request.clientId !== query.get('client_id')) return problem('The request is that of another client.');
    return found.request;
  }

  function issue(grant: Grant<Bound<Account>>): Answer {
    const { account, lives } = grant.subject;
    const left = lives.link - Math.floor((now() - grant.since) / 1000);
    const life = Math.min(ACCESS_LIFE, left);
    const access = grants.issue(grant, 'access', `eyJ${randomText(400)}`, life);
    const refresh = grants.issue(grant, 'refresh', `ref-${randomText(43)}`, Math.min(lives.refresh, left));
    return json(200, { access_token: access.text, token_type: 'DPoP', refresh_token: refresh.text, scope: grant.scopes.join(' '), expires_in: life, sub: didOf(account) });
  }

  function exchange(form: URLSearchParams, client: Client, thumbprint: string): Answer {
    const redeemed = authorization.redeem(
      { code: form.get('code'), clientId: client.id, redirectUri: form.get('redirect_uri'), verifier: form.get('code_verifier') },
      {
        grants,
        subject: ({ accounts, request }) => ({ account: sole(accounts), clientId: client.id, thumbprint: keys.get(request) ?? '', lives: LIVES[client.keys === null ? 'public' : 'confidential'] }),
      },
    );
    if (redeemed === 'used') throw refuseOAuth('invalid_grant', 'Code replayed');
    if (redeemed === 'verifier') throw refuseOAuth('invalid_grant', 'Invalid code_verifier');
    if (redeemed === 'redirect_uri') throw refuseOAuth('invalid_grant', 'The redirect_uri parameter must match the one used in the authorization request');
    if (typeof redeemed === 'string') throw refuseOAuth('invalid_grant', 'Invalid code');
    if (redeemed.grant.subject.thumbprint !== thumbprint) {
      grants.close(redeemed.grant);
      throw refuseOAuth('invalid_grant', 'DPoP proof does not match the expected JKT');
    }
    return issue(redeemed.grant);
  }

  function refresh(form: URLSearchParams, client: Client, thumbprint: string): Answer {
    const token = grants.find(form.get('refresh_token'), ['refresh']);
    if (token === undefined) throw refuseOAuth('invalid_grant', 'Invalid refresh token');
    const { grant } = token;
    if (token.spent) {
      grants.close(grant);
      throw refuseOAuth('invalid_grant', 'Refresh token replayed');
    }
    if (grants.alive(token.text, ['refresh']) === undefined) throw refuseOAuth('invalid_grant', 'Refresh token expired');
    if (grant.subject.clientId !== client.id) throw refuseOAuth('invalid_grant', 'Token was not issued to this client');
    if (grant.subject.thumbprint !== thumbprint) throw refuseOAuth('invalid_grant', 'DPoP proof does not match the expected JKT');
    // The access token before it serves no more either.
    for (const old of [...grants.others(grant, 'access'), token]) if (old.grant === grant) grants.spend(old);
    return issue(grant);
  }

  return {
    authorization,

    async push(call) {
      const form = readForm(call);
      const odd = oddParameter(form, [...OF_CLIENT, 'response_type', 'redirect_uri', 'scope', 'state', 'code_challenge', 'code_challenge_method', ...Object.keys(dialect.parameters ?? {})]);
      if (odd !== null) throw refuseOAuth('invalid_request', `${odd.name} is ${odd.problem}`);
      const thumbprint = dpop.check(call, null);
      const client = await clients.authenticate(form);
      const request = readAsked(form, client, dialect.parameters ?? {});
      const uri = `urn:ietf:params:oauth:request_uri:req-${randomText(32)}`;
      pushed.set(uri, { request, endsAt: now() + REQUEST_LIFE * 1000 });
      keys.set(request, thumbprint);
      return json(201, { request_uri: uri, expires_in: REQUEST_LIFE });
    },

    async token(call) {
      const form = readForm(call);
      const thumbprint = dpop.check(call, null);
      const grantType = form.get('grant_type') ?? '';
      const fields = Object.hasOwn(FIELDS, grantType) ? FIELDS[grantType] : undefined;
      if (fields === undefined) throw refuseOAuth('invalid_grant', `Invalid request payload: ${grantType}`);
      const odd = oddParameter(form, [...OF_CLIENT, 'grant_type', ...fields]);
      if (odd !== null) throw refuseOAuth('invalid_request', `${odd.name} is ${odd.problem}`);
      const client = await clients.authenticate(form);
      return grantType === 'authorization_code' ? exchange(form, client, thumbprint) : refresh(form, client, thumbprint);
    },

    async revoke(call) {
      const form = readForm(call);
      const odd = oddParameter(form, [...OF_CLIENT, 'token', 'token_type_hint']);
      if (odd !== null) throw refuseOAuth('invalid_request', `${odd.name} is ${odd.problem}`);
      const client = await clients.authenticate(form);
      const token = grants.find(form.get('token'), ['access', 'refresh']);
      if (token?.grant.subject.clientId === client.id) grants.close(token.grant);
      return json(200, {});
    },

    find: (accessToken) => grants.alive(accessToken, ['access'])?.grant,

    describeResource: () =>
      json(200, { resource: issuer, authorization_servers: [issuer], scopes_supported: [], bearer_methods_supported: ['header'], resource_documentation: 'https://atproto.com' }),

    describeServer: () =>
      json(200, {
        issuer,
        scopes_supported: ['atproto', 'transition:email', 'transition:generic', 'transition:chat.bsky'],
        subject_types_supported: ['public'],
        response_types_supported: ['code'],
        response_modes_supported: ['query'],
        grant_types_supported: ['authorization_code', 'refresh_token'],
        code_challenge_methods_supported: ['S256'],
        authorization_endpoint: `${world.baseUrl}${dialect.page}`,
        token_endpoint: `${world.baseUrl}${dialect.token.path}`,
        token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
        token_endpoint_auth_signing_alg_values_supported: ['ES256'],
        revocation_endpoint: `${issuer}/oauth/revoke`,
        pushed_authorization_request_endpoint: `${issuer}/oauth/par`,
        require_pushed_authorization_requests: true,
        dpop_signing_alg_values_supported: ['ES256'],
        authorization_response_iss_parameter_supported: true,
        client_id_metadata_document_supported: true,
        protected_resources: [issuer],
      }),

    clear(options) {
      pushed.clear();
      clients.clear();
      dpop.clear();
      authorization.clear({ persons: options?.accounts ?? false });
      if (options?.accounts === true) grants.clear();
    },
  };
}

const OF_CLIENT = ['client_id', 'client_assertion', 'client_assertion_type'];
const FIELDS: Readonly<Record<string, readonly string[]>> = { authorization_code: ['code', 'redirect_uri', 'code_verifier'], refresh_token: ['refresh_token'] };

function readForm(call: Call): URLSearchParams {
  if (mediaType(call) !== 'application/x-www-form-urlencoded') throw refuseOAuth('invalid_request', 'A form is expected');
  return formFields(call);
}

/** What an app asks for, checked against what it says of itself. */
function readAsked(form: URLSearchParams, client: Client, own: Readonly<Record<string, RegExp>>): AuthorizationRequest {
  const redirectUri = form.get('redirect_uri') ?? '';
  if (form.get('response_type') !== 'code') throw refuseOAuth('unsupported_response_type', 'response_type is not code');
  if (!isRedirectOf(client, redirectUri)) throw refuseOAuth('invalid_request', `Invalid redirect_uri ${redirectUri}`);
  const state = form.get('state') ?? '';
  if (state === '') throw refuseOAuth('invalid_request', 'state is missing');
  const challenge = form.get('code_challenge') ?? '';
  if (form.get('code_challenge_method') !== 'S256' || !/^[\w-]{43}$/u.test(challenge)) throw refuseOAuth('invalid_request', 'Use of PKCE with S256 is required');
  const scopes = [...new Set((form.get('scope') ?? '').split(' ').filter((scope) => scope !== ''))];
  if (!scopes.includes('atproto')) throw refuseOAuth('invalid_scope', 'The "atproto" scope is required');
  const foreign = scopes.find((scope) => !client.scopes.includes(scope) || !(scope === 'atproto' || scope.startsWith('transition:') || GRANULAR.test(scope)));
  if (foreign !== undefined) throw refuseOAuth('invalid_scope', `Scope "${foreign}" is not declared in the client metadata`);
  const wrong = Object.keys(own).find((name) => form.has(name) && own[name]?.test(form.get(name) ?? '') !== true);
  if (wrong !== undefined) throw refuseOAuth('invalid_request', `${wrong} is not of the right form`);
  const parameters = Object.fromEntries(Object.keys(own).flatMap((name) => (form.has(name) ? [[name, form.get(name) ?? '']] : [])));
  return { clientId: client.id, clientName: client.name, redirectUri, state, scopes, challenge, parameters };
}

function problem(description: string): RequestProblem {
  return { error: 'invalid_request', description, redirectUri: null, state: null };
}
