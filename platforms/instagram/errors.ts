import * as z from 'zod';
import type { HttpAnswer, Trouble } from '../../core/ports/index.ts';
import { lineByStatus, parseAnswer, troubleOf, type ErrorLine } from '../answers.ts';
import { scrub } from '../scrub.ts';
import { hoursFrom, retryAfter } from '../until.ts';

/** What an error is read with. */
export interface Context {
  readonly now: Date;
  /** What the request carried and the answer may repeat. */
  readonly secrets: readonly string[];
}

/** The container is of no more use. So many new ones are tried in its place, and `last` is the end of it. */
interface Renewal {
  readonly times: number;
  readonly last: ErrorLine;
}

interface GraphLine extends ErrorLine {
  readonly renew?: Renewal;
  /** As the answer to a publish call it proves that nothing was published, though it passes. */
  readonly notYet?: true;
}

export interface Refusal {
  readonly trouble: Trouble;
  /** `error_subcode`, or `code` if there is none; null: it was not in the Graph API's form. */
  readonly code: number | null;
  readonly renew: Renewal | null;
  readonly notYet: boolean;
  /** Instagram said it in its own form, and it does not pass by itself: whatever was asked for was not done. */
  readonly definite: boolean;
  /** The object does not exist, or not for this token. */
  readonly missing: boolean;
}

const FILE: ErrorLine = {
  class: 'invalid_media',
  code: 'media_rejected',
  message: 'Instagram cannot use this file. What it says stands beside this; send another one (MP4, H.264, AAC, 3 s to 15 min).',
};
const METADATA: ErrorLine = {
  class: 'invalid_metadata',
  code: 'metadata_rejected',
  message: 'Instagram does not take what was said about the post. What it says stands beside this; correct it and send the upload anew.',
};
const UNAVAILABLE: ErrorLine = { class: 'retryable', code: 'platform_unavailable', message: 'Instagram has a problem of its own. It is tried again.' };
const RELINK: ErrorLine = {
  class: 'auth_revoked',
  code: 'reauth_required',
  message: 'Instagram does not accept the link to this account any more. Reconnect the account, then retry.',
};
const PERMISSION: ErrorLine = {
  class: 'auth_revoked',
  code: 'reauth_required',
  message: 'The account was linked without the permission that this needs, or has lost it. Reconnect it and allow all that is asked for.',
};
const TOKEN: ErrorLine = { ...RELINK, class: 'auth_expired' };
/** Where the network does not say when, this long (README of the network pages: otherwise one hour). */
const PAUSE_HOURS = 1;
const pause = (now: Date): Date => hoursFrom(now, PAUSE_HOURS);
const RATE: ErrorLine = { class: 'rate_limited', code: 'rate_limited', message: 'Instagram asks for a pause. It is tried again.', until: pause };
const BLOCKED: ErrorLine = {
  class: 'permanent',
  code: 'rate_limited',
  message: 'Instagram holds this for spam and blocks it for hours or days. Leave the account in peace for a day, then retry.',
};

/** The account has no post left for the moment: which one leaves the window of 24 hours next is not told. */
export const CAP_REACHED: ErrorLine = {
  class: 'quota',
  code: 'quota_exhausted',
  message: 'The account has made as many posts as Instagram allows it in 24 hours. It is tried again as the oldest of them get older.',
  until: pause,
};

const GIVEN_UP: ErrorLine = {
  class: 'permanent',
  code: 'platform_unavailable',
  message: 'Instagram failed to prepare the video several times. What it says stands beside this; retry later, or send another file.',
};
const again = (times: number, last: ErrorLine = GIVEN_UP): GraphLine => ({ ...UNAVAILABLE, renew: { times, last } });

const UNREACHABLE: ErrorLine = {
  class: 'permanent',
  code: 'internal_error',
  message: "Instagram cannot fetch files from this installation's media address. Tell the operator, who can set up a media domain.",
};

/** `error_subcode`, which also stands in the text of a failed container. */
const SUBCODES: Readonly<Record<number, GraphLine>> = {
  2207001: again(3),
  2207003: again(3),
  2207004: FILE,
  2207005: FILE,
  // Not found, or not allowed to use: with a token that works for other calls, the container is what is gone.
  2207006: again(3),
  // The builder is gone. Directly after the call it often passes, so its state is asked before anything is done anew.
  2207008: again(3),
  2207009: FILE,
  2207010: METADATA,
  2207020: again(3),
  2207023: METADATA,
  2207026: FILE,
  2207027: { ...UNAVAILABLE, message: 'Instagram is still preparing the video.', notYet: true },
  2207028: METADATA,
  2207032: again(3),
  2207035: METADATA,
  2207036: METADATA,
  2207037: METADATA,
  2207040: METADATA,
  2207042: CAP_REACHED,
  2207050: {
    class: 'permanent',
    code: 'permission_denied',
    message: 'Instagram has restricted this account. Open Instagram, do what it asks for, then retry.',
  },
  2207051: BLOCKED,
  // With a fresh address, once: then it is not the file but where it lies.
  2207052: again(1, UNREACHABLE),
  2207053: again(3),
  2207057: METADATA,
  2207076: again(2, FILE),
  2207077: again(2, FILE),
  2207081: METADATA,
  2207082: again(2, FILE),
};

