import * as z from 'zod';
import type { HttpAnswer, Trouble } from '../../core/ports/index.ts';
import { type ErrorContext, type ErrorLine, lineByStatus, parseAnswer, troubleOf, usualLines } from '../answers.ts';
import { scrub } from '../scrub.ts';
import { hoursFrom, nextMidnight, retryAfter } from '../until.ts';

/** What more a code says than how the trouble is handled. */
type Meaning = 'duplicate' | 'not_ready' | 'asset_failed' | 'forbidden';

interface LinkedInLine extends ErrorLine {
  readonly means?: Meaning;
}

export interface Refusal {
  readonly trouble: Trouble;
  readonly status: number;
  readonly means: Meaning | null;
  /** LinkedIn said it in its own form, and it does not pass by itself: whatever was asked for was not done. */
  readonly definite: boolean;
  /** The post that LinkedIn names in its words; null: none. */
  readonly postUrn: string | null;
}

const METADATA: ErrorLine = {
  class: 'invalid_metadata',
  code: 'metadata_rejected',
  message: 'LinkedIn does not take what was said about the post. What it says stands beside this; correct it and send the upload anew.',
};
export const FILE: LinkedInLine = {
  class: 'invalid_media',
  code: 'media_rejected',
  message: 'LinkedIn could not process the file. What it says stands beside this; send another one.',
  means: 'asset_failed',
};
const { app: APP, relink: RELINK, unavailable: UNAVAILABLE } = usualLines('LinkedIn');
const NOT_READY: LinkedInLine = { ...UNAVAILABLE, message: 'LinkedIn is still preparing the file.', means: 'not_ready' };
const TOKEN: ErrorLine = { ...RELINK, class: 'auth_expired' };
export const PERMISSION: ErrorLine = {
  class: 'auth_revoked',
  code: 'reauth_required',
  message: 'The account was linked without the permission that this needs, or the member has lost the role on the page. Reconnect it and allow all that is asked for.',
};
/** Without a reason it was also seen to pass: a minute later it is asked again. */
const FORBIDDEN: LinkedInLine = {
  class: 'retryable',
  code: 'platform_unavailable',
  message: 'LinkedIn forbids this for the moment and does not say why. It is tried again.',
  means: 'forbidden',
  until: (now) => hoursFrom(now, 1 / 60),
};
const VERSION: ErrorLine = {
  class: 'permanent',
  code: 'internal_error',
  message: "LinkedIn has switched off the version of its API that this release uses. Tell the operator, who installs a newer release.",
};
const DUPLICATE: LinkedInLine = {
  class: 'duplicate',
  code: 'duplicate_content',
  message: 'LinkedIn has the same post of this account already. Look at it there; to publish once more, change the text.',
  means: 'duplicate',
};
/** The limits of a day are not published; they begin anew at midnight UTC. Which of the two it was is not told, so each account asks for itself. */
const QUOTA: ErrorLine = {
  class: 'quota',
  code: 'quota_exhausted',
  message: "The account, or this installation's app, has used up what LinkedIn allows in a day. It is tried again after midnight UTC.",
  until: (now) => nextMidnight(now, 'UTC'),
};

const CODES: Readonly<Record<string, LinkedInLine>> = {
  EXPIRED_ACCESS_TOKEN: TOKEN,
  INVALID_ACCESS_TOKEN: TOKEN,
  REVOKED_ACCESS_TOKEN: RELINK,
  ACCESS_DENIED: PERMISSION,
  DUPLICATE_POST: DUPLICATE,
  FIELD_LENGTH_TOO_LONG: METADATA,
  MISSING_FIELD: METADATA,
  MEDIA_ASSET_PROCESSING_FAILED: FILE,
  MEDIA_ASSET_WAITING_UPLOAD: NOT_READY,
  CONFLICT: UNAVAILABLE,
  TOO_MANY_REQUESTS: QUOTA,
  NONEXISTENT_VERSION: VERSION,
};

