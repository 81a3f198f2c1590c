import { cursorAt } from '../../core/uploads/cursor.ts';
import type { Route } from '../../functions/http/route.ts';
import { referencesOf, type Objects, type Reference } from './references.ts';
import { fieldsOf, leastBodies, pathOf, type SampleRequest } from './requests.ts';

/** Requests that name an object of another tenant, in every place where a route lets one be named. */

export interface Probe {
  readonly name: string;
  readonly route: Route;
  readonly reference: Reference;
  /** The request with this value in that place; in all others, objects of the caller's own. */
  readonly request: (own: Objects, value: string) => SampleRequest;
}

/** Objects that nobody ever had, in the form of real ones. */
export const NEVER: Objects = {
  uploadId: 'upl_01J00000000000000000000000',
  accountId: 'acc_01J00000000000000000000000',
  keyId: 'key_01J00000000000000000000000',
  sessionToken: `st_${'a'.repeat(43)}`,
  mediaId: 'med_01J00000000000000000000000',
  linkId: 'lnk_01J00000000000000000000000',
  cursor: cursorAt({ createdAt: '2026-04-01T10:00:00Z', uploadId: 'upl_01J00000000000000000000000' }, { tenantId: 'ten_none' }),
};

/** All probes of these routes. Throws a sentence for a field that is new and unknown here. */
export function probesOf(routes: readonly Route[]): readonly Probe[] {
  return routes.flatMap((route) => referencesOf(route).map((reference) => probe(route, reference)));
}

function probe(route: Route, reference: Reference): Probe {
  const { in: place, field, list, beside, fixed } = reference;
  return {
    name: `${route.operationId}, ${field} in the ${place}`,
    route,
    reference,
    request: (own, value) => ({
      method: route.method,
      path: pathOf(route, place === 'path' ? { ...own, [field]: value } : own),
      query: place === 'query' ? { [field]: value } : {},
      type: route.body?.type ?? null,
      body: place === 'body' ? { ...fixed, ...fieldsOf(beside, own), [field]: list ? [value] : value } : (leastBodies(route, own)[0] ?? {}),
    }),
  };
}

/** What another tenant may see of an answer: all but the value itself, the request's id and the caller's rate. */
export function seen(answer: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: unknown }, value: string): unknown {
  const headers = Object.entries(answer.headers).map(([name, text]) => [name.toLowerCase(), text] as const);
  const body: unknown = JSON.parse(JSON.stringify(answer.body).replaceAll(value, '<value>'), (name, each: unknown) => (name === 'requestId' ? undefined : each));
  return { status: answer.status, headers: Object.fromEntries(headers.filter(([name]) => !OF_THE_REQUEST.test(name))), body };
}

/** Also what API Gateway, or an emulator of it, adds by itself. */
const OF_THE_REQUEST = /^(?:x-request-id|ratelimit(?:-policy)?|date|content-length|x-amz.*)$/u;
