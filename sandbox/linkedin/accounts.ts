import { timestamp } from '../../core/clock.ts';
import { createGrants, type Grant, type Token } from '../authorization/grants.ts';
import { createAuthorization, type AuthorizationServer } from '../authorization/server.ts';
import { readAppForm, readTokenRequest } from '../authorization/token-request.ts';
import { authorization, json } from '../http.ts';
import { randomDigits, randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { dialect, SCOPES } from './authorization.ts';
import { refuse, refuseToken } from './errors.ts';

export { SCOPES } from './authorization.ts';

const DAY = 24 * 60 * 60;
/** Seconds. */
const ACCESS_TOKEN_LIFE = 60 * DAY;
/** Seconds from the day of the consent; refreshing does not lengthen them. */
const REFRESH_TOKEN_LIFE = 365 * DAY;

/** Versions of the API that are alive: about those of a year. */
const VERSIONS = new Set(['202511', '202512', ...Array.from({ length: 10 }, (_, month) => String(202_601 + month))]);

/** Someone who posts: a member or a page. */
export interface Author {
  /** `urn:li:person:…` or `urn:li:organization:…`. */
  readonly urn: string;
  readonly kind: 'member' | 'page';
  readonly name: string;
  /** Whether the member whose token it is has a role that may post. */
  readonly mayPublish: boolean;
}

/** Who allowed something: a member, for themselves and for their pages. */
export interface Member {
  readonly author: Author;
  readonly pages: readonly Author[];
}

export interface Accounts {
  readonly authorization: AuthorizationServer<Author>;
  add(account: NewAccount): LinkedAccount;
  /** The authors whose token a call brings. */
  bearer(call: Call): readonly Author[];
  /** Those for whom a call of the versioned API may post. */
  writer(call: Call): readonly Author[];
  /** Those whose posts it may read. */
  reader(call: Call): readonly Author[];
  /** The member whose token a call brings, and what they allowed. */
  member(call: Call): Grant<Member>;
  /** The same of a call of the versioned API, with the scope. */
  versioned(call: Call, scope: string): Member;
  /** `POST /oauth/v2/accessToken`. */
  token(call: Call): Answer;
  /** `POST /oauth/v2/introspectToken`. */
  introspect(call: Call): Answer;
  clear(): void;
}

export function createAccounts(world: World): Accounts {
  const grants = createGrants<Member, 'access' | 'refresh'>(world.clock, ['access']);
  const members = new Map<string, Author>();
  const server = createAuthorization<Author>({
    world,
    dialect,
    grants,
    newAccount: ({ name, mayPublish = true }) => ({ urn: `urn:li:organization:${randomDigits(8)}`, kind: 'page', name, mayPublish }),
    nameOf: ({ urn, name }) => ({ externalId: urn, name }),
    loginId: (person) => memberOf(person).urn,
  });
  const rules = { app: world.app, client: 'form', refuse: refuseToken } as const;

  /** The member behind a login: there is always one. */
  function memberOf({ id, name }: { readonly id: string; readonly name: string }): Author {
    const author = members.get(id) ?? { urn: `urn:li:person:${randomText(10)}`, kind: 'member', name, mayPublish: true };
    members.set(id, author);
    return author;
  }

  // Tokens are long: about 500 characters, and more.
  const issue = (grant: Grant<Member>, kind: 'access' | 'refresh', life: number) => grants.issue(grant, kind, `AQ${randomText(498)}`, life);

  function grantOf(call: Call): Grant<Member> {
    const text = authorization(call, ['bearer']);
    if (grants.wasClosed(text)) throw refuse({ status: 401, code: 'REVOKED_ACCESS_TOKEN', serviceErrorCode: 65_601, message: 'The token used in the request has been revoked by the user' });
    const found = grants.find(text, ['access']);
    if (found === undefined) throw refuse({ status: 401, code: 'INVALID_ACCESS_TOKEN', serviceErrorCode: 65_600, message: 'Invalid access token' });
    if (grants.alive(text, ['access']) === undefined) {
      throw refuse({ status: 401, code: 'EXPIRED_ACCESS_TOKEN', serviceErrorCode: 65_602, message: 'The token used in the request has expired' });
    }
    return found.grant;
  }

  function authors(call: Call, scopes: Readonly<Record<Author['kind'], string | null>>): readonly Author[] {
    const { subject, scopes: granted } = grantOf(call);
    checkVersion(call);
    const allowed = [subject.author, ...subject.pages].filter(({ kind, mayPublish }) => mayPublish && granted.includes(scopes[kind] ?? ''));
    if (allowed.length === 0) throw denied(call);
    return allowed;
  }

  function shown(grant: Grant<Member>, refresh: Token<Member, 'access' | 'refresh'> | null): Answer {
    return json(200, {
      access_token: issue(grant, 'access', ACCESS_TOKEN_LIFE).text,
      expires_in: ACCESS_TOKEN_LIFE,
      ...(refresh !== null && { refresh_token: refresh.text, refresh_token_expires_in: grants.left(refresh) }),
      scope: grant.scopes.join(' '),
    });
  }

  function exchange(form: URLSearchParams): Answer {
    const redeemed = server.redeem(
      { code: form.get('code'), redirectUri: form.get('redirect_uri'), verifier: null },
      { grants, subject: ({ person, accounts }) => ({ author: memberOf(person), pages: accounts }) },
    );
    if (typeof redeemed === 'string') {
      throw refuseToken(400, 'invalid_request', 'Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired.');
    }
    return shown(redeemed.grant, world.refreshTokens ? issue(redeemed.grant, 'refresh', REFRESH_TOKEN_LIFE) : null);
  }

  return {
    authorization: server,

    // A page, unless the scopes are those of a member.
    add({ name, accessTokenLife = ACCESS_TOKEN_LIFE, scopes = [SCOPES.page, SCOPES.readPage] }) {
      const person = server.addPerson(scopes.includes(SCOPES.page) ? { name } : { name, accounts: [] });
      const author = memberOf(person);
      const grant = grants.open({ personId: person.id, subject: { author, pages: person.accounts }, scopes });
      const { text, expiresAt } = issue(grant, 'access', accessTokenLife);
      const { urn } = person.accounts[0] ?? author;
      return { externalId: urn, name, accessToken: text, refreshToken: issue(grant, 'refresh', REFRESH_TOKEN_LIFE).text, expiresAt: timestamp(new Date(expiresAt ?? 0)), scopes, defaults: {} };
    },

    bearer(call) {
      const { author, pages } = grantOf(call).subject;
      return [author, ...pages];
    },
    writer: (call) => authors(call, { member: SCOPES.member, page: SCOPES.page }),
    reader: (call) => authors(call, { member: null, page: SCOPES.readPage }),
    member: grantOf,

    versioned(call, scope) {
      const { subject, scopes } = grantOf(call);
      checkVersion(call);
      if (!scopes.includes(scope)) throw denied(call);
      return subject;
    },

    token(call) {
      const form = readTokenRequest(call, { ...rules, grants: { authorization_code: ['code', 'redirect_uri'], refresh_token: ['refresh_token'] } });
      if (form.get('grant_type') === 'authorization_code') return exchange(form);
      const token = grants.alive(form.get('refresh_token'), ['refresh']);
      if (token === undefined) throw refuseToken(400, 'invalid_grant', 'The provided refresh token is invalid or expired');
      // The same refresh token again, with what is left of its year.
      return shown(token.grant, token);
    },

    introspect(call) {
      const text = readAppForm(call, ['token'], rules).get('token');
      const token = grants.find(text, ['access', 'refresh']);
      if (token === undefined) return json(200, { active: false, ...(grants.wasClosed(text) && { status: 'revoked' }) });
      const active = grants.alive(text, ['access', 'refresh']) !== undefined;
      return json(200, {
        active,
        status: active ? 'active' : 'expired',
        client_id: world.app.clientId,
        authorized_at: seconds(token.grant.since),
        created_at: seconds(token.issuedAt),
        expires_at: seconds(token.expiresAt ?? 0),
        scope: token.grant.scopes.join(','),
        auth_type: '3L',
      });
    },

    clear() {
      grants.clear();
      members.clear();
      server.clear({ persons: true });
    },
  };
}

/** The token does not go so far. */
function denied({ method, path }: Call) {
  return refuse({ status: 403, code: 'ACCESS_DENIED', serviceErrorCode: 100, message: `Not enough permissions to access: ${method} ${path.replace('/api', '')}` });
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** The two headers of every call of the versioned API. What a call without them is told the page does not say. */
function checkVersion(call: Call): void {
  const version = call.headers['linkedin-version'];
  if (version === undefined) throw refuse({ status: 400, code: 'VERSION_MISSING', message: 'A version must be present. Please specify a version by adding the LinkedIn-Version header.' });
  if (!VERSIONS.has(version)) throw refuse({ status: 426, code: 'NONEXISTENT_VERSION', message: `Requested version ${version} is not active` });
  if (call.headers['x-restli-protocol-version'] !== '2.0.0') {
    throw refuse({ status: 400, code: 'INVALID_VALUE', message: 'X-Restli-Protocol-Version is not 2.0.0.' });
  }
}
