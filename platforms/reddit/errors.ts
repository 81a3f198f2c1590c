import * as z from 'zod';
import type { HttpAnswer, Trouble } from '../../core/ports/index.ts';
import { type ErrorContext, type ErrorLine, lineByStatus, parseAnswer, troubleOf, usualLines } from '../answers.ts';
import { scrub } from '../scrub.ts';
import { retryAfter } from '../until.ts';

export interface Refusal {
  readonly trouble: Trouble;
  /** Reddit said it in its own form, and it does not pass by itself: whatever was asked for was not done. */
  readonly definite: boolean;
}

const { app: APP, expired: TOKEN, relink: RELINK, unavailable: UNAVAILABLE } = usualLines('Reddit');
const RATE: ErrorLine = { class: 'rate_limited', code: 'rate_limited', message: 'Reddit asks for a pause. It is tried again.' };
/** Calls are counted for the app; posts, which Reddit limits with words of their own, for the account. */
const APP_RATE: ErrorLine = { ...RATE, message: 'Reddit takes no more calls of this installation for a while. It is tried again.', scope: 'app' };
const TARGET: ErrorLine = {
  class: 'permanent',
  code: 'permission_denied',
  message: 'The account cannot post in this subreddit: it does not exist, is closed, or does not let the account in. Name another one, then retry.',
};
const NOT_FOUND: ErrorLine = { ...TARGET, message: 'Reddit does not find this subreddit, or this account. Look at both there, then retry.' };
const METADATA: ErrorLine = {
  class: 'invalid_metadata',
  code: 'metadata_rejected',
  message: 'The subreddit or Reddit does not take this post as it is. What it says stands beside this; correct it and send the upload anew.',
};
const FLAIR: ErrorLine = { ...METADATA, message: 'The subreddit demands a flair of its own. Give one of them as options.reddit.flairId, and send the upload anew.' };
const FILE: ErrorLine = {
  class: 'invalid_media',
  code: 'media_rejected',
  message: 'Reddit cannot use this file. What it says stands beside this; send another one (video: MP4 or MOV, H.264, AAC; photos: JPEG, PNG, GIF).',
};
const ACCOUNT: ErrorLine = { class: 'permanent', code: 'permission_denied', message: 'Reddit does not let this account post. Look at the account there, then retry.' };

/** Codes of `json.errors`, by our classes. */
const CODES: Readonly<Record<string, ErrorLine>> = {
  RATELIMIT: RATE,
  QUOTA_FILLED: { class: 'quota', code: 'quota_exhausted', message: 'Reddit takes no more posts of this account for now. It is tried again.' },
  SUBREDDIT_NOEXIST: TARGET,
  SUBREDDIT_NOTALLOWED: TARGET,
  SUBREDDIT_REQUIRED: TARGET,
  BAD_SR_NAME: TARGET,
  BANNED_FROM_SUBREDDIT: TARGET,
  THREAD_LOCKED: TARGET,
  USER_BLOCKED: ACCOUNT,
  BAD_CAPTCHA: ACCOUNT,
  USER_REQUIRED: TOKEN,
  SUBMIT_VALIDATION_FLAIR_REQUIRED: FLAIR,
  BAD_FLAIR_TEMPLATE_ID: FLAIR,
  ALREADY_SUB: { class: 'duplicate', code: 'duplicate_content', message: 'The subreddit has this post already. Look at it there; change the post if it is to be made again.' },
  IMAGE_ERROR: FILE,
  MISSING_VIDEO_URLS: FILE,
};

/** The families of codes, and those that need no line of their own. */
const FAMILIES: readonly (readonly [RegExp, ErrorLine])[] = [
  [/^INVALID_MEDIA/u, FILE],
  [/^SUBMIT_VALIDATION_|^NO_|^TOO_|^BAD_|^INVALID_|^DOMAIN_BANNED$/u, METADATA],
];

const errorsSchema = z.object({
  json: z.object({
    errors: z.array(z.tuple([z.string(), z.string().nullish()], z.unknown())).min(1),
    ratelimit: z.number().optional(),
  }),
});
/** What is said without looking at the post: the token, the subreddit, the rate. */
const messageSchema = z.object({ message: z.string(), error: z.number().optional(), reason: z.string().nullish() });

