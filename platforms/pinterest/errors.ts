import * as z from 'zod';
import type { HttpAnswer, Trouble } from '../../core/ports/index.ts';
import { type ErrorContext, type ErrorLine, lineByStatus, parseAnswer, troubleOf, usualLines } from '../answers.ts';
import { scrub } from '../scrub.ts';
import { retryAfter } from '../until.ts';

/** What more a refusal says than how the trouble is handled. */
type Meaning = 'not_ready' | 'media_gone' | 'unreachable';

interface PinterestLine extends ErrorLine {
  readonly means?: Meaning;
}

export interface Refusal {
  readonly trouble: Trouble;
  /** Pinterest said it in its own form, and it does not pass by itself: whatever was asked for was not done. */
  readonly definite: boolean;
  readonly means: Meaning | null;
}

const { relink: RELINK, unavailable: UNAVAILABLE } = usualLines('Pinterest');
const METADATA: ErrorLine = {
  class: 'invalid_metadata',
  code: 'metadata_rejected',
  message: 'Pinterest does not take what was said of the pin. What it says stands beside this; correct it and send the upload anew.',
};
const BOARD: ErrorLine = { ...METADATA, message: 'The board, or its section, is not there any more, or the account may not pin to it. Choose another one and send the upload anew.' };
const FILE: ErrorLine = {
  class: 'invalid_media',
  code: 'media_rejected',
  message: 'Pinterest cannot use this file. What it says stands beside this; send another one (video: MP4 or MOV, H.264 or H.265, 4 s to 15 min; photo: JPEG or PNG).',
};
const NOT_READY: PinterestLine = { ...UNAVAILABLE, message: 'Pinterest is still preparing the video.', means: 'not_ready' };
const MEDIA_GONE: PinterestLine = { ...UNAVAILABLE, message: 'Pinterest does not know the video that was sent any more. It is sent again.', means: 'media_gone' };
const UNREACHABLE: PinterestLine = { ...UNAVAILABLE, message: 'Pinterest could not fetch a photo. It is tried again.', means: 'unreachable' };
const BLOCKED: ErrorLine = {
  class: 'permanent',
  code: 'permission_denied',
  message: 'Pinterest takes this for spam and has blocked the link or the account. Look at the account there; change the link, then send the upload anew.',
};
const SCOPE: ErrorLine = {
  class: 'auth_revoked',
  code: 'reauth_required',
  message: 'The account was linked without a permission that this needs. Reconnect it and allow all that is asked for, then retry.',
};
const APP: ErrorLine = { class: 'permanent', code: 'internal_error', message: "Pinterest does not allow this to this installation's app. Tell the operator." };

/**
 * Codes were seen and are not documented, nor are all texts: the status is asked first, and within it, in this order, the text or
 * the code.
 */
const LINES: Readonly<Record<number, readonly (readonly [words: RegExp, codes: readonly number[], line: PinterestLine])[]>> = {
  400: [
    [/unable to reach|could not (?:fetch|download)|(?:image|url).{0,20}(?:fetch|download)/iu, [235], UNREACHABLE],
    [/media.{0,40}(?:not ready|processing)/iu, [12], NOT_READY],
    [/media.{0,40}(?:not found|does not exist|expired)/iu, [], MEDIA_GONE],
    [/\bspam\b|blocked/iu, [], BLOCKED],
  ],
  403: [
    [/\bspam\b|blocked/iu, [], BLOCKED],
    [/scope/iu, [], SCOPE],
    [/consumer type/iu, [29], APP],
    [/board/iu, [7], BOARD],
  ],
  404: [
    [/board|section/iu, [40], BOARD],
    [/media/iu, [], MEDIA_GONE],
  ],
};

const errorSchema = z.object({ code: z.int(), message: z.string() });

/** What an answer that is no success means. */
export function refusalOf(answer: HttpAnswer, { now, secrets }: ErrorContext): Refusal {
  const error = parseAnswer(errorSchema, answer);
  const line: PinterestLine = error === null ? lineByStatus('Pinterest', answer.status) : lineOf(answer.status, error);
  const words = { code: error === null ? `HTTP ${answer.status}` : String(error.code), text: scrub(error?.message ?? answer.body, secrets) };
  const passing = line.class === 'rate_limited' || line.class === 'retryable';
  return {
    trouble: troubleOf(line, words, passing ? resetOf(answer, now) : null),
    definite: error !== null && answer.status >= 400 && answer.status < 500 && (line.class !== 'retryable' || line.means !== undefined),
    means: line.means ?? null,
  };
}

