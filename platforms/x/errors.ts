import * as z from 'zod';
import type { HttpAnswer, Trouble } from '../../core/ports/index.ts';
import { type ErrorContext, type ErrorLine, lineByStatus, parseAnswer, troubleOf, usualLines } from '../answers.ts';
import { scrub } from '../scrub.ts';
import { hoursFrom, retryAfter } from '../until.ts';

export interface Context extends ErrorContext {
  /** The call was about an uploaded file: one that X does not find has ended. */
  readonly aboutMedia?: boolean;
}

interface XLine extends ErrorLine {
  /** The upload of the media has ended or was never there: it is made anew. */
  readonly gone?: true;
}

export interface Refusal {
  readonly trouble: Trouble;
  /** X said it in its own form, and it does not pass by itself: whatever was asked for was not done. */
  readonly definite: boolean;
  readonly gone: boolean;
}

const { app: APP, expired: TOKEN, relink: RELINK, unavailable: UNAVAILABLE } = usualLines('X');
const METADATA: ErrorLine = {
  class: 'invalid_metadata',
  code: 'metadata_rejected',
  message: 'X does not take what was said in the post. What it says stands beside this; correct it and send the upload anew.',
};
const FILE: ErrorLine = {
  class: 'invalid_media',
  code: 'media_rejected',
  message: 'X cannot use this file. What it says stands beside this; send another one (video: MP4 or MOV, H.264, AAC).',
};
const RESTRICTED: ErrorLine = {
  class: 'permanent',
  code: 'permission_denied',
  message: 'X has suspended or locked this account. Open X, do what it asks for, then retry.',
};
const RATE: ErrorLine = { class: 'rate_limited', code: 'rate_limited', message: 'X asks for a pause. It is tried again.' };
/** The calls that the app may make in a day, which are counted beside those of each user. */
const APP_RATE: ErrorLine = { ...RATE, message: 'X takes no more calls of this installation for now. It is tried again.', scope: 'app' };
const CREDITS: ErrorLine = {
  class: 'permanent',
  code: 'quota_exhausted',
  message: "This installation's credits at X are used up, or its spending limit is reached. Tell the operator, then retry.",
};
const MEDIA_GONE: XLine = { ...UNAVAILABLE, message: 'X does not know the uploaded file any more. It is sent again.', gone: true };
/** The page says hours, and X does not say how many. */
const AUTOMATED_HOURS = 3;

/** Codes of errors in the older form, by our classes. */
const CODES: Readonly<Record<number, XLine>> = {
  32: TOKEN,
  64: RESTRICTED,
  88: RATE,
  89: TOKEN,
  130: UNAVAILABLE,
  131: UNAVAILABLE,
  186: METADATA,
  187: {
    class: 'duplicate',
    code: 'duplicate_content',
    message: 'The account has a post with this very text already. Look at the account; change the text if it is to be posted again.',
  },
  226: {
    ...RATE,
    message: 'X takes this for the work of a machine and refuses it for some hours. It is tried again.',
    until: (now) => hoursFrom(now, AUTOMATED_HOURS),
  },
  324: MEDIA_GONE,
  326: RESTRICTED,
};

/**
 * The newer form has hardly any codes: what was refused stands in `detail`. In the order in which they are looked for. Words that
 * the page quotes; what is not found here is decided by the status.
 */
const WORDS: readonly (readonly [RegExp, XLine | undefined])[] = [
  [/duplicate content/iu, CODES[187]],
  [/video longer than/iu, { ...FILE, message: 'X allows videos of this length only to accounts with a subscription. Send a shorter one.' }],
  [/media ids? (?:are|is) invalid|media.{0,40}expired/iu, MEDIA_GONE],
  [/maximum of \d+ items|cashtag|invalid url|too long/iu, METADATA],
  [/automated/iu, CODES[226]],
  [/\b(?:suspended|locked)\b/iu, RESTRICTED],
  [/usage.?cap|credits|\bspend/iu, CREDITS],
  [
    /scope/iu,
    { class: 'permanent', code: 'permission_denied', message: 'The account was linked without the permission that this needs. Reconnect it and allow all that is asked for, then retry.' },
  ],
  [
    /client.?(?:forbidden|not.?enrolled)|access this feature/iu,
    { class: 'permanent', code: 'internal_error', message: "X does not allow this to this installation's app. Tell the operator." },
  ],
  // Of many reasons; those that are known have to do with what was asked for: whom it answers, a community, length, media.
  [/not permitted to perform this action/iu, METADATA],
];

const errorSchema = z
  .object({
    title: z.string().optional(),
    detail: z.string().optional(),
    type: z.string().optional(),
    reason: z.string().optional(),
    errors: z.array(z.object({ code: z.number().optional(), message: z.string().optional(), detail: z.string().optional() })).optional(),
  })
  .refine(({ title, detail, errors }) => title !== undefined || detail !== undefined || (errors?.length ?? 0) > 0);