/** What an answer that is no success means. Reddit says most of it with status 200. */
export function refusalOf(answer: HttpAnswer, { now, secrets }: ErrorContext): Refusal {
  const { status } = answer;
  const json = parseAnswer(errorsSchema, answer)?.json;
  const [first] = json?.errors ?? [];
  if (json !== undefined && first !== undefined && status < 500) {
    const [code, said] = first;
    const line = lineOf(code, said ?? '');
    const until = line.class === 'rate_limited' ? (pauseOf(json.ratelimit, said ?? '', now) ?? resetOf(answer, now)) : null;
    return { trouble: troubleOf(line, { code, text: scrub(said ?? '', secrets) }, until), definite: true };
  }
  const told = parseAnswer(messageSchema, answer);
  const line = status === 404 && told !== null ? NOT_FOUND : status === 429 ? APP_RATE : lineByStatus('Reddit', status);
  const words = { code: told?.reason ?? `HTTP ${status}`, text: scrub(told?.message ?? answer.body, secrets) };
  const passing = line.class === 'rate_limited' || line.class === 'retryable';
  return {
    trouble: troubleOf(line, words, passing ? resetOf(answer, now) : null),
    definite: told !== null && status >= 400 && status < 500 && line.class !== 'retryable',
  };
}

function lineOf(code: string, said: string): ErrorLine {
  // Seen under this code too: "doesn't allow videos".
  if (code === 'ALREADY_SUB' && /doesn.t allow/iu.test(said)) return METADATA;
  const known = Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  return known ?? FAMILIES.find(([codes]) => codes.test(code))?.[1] ?? { ...METADATA, class: 'permanent' };
}

const UNITS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3600 };

/** The end of a pause that is told in seconds, or in words only: "Take a break for 9 minutes before trying again." */
function pauseOf(seconds: number | undefined, said: string, now: Date): Date | null {
  const [, count, unit] = /(\d+) (second|minute|hour)s?/iu.exec(said) ?? [];
  // One more than is said: it is rounded.
  const told = seconds ?? (count === undefined || unit === undefined ? null : (Number(count) + 1) * (UNITS[unit.toLowerCase()] ?? 0));
  return told === null ? null : new Date(now.getTime() + Math.ceil(told) * 1000);
}

/** The end of the window in which calls are counted, if they are used up; the header has seconds. */
function resetOf(answer: HttpAnswer, now: Date): Date | null {
  const reset = Number(answer.status === 429 ? (answer.headers['x-ratelimit-reset'] ?? Number.NaN) : Number.NaN);
  return Number.isFinite(reset) && reset >= 0 ? new Date(now.getTime() + Math.ceil(reset) * 1000) : retryAfter(answer.headers, now);
}

/** Amazon's codes for a file that is larger than Reddit allows. */
const TOO_LARGE: ReadonlySet<string> = new Set(['EntityTooLarge', 'EntityTooSmall']);

/** What the store behind Reddit's uploads says. Its permission ends after a while: a new one is asked for with the next try. */
export function storeTrouble(answer: HttpAnswer): Trouble {
  const code = tagOf(answer.body, 'Code') ?? `HTTP ${answer.status}`;
  const sizes = ['ProposedSize', 'MaxSizeAllowed'].flatMap((name) => tagOf(answer.body, name) ?? []);
  const text = scrub([tagOf(answer.body, 'Message') ?? answer.body, ...sizes].join(' '), []);
  return troubleOf(TOO_LARGE.has(code) || answer.status === 413 ? FILE : UNAVAILABLE, { code, text }, null);
}

function tagOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]{1,500})</${name}>`, 'u').exec(xml)?.[1];
}

/** The subreddit's own settings say that it takes no such posts. */
export function notTaken(subreddit: string, what: string): Trouble {
  const message = `The subreddit ${subreddit} takes no ${what}. Name another one, and send the upload anew.`;
  return troubleOf({ ...METADATA, message }, { code: null, text: null }, null);
}

/** Reddit has taken a post and made none of it. Why, it tells only a web socket. */
export const NEVER_MADE = troubleOf(
  { ...FILE, message: 'Reddit took the post, but has not made it within an hour: most likely it cannot use the file. Look at the account; if it is not there, send another file.' },
  { code: null, text: null },
  null,
);

const tokenErrorSchema = z.object({ error: z.union([z.string(), z.number()]), error_description: z.string().optional(), message: z.string().optional() });

/** What a refusal of the token endpoint means. Only its definite word makes an account unusable. */
export function tokenTrouble(answer: HttpAnswer, { now, secrets }: ErrorContext): Trouble {
  const error = parseAnswer(tokenErrorSchema, answer);
  const words = { code: error === null ? `HTTP ${answer.status}` : String(error.error), text: scrub(error?.error_description ?? error?.message ?? answer.body, secrets) };
  if (error?.error === 'invalid_grant') return troubleOf(RELINK, words, null);
  if (error?.error === 'invalid_client' || error?.error === 'unauthorized_client') return troubleOf(APP, words, null);
  return troubleOf(UNAVAILABLE, words, resetOf(answer, now));
}
