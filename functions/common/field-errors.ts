import type * as z from 'zod';
import { FanfareError } from '../../core/errors.ts';
import type { FieldError } from '../../core/errors.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** Parses by a schema. Throws `validation_failed` that names every wrong field. */
export function parseBy<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = fieldErrors(parsed.error.issues, value);
  throw new FanfareError('validation_failed', errors.map((error) => error.message).join('; '), { errors });
}

/** The issues of a schema in our words. `value` is what was parsed. */
export function fieldErrors(issues: readonly Issue[], value: unknown): readonly FieldError[] {
  return issues.flatMap((issue) => explain(issue, [], value));
}

/** The field at a path: `options.youtube.tags[2]`. */
export function fieldAt(path: Path): string {
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return text === '' ? 'body' : text.replace(/^\./u, '');
}

function explain(issue: Issue, above: Path, value: unknown): readonly FieldError[] {
  const path = [...above, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => at([...path, key], 'unknown_field', 'is not a field of this request'));
    case 'invalid_union':
      // Of a union by a field, that field itself has none of its values.
      if (issue.errors.length === 0) return [noForm(issue, path, value)];
      return likeliest(issue.errors).flatMap((nested) => explain(nested, path, value));
    case 'invalid_type':
      return valueAt(value, path) === undefined
        ? [at(path, 'required', 'is required')]
        : [at(path, 'invalid_type', plain(issue.message, `must be ${article(String(issue.expected))}`))];
    case 'invalid_value':
      return valueAt(value, path) === undefined
        ? [at(path, 'required', 'is required')]
        : [at(path, 'invalid_value', plain(issue.message, `must be ${issue.values.map((each) => JSON.stringify(each)).join(' or ')}`))];
    case 'too_small':
      return [at(path, 'too_small', plain(issue.message, bound(issue.origin, 'at least', issue.minimum)))];
    case 'too_big':
      return [at(path, 'too_big', plain(issue.message, bound(issue.origin, 'at most', issue.maximum)))];
    case 'custom': {
      const code: unknown = issue.params?.['code'];
      return [at(path, typeof code === 'string' ? code : 'invalid', issue.message)];
    }
    case 'invalid_format':
    case 'not_multiple_of':
    case 'invalid_key':
    case 'invalid_element':
      return [at(path, issue.code, issue.message)];
  }
}

/** Of the forms that a request may have, the one that knows most of the fields sent: its complaints are those that help. */
function likeliest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const strangers = (branch: readonly Issue[]): number => branch.reduce((sum, issue) => sum + strangersIn(issue), 0);
  return branches.toSorted((a, b) => strangers(a) - strangers(b))[0] ?? [];
}

/** Fields that a form does not know, and those by which it says that it is another form. */
function strangersIn(issue: Issue): number {
  if (issue.code === 'unrecognized_keys') return issue.keys.length;
  return issue.code === 'invalid_value' && issue.values.length === 1 ? 1 : 0;
}

function noForm(issue: Extract<Issue, { code: 'invalid_union' }>, path: Path, value: unknown): FieldError {
  if (valueAt(value, path) === undefined) return at(path, 'required', 'is required');
  const options = 'options' in issue && Array.isArray(issue.options) ? `: ${issue.options.map((each) => JSON.stringify(each)).join(' or ')}` : '';
  return at(path, 'invalid_value', `must be one of its values${options}`);
}

function at(path: Path, code: string, message: string): FieldError {
  const field = fieldAt(path);
  // Messages of schemas that are half a sentence begin with what the field must be.
  const whole = /^(?:must|may|is|are|has|have|needs|give)\b/u.test(message) ? `${field} ${message}` : message;
  return { field, code, message: whole };
}

/** The schema's own message if it has one; the parser's default ones say what was received, in its own terms. */
function plain(message: string, ours: string): string {
  return /^(?:Invalid (?:input|option)|Too (?:small|big))/u.test(message) ? ours : message;
}

function article(type: string): string {
  const name = type === 'int' ? 'whole number' : type;
  return /^[aeio]/u.test(name) ? `an ${name}` : `a ${name}`;
}

function bound(origin: string, which: 'at least' | 'at most', limit: number | bigint): string {
  if (origin === 'string') return `must have ${which} ${limit} characters`;
  return origin === 'array' || origin === 'set' ? `must have ${which} ${limit} items` : `must be ${which} ${limit}`;
}

function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const step of path) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = Object.getOwnPropertyDescriptor(found, step)?.value;
  }
  return found;
}
