import * as z from 'zod';
import type { HttpAnswer, HttpRequest, NetworkTools, Trouble } from '../core/ports/index.ts';
import { appTrouble, type ErrorContext, type ErrorLine, lineByStatus, parseAnswer, type Reply, troubleOf, unanswered, usualLines, value } from './answers.ts';
import { asBearer } from './oauth.ts';
import { scrub } from './scrub.ts';
import { hoursFrom, retryAfter } from './until.ts';

/**
 * What the networks of Meta's Graph API share: how a call is made, the form of an error, the codes that mean the same everywhere,
 * and the headers that say how much was used. A network adds codes of its own in its `errors.ts`.
 */

/** An error in the Graph API's form. */
export interface GraphError {
  readonly code: number;
  readonly subcode: number | null;
  /** The network says that it passes by itself. */
  readonly isTransient: boolean;
}

export interface GraphRefusal {
  readonly trouble: Trouble;
  /** `error_subcode`, or `code` if there is none; null: it was not in the Graph API's form. */
  readonly code: number | null;
  /** The network said it in its own form, and it does not pass by itself: whatever was asked for was not done. */
  readonly definite: boolean;
  /** The object does not exist, or not for this token. */
  readonly missing: boolean;
}

/** Where the network does not say when, this long (README of the network pages: otherwise one hour). */
const PAUSE_HOURS = 1;
export const pause = (now: Date): Date => hoursFrom(now, PAUSE_HOURS);

/** The lines that every table of such a network is made of; `title` names it for people. */
export interface GraphLines {
  readonly metadata: ErrorLine;
  readonly unavailable: ErrorLine;
  /** The link to the account is over. */
  readonly relink: ErrorLine;
  readonly permission: ErrorLine;
  /** The token is not accepted; another one may be. */
  readonly token: ErrorLine;
  readonly rate: ErrorLine;
  /** The same of the operator's app, whichever account it calls for. */
  readonly appRate: ErrorLine;
  /** Blocked as spam. */
  readonly blocked: ErrorLine;
}

export function graphLines(title: string): GraphLines {
  const { relink, unavailable } = usualLines(title);
  const rate: ErrorLine = { class: 'rate_limited', code: 'rate_limited', message: `${title} asks for a pause. It is tried again.`, until: pause };
  return {
    metadata: {
      class: 'invalid_metadata',
      code: 'metadata_rejected',
      message: `${title} does not take what was said about the post. What it says stands beside this; correct it and send the upload anew.`,
    },
    unavailable,
    relink,
    permission: {
      class: 'auth_revoked',
      code: 'reauth_required',
      message: 'The account was linked without the permission that this needs, or has lost it. Reconnect it and allow all that is asked for.',
    },
    token: { ...relink, class: 'auth_expired' },
    rate,
    appRate: { ...rate, message: `${title} asks this installation for a pause. It is tried again.`, scope: 'app' },
    blocked: {
      class: 'permanent',
      code: 'rate_limited',
      message: `${title} holds this for spam and blocks it for hours or days. Leave the account in peace for a day, then retry.`,
    },
  };
}

/** Subcodes of 190 after which no refresh helps: app removed, checkpoint, password changed, unconfirmed, role lost. */
const REVOKED: ReadonlySet<number> = new Set([458, 459, 460, 464, 492]);

/** Limits of the user, the page or the business; 80001 is counted for pages, 80002 for Instagram, 80004 for ads. */
const RATE_CODES: ReadonlySet<number> = new Set([17, 32, 613, 80_001, 80_002, 80_004]);
/** Of the app. */
const APP_RATE_CODES: ReadonlySet<number> = new Set([4, 341]);