/** What an answer that is no success means. */
export function refusalOf(answer: HttpAnswer, { now, secrets, aboutMedia = false }: Context): Refusal {
  const error = parseAnswer(errorSchema, answer);
  const code = error?.errors?.find((each) => each.code !== undefined)?.code;
  const details = [error?.detail, ...(error?.errors ?? []).flatMap((each) => [each.detail, each.message])];
  const said = [error?.title, error?.type, error?.reason, ...details].filter((part) => part !== undefined);
  const ended = aboutMedia && error !== null && answer.status === 404;
  const meant = ended ? MEDIA_GONE : lineOf(answer.status, code, error === null ? '' : said.join(' '));
  const line: XLine = meant.class === 'rate_limited' && isAppUsedUp(answer) ? APP_RATE : meant;
  const words = {
    code: error === null ? `HTTP ${answer.status}` : String(code ?? error.title ?? answer.status),
    text: scrub(details.find((part) => part !== undefined) ?? answer.body, secrets),
  };
  const passing = line.class === 'rate_limited' || line.class === 'retryable';
  return {
    trouble: troubleOf(line, words, (passing ? resetOf(answer, now) : null) ?? line.until?.(now) ?? null),
    definite: error !== null && answer.status >= 400 && answer.status < 500 && (line.class !== 'retryable' || line.gone === true),
    gone: line.gone ?? false,
  };
}

function lineOf(status: number, code: number | undefined, said: string): XLine {
  // What is wrong on X's side, or with the token, is not to be guessed from words.
  if (status >= 500 || status === 401) return lineByStatus('X', status);
  if (status === 402) return CREDITS;
  const known = code === undefined ? undefined : CODES[code];
  return known ?? WORDS.find(([words]) => words.test(said))?.[1] ?? (status === 400 ? METADATA : lineByStatus('X', status));
}

/**
 * When X lets us in again. It sends no `Retry-After`, but the end of the window in seconds since 1970, and that of the day if the
 * app has used up its day.
 */
function resetOf(answer: HttpAnswer, now: Date): Date | null {
  const { headers } = answer;
  const text = (isAppUsedUp(answer) ? headers['x-app-limit-24hour-reset'] : undefined) ?? headers['x-rate-limit-reset'] ?? '';
  return /^\d{9,11}$/u.test(text) ? new Date(Number(text) * 1000) : retryAfter(headers, now);
}

function isAppUsedUp({ headers }: HttpAnswer): boolean {
  return headers['x-app-limit-24hour-remaining'] === '0';
}

/** Why X could not use a file that it has processed. */
export interface Failure {
  readonly code?: number | undefined;
  readonly name?: string | undefined;
  readonly message?: string | undefined;
}

/** What a failed processing means; `again`: it was X, and another upload of the same file may do. */
export function failureOf({ code, name, message }: Failure): { readonly trouble: Trouble; readonly again: boolean } {
  const words = { code: name ?? String(code ?? 'failed'), text: scrub(message ?? '', []) };
  const again = /internal/iu.test(words.code);
  return { trouble: troubleOf(again ? UNAVAILABLE : FILE, words, null), again };
}

/** Found by asking: what the account was allowed when it was linked, it is not any more. */
export const NOT_SUBSCRIBED = troubleOf(
  {
    class: 'invalid_metadata',
    code: 'metadata_rejected',
    message: 'The post is longer than X allows an account without a subscription, and this account has none now. Shorten the text or the video, or subscribe.',
  },
  { code: null, text: null },
  null,
);

/** The same file has failed again and again. */
export function givenUp({ platformCode, platformMessage }: Trouble): Trouble {
  const message = 'X failed to take the file several times. What it says stands beside this; retry later, or send another file.';
  return troubleOf({ class: 'permanent', code: 'platform_unavailable', message }, { code: platformCode, text: platformMessage }, null);
}

const tokenErrorSchema = z.object({ error: z.string(), error_description: z.string().optional() });

/** What a refusal of the token endpoint means (RFC 6749, section 5.2). Only its definite word makes an account unusable. */
export function tokenTrouble(answer: HttpAnswer, { now, secrets }: Context): Trouble {
  const error = parseAnswer(tokenErrorSchema, answer);
  const words = { code: error?.error ?? `HTTP ${answer.status}`, text: scrub(error?.error_description ?? answer.body, secrets) };
  // X says of a refresh token that was used before: `invalid_request`, "Value passed for the token was invalid".
  const dead = error?.error === 'invalid_grant' || (error?.error === 'invalid_request' && /token was invalid/iu.test(error.error_description ?? ''));
  if (dead) return troubleOf(RELINK, words, null);
  if (error?.error === 'invalid_client' || error?.error === 'unauthorized_client') return troubleOf(APP, words, null);
  return troubleOf(UNAVAILABLE, words, resetOf(answer, now));
}
