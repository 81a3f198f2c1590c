import type * as z from 'zod';
import type { ErrorCode } from '../../core/errors.ts';
import type { Scope } from '../../core/model.ts';

/**
 * A route as a line of the table in `routes.ts`: the CDK stack, the handlers, the documentation and the tests all read it.
 * Nothing here or in the table imports a handler.
 */
export interface Route {
  readonly operationId: string;
  /** What it does, in a few words, for the documentation. */
  readonly summary: string;
  /** What else a developer has to know; CommonMark. */
  readonly description?: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/api/upload/{uploadId}/status`: one variable name a level over the whole table. */
  readonly path: string;
  /** The Lambda function that serves it: `functions/http/groups/<group>.ts`. */
  readonly group: RouteGroup;
  /** `jwt`: a dashboard session only. `key_or_jwt`: an API key (`X-Api-Key`) or a dashboard session. */
  readonly auth: 'none' | 'jwt' | 'key_or_jwt';
  /** What an API key must be allowed to do; null exactly where keys are not taken. */
  readonly scope: Scope | null;
  /** `write`: it changes something, and takes an `Idempotency-Key`. */
  readonly effect: 'read' | 'write';
  readonly body:
    | { readonly type: 'json'; readonly schema: z.ZodType }
    /** `multipart/form-data`, which may hold a file. */
    | { readonly type: 'form'; readonly schema: z.ZodType }
    /** `application/x-www-form-urlencoded`: texts alone, from a page of ours. */
    | { readonly type: 'urlencoded'; readonly schema: z.ZodType }
    | null;
  readonly params: z.ZodType | null;
  readonly query: z.ZodType | null;
  /** Bodies of successful answers by status. */
  readonly answers: Readonly<Record<number, z.ZodType>>;
  /** Its answer has an `ETag`; and if it writes, it honours `If-Match`. */
  readonly conditional?: boolean;
  /** Media types of successful answers where these are texts of their own and no JSON. */
  readonly produces?: readonly string[];
  /** Errors of its own, beside those that follow from the rest (`errorsOf`). */
  readonly errors: readonly ErrorCode[];
}

/** Groups of routes that need the same permissions and the same clients: one function each. */
export const routeGroups = ['keys', 'accounts', 'sessions', 'uploads-write', 'uploads-change', 'uploads-read', 'docs'] as const;
export type RouteGroup = (typeof routeGroups)[number];

/** Every error that a route can answer, each once: its own, and those that come with how it is called. */
export function errorsOf(route: Pick<Route, 'auth' | 'scope' | 'effect' | 'body' | 'query' | 'errors'>): readonly ErrorCode[] {
  const codes: ErrorCode[] = [...route.errors, 'internal', 'busy'];
  if (route.auth !== 'none') codes.push('unauthenticated', 'rate_limited');
  if (route.auth === 'jwt') codes.push('api_key_not_allowed');
  if (route.scope !== null) codes.push('forbidden');
  if (route.body !== null || route.query !== null) codes.push('validation_failed');
  if (route.body !== null) codes.push('body_too_large', 'unsupported_media_type');
  if (route.effect === 'write') codes.push('validation_failed', 'idempotency_in_progress', 'idempotency_mismatch');
  return [...new Set(codes)];
}