/** The line of a code that means the same in the whole Graph API; null: it does not. */
export function commonLine(lines: GraphLines, { code, subcode, isTransient }: GraphError): ErrorLine | null {
  if (code === 190 || code === 102) return REVOKED.has(subcode ?? 0) ? lines.relink : lines.token;
  if (RATE_CODES.has(code)) return lines.rate;
  if (APP_RATE_CODES.has(code)) return lines.appRate;
  if (code === 368) return lines.blocked;
  if (isTransient || code === 1 || code === 2) return lines.unavailable;
  if (code === 10 || (code >= 200 && code < 300)) return lines.permission;
  if (code === 100) return subcode === 33 ? lines.permission : lines.metadata;
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

/** What an answer that is no success means, by the network's own table; `line` is the one that was found in it. */
export function graphRefusal<Line extends ErrorLine>(
  title: string,
  answer: HttpAnswer,
  { now, secrets }: ErrorContext,
  lineOf: (error: GraphError) => Line | null,
): GraphRefusal & { readonly line: Line | null } {
  const error = parseAnswer(errorSchema, answer)?.error;
  const subcode = error?.error_subcode;
  const found = error === undefined ? null : lineOf({ code: error.code, subcode: subcode ?? null, isTransient: error.is_transient ?? false });
  const line = found ?? lineByStatus(title, answer.status);
  const words = {
    code: error === undefined ? `HTTP ${answer.status}` : [error.code, subcode].filter((part) => part !== undefined).join('/'),
    text: scrub(error?.error_user_msg ?? error?.message ?? answer.body, secrets),
  };
  const told = retryAfter(answer.headers, now) ?? (line.class === 'rate_limited' ? regained(answer.headers, now) : null);
  return {
    trouble: troubleOf(line, words, told ?? line.until?.(now) ?? null),
    code: subcode ?? error?.code ?? null,
    definite: error !== undefined && answer.status >= 400 && answer.status < 500 && line.class !== 'retryable',
    missing: error?.code === 100 && subcode === 33,
    line: found,
  };
}

/** Words about the app itself. Their codes do not tell: 1 also stands for what passes by itself. */
const ABOUT_THE_APP = /validating (?:client secret|application)|\bclient\b|\bplatform app\b/iu;

/** What a refusal means where tokens are given: a code, or a token to be exchanged, that is not taken is not taken later either. */
export function grantTrouble(title: string, { status }: Pick<HttpAnswer, 'status'>, { trouble, code, definite }: Pick<GraphRefusal, 'trouble' | 'code' | 'definite'>): Trouble {
  if (trouble.class === 'rate_limited') return trouble;
  if (status < 500 && code !== null && ABOUT_THE_APP.test(trouble.platformMessage ?? '')) return appTrouble(title, trouble);
  return definite ? { ...trouble, class: 'auth_revoked', code: 'reauth_required' } : trouble;
}

const usageSchema = z.record(z.string(), z.array(z.object({ estimated_time_to_regain_access: z.number().min(0).optional() })));

/** When the network lets us in again, as `X-Business-Use-Case-Usage` estimates it in minutes; null: it does not. */
function regained(headers: HttpAnswer['headers'], now: Date): Date | null {
  const usage = parseAnswer(usageSchema, { body: headers['x-business-use-case-usage'] ?? '' }) ?? {};
  const minutes = Object.values(usage).flatMap((uses) => uses.map((use) => use.estimated_time_to_regain_access ?? 0));
  const longest = Math.max(0, ...minutes);
  return longest === 0 ? null : hoursFrom(now, longest / 60);
}

/** What an invisible call came to; a trouble comes with what more the network's code says; null: no answer came. */
export type GraphReply<Value, Refusal extends GraphRefusal> =
  | { readonly kind: 'value'; readonly value: Value }
  | (Extract<Reply<never>, { kind: 'trouble' }> & { readonly refusal: Refusal | null });

/** A network of the Graph API as its calls see it. */
export interface GraphNetwork<Refusal extends GraphRefusal> {
  readonly title: string;
  /** What an answer that is no success means. */
  readonly refusalOf: (answer: HttpAnswer, context: ErrorContext) => Refusal;
  /** How a request carries the account's token; left out: as a bearer. */
  readonly signed?: (request: HttpRequest, token: string) => HttpRequest;
}

/** An invisible call with the account's token. */
export async function graphCall<Schema extends z.ZodType, Refusal extends GraphRefusal>(
  { title, refusalOf, signed = asBearer }: GraphNetwork<Refusal>,
  tools: Pick<NetworkTools, 'send' | 'accessToken' | 'now'>,
  request: HttpRequest,
  schema: Schema,
): Promise<GraphReply<z.output<Schema>, Refusal>> {
  const token = await tools.accessToken();
  const result = await tools.send(signed(request, token));
  if (result.kind !== 'answered') return { ...unanswered(title, result), refusal: null };
  const parsed = result.answer.status === 200 ? parseAnswer(schema, result.answer) : null;
  if (parsed !== null) return value(parsed);
  const refusal = refusalOf(result.answer, { now: tools.now(), secrets: [token] });
  return { kind: 'trouble', trouble: refusal.trouble, refusal };
}

/** A POST with its fields in a form: in a query, the `&` of a signed address would end it. */
export function graphForm(url: string, fields: Readonly<Record<string, string>>): HttpRequest {
  return { method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams(fields).toString() };
}
