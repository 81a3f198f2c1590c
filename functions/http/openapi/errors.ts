import { errorKinds, type ErrorCode } from '../../../core/errors.ts';
import { errorsOf, type Route } from '../route.ts';
import { commonHeaders, headerReferences } from './headers.ts';
import type { Reference, Response } from './json.ts';

/** The error answers of routes, as components: most routes share most of them. */
export interface ErrorBook {
  of(route: Route): Readonly<Record<string, Reference>>;
  readonly components: () => Readonly<Record<string, Response>>;
}

export function errorBook(): ErrorBook {
  const components = new Map<string, Response>();
  return {
    of(route) {
      const byStatus = Map.groupBy(errorsOf(route).toSorted(), (code) => errorKinds[code].status);
      const references = [...byStatus].toSorted(([a], [b]) => a - b).map(([status, codes]) => {
        const name = nameOf(route, codes);
        components.set(name, responseOf(route, status, codes));
        return [String(status), { $ref: `#/components/responses/${name}` }] as const;
      });
      return Object.fromEntries(references);
    },
    components: () => Object.fromEntries([...components].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** `NotFound`, `SessionStateOrUploadState`; without authentication there are fewer headers. */
function nameOf({ auth }: Route, codes: readonly ErrorCode[]): string {
  const name = codes.map((code) => code.split('_').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')).join('Or');
  return auth === 'none' ? `Public${name}` : name;
}

function responseOf(route: Route, status: number, codes: readonly ErrorCode[]): Response {
  const waits = codes.some((code) => errorKinds[code].retryable);
  const [first = 'internal'] = codes;
  return {
    description: codes.map((code) => `\`${code}\`: ${errorKinds[code].happened}`).join('\n\n'),
    headers: headerReferences([...commonHeaders(route), ...(waits ? ['Retry-After' as const] : []), ...(status === 401 ? ['WWW-Authenticate' as const] : [])]),
    content: {
      'application/problem+json': {
        schema: {
          allOf: [{ $ref: '#/components/schemas/Problem' }, { type: 'object', properties: { status: { const: status }, code: { enum: codes } } }],
        },
        example: {
          type: `https://docs.example.com/errors/${first}`,
          title: errorKinds[first].title,
          status,
          code: first,
          detail: EXAMPLES[first] ?? errorKinds[first].happened,
          requestId: '5f1c0a52-7a0e-4b5d-9d3e-0c6a2f4b8e91',
        },
      },
    },
  };
}

/** What `detail` says, where that is more than the page on the code says. */
const EXAMPLES: Partial<Record<ErrorCode, string>> = {
  validation_failed: 'title is required',
  not_found: 'There is no upload upl_01J8ZC6Q4M2V9Y3K7T5B1N0XWA.',
  forbidden: 'The key lacks the scope upload:write.',
};
