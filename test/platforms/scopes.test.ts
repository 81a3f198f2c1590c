import { describe, expect, it } from 'vitest';
import type { HttpAnswer, Trouble } from '../../core/ports/index.ts';
import type { ErrorContext } from '../../platforms/answers.ts';
import { refusalOf as bluesky } from '../../platforms/bluesky/errors.ts';
import { refusalOf as facebook } from '../../platforms/facebook/errors.ts';
import { refusalOf as instagram } from '../../platforms/instagram/errors.ts';
import { refusalOf as linkedin } from '../../platforms/linkedin/errors.ts';
import { refusalOf as pinterest } from '../../platforms/pinterest/errors.ts';
import { refusalOf as reddit } from '../../platforms/reddit/errors.ts';
import { refusalOf as threads } from '../../platforms/threads/errors.ts';
import { refusalOf as tiktok } from '../../platforms/tiktok/errors.ts';
import { refusalOf as x } from '../../platforms/x/errors.ts';
import { refusalOf as youtube } from '../../platforms/youtube/errors.ts';
import { google, graph, pinterestError, problem, redditErrors, restli, tiktokError, type Words, xrpc } from './support/words.ts';

/** Whom a pause concerns that a network asks for: as its page tells, and where it does not, the account alone. */

const leftToApp = (calls: string): Words => ({
  ...problem(429, 'Too Many Requests'),
  headers: { 'x-rate-limit-reset': '1795262700', 'x-app-limit-24hour-remaining': calls, 'x-app-limit-24hour-reset': '1795305600' },
});

type RefusalOf = (answer: HttpAnswer, context: ErrorContext) => { readonly trouble: Trouble };

const cases: readonly (readonly [string, RefusalOf, Words, 'account' | 'app'])[] = [
  ['the uploads of the project at YouTube', youtube, google(403, 'quotaExceeded'), 'app'],
  ['the uploads of a channel at YouTube', youtube, google(400, 'uploadLimitExceeded'), 'account'],
  ['calls to YouTube', youtube, google(403, 'userRateLimitExceeded'), 'account'],
  ['calls of a creator to TikTok', tiktok, tiktokError(429, 'rate_limit_exceeded'), 'account'],
  ['posts of a creator at TikTok', tiktok, tiktokError(403, 'spam_risk_too_many_posts'), 'account'],
  ['creators of the app at TikTok, of whom some may go on', tiktok, tiktokError(403, 'reached_active_user_cap'), 'account'],
  ...[facebook, instagram, threads].flatMap((refusalOf) => [
    ['calls of the app to the Graph API', refusalOf, graph(400, { code: 4 }), 'app'] as const,
    ['calls of a user to the Graph API', refusalOf, graph(400, { code: 17 }), 'account'] as const,
    ['calls of a page to the Graph API', refusalOf, graph(400, { code: 32 }), 'account'] as const,
  ]),
  ['posts of the app at Facebook', facebook, graph(400, { code: 341 }), 'app'],
  ['posts of an account at Instagram', instagram, graph(400, { code: 9, error_subcode: 2207042 }), 'account'],
  ['what may be either at LinkedIn', linkedin, restli(429, { code: 'TOO_MANY_REQUESTS', message: 'Resource level throttle' }), 'account'],
  ['posts of a user at X', x, leftToApp('7'), 'account'],
  ['posts of the app at X', x, leftToApp('0'), 'app'],
  ['calls to Pinterest', pinterest, pinterestError(429, 8), 'account'],
  ['calls of the app to Reddit', reddit, { status: 429, headers: { 'x-ratelimit-reset': '30' }, body: { message: 'Too Many Requests', error: 429 } }, 'app'],
  ['posts of a user at Reddit', reddit, redditErrors('RATELIMIT', 'Take a break for 9 minutes before trying again.', { ratelimit: 540 }), 'account'],
  ['calls of an account to Bluesky', bluesky, xrpc(429, 'RateLimitExceeded'), 'account'],
];

describe('a limit', () => {
  it.each(cases)('of %s', (_, refusalOf, { status, headers = {}, body }, scope) => {
    const { trouble } = refusalOf({ status, headers, body: JSON.stringify(body) }, { now: new Date('2026-11-21T12:00:00Z'), secrets: [] });
    expect(['rate_limited', 'quota']).toContain(trouble.class);
    expect(trouble.scope ?? 'account').toBe(scope);
    // What others are shown quotes nobody.
    expect(trouble.message).not.toContain(trouble.platformMessage ?? '\n');
  });
});
