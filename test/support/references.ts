import * as z from 'zod';
import { openApiDocument } from '../../functions/http/openapi/document.ts';
import type { JsonSchema } from '../../functions/http/openapi/json.ts';
import type { Route } from '../../functions/http/route.ts';

/** Where requests can name an object of a tenant; found in the OpenAPI document of a route, so that no route is forgotten. */

/** What a tenant has that others must not learn of. */
export interface Objects {
  /** An upload that waits for its time. */
  readonly uploadId: string;
  readonly accountId: string;
  /** An API key other than the one that requests are made with. */
  readonly keyId: string;
  /** An open session of a file in one part. */
  readonly sessionToken: string;
  readonly mediaId: string;
  /** Of which nobody has consented yet. */
  readonly linkId: string;
  /** Of the list of uploads without filters. */
  readonly cursor: string;
}

export type ObjectKind = keyof Objects;

/** A field that names an object, and the other fields that it needs beside it. */
export interface Reference {
  readonly in: 'path' | 'query' | 'body';
  readonly field: string;
  readonly kind: ObjectKind;
  /** `accounts`: a list with one. */
  readonly list: boolean;
  /** Fields of the body without which it would be refused; all are in `samples` or references themselves. */
  readonly beside: readonly string[];
  /** Values that the body must have, by field: they say which form it has. */
  readonly fixed: Readonly<Record<string, unknown>>;
}

const KINDS: Readonly<Record<string, ObjectKind>> = {
  uploadId: 'uploadId',
  accountId: 'accountId',
  accounts: 'accountId',
  keyId: 'keyId',
  sessionToken: 'sessionToken',
  mediaId: 'mediaId',
  linkId: 'linkId',
  media: 'mediaId',
  cursor: 'cursor',
};

/** Texts that name no object of a tenant: what people write, what everybody has, and what opens a link to whoever has it. */
const PLAIN: ReadonlySet<string> = new Set([
  'asset', 'code', 'contentType', 'description', 'error', 'expiresAt', 'file', 'fileName', 'from', 'link', 'name', 'network', 'origins', 'page', 'pageSize', 'profile', 'redirectUrl', 'scheduledOn', 'sha256', 'state', 'targets', 'text', 'title', 'to',
]);

const fieldsSchema = z.object({
  properties: z.record(z.string(), z.looseObject({})).default({}),
  required: z.array(z.string()).default([]),
});
const formsSchema = z.object({ anyOf: z.array(fieldsSchema).optional(), oneOf: z.array(fieldsSchema).optional() });

/** What a body may consist of: one set of fields, or several to choose from. */
export function formsOf(body: JsonSchema): readonly z.output<typeof fieldsSchema>[] {
  const { anyOf, oneOf } = formsSchema.parse(body);
  return anyOf ?? oneOf ?? [fieldsSchema.parse(body)];
}

/** The schema of a route's body as the document has it; null: it takes none. */
export function bodySchemaOf(route: Route): JsonSchema | null {
  const [media] = Object.values(operationOf(route).requestBody?.content ?? {});
  return media?.schema ?? null;
}

function operationOf(route: Route) {
  const operation = openApiDocument([route]).paths[route.path]?.[route.method.toLowerCase()];
  if (operation === undefined) throw new Error(`the document has no ${route.operationId}`);
  return operation;
}

/** The fields of a form that have one value only. */
export function fixedIn(properties: Readonly<Record<string, JsonSchema>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(properties).flatMap(([field, schema]) => ('const' in schema ? [[field, schema['const']]] : [])));
}

/** Every place in a route where an object is named. Throws for a text of which nobody has said yet whether it names one. */
export function referencesOf(route: Route): readonly Reference[] {
  const found: Reference[] = [];
  const look = (place: Reference['in'], field: string, schema: JsonSchema, beside: readonly string[], fixed: Reference['fixed']): void => {
    const kind = KINDS[field];
    if (kind !== undefined) found.push({ in: place, field, kind, list: schema['type'] === 'array', beside: beside.filter((each) => each !== field && !(each in fixed)), fixed });
    else if (!PLAIN.has(field) && holdsText(schema)) {
      throw new Error(`${route.operationId} takes the text ${field}: say in test/support/references.ts whether it names an object of a tenant, and add a sample.`);
    }
  };
  for (const parameter of operationOf(route).parameters ?? []) {
    if ('$ref' in parameter || parameter.in === 'header') continue;
    look(parameter.in, parameter.name, parameter.schema, [], {});
  }
  const body = bodySchemaOf(route);
  for (const { properties, required } of body === null ? [] : formsOf(body)) {
    for (const [field, schema] of Object.entries(properties)) look('body', field, schema, required, fixedIn(properties));
  }
  // Forms of one body share fields: one of them is enough, the one that needs least, and other objects least of all.
  const needs = ({ beside }: Reference): number => beside.length + beside.filter((field) => field in KINDS).length;
  const least = found.toSorted((a, b) => needs(a) - needs(b));
  return least.filter((each, at) => at === least.findIndex((other) => other.in === each.in && other.field === each.field));
}

/** Whether it takes any text, or a list of them; networks' options are objects, and what they name is the networks'. */
function holdsText(schema: JsonSchema): boolean {
  const { type, items, anyOf } = schema;
  if ('enum' in schema || 'const' in schema) return false;
  if ([type].flat().includes('string')) return true;
  const inner = [...(Array.isArray(anyOf) ? anyOf : []), items];
  return inner.some((each) => typeof each === 'object' && each !== null && holdsText({ ...each }));
}
