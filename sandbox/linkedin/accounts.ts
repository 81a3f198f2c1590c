import { timestamp } from '../../core/clock.ts';
import { authorization, formFields, json, mediaType, oddParameter } from '../http.ts';
import { randomDigits, randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { refuse, refuseToken } from './errors.ts';

export const SCOPES = {
  /** To post for oneself. Nothing lets an app read what a member has posted. */
  member: 'w_member_social',
  page: 'w_organization_social',
  readPage: 'r_organization_social',
} as const;

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
}

interface Grant {
  readonly author: Author;
  readonly scopes: readonly string[];
  /** Milliseconds of the epoch. */
  readonly refreshEndsAt: number;
}

export interface Accounts {
  add(account: NewAccount): LinkedAccount;
  /** The author whose token a call brings. */
  bearer(call: Call): Author;
  /** The same of a call of the versioned API, with the right to post. */
  writer(call: Call): Author;
  /** The same, with the right to read a page's posts. */
  reader(call: Call): Author;
  /** `POST /oauth/v2/accessToken`. */
  token(call: Call): Answer;
  clear(): void;
}

export function createAccounts(world: World): Accounts {
  const accessTokens = new Map<string, { grant: Grant; expiresAt: number }>();
  const refreshTokens = new Map<string, Grant>();
  const now = () => world.clock.now().getTime();

  function issue(grant: Grant, life: number) {
    // Tokens are long: about 500 characters, and more.
    const accessToken = `AQ${randomText(498)}`;
    const expiresAt = now() + life * 1000;
    accessTokens.set(accessToken, { grant, expiresAt });
    return { accessToken, expiresAt };
  }

  function grantOf(call: Call): Grant {
    const found = accessTokens.get(authorization(call, ['bearer']) ?? '');
    if (found === undefined) throw refuse({ status: 401, code: 'INVALID_ACCESS_TOKEN', serviceErrorCode: 65_600, message: 'Invalid access token' });
    if (found.expiresAt <= now()) {
      throw refuse({ status: 401, code: 'EXPIRED_ACCESS_TOKEN', serviceErrorCode: 65_602, message: 'The token used in the request has expired' });
    }
    return found.grant;
  }

  function authorise(call: Call, scopes: Readonly<Record<Author['kind'], string | null>>): Author {
    const { author, scopes: granted } = grantOf(call);
    checkVersion(call);
    const needed = scopes[author.kind];
    if (needed === null || !granted.includes(needed)) {
      throw refuse({ status: 403, code: 'ACCESS_DENIED', serviceErrorCode: 100, message: `Not enough permissions to access: ${call.method} ${call.path.replace('/api', '')}` });
    }
    return author;
  }

  return {
    // A page, unless the scopes are those of a member.
    add({ name, accessTokenLife = ACCESS_TOKEN_LIFE, scopes = [SCOPES.page, SCOPES.readPage] }) {
      const isPage = scopes.includes(SCOPES.page);
      const author: Author = isPage
        ? { urn: `urn:li:organization:${randomDigits(8)}`, kind: 'page' }
        : { urn: `urn:li:person:${randomText(10)}`, kind: 'member' };
      const grant: Grant = { author, scopes, refreshEndsAt: now() + REFRESH_TOKEN_LIFE * 1000 };
      const refreshToken = `AQ${randomText(498)}`;
      refreshTokens.set(refreshToken, grant);
      const { accessToken, expiresAt } = issue(grant, accessTokenLife);
      return { externalId: author.urn, name, accessToken, refreshToken, expiresAt: timestamp(new Date(expiresAt)), scopes, defaults: {} };
    },

    bearer: (call) => grantOf(call).author,
    writer: (call) => authorise(call, { member: SCOPES.member, page: SCOPES.page }),
    reader: (call) => authorise(call, { member: null, page: SCOPES.readPage }),

    token(call) {
      if (mediaType(call) !== 'application/x-www-form-urlencoded') throw refuseToken(400, 'invalid_request', 'A form is expected.');
      const form = formFields(call);
      const odd = oddParameter(form, ['grant_type', 'refresh_token', 'client_id', 'client_secret']);
      if (odd !== null) throw refuseToken(400, 'invalid_request', `${odd.name} is ${odd.problem}.`);
      if (form.get('grant_type') !== 'refresh_token') throw refuseToken(400, 'unsupported_grant_type', 'Only refresh_token is known here.');
      const { clientId, clientSecret } = world.app;
      if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
        throw refuseToken(401, 'invalid_client', 'Client authentication failed');
      }
      const refreshToken = form.get('refresh_token') ?? '';
      const grant = refreshTokens.get(refreshToken);
      if (grant === undefined || grant.refreshEndsAt <= now()) throw refuseToken(400, 'invalid_grant', 'The provided refresh token is invalid or expired');
      const { accessToken } = issue(grant, ACCESS_TOKEN_LIFE);
      // The same refresh token again, with what is left of its year.
      return json(200, {
        access_token: accessToken,
        expires_in: ACCESS_TOKEN_LIFE,
        refresh_token: refreshToken,
        refresh_token_expires_in: Math.floor((grant.refreshEndsAt - now()) / 1000),
        scope: grant.scopes.join(' '),
      });
    },

    clear() {
      accessTokens.clear();
      refreshTokens.clear();
    },
  };
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