/** `serviceErrorCode`, for what has no word. */
const SERVICE_CODES: Readonly<Record<number, LinkedInLine>> = { 100: PERMISSION, 65600: TOKEN, 65601: RELINK, 65602: TOKEN };

/** Names of codes come in families. */
const FAMILY = /^INVALID_(?:VALUE|URN)/u;

const errorSchema = z.object({
  status: z.int(),
  code: z.string().optional(),
  serviceErrorCode: z.int().optional(),
  message: z.string().optional(),
  errorDetails: z.object({ inputErrors: z.array(z.object({ code: z.string().optional(), description: z.string().optional() })).optional() }).optional(),
});
type LinkedInError = z.output<typeof errorSchema>;

/** What an answer that is no success means. */
export function refusalOf(answer: HttpAnswer, { now, secrets }: ErrorContext): Refusal {
  const parsed = parseAnswer(errorSchema, answer);
  // Something between us and LinkedIn may answer in JSON too.
  const error = parsed?.status === answer.status ? parsed : null;
  const inputs = error?.errorDetails?.inputErrors ?? [];
  const codes = [...inputs.map(({ code }) => code), error?.code].filter((code) => code !== undefined);
  const line = lineOf(error, codes, answer.status);
  const said = [error?.message, ...inputs.map(({ description }) => description)].filter((text) => text !== undefined).join(' ');
  const words = {
    code: codes[0] ?? (error?.serviceErrorCode === undefined ? `HTTP ${answer.status}` : String(error.serviceErrorCode)),
    text: scrub(said === '' ? answer.body : said, secrets),
  };
  return {
    trouble: troubleOf(line, words, retryAfter(answer.headers, now) ?? line.until?.(now) ?? null),
    status: answer.status,
    means: line.means ?? null,
    definite: error !== null && answer.status >= 400 && answer.status < 500 && (line.class !== 'retryable' || line.means !== undefined),
    postUrn: POST_URN.exec(said)?.[0] ?? null,
  };
}

const POST_URN = /\burn:li:(?:share|ugcPost):\d{1,25}\b/u;

function lineOf(error: LinkedInError | null, codes: readonly string[], status: number): LinkedInLine {
  if (error === null) return lineByStatus('LinkedIn', status);
  const known = codes.find((code) => Object.hasOwn(CODES, code));
  const line = known === undefined ? SERVICE_CODES[error.serviceErrorCode ?? 0] : CODES[known];
  if (line !== undefined) return line;
  // Of a file that is not ready the pages know words, and not all codes.
  if (status === 400 && /WAITING_UPLOAD|not available/u.test(`${codes.join(' ')} ${error.message}`)) return NOT_READY;
  if (status === 403) return FORBIDDEN;
  if (status === 409) return UNAVAILABLE;
  if (status === 426) return VERSION;
  if (status === 429) return QUOTA;
  if (status === 400 || status === 422 || codes.some((code) => FAMILY.test(code))) return METADATA;
  return lineByStatus('LinkedIn', status);
}

const tokenErrorSchema = z.object({ error: z.string(), error_description: z.string().optional() });

/** What a refusal of the token endpoint means. Only its definite word makes an account unusable. */
export function tokenTrouble(answer: HttpAnswer, context: ErrorContext): Trouble {
  const error = parseAnswer(tokenErrorSchema, answer);
  if (error === null) {
    const { trouble } = refusalOf(answer, context);
    // In its own form it may ask for a pause; nothing else of it says anything about the account.
    return trouble.class === 'quota' ? trouble : troubleOf(UNAVAILABLE, { code: trouble.platformCode, text: trouble.platformMessage }, trouble.until);
  }
  const words = { code: error.error, text: scrub(error.error_description ?? answer.body, context.secrets) };
  switch (error.error) {
    case 'invalid_grant':
    case 'invalid_request':
      return troubleOf(RELINK, words, null);
    case 'invalid_client':
    case 'unauthorized_client':
      return troubleOf(APP, words, null);
    default:
      return troubleOf(UNAVAILABLE, words, retryAfter(answer.headers, context.now));
  }
}
