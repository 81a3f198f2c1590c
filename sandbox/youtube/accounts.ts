import { timestamp } from '../../core/clock.ts';
import { authorization, formFields, json, mediaType, oddParameter } from '../http.ts';
import { randomText } from '../random.ts';
import type { Answer, Call, LinkedAccount, NewAccount, World } from '../stand-in.ts';
import { refuse, refuseToken } from './errors.ts';

export const SCOPES = {
  upload: 'https://www.googleapis.com/auth/youtube.upload',
  readonly: 'https://www.googleapis.com/auth/youtube.readonly',
  full: 'https://www.googleapis.com/auth/youtube',
  forceSsl: 'https://www.googleapis.com/auth/youtube.force-ssl',
} as const;

/** Seconds. */
const ACCESS_TOKEN_LIFE = 3599;

export interface Channel {
  /** `UC` and 22 characters; the playlist of its uploads is `UU` and the same 22. */
  readonly channelId: string;
  readonly title: string;
  readonly createdAt: Date;
}

interface Grant {
  readonly channel: Channel;
  readonly scopes: readonly string[];
}

/** The channels and their tokens. */
export interface Accounts {
  add(account: NewAccount): LinkedAccount;
  channel(channelId: string): Channel | undefined;
  /** The channel that a call acts for; refuses a token that is wrong, has expired, or has none of the scopes. */
  authorise(call: Call, anyOf: readonly string[]): Channel;
  /** `POST /token`. */
  token(call: Call): Answer;
  clear(): void;
}

export function createAccounts(world: World): Accounts {
  const channels = new Map<string, Channel>();
  const accessTokens = new Map<string, { grant: Grant; expiresAt: Date }>();
  const refreshTokens = new Map<string, Grant>();

  function issue(grant: Grant, life: number) {
    const accessToken = `ya29.a0${randomText(160)}`;
    const expiresAt = new Date(world.clock.now().getTime() + life * 1000);
    accessTokens.set(accessToken, { grant, expiresAt });
    return { accessToken, expiresAt };
  }

  return {
    add({ name, accessTokenLife = ACCESS_TOKEN_LIFE, scopes = [SCOPES.upload, SCOPES.readonly] }) {
      const channel: Channel = { channelId: `UC${randomText(22)}`, title: name, createdAt: world.clock.now() };
      channels.set(channel.channelId, channel);
      const grant = { channel, scopes };
      const refreshToken = `1//0${randomText(60)}`;
      refreshTokens.set(refreshToken, grant);
      const { accessToken, expiresAt } = issue(grant, accessTokenLife);
      return { externalId: channel.channelId, name, accessToken, refreshToken, expiresAt: timestamp(expiresAt), scopes, defaults: {} };
    },

    channel: (channelId) => channels.get(channelId),

    authorise(call, anyOf) {
      const token = authorization(call, ['bearer']);
      const found = token === null ? undefined : accessTokens.get(token);
      if (found === undefined || found.expiresAt <= world.clock.now()) {
        throw refuse(401, 'authError', 'The request has no valid access token.', 'global');
      }
      if (!anyOf.some((scope) => found.grant.scopes.includes(scope))) {
        throw refuse(403, 'insufficientPermissions', 'The access token lacks a scope for this call.', 'global');
      }
      return found.grant.channel;
    },

    token(call) {
      if (mediaType(call) !== 'application/x-www-form-urlencoded') throw refuseToken(400, 'invalid_request', 'A form is expected.');
      const form = formFields(call);
      const grantType = form.get('grant_type');
      if (grantType === null) throw refuseToken(400, 'invalid_request', 'grant_type is missing.');
      if (grantType !== 'refresh_token') throw refuseToken(400, 'unsupported_grant_type', `Not known: ${grantType}`);
      const odd = oddParameter(form, ['grant_type', 'refresh_token', 'client_id', 'client_secret']);
      if (odd !== null) throw refuseToken(400, 'invalid_request', `${odd.name} is ${odd.problem}.`);
      const { clientId, clientSecret } = world.app;
      if (form.get('client_id') !== clientId) throw refuseToken(401, 'invalid_client', 'The client is not known.');
      if (form.get('client_secret') !== clientSecret) throw refuseToken(401, 'invalid_client', 'The client secret is wrong.');
      const refreshToken = form.get('refresh_token');
      if (refreshToken === null || refreshToken === '') throw refuseToken(400, 'invalid_request', 'refresh_token is missing.');
      const grant = refreshTokens.get(refreshToken);
      if (grant === undefined) throw refuseToken(400, 'invalid_grant', 'The token has expired or was revoked.');
      const { accessToken } = issue(grant, ACCESS_TOKEN_LIFE);
      // No refresh token in the answer: Google does not rotate it.
      return json(200, { access_token: accessToken, expires_in: ACCESS_TOKEN_LIFE, scope: grant.scopes.join(' '), token_type: 'Bearer' });
    },

    clear() {
      channels.clear();
      accessTokens.clear();
      refreshTokens.clear();
    },
  };
}