function lineOf(status: number, { code, message }: z.output<typeof errorSchema>): PinterestLine {
  const known = LINES[status]?.find(([words, codes]) => words.test(message) || codes.includes(code))?.[2];
  if (known !== undefined) return known;
  // Another change at the same time.
  if (status === 409) return UNAVAILABLE;
  return status === 400 ? METADATA : lineByStatus('Pinterest', status);
}

/** When Pinterest lets us in again: it says in how many seconds. */
function resetOf({ headers }: HttpAnswer, now: Date): Date | null {
  const text = headers['x-ratelimit-reset'] ?? '';
  // A time since 1970, as others give it, would be years away.
  return /^\d{1,6}$/u.test(text) ? new Date(now.getTime() + Number(text) * 1000) : retryAfter(headers, now);
}

/** Photos that could not be fetched again and again. */
export function unreachable({ platformCode, platformMessage }: Trouble): Trouble {
  const message = 'Pinterest could not fetch a photo, several times. What it says stands beside this; send another one.';
  return troubleOf({ ...FILE, message }, { code: platformCode, text: platformMessage }, null);
}

/** What the storage says that takes the bytes of videos for Pinterest: an S3 form, whose errors are XML. */
export function storageTrouble({ status, body }: HttpAnswer, secrets: readonly string[]): Trouble {
  const code = /<Code>(\w{1,60})<\/Code>/u.exec(body)?.[1] ?? `HTTP ${status}`;
  const words = { code, text: scrub(body, secrets) };
  // All else may be the address's own end: another one is asked for.
  return troubleOf(code === 'EntityTooLarge' ? FILE : { ...UNAVAILABLE, message: "Pinterest's storage did not take the video. It is sent again." }, words, null);
}

/** Pinterest has looked into the video, and does not say what is wrong. */
export const FAILED = troubleOf(
  { ...FILE, message: 'Pinterest could not process the video, and does not say why. Send another one: MP4 or MOV, H.264 or H.265, 4 s to 15 min.' },
  { code: 'failed', text: null },
  null,
);

/** The bytes were sent, and never came to be a video. */
export const LOST = troubleOf({ ...UNAVAILABLE, message: 'Pinterest has lost the video that was sent. It is sent again.' }, { code: 'registered', text: null }, null);

/** The same file has got lost again and again. */
export function givenUp({ platformCode, platformMessage }: Trouble): Trouble {
  const message = 'Pinterest failed to take the video several times. Retry later, or send another one.';
  return troubleOf({ class: 'permanent', code: 'platform_unavailable', message }, { code: platformCode, text: platformMessage }, null);
}

const oauthSchema = z.object({ error: z.string(), error_description: z.string().optional() });

/** What a refusal of the token endpoint means. Only its definite word makes an account unusable. */
export function tokenTrouble(answer: HttpAnswer, { now, secrets }: ErrorContext): Trouble {
  // The endpoint answers in Pinterest's form; that of OAuth is read too, since it is not told which errors have which.
  const own = parseAnswer(errorSchema, answer);
  const oauth = parseAnswer(oauthSchema, answer);
  const text = own?.message ?? oauth?.error_description ?? oauth?.error ?? answer.body;
  const words = { code: own === null ? (oauth?.error ?? `HTTP ${answer.status}`) : String(own.code), text: scrub(text, secrets) };
  const refused = (own ?? oauth) !== null && (answer.status === 400 || answer.status === 401);
  if (refused && /client|consumer/iu.test(`${oauth?.error} ${text}`)) {
    return troubleOf({ ...APP, message: "Pinterest does not accept this installation's own credentials. Tell the operator." }, words, null);
  }
  if (refused) return troubleOf(RELINK, words, null);
  return troubleOf(UNAVAILABLE, words, resetOf(answer, now));
}
