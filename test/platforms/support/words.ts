import type { Platform } from '../../../platforms/platform.ts';

/** A refusal in a network's own words. */
export interface Words {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface NetworkWords {
  readonly rateLimited: Words;
  readonly tokenExpired: Words;
  /** The answer to a refresh after which only linking anew helps. */
  readonly linkRevoked: Words;
}

/** What the networks say, as their pages document it. */
const words: Readonly<Record<string, NetworkWords>> = {
  youtube: {
    rateLimited: google(403, 'rateLimitExceeded', 'RESOURCE_EXHAUSTED'),
    tokenExpired: google(401, 'authError', 'UNAUTHENTICATED'),
    linkRevoked: { status: 400, body: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' } },
  },
  tiktok: {
    rateLimited: tiktokError(429, 'rate_limit_exceeded'),
    tokenExpired: tiktokError(401, 'access_token_invalid'),
    linkRevoked: { status: 400, body: { error: 'invalid_grant', error_description: 'Refresh token is invalid or expired.', log_id: '20261121120000' } },
  },
  facebook: {
    rateLimited: {
      ...graph(400, { code: 80_001, message: 'There have been too many calls to this Page account.' }),
      headers: { 'x-business-use-case-usage': JSON.stringify({ '100000000000001': [{ type: 'pages', call_count: 100, estimated_time_to_regain_access: 7 }] }) },
    },
    tokenExpired: graph(401, { code: 190, error_subcode: 463, message: 'Error validating access token: Session has expired.' }),
    linkRevoked: graph(401, { code: 190, error_subcode: 460, message: 'The session has been invalidated because the user changed their password.' }),
  },
  instagram: {
    rateLimited: {
      ...graph(400, { code: 80_002, message: 'There have been too many calls for this Instagram account.' }),
      headers: {
        'x-business-use-case-usage': JSON.stringify({ '17841400000000000': [{ type: 'instagram', call_count: 100, estimated_time_to_regain_access: 7 }] }),
      },
    },
    tokenExpired: graph(400, { code: 190, error_subcode: 463, message: 'Error validating access token: Session has expired.' }),
    linkRevoked: graph(400, { code: 190, error_subcode: 458, message: 'The user has not authorized application.' }),
  },
  threads: {
    rateLimited: graph(400, { code: 4, message: 'Application request limit reached' }),
    tokenExpired: graph(400, { code: 190, error_subcode: 463, message: 'Error validating access token: Session has expired.' }),
    linkRevoked: graph(400, { code: 190, error_subcode: 458, message: 'The user has not authorized application.' }),
  },
  bluesky: {
    rateLimited: { ...xrpc(429, 'RateLimitExceeded', 'Rate Limit Exceeded'), headers: { 'ratelimit-limit': '5000', 'ratelimit-remaining': '0', 'ratelimit-policy': '5000;w=3600' } },
    tokenExpired: xrpc(400, 'ExpiredToken', 'Token has expired'),
    linkRevoked: xrpc(400, 'ExpiredToken', 'Token has been revoked'),
  },
  x: {
    rateLimited: { ...problem(429, 'Too Many Requests'), headers: { 'x-rate-limit-limit': '100', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': '1893456420' } },
    tokenExpired: problem(401, 'Unauthorized'),
    linkRevoked: { status: 400, body: { error: 'invalid_request', error_description: 'Value passed for the token was invalid.' } },
  },
  linkedin: {
    rateLimited: restli(429, { code: 'TOO_MANY_REQUESTS', serviceErrorCode: 101, message: 'Resource level throttle limit is reached' }),
    tokenExpired: restli(401, { code: 'EXPIRED_ACCESS_TOKEN', serviceErrorCode: 65_602, message: 'The token used in the request has expired' }),
    linkRevoked: { status: 400, body: { error: 'invalid_grant', error_description: 'The provided refresh token is revoked' } },
  },
  pinterest: {
    rateLimited: { ...pinterestError(429, 8), headers: { 'x-ratelimit-limit': '100, 100;w=60', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '42' } },
    tokenExpired: pinterestError(401, 2, 'Authentication failed.'),
    linkRevoked: pinterestError(400, 1, 'The refresh token is invalid or has expired.'),
  },
  reddit: {
    rateLimited: redditErrors('RATELIMIT', 'Take a break for 9 minutes before trying again.', { ratelimit: 540 }),
    tokenExpired: { status: 401, body: { message: 'Unauthorized', error: 401 } },
    linkRevoked: { status: 400, body: { error: 'invalid_grant' } },
  },
};

/** Throws if nobody has written down what a network says. */
export function wordsOf({ network }: Pick<Platform, 'network'>): NetworkWords {
  const said = words[network];
  if (said === undefined) throw new Error(`Nobody has written down what ${network} says.`);
  return said;
}

/** An error in TikTok's envelope. */
export function tiktokError(status: number, code: string): Words {
  return { status, body: { data: {}, error: { code, message: `Made up: ${code}`, log_id: '202611211200000000000000000000' } } };
}

/** An error of Google's JSON APIs. */
export function google(status: number, reason: string, word?: string): Words {
  const message = `Made up: ${reason}`;
  return { status, body: { error: { code: status, message, errors: [{ message, domain: 'global', reason }], ...(word !== undefined && { status: word }) } } };
}

/** An error of the AT Protocol's calls. */
export function xrpc(status: number, error: string, message = `Made up: ${error}`): Words {
  return { status, body: { error, message } };
}

/** An error of the Graph API. */
export function graph(status: number, error: { code: number; error_subcode?: number; message?: string; is_transient?: boolean }): Words {
  return { status, body: { error: { message: 'Made up', type: 'OAuthException', is_transient: false, fbtrace_id: 'A1b2C3d4E5f6G7h8I9j0K1l', ...error } } };
}

/** An error of X's API v2. */
export function problem(status: number, detail: string, type = 'about:blank'): Words {
  return { status, body: { title: 'Made up', detail, type, status } };
}

/** An error of LinkedIn's versioned API. */
export function restli(status: number, error: { code?: string; serviceErrorCode?: number; message?: string; errorDetails?: object }): Words {
  return { status, body: { status, message: 'Made up', ...error } };
}

/** An error of Pinterest's API v5. */
export function pinterestError(status: number, code: number, message = `Made up: ${code}`): Words {
  return { status, body: { code, message } };
}

/** An error of Reddit's, which comes with status 200. */
export function redditErrors(code: string, message = `Made up: ${code}`, more: { ratelimit?: number } = {}): Words {
  return { status: 200, body: { json: { errors: [[code, message, 'sr']], ...more } } };
}
