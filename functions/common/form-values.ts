import type * as z from 'zod';
import { parseBy } from './field-errors.ts';
import type { FormValue } from './form-tree.ts';
import { parseStrictJson } from './strict-json.ts';

/** One for the whole value, one for what it holds, such as the numbers of a list that was one text, and one to spare. */
const PASSES = 3;

/**
 * Parses a form by a schema that expects more than texts. Where the schema wants another type, a text is read as one:
 * `true` and `false`, numbers, JSON objects and lists; and one text where a list is wanted is a list of one.
 * Throws `validation_failed`.
 */
export function parseForm<Schema extends z.ZodType>(schema: Schema, form: FormValue): z.output<Schema> {
  let value: unknown = form;
  for (let pass = 0; pass < PASSES; pass += 1) {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const wanted = parsed.error.issues.flatMap((issue) => (issue.code === 'invalid_type' ? [{ path: issue.path, type: issue.expected }] : []));
    for (const { path, type } of wanted) value = changeAt(value, path, (text, field) => readAs(type, text, field));
  }
  return parseBy(schema, value);
}

/** The value that a text stands for; the text itself if it is none of this type. */
function readAs(type: string, text: string, field: string): unknown {
  switch (type) {
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'number':
    case 'int':
      return /^-?\d{1,15}(?:\.\d{1,15})?$/u.test(text) ? Number(text) : text;
    case 'object':
    case 'record':
      return text.startsWith('{') ? parseStrictJson(text, field) : text;
    case 'array':
      return text.startsWith('[') ? parseStrictJson(text, field) : [text];
    default:
      return text;
  }
}

/** A copy of the value in which the text at the path is changed; the same value if there is no text. */
function changeAt(value: unknown, path: readonly PropertyKey[], change: (text: string, field: string) => unknown, field = ''): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return typeof value === 'string' ? change(value, field) : value;
  const name = String(step);
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === step ? changeAt(item, rest, change, `${field}[${name}]`) : item));
  }
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return value;
  const below = field === '' ? name : `${field}.${name}`;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, key === name ? changeAt(item, rest, change, below) : item]));
}
