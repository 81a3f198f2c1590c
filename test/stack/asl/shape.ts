import * as z from 'zod';

/** What is known of a piece of JSON before it exists. The fields of an object are those that are surely there. */
export type Shape =
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Shape>> }
  | { readonly kind: 'array'; readonly items: Shape }
  | { readonly kind: 'string'; readonly values?: readonly string[]; readonly time?: true }
  | { readonly kind: 'number'; readonly values?: readonly number[]; readonly whole?: true }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'null' }
  | { readonly kind: 'anything' }
  | { readonly kind: 'either'; readonly of: readonly Shape[] };

export const anything: Shape = { kind: 'anything' };

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The shape of what a schema lets through, so that the state machines are held to the very contract of the functions. */
export function shapeOf(schema: z.ZodType): Shape {
  return fromJsonSchema(z.toJSONSchema(schema));
}

function fromJsonSchema(schema: JsonSchema | boolean): Shape {
  if (typeof schema === 'boolean') return anything;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return either(alternatives.map(fromJsonSchema));
  if (Array.isArray(schema.type)) return either(schema.type.map((type) => fromJsonSchema({ ...schema, type })));
  const values = schema.const === undefined ? schema.enum : [schema.const];
  switch (schema.type) {
    case 'object':
      return objectOf(schema);
    case 'array':
      return { kind: 'array', items: Array.isArray(schema.items) ? anything : fromJsonSchema(schema.items ?? true) };
    case 'string': {
      const texts = values?.filter((value) => typeof value === 'string');
      return { kind: 'string', ...(texts && { values: texts }), ...(schema.format === 'date-time' && { time: true as const }) };
    }
    case 'integer':
    case 'number': {
      const numbers = values?.filter((value) => typeof value === 'number');
      const whole = schema.type === 'integer' || numbers?.every(Number.isInteger) === true;
      return { kind: 'number', ...(numbers && { values: numbers }), ...(whole && { whole: true as const }) };
    }
    case 'boolean':
      return { kind: 'boolean' };
    case 'null':
      return { kind: 'null' };
    default:
      return anything;
  }
}

/** A field that may be missing makes two shapes of an object, one with it and one without. */
function objectOf(schema: JsonSchema): Shape {
  const required = new Set(schema.required);
  let variants: Readonly<Record<string, Shape>>[] = [{}];
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    // `{ not: {} }`: a field that must not be there.
    if (typeof property === 'object' && property.not !== undefined) continue;
    const field = fromJsonSchema(property);
    const having = variants.map((fields) => ({ ...fields, [name]: field }));
    variants = required.has(name) ? having : [...having, ...variants];
  }
  return either(variants.map((fields) => ({ kind: 'object', fields })));
}

export function either(shapes: readonly Shape[]): Shape {
  const [only, ...others] = shapes.flatMap(alternatives);
  return only !== undefined && others.length === 0 ? only : { kind: 'either', of: shapes.flatMap(alternatives) };
}

export function alternatives(shape: Shape): readonly Shape[] {
  return shape.kind === 'either' ? shape.of : [shape];
}

/** Whether everything of one shape is also of the other: what is given may hold more fields than wanted. */
export function fits(given: Shape, wanted: Shape): boolean {
  return alternatives(given).every((one) => alternatives(wanted).some((other) => fitsOne(one, other)));
}

function fitsOne(given: Shape, wanted: Shape): boolean {
  if (wanted.kind === 'anything') return true;
  if (given.kind === 'object' && wanted.kind === 'object') {
    return Object.entries(wanted.fields).every(([name, field]) => {
      const own = given.fields[name];
      return own !== undefined && fits(own, field);
    });
  }
  if (given.kind === 'array' && wanted.kind === 'array') return fits(given.items, wanted.items);
  if (given.kind === 'string' && wanted.kind === 'string') {
    return within(given.values, wanted.values) && (wanted.time === undefined || given.time === true);
  }
  if (given.kind === 'number' && wanted.kind === 'number') {
    return within(given.values, wanted.values) && (wanted.whole === undefined || given.whole === true);
  }
  return given.kind === wanted.kind && given.kind !== 'either';
}

function within<Value>(given: readonly Value[] | undefined, wanted: readonly Value[] | undefined): boolean {
  return wanted === undefined || (given?.every((value) => wanted.includes(value)) ?? false);
}
