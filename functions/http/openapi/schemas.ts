import * as z from 'zod';
import type { JsonSchema } from './json.ts';
import { words } from './words.ts';

/** Which side of a schema with transforms is meant: what clients send (`input`), or what is answered (`output`). */
export type Side = 'input' | 'output';

const COMPONENTS = '#/components/schemas/';

/** Turns zod schemas into JSON Schemas, and collects those with an id (`.meta({ id })`) as components. */
export interface SchemaBook {
  of(schema: z.ZodType, side: Side): JsonSchema;
  readonly components: () => Readonly<Record<string, JsonSchema>>;
}

export function schemaBook(): SchemaBook {
  const components = new Map<string, JsonSchema>();
  return {
    of(schema, side) {
      const { $schema: _dialect, $defs, ...own } = toJson(schema, side);
      for (const [id, definition] of Object.entries($defs ?? {})) add(components, id, definition);
      const { id, ...body } = own;
      if (typeof id !== 'string') return described(body, '');
      add(components, id, body);
      return { $ref: COMPONENTS + id };
    },
    components: () => Object.fromEntries([...components].toSorted(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** One name means one schema, in requests and in answers. */
function add(components: Map<string, JsonSchema>, name: string, definition: JsonSchema): void {
  const { id: _id, ...rest } = definition;
  const schema = described(rest, name);
  const known = components.get(name);
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) {
    throw new Error(`The schema ${name} is not the same everywhere: give what is sent and what is answered ids of their own.`);
  }
  components.set(name, schema);
}

/** A property that takes anything is a date or another thing that has no form in JSON, and would hide the mistake. */
function refuseAnything(value: unknown, path: readonly string[]): void {
  if (typeof value !== 'object' || value === null) return;
  const says = Object.keys(value).some((keyword) => MEANINGFUL.test(keyword));
  if (path.at(-2) === 'properties' && !says) throw new Error(`The schema takes anything as ${path.join('.')}: what it should be has no form in JSON.`);
  for (const [name, inner] of Object.entries(value)) if (name !== 'examples') refuseAnything(inner, [...path, name]);
}

const MEANINGFUL = /^(?:type|enum|const|allOf|anyOf|oneOf|\$ref)$/u;

interface WithDefinitions extends JsonSchema {
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

function toJson(schema: z.ZodType, side: Side): WithDefinitions {
  const json: unknown = z.toJSONSchema(schema, {
    io: side,
    target: 'draft-2020-12',
    // Becomes `{}`, which is refused below but for the bytes of a file, which are replaced with the whole part.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (z.globalRegistry.get(zodSchema)?.['format'] === 'binary') asFile(jsonSchema);
    },
  });
  refuseAnything(json, []);
  return JSON.parse(JSON.stringify(json), (key, value: unknown) => (key === '$ref' ? moved(value) : value)) as WithDefinitions;
}

/** A schema whose fields all say what they mean: by themselves, or in the words for their names. */
export function described(schema: JsonSchema, component: string): JsonSchema {
  const step = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(step);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([keyword, inner]) => [keyword, keyword === 'properties' ? fields(inner) : KEPT.test(keyword) ? inner : step(inner)]));
  };
  const fields = (properties: object): unknown =>
    Object.fromEntries(
      Object.entries(properties).map(([name, field]) => {
        const word = words[`${component}.${name}`] ?? words[name];
        return [name, step(word === undefined || 'description' in field ? field : { ...field, description: word })];
      }),
    );
  return step(schema) as JsonSchema;
}

/** Values, not schemas. */
const KEPT = /^(?:const|default|enum|examples)$/u;

/** A part of a form with a file's bytes: how we hold it in memory is nobody else's concern. */
function asFile(jsonSchema: Record<string, unknown>): void {
  const { description } = jsonSchema;
  for (const keyword of Object.keys(jsonSchema)) delete jsonSchema[keyword];
  Object.assign(jsonSchema, { type: 'string', format: 'binary', description });
}

function moved(reference: unknown): unknown {
  return typeof reference === 'string' ? reference.replace('#/$defs/', COMPONENTS) : reference;
}
