import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { openApiDocument } from '../../../functions/http/openapi/document.ts';
import type { JsonSchema } from '../../../functions/http/openapi/json.ts';
import type { Route } from '../../../functions/http/route.ts';
import { routes } from '../../../functions/http/routes.ts';
import { bodySchemaOf, formsOf } from '../../support/references.ts';

/** Values for every field that the document knows in a body: at its edges, beside them, and of every wrong kind. */

export interface Field {
  readonly route: Route;
  /** As errors name it: `options.youtube.tags[0]`. */
  readonly name: string;
  readonly schema: JsonSchema;
  /** Required fields of the form of the body that it stands in. */
  readonly beside: readonly string[];
  /** The body with this value in the field. */
  readonly into: (body: object, value: unknown) => object;
}

export interface Candidate {
  readonly value: unknown;
  /** Puts numbers into the text that JavaScript cannot hold. */
  readonly raw: (json: string) => string;
  /** What the document says of it. */
  readonly valid: boolean;
  /** Whether it is the smallest or the largest that the document allows. */
  readonly edge: boolean;
}

const document = openApiDocument(routes);
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(document, 'openapi');

/** Every field of these routes' bodies, however deep; what a component holds once only. */
export function fieldsIn(taking: readonly Route[]): readonly Field[] {
  const found: Field[] = [];
  const seenComponents = new Set<string>();
  const walk = (field: Field): void => {
    found.push(field);
    for (const each of [field.schema, ...alternatives(field.schema)]) {
      const { $ref: reference } = each;
      if (typeof reference === 'string' && seenComponents.has(reference)) continue;
      if (typeof reference === 'string') seenComponents.add(reference);
      const { properties, items } = resolved(each);
      for (const [name, schema] of Object.entries(objectOf(properties))) {
        walk({ ...field, name: `${field.name}.${name}`, schema: objectOf(schema), into: (body, value) => field.into(body, { [name]: value }) });
      }
      if (typeof items === 'object') walk({ ...field, name: `${field.name}[0]`, schema: objectOf(items), into: (body, value) => field.into(body, [value]) });
    }
  };
  for (const route of taking) {
    const body = bodySchemaOf(route);
    const names = new Set<string>();
    for (const { properties, required } of body === null ? [] : formsOf(body)) {
      for (const [name, schema] of Object.entries(properties)) {
        if (names.has(name)) continue;
        names.add(name);
        walk({ route, name, schema, beside: required, into: (each, value) => ({ ...each, [name]: value }) });
      }
    }
  }
  return found;
}

function objectOf(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function resolved(schema: JsonSchema): JsonSchema {
  const { $ref: reference } = schema;
  if (typeof reference !== 'string') return schema;
  return document.components.schemas[reference.split('/').at(-1) ?? ''] ?? {};
}

function alternatives({ anyOf }: JsonSchema): readonly JsonSchema[] {
  return Array.isArray(anyOf) ? anyOf.map(objectOf) : [];
}

const compiled = new Map<string, ValidateFunction>();

function isValid(schema: JsonSchema, value: unknown): boolean {
  const key = JSON.stringify(schema);
  const validate = compiled.get(key) ?? ajv.compile(JSON.parse(key.replaceAll('"#/components/', '"openapi#/components/')));
  compiled.set(key, validate);
  return validate(value);
}

/** Stands for a number that only a text can hold. */
const PLACE = 'a number of this length';
const BEYOND = ['9007199254740993', '1e400', '-1e400', '1e-400'];
const OF_ANY_KIND: readonly unknown[] = [null, true, -1, 0, 1.5, 2 ** 53, '', 'x', '🎉', ' ', [], [[]], {}, { toString: 1 }, '1', '2027-03-01T09:30:00', '2026-06-30T23:59:60Z'];

export function candidates({ schema }: Field): readonly Candidate[] {
  const as = (value: unknown, edge: boolean): Candidate => ({ value, raw: (json) => json, valid: isValid(schema, value), edge });
  const beyond = BEYOND.map((number) => {
    // Rounded to what a parser makes of it, it may be allowed: 1e-400 is 0.
    const parsed = Number(number);
    return { value: PLACE, raw: (json: string) => json.replace(JSON.stringify(PLACE), number), valid: Number.isFinite(parsed) && isValid(schema, parsed), edge: false };
  });
  const ends = [schema, ...alternatives(schema)].flatMap((each) => endsOf(resolved(each)));
  return [...OF_ANY_KIND.map((value) => as(value, false)), ...ends.map((value) => as(value, true)), ...beyond];
}

/** Values at, just below and just above the ends that a schema names. */
function endsOf(schema: JsonSchema): readonly unknown[] {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems, enum: values } = schema;
  // What has a form besides is not filled to its length by any characters.
  const text = 'pattern' in schema || 'format' in schema ? [] : [...around(minLength), ...around(maxLength)].filter((length) => length >= 0).map((length) => '🎉'.repeat(length));
  const numbers = [...around(minimum), ...around(maximum)];
  const { type, minimum: least } = resolved(objectOf(schema['items']));
  const item = type === 'string' ? 'x' : (least ?? {});
  const lists = [...around(minItems), ...around(maxItems)].filter((length) => length >= 0).map((length) => Array.from({ length }, () => item));
  return [...text, ...numbers, ...lists, ...(Array.isArray(values) ? values : [])];
}

function around(end: unknown): readonly number[] {
  return typeof end === 'number' ? [end - 1, end, end + 1] : [];
}
