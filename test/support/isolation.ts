import { cursorAt } from '../../core/uploads/cursor.ts';
import type { Route } from '../../functions/http/route.ts';
import { bodySchemaOf, formsOf, referencesOf, type Objects, type Reference } from './references.ts';

/** Requests that name an object of another tenant, in every place where a route lets one be named. */

export interface Probe {
  readonly name: string;
  readonly route: Route;
  readonly reference: Reference;
  /** The request with this value in that place; in all others, objects of the caller's own. */
  readonly request: (own: Objects, value: string) => ProbeRequest;
}

export interface ProbeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly type: 'json' | 'form' | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Good values for what a body needs beside objects. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  title: 'Spring launch',
  name: 'CI',
  fileName: 'clip.mp4',
  fileSize: 1_000,
  contentType: 'video/mp4',
  file: new File([new Uint8Array(1_000).fill(7)], 'clip.mp4', { type: 'video/mp4' }),
};

/** Objects that nobody ever had, in the form of real ones. */
export const NEVER: Objects = {
  uploadId: 'upl_01J00000000000000000000000',
  accountId: 'acc_01J00000000000000000000000',
  keyId: 'key_01J00000000000000000000000',
  sessionToken: `st_${'a'.repeat(43)}`,
  mediaId: 'file_01J00000000000000000000000',
  cursor: cursorAt({ createdAt: '2026-04-01T10:00:00Z', uploadId: 'upl_01J00000000000000000000000' }, { tenantId: 'ten_none' }),
};

/** All probes of these routes. Throws a sentence for a field that is new and unknown here. */
export function probesOf(routes: readonly Route[]): readonly Probe[] {
  return routes.flatMap((route) => referencesOf(route).map((reference) => probe(route, reference)));
}

function probe(route: Route, reference: Reference): Probe {
  const { in: place, field, list, beside } = reference;
  const needed = place === 'body' ? beside : leastBody(route);
  return {
    name: `${route.operationId}, ${field} in the ${place}`,
    route,
    reference,
    request: (own, value) => ({
      method: route.method,
      path: route.path.replaceAll(/\{(\w+)\}/gu, (_, name: string) => (place === 'path' && name === field ? value : own[objectOf(name)])),
      query: place === 'query' ? { [field]: value } : {},
      type: route.body?.type ?? null,
      body: {
        ...Object.fromEntries(needed.map((name) => [name, sampleOf(name, own)])),
        ...(place === 'body' ? { [field]: list ? [value] : value } : {}),
      },
    }),
  };
}

/** The fields of the smallest body that the route takes. */
function leastBody(route: Route): readonly string[] {
  const schema = bodySchemaOf(route);
  if (schema === null) return [];
  const [least] = formsOf(schema).toSorted((a, b) => a.required.length - b.required.length);
  return least?.required ?? [];
}

function sampleOf(field: string, own: Objects): unknown {
  if (field === 'accounts') return [own.accountId];
  const sample = field in own ? own[objectOf(field)] : SAMPLES[field];
  if (sample === undefined) throw new Error(`A body needs ${field}: give it a sample in test/support/isolation.ts.`);
  return sample;
}

function objectOf(field: string): keyof Objects {
  if (isObject(field)) return field;
  throw new Error(`There are no objects called ${field}: make one in test/support/references.ts.`);
}

function isObject(field: string): field is keyof Objects {
  return field in NEVER;
}

/** A form as browsers send it. */
export function formData(fields: Readonly<Record<string, unknown>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const each of Array.isArray(value) ? value : [value]) data.append(name, each instanceof File ? each : String(each));
  }
  return data;
}

/** What another tenant may see of an answer: all but the value itself, the request's id and the caller's rate. */
export function seen(answer: { readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: unknown }, value: string): unknown {
  const headers = Object.entries(answer.headers).map(([name, text]) => [name.toLowerCase(), text] as const);
  const body: unknown = JSON.parse(JSON.stringify(answer.body).replaceAll(value, '<value>'), (name, each: unknown) => (name === 'requestId' ? undefined : each));
  return { status: answer.status, headers: Object.fromEntries(headers.filter(([name]) => !OF_THE_REQUEST.test(name))), body };
}

/** Also what API Gateway, or an emulator of it, adds by itself. */
const OF_THE_REQUEST = /^(?:x-request-id|ratelimit(?:-policy)?|date|content-length|x-amz.*)$/u;
