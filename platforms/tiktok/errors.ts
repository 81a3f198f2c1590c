import * as z from 'zod';
import type { HttpAnswer, Trouble } from '../../core/ports/index.ts';
import { type ErrorContext, type ErrorLine, lineByStatus, parseAnswer, troubleOf, usualLines } from '../answers.ts';
import { scrub } from '../scrub.ts';
import { hoursFrom, retryAfter } from '../until.ts';

export interface Refusal {
  readonly trouble: Trouble;
  /** TikTok said it in its own form, and it does not pass by itself: whatever was asked for was not done. */
  readonly definite: boolean;
  /** There is no such publication, or not for this token. */
  readonly missing: boolean;
}

/** Why a publication failed. So many new ones are tried in its place, and `last` is the end of it. */
export interface Failure {
  readonly trouble: Trouble;
  readonly renew: number;
  readonly last: Trouble;
}

const { app: APP, expired: AUTH_EXPIRED, relink: RELINK, scope: SCOPE, unavailable: UNAVAILABLE } = usualLines('TikTok');
const RATE: ErrorLine = {
  class: 'rate_limited',
  code: 'rate_limited',
  message: 'TikTok asks for a pause. It is tried again.',
  // Limits of calls are counted over a sliding minute.
  until: (now) => hoursFrom(now, 1 / 60),
};
const METADATA: ErrorLine = {
  class: 'invalid_metadata',
  code: 'metadata_rejected',
  message: 'TikTok does not take what was said about the post. What it says stands beside this; correct it and send the upload anew.',
};
const FILE: ErrorLine = {
  class: 'invalid_media',
  code: 'media_rejected',
  message: 'TikTok cannot use this file. What it says stands beside this; send another one (video: MP4 with H.264; photos: JPEG).',
};
const SPAM: ErrorLine = {
  class: 'permanent',
  code: 'permission_denied',
  message: 'TikTok holds this for spam and does not take it as it is. Change the text, or leave the account in peace for a day, then retry.',
};
const GONE: ErrorLine = {
  class: 'permanent',
  code: 'platform_unavailable',
  message: 'TikTok does not know this publication, or not for this account. Look at the account, then retry.',
};
/** The window of 24 hours rolls: which post leaves it next is not told, and asking does no harm. */
const ROLLING: Pick<ErrorLine, 'until'> = { until: (now) => hoursFrom(now, 1) };

/** `error.code` by our classes. Some of them also stand in `fail_reason`. */
const CODES: Readonly<Record<string, ErrorLine>> = {
  access_token_invalid: AUTH_EXPIRED,
  scope_not_authorized: SCOPE,
  scope_permission_missed: SCOPE,
  rate_limit_exceeded: RATE,
  spam_risk_too_many_posts: {
    ...ROLLING,
    class: 'quota',
    code: 'quota_exhausted',
    message: 'The creator has made as many posts as TikTok allows apps in 24 hours. It is tried again as the oldest of them get older.',
  },
  spam_risk_too_many_pending_share: {
    ...ROLLING,
    class: 'quota',
    code: 'quota_exhausted',
    message: 'Too many posts of the creator are still pending at TikTok. Finish or discard the drafts in the app; it is tried again.',
  },
  // The app's cap, but one of creators: those who count already today are not told to stop, so each account asks for itself.
  reached_active_user_cap: {
    class: 'quota',
    code: 'quota_exhausted',
    message: "This installation's app has published for as many creators as TikTok allows it in a day. It is tried again tomorrow; tell the operator.",
    until: (now) => hoursFrom(now, 24),
  },
  spam_risk_user_banned_from_posting: {
    class: 'permanent',
    code: 'permission_denied',
    message: 'TikTok does not let this creator post. Open TikTok, do what it asks for, then retry.',
  },
  spam_risk: SPAM,
  spam_risk_text: SPAM,
  unaudited_client_can_only_post_to_private_accounts: {
    class: 'permanent',
    code: 'permission_denied',
    message:
      "This installation's app has not passed TikTok's audit: it may post to private accounts only, with privacyLevel SELF_ONLY. " +
      'The operator applies for the audit.',
  },
  url_ownership_unverified: {
    class: 'permanent',
    code: 'internal_error',
    message: "TikTok fetches photos only from a domain that the operator has verified there, and this installation's media address is none. Tell the operator.",
  },
  privacy_level_option_mismatch: METADATA,
  invalid_param: METADATA,
  invalid_params: METADATA,
  invalid_file_upload: FILE,
  app_version_check_failed: {
    class: 'permanent',
    code: 'permission_denied',
    message: "The creator's TikTok app is too old for this. Update the app, then retry.",
  },
  invalid_publish_id: GONE,
  token_not_authorized_for_specified_publish_id: GONE,
  internal_error: UNAVAILABLE,
  internal: UNAVAILABLE,
};

