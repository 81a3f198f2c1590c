import * as z from 'zod';
import type { HttpAnswer, Trouble } from '../../core/ports/index.ts';
import { type ErrorContext, type ErrorLine, lineByStatus, parseAnswer, troubleOf, usualLines } from '../answers.ts';
import { scrub } from '../scrub.ts';
import { hoursFrom, nextMidnight, retryAfter } from '../until.ts';

export interface Refusal {
  readonly trouble: Trouble;
  /** YouTube said it in its own form, and it does not pass by itself: whatever was asked for was not done. */
  readonly definite: boolean;
}

/** Quotas of a project begin anew at this midnight (quota cost page). */
const QUOTA_ZONE = 'America/Los_Angeles';

const { expired: AUTH_EXPIRED, relink: RELINK, scope: SCOPE, unavailable: UNAVAILABLE } = usualLines('YouTube');
const QUOTA: ErrorLine = {
  class: 'quota',
  code: 'quota_exhausted',
  message: 'This installation has used up its uploads to YouTube for today. It is tried again after midnight in California.',
  until: (now) => nextMidnight(now, QUOTA_ZONE),
  // The bucket is the project's.
  scope: 'app',
};
const RATE: ErrorLine = { class: 'rate_limited', code: 'rate_limited', message: 'YouTube asks for a pause. It is tried again.' };
const SUSPENDED: ErrorLine = {
  class: 'permanent',
  code: 'permission_denied',
  message: 'YouTube does not let this channel upload. Look at the channel in YouTube Studio, then retry.',
};
const METADATA: ErrorLine = {
  class: 'invalid_metadata',
  code: 'metadata_rejected',
  message: 'YouTube does not take what was said about the video. What it says stands beside this; correct it and send the upload anew.',
};

/** `errors[0].reason`, or `status` and the reason in `details` of newer errors, by our classes. */
const REASONS: Readonly<Record<string, ErrorLine>> = {
  backendError: UNAVAILABLE,
  internalError: UNAVAILABLE,
  authError: AUTH_EXPIRED,
  UNAUTHENTICATED: AUTH_EXPIRED,
  insufficientPermissions: SCOPE,
  ACCESS_TOKEN_SCOPE_INSUFFICIENT: SCOPE,
  youtubeSignupRequired: {
    class: 'permanent',
    code: 'permission_denied',
    message: 'The Google account has no YouTube channel. Create one, then reconnect the account.',
  },
  quotaExceeded: QUOTA,
  dailyLimitExceeded: QUOTA,
  rateLimitExceeded: RATE,
  userRateLimitExceeded: RATE,
  // The cap of the channel is not published; it is known to roll over within a day.
  uploadLimitExceeded: {
    class: 'quota',
    code: 'quota_exhausted',
    message: 'The channel has uploaded as much as YouTube allows it in a day. It is tried again tomorrow.',
    until: (now) => hoursFrom(now, 24),
  },
  invalidTitle: METADATA,
  invalidDescription: METADATA,
  invalidTags: METADATA,
  invalidCategoryId: METADATA,
  invalidPublishAt: METADATA,
  defaultLanguageNotSet: METADATA,
  invalidRecordingDetails: METADATA,
  invalidVideoMetadata: METADATA,
  invalidFilename: METADATA,
  forbiddenPrivacySetting: METADATA,
  forbiddenLicenseSetting: METADATA,
  mediaBodyRequired: { class: 'invalid_media', code: 'media_rejected', message: 'YouTube found no video in the file. Send another one.' },
  authenticatedUserAccountSuspended: SUSPENDED,
  authenticatedUserAccountClosed: SUSPENDED,
  accountDelegationForbidden: SUSPENDED,
  channelSuspended: SUSPENDED,
  forbidden: SUSPENDED,
  commentsDisabled: {
    class: 'permanent',
    code: 'permission_denied',
    message: 'YouTube has turned comments off for this video or channel.',
  },
  commentTextRequired: METADATA,
  commentTextTooLong: METADATA,
  invalidCommentThreadMetadata: METADATA,
  accessNotConfigured: {
    class: 'permanent',
    code: 'internal_error',
    message: "The YouTube Data API is not switched on for this installation's project. Tell the operator.",
  },
};

const errorSchema = z.object({
  error: z.object({
    message: z.string().optional(),
    status: z.string().optional(),
    errors: z.array(z.object({ reason: z.string().optional() })).optional(),
    details: z.array(z.object({ reason: z.string().optional() })).optional(),
  }),
});

/** What an answer that is no success means. */
export function refusalOf(answer: HttpAnswer, { now, secrets }: ErrorContext): Refusal {
  const error = parseAnswer(errorSchema, answer)?.error;
  const reasons = [error?.errors?.[0]?.reason, ...(error?.details ?? []).map((detail) => detail.reason), error?.status].filter((reason) => reason !== undefined);
  const known = reasons.find((reason) => Object.hasOwn(REASONS, reason));
  const line = (known === undefined ? undefined : REASONS[known]) ?? lineByStatus('YouTube', answer.status);
  const words = { code: known ?? reasons[0] ?? `HTTP ${answer.status}`, text: scrub(error?.message ?? answer.body, secrets) };
  return {
    trouble: troubleOf(line, words, retryAfter(answer.headers, now) ?? line.until?.(now) ?? null),
    definite: error !== undefined && answer.status >= 400 && answer.status < 500 && line.class !== 'retryable',
  };
}

const tokenErrorSchema = z.object({ error: z.string(), error_description: z.string().optional() });

/** What a refusal of the token endpoint means (RFC 6749, section 5.2). Only its definite word makes an account unusable. */
export function tokenTrouble(answer: HttpAnswer, { now, secrets }: ErrorContext): Trouble {
  const error = parseAnswer(tokenErrorSchema, answer);
  const words = { code: error?.error ?? `HTTP ${answer.status}`, text: scrub(error?.error_description ?? answer.body, secrets) };
  switch (error?.error) {
    case 'invalid_grant':
      return troubleOf(RELINK, words, null);
    case 'invalid_client':
    case 'unauthorized_client':
      return troubleOf(
        { class: 'permanent', code: 'internal_error', message: "Google does not accept this installation's own credentials. Tell the operator." },
        words,
        null,
      );
    default:
      return troubleOf(UNAVAILABLE, words, retryAfter(answer.headers, now));
  }
}

/** Why YouTube could not process a video (`status.failureReason`), or took it down again (`status.rejectionReason`). */
const AFTERWARDS: Readonly<Record<string, string>> = {
  codec: 'its codec is not known there',
  conversion: 'it could not be converted',
  emptyFile: 'the file is empty',
  invalidFile: 'the file is no video',
  tooSmall: 'the file is too small',
  uploadAborted: 'the upload was aborted',
  claim: 'somebody else claims its content',
  copyright: 'it infringes a copyright',
  duplicate: 'the channel has it already',
  inappropriate: 'its content is inappropriate',
  legal: 'of a legal complaint',
  length: 'it is longer than the channel may upload (verify the channel by phone to upload more than 15 minutes)',
  termsOfUse: "it is against YouTube's terms",
  trademark: 'it infringes a trademark',
  uploaderAccountClosed: 'the account is closed',
  uploaderAccountSuspended: 'the account is suspended',
};

/** A reason that comes after the upload, for a warning. */
export function afterwards(reason = ''): string {
  const known = Object.hasOwn(AFTERWARDS, reason) ? AFTERWARDS[reason] : undefined;
  return known ?? `of a reason that YouTube calls ${JSON.stringify(reason)}`;
}