/** Subcodes of 190 after which no refresh helps: app removed, checkpoint, password changed, unconfirmed, role lost. */
const REVOKED: ReadonlySet<number> = new Set([458, 459, 460, 464, 492]);

const RATE_CODES: ReadonlySet<number> = new Set([4, 17, 32, 341, 613, 80_001, 80_002, 80_004]);

/** Codes of the Graph API at large, for what has no subcode of publishing. */
function lineOf(code: number, subcode: number | undefined, isTransient: boolean): GraphLine | null {
  const line = SUBCODES[subcode ?? 0];
  if (line !== undefined) return line;
  if (code === 190 || code === 102) return REVOKED.has(subcode ?? 0) ? RELINK : TOKEN;
  if (RATE_CODES.has(code)) return RATE;
  if (code === 368) return BLOCKED;
  if (isTransient || code === 1 || code === 2 || code === -1) return UNAVAILABLE;
  if (code === -2 || code === 24) return again(3);
  if (code === 9004) return again(1, UNREACHABLE);
  if (code === 9007) return SUBCODES[2207027] ?? null;
  if (code === 10 || (code >= 200 && code < 300)) return PERMISSION;
  if (code === 100) return subcode === 33 ? PERMISSION : METADATA;
  if (code === 352) return FILE;
  return null;
}

const errorSchema = z.object({
  error: z.object({
    code: z.number(),
    error_subcode: z.number().optional(),
    message: z.string().optional(),
    error_user_msg: z.string().optional(),
    is_transient: z.boolean().optional(),
  }),
});

/** What an answer that is no success means. */
export function refusalOf(answer: HttpAnswer, { now, secrets }: Context): Refusal {
  const error = parseAnswer(errorSchema, answer)?.error;
  const subcode = error?.error_subcode;
  const known = error === undefined ? null : lineOf(error.code, subcode, error.is_transient ?? false);
  const line: GraphLine = known ?? lineByStatus('Instagram', answer.status);
  const words = {
    code: error === undefined ? `HTTP ${answer.status}` : [error.code, subcode].filter((part) => part !== undefined).join('/'),
    text: scrub(error?.error_user_msg ?? error?.message ?? answer.body, secrets),
  };
  const told = retryAfter(answer.headers, now) ?? (line.class === 'rate_limited' ? regained(answer.headers, now) : null);
  return {
    trouble: troubleOf(line, words, told ?? line.until?.(now) ?? null),
    code: subcode ?? error?.code ?? null,
    renew: line.renew ?? null,
    notYet: line.notYet ?? false,
    definite: error !== undefined && answer.status >= 400 && answer.status < 500 && line.class !== 'retryable',
    missing: error?.code === 100 && subcode === 33,
  };
}

/** What the text of a failed container means: the subcode stands somewhere in it. */
export function failureOf(text: string, secrets: readonly string[]): Pick<Refusal, 'trouble' | 'code' | 'renew'> {
  const code = Number(/\b2207\d{3}\b/u.exec(text)?.[0] ?? 0);
  const line = SUBCODES[code] ?? again(2, FILE);
  return { trouble: troubleOf(line, { code: code === 0 ? 'ERROR' : String(code), text: scrub(text, secrets) }, null), code, renew: line.renew ?? null };
}

/** A container that was not published within its 24 hours. */
export const EXPIRED = failureOf('2207020', []);

const usageSchema = z.record(z.string(), z.array(z.object({ estimated_time_to_regain_access: z.number().min(0).optional() })));

/** When the network lets us in again, as `X-Business-Use-Case-Usage` estimates it in minutes; null: it does not. */
function regained(headers: HttpAnswer['headers'], now: Date): Date | null {
  const usage = parseAnswer(usageSchema, { body: headers['x-business-use-case-usage'] ?? '' }) ?? {};
  const minutes = Object.values(usage).flatMap((uses) => uses.map((use) => use.estimated_time_to_regain_access ?? 0));
  const longest = Math.max(0, ...minutes);
  return longest === 0 ? null : hoursFrom(now, longest / 60);
}