const MISSING: ReadonlySet<string> = new Set(['invalid_publish_id', 'token_not_authorized_for_specified_publish_id']);

const errorSchema = z.object({ error: z.object({ code: z.string().min(1), message: z.string().optional() }) });

/** What an answer that is no success means. TikTok's own code counts, whatever the status beside it. */
export function refusalOf(answer: HttpAnswer, { now, secrets }: ErrorContext): Refusal {
  const error = parseAnswer(errorSchema, answer)?.error;
  // `ok` beside something that was not documented says nothing.
  const code = error === undefined || error.code === 'ok' ? null : error.code;
  const known = code !== null && Object.hasOwn(CODES, code) ? CODES[code] : undefined;
  const line = known ?? lineByStatus('TikTok', answer.status);
  const words = { code: code ?? `HTTP ${answer.status}`, text: scrub(code === null ? answer.body : (error?.message ?? ''), secrets) };
  const { status } = answer;
  const own = known !== undefined || (code !== null && status >= 400);
  return {
    trouble: troubleOf(line, words, retryAfter(answer.headers, now) ?? line.until?.(now) ?? null),
    definite: own && status < 500 && line.class !== 'retryable',
    missing: code !== null && MISSING.has(code),
  };
}

const CANCELLED: ErrorLine = {
  class: 'permanent',
  code: 'permission_denied',
  message: 'The post was cancelled at TikTok. Retry it if that was a mistake.',
};
const UNREACHABLE: ErrorLine = {
  class: 'permanent',
  code: 'internal_error',
  message: "TikTok cannot fetch the files from this installation's media address. Tell the operator.",
};
const GIVEN_UP: ErrorLine = {
  class: 'permanent',
  code: 'platform_unavailable',
  message: 'TikTok failed to make a post of this several times. What it says stands beside this; retry later, or send another file.',
};

interface FailureLine {
  readonly line: ErrorLine;
  readonly renew: number;
  readonly last: ErrorLine;
}

const final = (line: ErrorLine): FailureLine => ({ line, renew: 0, last: line });

/** `fail_reason` of a publication that FAILED: that publication makes no post any more, so that a new one is safe. */
const REASONS: Readonly<Record<string, FailureLine>> = {
  file_format_check_failed: final(FILE),
  duration_check_failed: final(FILE),
  frame_rate_check_failed: final(FILE),
  picture_size_check_failed: final(FILE),
  // With fresh addresses, once: then it is not the file but where it lies.
  video_pull_failed: { line: UNAVAILABLE, renew: 1, last: UNREACHABLE },
  photo_pull_failed: { line: UNAVAILABLE, renew: 1, last: UNREACHABLE },
  auth_removed: final(RELINK),
  publish_cancelled: final(CANCELLED),
};

export function failureOf(reason: string, now: Date): Failure {
  const own = Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined;
  const code = Object.hasOwn(CODES, reason) ? CODES[reason] : undefined;
  // What nobody knows is tried a little before it is held for final.
  const { line, renew, last } = own ?? (code === undefined || code.class === 'retryable' ? { line: UNAVAILABLE, renew: 2, last: GIVEN_UP } : final(code));
  const words = { code: reason === '' ? 'FAILED' : reason, text: null };
  return { trouble: troubleOf(line, words, line.until?.(now) ?? null), renew, last: troubleOf(last, words, null) };
}

const tokenErrorSchema = z.object({ error: z.string(), error_description: z.string().optional() });

/** What the token endpoint means by an answer that grants nothing: its errors have the form of OAuth. */
export function tokenTrouble(answer: HttpAnswer, { now, secrets }: ErrorContext): Trouble {
  const error = parseAnswer(tokenErrorSchema, answer);
  const words = { code: error?.error ?? `HTTP ${answer.status}`, text: scrub(error?.error_description ?? answer.body, secrets) };
  switch (error?.error) {
    case 'invalid_grant':
      return troubleOf(RELINK, words, null);
    case 'invalid_client':
    case 'unauthorized_client':
      return troubleOf(APP, words, null);
    default:
      return troubleOf(UNAVAILABLE, words, retryAfter(answer.headers, now));
  }
}
