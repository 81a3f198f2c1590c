import type { Route } from '../route.ts';
import type { Header, Parameter, Reference } from './json.ts';

/** Headers of requests and answers that do not belong to one route alone. */

const SECONDS = { type: 'integer', minimum: 0 } as const;

export const headers = {
  'X-Request-Id': {
    required: true,
    description: 'The id of this request: give it to the operator when something is wrong.',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': {
    required: false,
    description: 'How many requests (`q`) are allowed in how many seconds (`w`), as the IETF draft on rate limit headers describes it. Left out where the limiter could not be asked.',
    schema: { type: 'string', examples: ['"default";q=100;w=10'] },
  },
  RateLimit: {
    required: false,
    description: 'How many requests are left (`r`), and in how many seconds (`t`) there will be more. Left out where the limiter could not be asked.',
    schema: { type: 'string', examples: ['"default";r=87;t=2'] },
  },
  'Retry-After': {
    required: false,
    description: 'Seconds after which the same request makes sense again.',
    schema: SECONDS,
  },
  'WWW-Authenticate': {
    required: true,
    description: 'The scheme by which a session is sent (RFC 6750).',
    schema: { type: 'string' },
  },
  'Idempotent-Replayed': {
    required: false,
    description: '`true`: the request was done before under the same `Idempotency-Key`, and this is its answer once more.',
    schema: { type: 'string', enum: ['true'] },
  },
  ETag: {
    required: true,
    description: 'The version of what is answered, for `If-Match`.',
    schema: { type: 'string', examples: ['"3"'] },
  },
} as const satisfies Record<string, Header>;

export const parameters = {
  IfMatch: {
    name: 'If-Match',
    in: 'header',
    required: false,
    description: 'The `ETag` of the upload as you read it. If anything of it is different by now, nothing is changed, and the answer is 412.',
    schema: { type: 'string', examples: ['"uXJ2bGVzMjIzNDU2Nzg5MA"'] },
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'A text of your own that names this request, such as a UUID. For 24 hours the same request under the same key is done once: a repetition gets the first answer again, with `Idempotent-Replayed: true`. Send one with every write that you might have to repeat.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
  },
} as const satisfies Record<string, Parameter>;

type HeaderName = keyof typeof headers;

export function headerReferences(names: readonly HeaderName[]): Readonly<Record<string, Reference>> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** Headers of every answer of a route, whatever its status. */
export function commonHeaders({ auth }: Pick<Route, 'auth'>): readonly HeaderName[] {
  return auth === 'none' ? ['X-Request-Id'] : ['X-Request-Id', 'RateLimit', 'RateLimit-Policy'];
}
