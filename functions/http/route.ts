import type * as z from 'zod';
import type { ErrorCode } from '../../core/errors.ts';

/**
 * A route as a line of the table in `routes.ts`: the CDK stack, the handlers, the documentation and the tests all read it.
 * Nothing here or in the table imports a handler.
 */
export interface Route {
  readonly operationId: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** `/api/upload/{uploadId}/status`: one variable name a level over the whole table. */
  readonly path: string;
  /** The Lambda function that serves it: `functions/http/groups/<group>.ts`. */
  readonly group: RouteGroup;
  /** `jwt`: a dashboard session only. `key_or_jwt`: an API key (`X-Api-Key`) or a dashboard session. */
  readonly auth: 'jwt' | 'key_or_jwt';
  readonly body:
    | { readonly type: 'json'; readonly schema: z.ZodType }
    | { readonly type: 'form'; readonly schema: z.ZodType }
    | null;
  readonly params: z.ZodType | null;
  readonly query: z.ZodType | null;
  /** Bodies of successful answers by status. */
  readonly answers: Readonly<Record<number, z.ZodType>>;
  readonly errors: readonly ErrorCode[];
}

/** Groups of routes that need the same permissions and the same clients: one function each. */
export const routeGroups = ['keys', 'sessions', 'uploads-write', 'uploads-read'] as const;
export type RouteGroup = (typeof routeGroups)[number];
