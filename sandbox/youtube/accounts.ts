import { timestamp } from '../../core/clock.ts';
import { createGrants, type Grant } from '../authorization/grants.ts';
import { createAuthorization, type AuthorizationServer } from '../authorization/server.ts';
import { readTokenRequest } from '../authorization/token-request.ts';
import { authorization, formFields, json } from '../http.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { dialect, SCOPES } from './authorization.ts';
import { refuse, refuseToken } from './errors.ts';

export { SCOPES } from './authorization.ts';

/** Seconds. */
const ACCESS_TOKEN_LIFE = 3599;
/** Seconds for which a refresh token lives without being used. */
const REFRESH_TOKEN_IDLE = 180 * 24 * 3600;
/** Refresh tokens of a person for one app; the oldest dies when there is one more. */
const REFRESH_TOKENS_MAX = 100;

export interface Channel {
  /** `UC` and 22 characters; the playlist of its uploads is `UU` and the same 22. */
  readonly channelId: string;
  readonly title: string;
  readonly createdAt: Date;
}

/** The channels and their tokens. */
export interface Accounts {
  readonly authorization: AuthorizationServer<Channel>;
  add(account: NewAccount): LinkedAccount;
  channel(channelId: string): Channel | undefined;
  /** Whether somebody proved by phone to be behind it. */
  isVerified(channel: Channel): boolean;
  /** The channel that a call acts for; refuses a token that is wrong, has expired, or has none of the scopes, and a person without a channel. */
  authorise(call: Call, anyOf: readonly string[]): Channel;
  /** The same; null: the person has no channel. */
  channelOf(call: Call, anyOf: readonly string[]): Channel | null;
  /** `POST /token`. */
  token(call: Call): Answer;
  /** `POST /revoke?token=`. */
  revoke(call: Call): Answer;
  clear(): void;
}

export function createAccounts(world: World): Accounts {
  const channels = new Map<string, Channel>();
  const unverified = new Set<string>();
  const grants = createGrants<Channel | null, 'access' | 'refresh'>(world.clock, ['access']);
  const server = createAuthorization<Channel>({
    world,
    dialect,
    grants,
    newAccount({ name }) {
      const channel: Channel = { channelId: `UC${randomText(22)}`, title: name, createdAt: world.clock.now() };
      channels.set(channel.channelId, channel);
      return channel;
    },
    nameOf: ({ channelId, title }) => ({ externalId: channelId, name: title }),
  });

  const issueAccess = (grant: Grant<Channel | null>, life = ACCESS_TOKEN_LIFE) => grants.issue(grant, 'access', `ya29.a0${randomText(160)}`, life);

  function issueRefresh(grant: Grant<Channel | null>): string {
    const token = grants.issue(grant, 'refresh', `1//0${randomText(60)}`, REFRESH_TOKEN_IDLE);
    const [oldest] = grants.others(grant, 'refresh').slice(0, -REFRESH_TOKENS_MAX);
    if (oldest !== undefined) grants.spend(oldest);
    return token.text;
  }

  function exchange(form: URLSearchParams): Answer {
    const redeemed = server.redeem(
      { code: form.get('code'), redirectUri: form.get('redirect_uri'), verifier: form.get('code_verifier') },
      { grants, subject: ({ accounts: [channel] }) => channel ?? null },
    );
    if (redeemed === 'redirect_uri') throw refuseToken(400, 'redirect_uri_mismatch', 'Bad Request');
    if (typeof redeemed === 'string') throw refuseToken(400, 'invalid_grant', redeemed === 'verifier' ? 'Invalid code verifier.' : 'Malformed auth code.');
    const { grant, consent } = redeemed;
    const { access_type: accessType, prompt = '' } = consent.request.parameters;
    // A refresh token comes for an app that works without the person, with the first consent or where it is asked for anew.
    const isDue = accessType === 'offline' && (prompt.includes('consent') || grants.others(grant, 'refresh').length === 0);
    return shown(grant, isDue ? { refresh_token: issueRefresh(grant) } : {});
  }

  function shown(grant: Grant<Channel | null>, more: Readonly<Record<string, string>>): Answer {
    const { text } = issueAccess(grant);
    return json(200, { access_token: text, expires_in: ACCESS_TOKEN_LIFE, ...more, scope: grant.scopes.join(' '), token_type: 'Bearer' });
  }

  function channelOf(call: Call, anyOf: readonly string[]): Channel | null {
    const found = grants.alive(authorization(call, ['bearer']), ['access']);
    if (found === undefined) throw refuse(401, 'authError', 'The request has no valid access token.', 'global');
    if (!anyOf.some((scope) => found.grant.scopes.includes(scope))) {
      throw refuse(403, 'insufficientPermissions', 'The access token lacks a scope for this call.', 'global');
    }
    return found.grant.subject;
  }

  return {
    authorization: server,
    channelOf,

    add({ name, accessTokenLife = ACCESS_TOKEN_LIFE, scopes = [SCOPES.upload, SCOPES.readonly, SCOPES.forceSsl], verified = true }) {
      const { id: personId, accounts } = server.addPerson({ name });
      const [channel] = accounts;
      if (channel === undefined) throw new Error('A new person has no channel.');
      if (!verified) unverified.add(channel.channelId);
      const grant = grants.open({ personId, subject: channel, scopes });
      const { text, expiresAt } = issueAccess(grant, accessTokenLife);
      return { externalId: channel.channelId, name, accessToken: text, refreshToken: issueRefresh(grant), expiresAt: timestamp(new Date(expiresAt ?? 0)), scopes, defaults: {} };
    },

    channel: (channelId) => channels.get(channelId),
    isVerified: ({ channelId }) => !unverified.has(channelId),

    authorise(call, anyOf) {
      const channel = channelOf(call, anyOf);
      if (channel === null) throw refuse(401, 'youtubeSignupRequired', 'The person has no channel.', 'youtube.header');
      return channel;
    },

    token(call) {
      const form = readTokenRequest(call, {
        app: world.app,
        client: 'form',
        refuse: refuseToken,
        grants: { authorization_code: ['code', 'redirect_uri', 'code_verifier?'], refresh_token: ['refresh_token'] },
      });
      if (form.get('grant_type') === 'authorization_code') return exchange(form);
      const token = grants.alive(form.get('refresh_token'), ['refresh']);
      if (token === undefined) throw refuseToken(400, 'invalid_grant', 'The token has expired or was revoked.');
      grants.prolong(token, REFRESH_TOKEN_IDLE);
      // No refresh token in the answer: Google does not rotate it.
      return shown(token.grant, {});
    },

    revoke(call) {
      const token = grants.find(call.query.get('token') ?? formFields(call).get('token'), ['access', 'refresh']);
      if (token === undefined) throw refuseToken(400, 'invalid_token', 'Token expired or revoked');
      grants.close(token.grant);
      return json(200, {});
    },

    clear() {
      channels.clear();
      unverified.clear();
      grants.clear();
      server.clear({ persons: true });
    },
  };
}
