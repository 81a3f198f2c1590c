import { bodySchemaOf, fixedIn, formsOf, type Objects } from './references.ts';
import type { Route } from '../../functions/http/route.ts';

/** Good requests of a route, made from its document and the objects of a tenant. */

export interface SampleRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly type: 'json' | 'form' | 'urlencoded' | null;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Good values for what a body needs beside objects. */
const SAMPLES: Readonly<Record<string, unknown>> = {
  title: 'Spring launch',
  text: 'What is new',
  name: 'CI',
  fileName: 'clip.mp4',
  fileSize: 1_000,
  contentType: 'video/mp4',
  defaults: {},
  network: 'youtube',
  redirectUrl: 'http://127.0.0.1:3000/linked',
  targets: ['UC0123'],
  origins: ['https://app.example.com'],
  file: new File([new Uint8Array(1_000).fill(7)], 'clip.mp4', { type: 'video/mp4' }),
};

/** Bodies with nothing but what is required, one for each form that the route takes, the smallest first; one without fields where it takes none. */
export function leastBodies(route: Route, own: Objects): readonly Readonly<Record<string, unknown>>[] {
  const schema = bodySchemaOf(route);
  if (schema === null) return [{}];
  const forms = formsOf(schema).toSorted((a, b) => a.required.length - b.required.length);
  return forms.map(({ required, properties }) => {
    const fixed = fixedIn(properties);
    return { ...fixed, ...fieldsOf(required.filter((name) => !(name in fixed)), own) };
  });
}

/** A good value for each of these fields of a body. */
export function fieldsOf(names: readonly string[], own: Objects): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.map((name) => [name, sampleOf(name, own)]));
}

/** The path of a route with a tenant's objects in it. */
export function pathOf(route: Pick<Route, 'path'>, own: Partial<Objects>): string {
  return route.path.replaceAll(/\{(\w+)\}/gu, (_, name: string) => objectIn(own, name));
}

function sampleOf(field: string, own: Objects): unknown {
  if (field === 'accounts') return [own.accountId];
  if (field === 'media') return [own.mediaId];
  const sample = field in own ? objectIn(own, field) : SAMPLES[field];
  if (sample === undefined) throw new Error(`A body needs ${field}: give it a sample in test/support/requests.ts.`);
  return sample;
}

function objectIn(own: Partial<Objects>, field: string): string {
  const object = new Map<string, string>(Object.entries(own)).get(field);
  if (object === undefined) throw new Error(`There is no object called ${field}: add one in test/support/references.ts.`);
  return object;
}

/** A form as browsers send it. */
export function formData(fields: Readonly<Record<string, unknown>>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    for (const each of Array.isArray(value) ? value : [value]) data.append(name, each instanceof File ? each : String(each));
  }
  return data;
}
