import type * as z from 'zod';
import type { HttpAnswer, HttpResult, Trouble } from '../core/ports/index.ts';

/** What an invisible call came to. A trouble is at once the outcome of the step that made the call. */
export type Reply<Value> = { readonly kind: 'value'; readonly value: Value } | { readonly kind: 'trouble'; readonly trouble: Trouble };

export function value<Value>(of: Value): Extract<Reply<Value>, { kind: 'value' }> {
  return { kind: 'value', value: of };
}

/**
 * The JSON of an answer, if it is what the schema says; null otherwise: a page of a proxy, an answer that changed its form.
 * An integer that a double cannot hold, as ids of 64 bits are, comes as the text of its digits.
 */
export function parseAnswer<Schema extends z.ZodType>(schema: Schema, { body }: Pick<HttpAnswer, 'body'>): z.output<Schema> | null {
  let json: unknown;
  try {
    json = JSON.parse(body, keepLongIntegers);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const parsed = schema.safeParse(json);
  return parsed.success ? parsed.data : null;
}

function keepLongIntegers(_key: string, parsed: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source ?? '';
  return typeof parsed === 'number' && !Number.isSafeInteger(parsed) && /^-?\d+$/u.test(source) ? source : parsed;
}

/** What an error is read with. */
export interface ErrorContext {
  readonly now: Date;
  /** What the request carried and the answer may repeat. */
  readonly secrets: readonly string[];
}

/** A line of a network's table of errors. */
export interface ErrorLine extends Pick<Trouble, 'class' | 'code' | 'message' | 'scope'> {
  /** Not before; left out: when our own pauses say. */
  readonly until?: (now: Date) => Date;
}

/** What every network may say in some form of its own; `title` names it. */
export function usualLines(title: string): Readonly<Record<'expired' | 'relink' | 'scope' | 'unavailable' | 'app', ErrorLine>> {
  return {
    expired: { class: 'auth_expired', code: 'reauth_required', message: `${title} does not accept the access token. Reconnect the account, then retry.` },
    relink: {
      class: 'auth_revoked',
      code: 'reauth_required',
      message: `${title} does not accept the link to this account any more. Reconnect the account, then retry.`,
    },
    scope: {
      class: 'auth_revoked',
      code: 'reauth_required',
      message: 'The account was linked without the permission that this needs. Reconnect it and allow all that is asked for.',
    },
    unavailable: { class: 'retryable', code: 'platform_unavailable', message: `${title} has a problem of its own. It is tried again.` },
    app: { class: 'permanent', code: 'internal_error', message: `${title} does not accept this installation's own credentials. Tell the operator.` },
  };
}

/** The network's own code and text, without secrets. */
export interface Words {
  readonly code: string | null;
  readonly text: string | null;
}

export function troubleOf({ class: troubleClass, code, message, scope }: ErrorLine, words: Words, until: Date | null): Trouble {
  return { class: troubleClass, code, message, platformCode: words.code, platformMessage: words.text, until, ...(scope !== undefined && { scope }) };
}

/** A trouble in whose words the network speaks of the operator's app, whatever else they would mean. */
export function appTrouble(title: string, { platformCode, platformMessage }: Trouble): Trouble {
  return troubleOf(usualLines(title).app, { code: platformCode, text: platformMessage }, null);
}

/** What an HTTP status says where the network's own code says nothing that is known. */
export function lineByStatus(title: string, status: number): ErrorLine {
  if (status === 401) return usualLines(title).expired;
  if (status === 403) return { class: 'permanent', code: 'permission_denied', message: `${title} does not allow this for the account. Look at the account there, then retry.` };
  if (status === 413 || status === 415) return { class: 'invalid_media', code: 'media_rejected', message: `${title} does not take this file. Send another one.` };
  if (status === 429) return { class: 'rate_limited', code: 'rate_limited', message: `${title} asks for a pause. It is tried again.` };
  if (status === 408 || status === 425 || status < 400 || status >= 500) {
    return { class: 'retryable', code: 'platform_unavailable', message: `${title} did not answer as it should. It is tried again.` };
  }
  return { class: 'permanent', code: 'metadata_rejected', message: `${title} refused the request. What it says stands beside this; correct it and send the upload anew.` };
}

/** An invisible call that no whole answer came to. Whether it was done does not matter: it is made again. */
export function unanswered(title: string, result: Exclude<HttpResult, { kind: 'answered' }>): { readonly kind: 'trouble'; readonly trouble: Trouble } {
  const line: ErrorLine = { class: 'retryable', code: 'platform_unavailable', message: `${title} could not be reached. It is tried again.` };
  return { kind: 'trouble', trouble: troubleOf(line, { code: null, text: result.reason }, null) };
}
